"""A proxy of our own between a bot and a fake platform: it lets bytes through as badly as a test wants.

It works on a thread of its own, and takes orders from any other.
"""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args
from urllib.parse import urlsplit

Kind = Literal[
    "well",  # as if it were not there
    "delay",  # every piece waits for `seconds` before it goes on
    "throttle",  # `rate` bytes a second each way
    "freeze",  # nothing goes on, and everything does later: as behind a machine that was stopped
    "blackhole",  # connections come about and every byte is swallowed; those that saw it are dead for good
    "truncate",  # of each answer `size` bytes arrive, then the connection is closed as if all were said
    "cut",  # the connection is reset at the first byte of an answer
    "refuse",  # nobody listens, and what stood is reset
]
KINDS: Final = frozenset(get_args(Kind))
_PIECE: Final = 64 * 2**10
_PATIENCE: Final = 30.0
_A_MOMENT: Final = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How bytes go through.

    Attributes:
        seconds: of real time, for "delay".
        rate: bytes a second, for "throttle".
        size: bytes, for "truncate".
    """

    kind: Kind = "well"
    seconds: float = 0.2
    rate: float = 2000.0
    size: int = 20

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no manner {self.kind!r}: one of {', '.join(sorted(KINDS))}")


class TcpProxy:
    """One port of this machine that leads to another.

    Attributes:
        url: the address of what is behind it, by way of it.
        accepted: connections that came about so far.
    """

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 80)
        self._guard = _bound(0)  # keeps the port ours while nobody listens
        self._port: int = self._guard.getsockname()[1]
        self.url = f"{parts.scheme}://127.0.0.1:{self._port}"
        self.accepted = 0
        self._manner = Manner()
        self._changed = asyncio.Event()
        self._pipes: set[_Pipe] = set()
        self._server: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def open(self) -> int:
        """Connections that stand now."""
        return len(self._pipes)

    def be(self, kind: Kind, **details: Any) -> None:
        """From now on, for connections that stand as well as for new ones; returns when it holds."""
        manner = Manner(kind=kind, **details)
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self._become(manner), self._loop).result(_PATIENCE)

    def well(self) -> None:
        """Nothing is wrong any more."""
        self.be("well")

    def reset(self) -> None:
        """Reset every connection that stands, once."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self._reset(), self._loop).result(_PATIENCE)

    @contextmanager
    def during(self, kind: Kind, **details: Any) -> Iterator[None]:
        """Behave so while the context lasts."""
        self.be(kind, **details)
        try:
            yield
        finally:
            self.well()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve on this loop while the context lasts."""
        self._loop = asyncio.get_running_loop()
        await self._listen()
        try:
            yield
        finally:
            await self._deaf()
            await self._reset()
            self._guard.close()

    # -------------------------------------------------------------- on the loop

    async def _become(self, manner: Manner) -> None:
        self._manner = manner
        self._changed.set()
        self._changed = asyncio.Event()
        if manner.kind == "refuse":
            await self._deaf()
            await self._reset()
        elif self._server is None:
            await self._listen()
        if manner.kind == "blackhole":
            for pipe in self._pipes:
                pipe.dead = True

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, sock=_bound(self._port))

    async def _deaf(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _reset(self) -> None:
        for pipe in list(self._pipes):
            pipe.reset()
        while self._pipes:  # noqa: ASYNC110  # each ends in a task of its own
            await asyncio.sleep(_A_MOMENT)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        pipe = _Pipe(reader, writer)
        pipe.dead = self._manner.kind == "blackhole"
        self._pipes.add(pipe)
        try:
            with suppress(OSError, asyncio.CancelledError):  # either side is gone, or it was reset
                there = await asyncio.open_connection(*self._target)
                pipe.joined(*there)
                await _both(
                    self._carry(pipe, reader, there[1], answering=False),
                    self._carry(pipe, there[0], writer, answering=True),
                )
        finally:
            pipe.close()
            self._pipes.discard(pipe)

    async def _carry(
        self, pipe: "_Pipe", source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answering: bool
    ) -> None:
        """Until one side ends: the other hears of it, unless the connection is dead."""
        said = 0
        while piece := await source.read(_PIECE):
            await self._held_up(pipe, len(piece))
            if pipe.dead:
                continue
            manner = self._manner
            if answering and manner.kind == "cut":
                pipe.reset()
                return
            if answering and manner.kind == "truncate":
                piece = piece[: max(manner.size - said, 0)]
            said += len(piece)
            sink.write(piece)
            await sink.drain()
            if answering and manner.kind == "truncate" and said >= manner.size:
                pipe.close()
                return
        if pipe.dead and answering:
            await asyncio.Event().wait()  # nobody ever tells

    async def _held_up(self, pipe: "_Pipe", size: int) -> None:
        """As long as the present manner wants; what is changed meanwhile ends a freeze."""
        manner = self._manner
        if manner.kind == "delay":
            await asyncio.sleep(manner.seconds)
        elif manner.kind == "throttle":
            await asyncio.sleep(size / manner.rate)
        while self._manner.kind == "freeze" and not pipe.dead:
            await self._changed.wait()


class _Pipe:
    """A connection that goes through.

    Attributes:
        dead: whatever comes is swallowed, and nobody ever hears of its end.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._task = asyncio.current_task()
        self._writers = [writer]
        self._readers = [reader]
        self.dead = False

    def joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The other side."""
        self._readers.append(reader)
        self._writers.append(writer)

    def reset(self) -> None:
        """End it without a farewell."""
        for writer in self._writers:
            writer.transport.abort()
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()

    def close(self) -> None:
        """End it as if all were said."""
        for writer in self._writers:
            writer.close()


@contextmanager
def proxying(target: str) -> Iterator[TcpProxy]:
    """A proxy before an address such as "http://127.0.0.1:8081", while the context lasts."""
    proxy, ready, end = TcpProxy(target), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with proxy.serving():
            ready.set()
            await end.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="tcp-proxy", daemon=True)
    thread.start()
    assert ready.wait(_PATIENCE)
    try:
        yield proxy
    finally:
        assert proxy._loop is not None
        proxy._loop.call_soon_threadsafe(end.set)
        thread.join(_PATIENCE)


async def _both(*ways: Coroutine[Any, Any, None]) -> None:
    """Until either way ends; the other is ended with it."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _bound(port: int) -> socket.socket:
    """A socket on a port of this machine which others of ours may share."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(("127.0.0.1", port))
    return made
