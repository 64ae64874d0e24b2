from datetime import timedelta
from typing import Final

LONGEST: Final = timedelta(seconds=30)
"""Between two polls where next to nothing is written: an answer should not be the news of an hour ago."""
_FALL: Final = 0.2
"""How much of a lower rate is believed at once."""


class Pulse:
    """How often a listing is polled: so that half a page of new items comes at a time.

    The rate that is seen rises at once and falls slowly, for what came in a burst comes again.

    Args:
        shortest: between two polls, however much is written.
        page: items on a full page.
    """

    def __init__(self, *, shortest: timedelta, page: int) -> None:
        self._shortest = shortest
        self._half = page / 2
        self._rate = 0.0

    @property
    def interval(self) -> timedelta:
        """Between two polls."""
        longest = max(LONGEST, self._shortest)
        if self._rate * longest.total_seconds() <= self._half:
            return longest
        return max(timedelta(seconds=self._half / self._rate), self._shortest)

    def beat(self, items: int, *, within: timedelta) -> None:
        """So many new items came since the poll before."""
        rate = items / max(within.total_seconds(), 1.0)
        self._rate = rate if rate > self._rate else self._rate + _FALL * (rate - self._rate)
