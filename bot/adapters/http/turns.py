import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from bot.domain.errors import Overloaded

MOST_WAITING: Final = 4
RETRY_AFTER: Final = timedelta(seconds=2)


class Turns:
    """Lets one request at a time do work that nobody waits for in a chat; only a few may queue for it."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0

    @asynccontextmanager
    async def next(self) -> AsyncIterator[None]:
        """Wait for one's turn, and keep it while the context lasts.

        Raises:
            Overloaded: `MOST_WAITING` wait already.
        """
        if self._waiting >= MOST_WAITING:
            raise Overloaded(RETRY_AFTER)
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()
