"""Blocking reads, away from the event loop."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterable
from typing import Generic, TypeVar

from bot.domain.errors import BotError

T = TypeVar("T")


async def drawn(source: Iterable[T], *, most: int) -> AsyncGenerator[list[T], None]:
    """The items of a blocking `source`, in order, as lists of whatever is there already.

    A thread of its own draws them, at most `most` ahead. It is a daemon, so that nobody waits at exit for a
    read that may never end, such as the terminal's. Close the generator (`contextlib.aclosing`).

    Raises:
        BotError: `source` raised OSError, or stopped for a reason of which the thread has told on stderr.
    """
    drawing = _Drawing[T](asyncio.get_running_loop(), most)
    threading.Thread(target=drawing.run, args=(source,), name="reader", daemon=True).start()
    try:
        while items := await drawing.waiting():
            yield items
    finally:
        drawing.stopped = True
        drawing.room.release()
    if drawing.failure is not None:
        raise BotError(drawing.failure)


class _Drawing(Generic[T]):
    def __init__(self, loop: asyncio.AbstractEventLoop, most: int) -> None:
        self._loop = loop
        self._queue: asyncio.Queue[T | None] = asyncio.Queue()
        self._ended = False
        self.room = threading.Semaphore(most)
        self.failure: str | None = "reading stopped before the end"
        self.stopped = False

    def run(self, source: Iterable[T]) -> None:
        try:
            for item in source:
                self.room.acquire()
                if self.stopped:
                    return
                self._put(item)
            self.failure = None
        except OSError as error:
            self.failure = f"the input could not be read: {error.strerror or type(error).__name__}"
        finally:
            self._put(None)

    def _put(self, item: T | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, item)
        except RuntimeError:  # the loop was closed: nobody is there to read it
            self.stopped = True

    async def waiting(self) -> list[T]:
        """What was drawn and not taken, at least one item; none at the end."""
        items: list[T] = []
        while not self._ended and (not items or not self._queue.empty()):
            item = await self._queue.get()
            if item is None:
                self._ended = True
            else:
                self.room.release()
                items.append(item)
        return items
