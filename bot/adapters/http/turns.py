import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.adapters.http.problems import crowded
from bot.domain.errors import Overloaded

MOST_AT_ONCE: Final = 512
"""Requests that bring comments in: as many as are judged in a second or two."""
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


class Turnstile:
    """Lets only so many requests to one address in at once; the others hear at once when to come again.

    They are refused before anything of them is read, so a crowd costs little, and the memory it takes has
    a bound.
    """

    def __init__(self, app: ASGIApp, *, path: str, most: int = MOST_AT_ONCE) -> None:
        self._app = app
        self._path = path
        self._most = most
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return
        if self._inside >= self._most:
            await crowded(RETRY_AFTER)(scope, receive, send)
            return
        self._inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1
