"""How far this machine's clock is from Telegram's."""

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final

TOLERATED: Final = timedelta(seconds=3)
"""Beyond it replies would go out late, or not at all."""
_SAMPLES: Final = 32
_FEWEST: Final = 5
_HALF_A_SECOND: Final = timedelta(seconds=0.5)
"""Telegram cuts its dates to seconds: what is new is half a second old by them on average."""


class ClockSkew:
    """An estimate from updates that a waiting poll delivered: those are as new as the network is fast.

    The median of the last 32 differences, so that a few slow deliveries decide nothing. Dates of messages
    are corrected by it: `updates.read` turns them into our time, in which a message that waited during an
    outage is still old and a new one is not. So a deadline holds its ten seconds on a clock that is wrong.
    """

    def __init__(self) -> None:
        self._samples: deque[float] = deque(maxlen=_SAMPLES)
        self._told = False

    def observe(self, dates: Iterable[int], *, received_at: datetime) -> None:
        """Learn from updates that arrived while a poll waited.

        Args:
            dates: Telegram's, in seconds since 1970.
            received_at: ours.
        """
        now = (received_at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
        self._samples += [now - date for date in dates]

    @property
    def estimate(self) -> timedelta | None:
        """How far our clock is ahead; None while too little is known."""
        if len(self._samples) < _FEWEST:
            return None
        return timedelta(seconds=median(self._samples)) - _HALF_A_SECOND

    @property
    def correction(self) -> timedelta:
        """What is to be added to Telegram's dates: nothing while the clocks agree well enough."""
        found = self.estimate
        return found if found is not None and abs(found) > TOLERATED else timedelta()

    def alarm(self) -> timedelta | None:
        """The estimate, once each time it goes beyond what is tolerated."""
        wrong = self.correction
        first = bool(wrong) and not self._told
        self._told = bool(wrong)
        return wrong if first else None
