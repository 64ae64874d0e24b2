from datetime import datetime, timedelta

from bot.application.ports import Clock
from bot.domain.pacing import Rate


class Allowance:
    """How many requests each key may make: `rate.count` at once, and as many in `rate.per` in the long run.

    One key that asks without end leaves room for the others. Nothing waits here: who asks too much hears when
    to come back, before the body is read.

    Args:
        rate: of each key apart.
        clock: time.
    """

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self._each = rate.per / rate.count
        self._most = rate.per
        self._clock = clock
        self._spent_until: dict[bytes, datetime] = {}

    def wait(self, key: bytes) -> timedelta:
        """Spend one request of this key's; zero, or nothing is spent and how long until one may be.

        Args:
            key: its digest, and not its name: who looks spends nothing of who brings comments in.
        """
        now = self._clock.now()
        spent_until = max(self._spent_until.get(key, now), now) + self._each
        if spent_until - now > self._most:
            return spent_until - now - self._most
        self._spent_until[key] = spent_until
        return timedelta()
