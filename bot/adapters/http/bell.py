import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from bot.application.ports import Clock

T = TypeVar("T")

_FIRST_NAP = timedelta(milliseconds=15)
_LONGEST_NAP = timedelta(milliseconds=500)


class Bell:
    """Wakes requests that wait for a reply: rung when one was sent, closed when the server ends."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether waiting has become pointless."""
        return self._closed

    def ring(self) -> None:
        """Wake everybody who waits now."""
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    def open(self) -> None:
        """Let requests wait (again)."""
        self._closed = False

    def close(self) -> None:
        """Wake everybody, and let nobody wait from now on."""
        self._closed = True
        self.ring()

    def next_ring(self) -> asyncio.Event:
        """What is set by the next ring; asked for before looking, so that no ring falls between."""
        return self._rung


async def watch(
    look: Callable[[], Awaitable[T | None]],
    *,
    bell: Bell,
    clock: Clock,
    patience: timedelta,
    gone: Callable[[], Awaitable[bool]],
) -> T | None:
    """Look again and again until something is seen or `patience` is spent.

    A ring comes a moment before the settlement it announces is committed, and a reply that expired rings
    no bell at all: so looks follow each other at growing distances, and close together after a ring. Between
    them it asks whether who waits has `gone`, so that nobody's place is kept for nobody.

    Returns:
        What `look` saw last; None when it saw nothing in time, the bell was closed, or nobody waits any more.
    """
    nap = _FIRST_NAP
    while True:
        rung = bell.next_ring()
        seen = await look()
        if seen is not None or bell.closed or patience <= timedelta() or await gone():
            return seen
        nap = min(nap, patience)
        patience -= nap
        nap = _FIRST_NAP if await _rings(rung, clock, nap) else min(2 * nap, _LONGEST_NAP)


async def _rings(rung: asyncio.Event, clock: Clock, within: timedelta) -> bool:
    """Whether the bell rings before the time is over."""
    waits = (asyncio.ensure_future(rung.wait()), asyncio.ensure_future(clock.sleep(within)))
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
    return rung.is_set()
