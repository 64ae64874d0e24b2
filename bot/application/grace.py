import asyncio
from typing import Final

SECONDS: Final = 6.0
"""From the wish to stop on, for everything that is under way. With what closes afterwards: less than 10."""
LEAST: Final = 0.5
"""What each still gets after that, to write down what it knows."""


class Grace:
    """The time in which a program that ends finishes what it began: one for all of its parts.

    Args:
        seconds: from `begin` on.
        least: what each part has at least.
    """

    def __init__(self, seconds: float = SECONDS, *, least: float = LEAST) -> None:
        self._seconds = seconds
        self._least = least
        self._ends: float | None = None

    def begin(self) -> None:
        """The program is to end."""
        if self._ends is None:
            self._ends = _now() + self._seconds

    def left(self) -> float:
        """Seconds. A part that ends by itself has all of them."""
        return self._seconds if self._ends is None else max(self._ends - _now(), self._least)


def _now() -> float:
    return asyncio.get_running_loop().time()
