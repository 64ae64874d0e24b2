"""The fake Bot API as a process of its own: for a bot that is killed while the server lives on.

`python -m botapi.peer [--port N] [--token T] [--first-update N]`, from the folder that holds `botapi`; its
first line of output is the address.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx
from botapi.floods import Limits
from botapi.server import FakeTelegram
from botapi.state import TOKEN
from botapi.world import World

_HERE = Path(__file__).parents[1]
_PATIENCE = 60.0


class RemoteWorld:
    """`World` through HTTP: the same methods with the same arguments, which give the same JSON values.

    Raises:
        ValueError: what the method itself raised, in words.
    """

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=_PATIENCE, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            answer = self._http.post(f"/control/{name}", json={"args": args, "kwargs": kwargs}).json()
            if not answer["ok"]:
                raise ValueError(answer["error"])
            return answer["result"]

        return call


class Peer:
    """A running fake.

    Attributes:
        url: what a client takes for `https://api.telegram.org`.
        token: the bot's.
        world: everything that `World` can do.
    """

    def __init__(self, url: str, token: str, world: Any, pid: int) -> None:
        self.url, self.token, self.world, self._pid = url, token, world, pid

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Its process stands still while the context lasts: nothing of `world` answers either."""
        with standing_still(self._pid):
            yield


@contextmanager
def standing_still(pid: int) -> Iterator[None]:
    """SIGSTOP, and SIGCONT at the end."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def peering(*, token: str = TOKEN, first_update: int = 700_000_001) -> Iterator[Peer]:
    """A fake in a process of its own while the context lasts; its clock is the machine's."""
    command = [sys.executable, "-m", "botapi.peer", "--token", token, "--first-update", str(first_update)]
    with subprocess.Popen(command, cwd=_HERE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().decode().strip()
            with RemoteWorld(url) as world:
                yield Peer(url, token, world, process.pid)
        finally:
            process.kill()


async def _serve(world: World, port: int) -> None:
    async with FakeTelegram.serving(world, port=port) as fake:
        print(fake.url, flush=True)  # noqa: T201 - it is how the other side learns the address
        await asyncio.Event().wait()


def main() -> None:
    """Serve until killed."""
    read = argparse.ArgumentParser()
    read.add_argument("--port", type=int, default=0)
    read.add_argument("--token", default=TOKEN)
    read.add_argument("--first-update", type=int, default=700_000_001)
    given = read.parse_args()
    world = World(token=given.token, first_update=given.first_update, limits=Limits())
    asyncio.run(_serve(world, given.port))


if __name__ == "__main__":
    main()
