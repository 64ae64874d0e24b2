"""Reddit's quota: what its headers say, our own count between them, and who waits for how long."""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from bot.application.ports import Clock
from bot.domain.errors import RateLimited

MINUTE: Final = timedelta(minutes=1)
PER_MINUTE: Final = 96
"""Of the 100 a minute that Reddit grants an app: the rest is for tokens and for requests on their way."""
WINDOW: Final = timedelta(minutes=10)
"""Over which Reddit counts."""
KEPT: Final = 0.1
"""The share of every window that only urgent requests may use."""
AHEAD: Final = 0.5
"""How far the used share of a window may run ahead of the time that passed of it."""
KEPT_FROM_SPARE: Final = 0.4
"""The share of every window that requests which can wait leave to all others."""
AHEAD_OF_SPARE: Final = 0.0
"""The same as `AHEAD`, for requests that can wait: they take what polls did not need so far."""
PATIENCE: Final = timedelta(seconds=30)
"""No caller waits longer; it is told when to come back."""
_SAME: Final = timedelta(seconds=5)
"""Ends of a window that lie closer are one: Reddit tells whole seconds, and late."""
_LONGEST: Final = 3600.0
_MOST: Final = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What is known of the present window.

    Args:
        used: requests in it.
        remaining: how many it has left.
        ends: when it starts anew.
    """

    used: float
    remaining: float
    ends: datetime

    @property
    def whole(self) -> float:
        """How many requests it grants."""
        return self.used + self.remaining

    def one_less(self) -> "Window":
        """After one more request."""
        return replace(self, used=self.used + 1, remaining=max(self.remaining - 1, 0))

    def wait(self, now: datetime, rank: "Rank") -> timedelta:
        """Until one more request is due; zero = now."""
        if self.remaining - self.whole * rank.kept < 1:
            return self.ends - now
        passed = max(1 - (self.ends - now) / WINDOW, 0)
        return max(self.used / self.whole - rank.ahead - passed, 0) * WINDOW


@dataclass(frozen=True, slots=True)
class Rank:
    """What a kind of request leaves to others.

    Args:
        kept: the share of a window that it does not touch.
        ahead: how far the used share may run ahead of the time that passed.
    """

    kept: float
    ahead: float

    @classmethod
    def of(cls, *, urgent: bool, spare: bool) -> "Rank":
        """Replies first, then polls, then what can wait."""
        return _REPLIES if urgent else _SPARE if spare else _POLLS


_REPLIES: Final = Rank(kept=0.0, ahead=1.0)
_POLLS: Final = Rank(kept=KEPT, ahead=AHEAD)
_SPARE: Final = Rank(kept=KEPT_FROM_SPARE, ahead=AHEAD_OF_SPARE)


class RedditQuota:
    """Satisfies `ports.Quota`. One for all clients of an account.

    Until the first headers come, and where none ever do, our own count alone holds: `per_minute`, never more.

    Args:
        clock: whose time counts.
        per_minute: requests in any minute, urgent ones among them.
        patience: how long one caller waits at most.
    """

    def __init__(self, *, clock: Clock, per_minute: int = PER_MINUTE, patience: timedelta = PATIENCE) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._patience = patience
        self._gone: deque[datetime] = deque(maxlen=per_minute)
        self._window: Window | None = None
        self._held_until: datetime | None = None
        self._lock = Lock()

    @property
    def remaining(self) -> float | None:
        """How many requests are left in this window; None = unknown."""
        window = self._present(self._clock.now())
        return None if window is None else window.remaining

    @property
    def used(self) -> float | None:
        """How many were made in it, by anybody with these credentials; None = unknown."""
        window = self._present(self._clock.now())
        return None if window is None else window.used

    @property
    def reset_at(self) -> datetime | None:
        """When the next window starts; None = unknown."""
        window = self._present(self._clock.now())
        return None if window is None else window.ends

    async def turn(self, *, urgent: bool = False, spare: bool = False) -> None:
        """Return when a request may go, which must then be made.

        Args:
            urgent: it may use all that is granted.
            spare: it can wait: polls and replies find their share untouched by it.

        Raises:
            RateLimited: `patience` would not be enough.
        """
        latest, rank = self._clock.now() + self._patience, Rank.of(urgent=urgent, spare=spare)
        while True:
            now = self._clock.now()
            wait = self._taken(now, rank)
            if wait is None:
                return
            if now + wait > latest:
                raise RateLimited(wait)
            await self._clock.sleep(wait)

    def told(self, headers: Mapping[str, str]) -> None:
        """Take what an answer said, on any thread. Headers that are incomplete or no numbers say nothing."""
        values = {name.lower(): value for name, value in headers.items()}
        read = [_number(values.get(f"x-ratelimit-{name}")) for name in ("used", "remaining", "reset")]
        used, remaining, reset = read
        if used is None or remaining is None or reset is None:
            return
        now = self._clock.now()
        news = Window(
            used=used, remaining=remaining, ends=now + timedelta(seconds=min(max(reset, 1), _LONGEST))
        )
        with self._lock:
            known = self._window if self._window is not None and self._window.ends > now else None
            self._window = news if known is None else _both(known, news)

    def hold(self, wait: timedelta) -> None:
        """Let nothing go before that, for an hour at most; what headers say meanwhile does not end it."""
        until = self._clock.now() + min(wait, timedelta(seconds=_LONGEST))
        with self._lock:
            self._held_until = until if self._held_until is None else max(self._held_until, until)

    def _taken(self, now: datetime, rank: Rank) -> timedelta | None:
        """How long to wait; None = a request was counted and goes now."""
        with self._lock:
            if self._window is not None and self._window.ends <= now:
                self._window = None
            wait = self._own_wait(now, rank)
            if self._window is not None:
                wait = max(wait, self._window.wait(now, rank))
            if self._held_until is not None:
                wait = max(wait, self._held_until - now)
            if wait > timedelta():
                return wait
            self._gone.append(now)
            self._window = None if self._window is None else self._window.one_less()
            return None

    def _own_wait(self, now: datetime, rank: Rank) -> timedelta:
        """Until fewer than our own limit went out in the last minute."""
        limit = max(math.floor(self._per_minute * (1 - rank.kept)), 1)
        if len(self._gone) < limit:
            return timedelta()
        return max(self._gone[-limit] + MINUTE - now, timedelta())

    def _present(self, now: datetime) -> Window | None:
        with self._lock:
            window = self._window
        return window if window is not None and window.ends > now else None


def _both(known: Window, news: Window) -> Window:
    """The same window as two know it: the less that is left, the truer; requests on their way count."""
    if abs(known.ends - news.ends) > _SAME:
        return news
    return news if news.remaining <= known.remaining else replace(known, ends=news.ends)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number <= _MOST else None
