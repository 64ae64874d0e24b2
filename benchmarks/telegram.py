"""How long a sad message in a Telegram group waits for its answer: a real bot, a Bot API server on loopback.

    python -m benchmarks.telegram [--out FOLDER]

prints it; with a folder it is kept there too. The server is `tests/botapi`; the time runs from the message's
arrival there to the moment at which the reply stands in the chat.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from botapi.peer import peering
from processes import Installation, until

GROUPS = 40
TARGET_MS = 1000
SAD = "I feel so alone tonight, nobody called"


def main() -> None:
    out = _options().out
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
    found = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_at_end": round(os.getloadavg()[0], 2),
        "messages": len(waits),
        "median_ms": round(1000 * median(waits)),
        "slowest_ms": round(1000 * waits[-1]),
        "target_ms": TARGET_MS,
    }
    print(f"{GROUPS} sad messages, one after the other, each in a group of its own")
    print(f"answered after: median {found['median_ms']} ms, slowest {found['slowest_ms']} ms")
    if out is not None:
        (out / "telegram.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _wait(world: Any, chat: int, member: int) -> float:
    before = len(world.by_bot(chat))
    began = perf_counter()
    world.write(chat, member, SAD)
    while len(world.by_bot(chat)) == before:
        sleep(0.002)
    return perf_counter() - began


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=Path, help="a folder for telegram.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
