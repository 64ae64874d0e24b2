"""How long a sad message in a Telegram group waits for its answer: a real bot, a Bot API server on loopback.

`python -m benchmarks.telegram` prints it. The server is `tests/botapi`; the time runs from the message's
arrival there to the moment at which the reply stands in the chat.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from botapi.peer import peering
from processes import Installation, until

GROUPS = 40
SAD = "I feel so alone tonight, nobody called"


def main() -> None:
    with peering() as peer, tempfile.TemporaryDirectory() as folder:
        world = peer.world
        bot = Installation(
            folder=Path(folder),
            settings={
                "SOLACE_TELEGRAM__TOKEN": peer.token,
                "SOLACE_TELEGRAM__API_URL": peer.url,
                "SOLACE_MODEL": "",
                "PYTHONPATH": str(Path(__file__).parents[1]),
            },
        )
        with bot.running():
            chats = []
            for number in range(GROUPS):
                admin, member = world.user(f"A{number}"), world.user(f"M{number}")
                chat = world.supergroup(f"G{number}", owner=admin, members=[member])
                world.add_bot(chat, by=admin)
                world.write(chat, admin, "/mode live")
                chats.append((chat, member))
            until(lambda: sum(len(world.by_bot(chat)) for chat, _ in chats) >= 2 * GROUPS)
            sleep(2)  # the pace of notices and answers is over
            waits = sorted(_wait(world, chat, member) for chat, member in chats)
    print(f"{GROUPS} sad messages, one after the other, each in a group of its own")
    print(f"answered after: median {1000 * median(waits):.0f} ms, slowest {1000 * waits[-1]:.0f} ms")


def _wait(world: object, chat: int, member: int) -> float:
    before = len(world.by_bot(chat))  # type: ignore[attr-defined]
    began = perf_counter()
    world.write(chat, member, SAD)  # type: ignore[attr-defined]
    while len(world.by_bot(chat)) == before:  # type: ignore[attr-defined]
        sleep(0.002)
    return perf_counter() - began


if __name__ == "__main__":
    main()
