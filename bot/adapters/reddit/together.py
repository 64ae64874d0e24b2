"""Which subreddits are asked for in one listing: all of them, or parts where Reddit refuses them together."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.application.ports import Clock

APART: Final = timedelta(hours=1)
"""After this time all are asked for together again."""


class Together:
    """Halves what is refused, until what refuses stands alone: few requests, however many there are.

    Args:
        clock: time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._parts: dict[str, int] = {}
        self._number = 0
        self._until: datetime | None = None

    def groups(self, subreddits: Sequence[str]) -> Sequence[Sequence[str]]:
        """These, in as many parts as it takes; the order stays."""
        if self._until is not None and self._clock.now() >= self._until:
            self.unite()
        found: dict[int, list[str]] = {}
        for name in subreddits:
            found.setdefault(self._parts.get(name, 0), []).append(name)
        return list(found.values())

    def halve(self, group: Sequence[str]) -> Sequence[Sequence[str]]:
        """Two parts of one that was refused; it stays in parts for an hour."""
        middle = len(group) // 2
        self._number += 1
        self._parts.update(dict.fromkeys(group[:middle], self._number))
        if self._until is None:
            self._until = self._clock.now() + APART
        return group[:middle], group[middle:]

    def unite(self) -> None:
        """Whoever refused is known, or an hour is over."""
        self._parts.clear()
        self._until = None
