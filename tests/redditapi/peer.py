"""The fake Reddit as a process of its own: for a bot that is killed while the server lives on.

`python -m redditapi.peer [--port N]`, from the folder that holds `redditapi`; its first line of output is the
address.
"""

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botapi.peer import RemoteWorld, standing_still
from redditapi.server import FakeReddit
from redditapi.state import CLIENT, PASSWORD, USERNAME
from redditapi.world import World

_HERE = Path(__file__).parents[1]


class Peer:
    """A running fake.

    Attributes:
        url: what a client takes for Reddit.
        world: everything that `World` can do.
    """

    def __init__(self, url: str, world: Any, pid: int) -> None:
        self.url, self.world, self._pid = url, world, pid

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Its process stands still while the context lasts: nothing of `world` answers either."""
        with standing_still(self._pid):
            yield

    @property
    def settings(self) -> Mapping[str, str]:
        """What a bot has to be told to meet this Reddit, without the subreddits."""
        return self.settings_by(self.url)

    def settings_by(self, url: str) -> Mapping[str, str]:
        """The same for a bot that reaches it by another address."""
        return {
            "SOLACE_REDDIT__CLIENT_ID": CLIENT[0],
            "SOLACE_REDDIT__CLIENT_SECRET": CLIENT[1],
            "SOLACE_REDDIT__USERNAME": USERNAME,
            "SOLACE_REDDIT__PASSWORD": PASSWORD,
            "SOLACE_REDDIT__USER_AGENT": "linux:solace.test:v1 (by /u/tester)",
            "SOLACE_REDDIT__REDDIT_URL": url,
            "SOLACE_REDDIT__OAUTH_URL": url,
        }


@contextmanager
def peering() -> Iterator[Peer]:
    """A fake in a process of its own while the context lasts; its clock is the machine's."""
    command = [sys.executable, "-m", "redditapi.peer"]
    with subprocess.Popen(command, cwd=_HERE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().decode().strip()
            with RemoteWorld(url) as world:
                yield Peer(url, world, process.pid)
        finally:
            process.kill()


async def _serve(port: int) -> None:
    async with FakeReddit.serving(World(), port=port) as fake:
        print(fake.url, flush=True)  # noqa: T201 - it is how the other side learns the address
        await asyncio.Event().wait()


def main() -> None:
    """Serve until killed."""
    read = argparse.ArgumentParser()
    read.add_argument("--port", type=int, default=0)
    asyncio.run(_serve(read.parse_args().port))


if __name__ == "__main__":
    main()
