"""How often an app may ask: Reddit's accounting, and a second one that only tests read."""

from collections import deque
from collections.abc import Callable

from redditapi.refusals import Refused


class Allowance:
    """Requests per window of the fake's clock, as the `x-ratelimit-*` headers tell them.

    Attributes:
        requests, seconds: so many in each window of so long; one of Reddit's is 600 in 600 s.
        per_minute: what the rules allow in any 60 s; nobody is refused for more, it is only counted.
        enforced: whether a request beyond the window's is refused with 429.
        shown: whether the headers are sent.
        over_window, over_minute: how many requests were beyond each.
        most_in_a_minute: the greatest number of requests in any 60 s.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.requests, self.seconds, self.per_minute = 600, 600.0, 100
        self.enforced, self.shown = True, True
        self.over_window = self.over_minute = self.most_in_a_minute = 0
        self._ends, self._used = 0.0, 0
        self._recent: deque[float] = deque()

    def count(self) -> None:
        """One more request.

        Raises:
            Refused: 429, the window is used up.
        """
        now = self._now()
        if now >= self._ends:
            self._ends, self._used = now + self.seconds, 0
        self._used += 1
        self._recent.append(now)
        while self._recent[0] <= now - 60:
            self._recent.popleft()
        self.most_in_a_minute = max(self.most_in_a_minute, len(self._recent))
        self.over_minute += len(self._recent) > self.per_minute
        if self._used > self.requests:
            self.over_window += 1
            if self.enforced:
                raise Refused(code=429, headers=self.headers())

    def headers(self) -> dict[str, str]:
        """What a response tells of the window."""
        if not self.shown:
            return {}
        return {
            "x-ratelimit-remaining": f"{max(self.requests - self._used, 0):.1f}",
            "x-ratelimit-used": str(self._used),
            "x-ratelimit-reset": str(max(int(self._ends - self._now()), 0)),
        }
