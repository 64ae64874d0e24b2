from datetime import timedelta
from typing import Final

CALM: Final = 6
"""How many of the shortest intervals may pass where next to nothing is written."""
LONGEST: Final = timedelta(minutes=1)
"""And never more than this, unless the shortest is longer: an answer should not come to an old story."""
_FALL: Final = 0.2
"""How much of a lower rate is believed at once."""
_INSTANT: Final = 0.1


class Pulse:
    """How often a listing is polled: so that half a page of new items comes at a time.

    The rate that is seen rises at once and falls slowly, for what came in a burst comes again. It begins as
    if much were written, since nobody knows.

    Args:
        shortest: between two polls, however much is written.
        page: items on a full page.
    """

    def __init__(self, *, shortest: timedelta, page: int) -> None:
        self._shortest = shortest
        self.longest: Final = max(min(CALM * shortest, LONGEST), shortest)
        """Between two polls, however little is written."""
        self._half = page / 2
        self._rate = self._half / max(shortest.total_seconds(), _INSTANT)

    @property
    def interval(self) -> timedelta:
        """Between two polls."""
        if self._rate * self.longest.total_seconds() <= self._half:
            return self.longest
        return max(timedelta(seconds=self._half / self._rate), self._shortest)

    def beat(self, items: int, *, within: timedelta) -> None:
        """So many new items came since the poll before."""
        rate = items / max(within.total_seconds(), _INSTANT)
        self._rate = rate if rate > self._rate else self._rate + _FALL * (rate - self._rate)
