from datetime import timedelta
from typing import Final

from bot.application.ports import Clock

FIRST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(seconds=30)
"""With the longest time-out of a request that hangs it stays under the minute within which a bot recovers."""


class Backoff:
    """Waits of 1, 2, 4 … 30 seconds, until something worked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = FIRST

    async def wait(self, *, at_least: timedelta = timedelta()) -> None:
        """Wait, and longer the next time."""
        due, self._next = self._next, min(2 * self._next, LONGEST)
        await self._clock.sleep(max(due, at_least))

    def reset(self) -> None:
        """It worked."""
        self._next = FIRST
