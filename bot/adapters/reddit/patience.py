from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Final

from bot.application.ports import Clock

WITHIN: Final = timedelta(hours=1)
ANSWERS: Final = 10
"""To one account within that span: wishes beyond it come true all the same, and are not confirmed."""
MOST: Final = 1_000
"""Accounts that are remembered."""


class Patience:
    """Keeps two bots from talking for ever, and one person from spending everybody's quota."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._answered: OrderedDict[str, deque[datetime]] = OrderedDict()

    def answers(self, author: str | None) -> bool:
        """Whether this account gets one more answer now; the moderators of all subreddits count as one."""
        name, now = (author or "").lower(), self._clock.now()
        times = self._answered.setdefault(name, deque(maxlen=ANSWERS))
        self._answered.move_to_end(name)
        if len(self._answered) > MOST:
            self._answered.popitem(last=False)
        if len(times) == ANSWERS and now - times[0] < WITHIN:
            return False
        times.append(now)
        return True
