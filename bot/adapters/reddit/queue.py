"""Who is next where only one may go at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from heapq import heappop, heappush
from itertools import count


class Queue:
    """A lock that goes to whoever has the best place, and among equals to whoever came first."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._taken = False

    @asynccontextmanager
    async def behind(self, place: int) -> AsyncIterator[None]:
        """Alone inside; the lower the place, the sooner. A caller who is cancelled gives its turn away."""
        await self._turn(place)
        try:
            yield
        finally:
            self._next()

    async def _turn(self, place: int) -> None:
        if not self._taken:
            self._taken = True
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (place, next(self._numbers), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._next()  # it was given to us just then
            raise

    def _next(self) -> None:
        while self._waiting:
            _, _, whose = heappop(self._waiting)
            if not whose.done():
                whose.set_result(None)
                return
        self._taken = False
