"""Telegram's limits at their strictest: no bursts into a chat, which it sometimes lets through."""

from bisect import bisect_right
from collections import defaultdict
from datetime import datetime, timedelta

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Floods:
    """Counts what a server would have refused.

    Attributes:
        refused: writes that were one too many in a second, in a chat's second or in a group's minute.
        times: when writes came, by chat.
    """

    def __init__(self) -> None:
        self.refused = 0
        self.times: defaultdict[int, list[datetime]] = defaultdict(list)
        self._all: list[datetime] = []

    def write(self, chat_id: int, at: datetime) -> None:
        """One write arrives."""
        mine = self.times[chat_id]
        self.refused += (
            _within(self._all, at, SECOND) >= 30
            or _within(mine, at, SECOND) >= 1
            or (chat_id < 0 and _within(mine, at, MINUTE) >= 20)
        )
        self._all.append(at)
        mine.append(at)

    @property
    def count(self) -> int:
        """All writes."""
        return len(self._all)


def _within(times: list[datetime], now: datetime, window: timedelta) -> int:
    return len(times) - bisect_right(times, now - window)
