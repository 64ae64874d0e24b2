"""Durations and moments in words."""

from datetime import datetime, timedelta
from typing import Final

_UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def span(seconds: float) -> str:
    """A duration in its largest whole unit, such as "6 hours"; days only from two on."""
    whole = round(seconds)
    for name, size in _UNITS:
        if whole >= size and whole % size == 0 and (name != "day" or whole >= 2 * size):
            return counted(whole // size, name)
    return counted(whole, "second")


def counted(number: int, name: str) -> str:
    """A number with its noun: "1 message", "2 messages"."""
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"


def moment(at: datetime) -> str:
    """A time in words, UTC, to the minute."""
    return f"{at:%-d %B %Y, %H:%M} UTC"


def about(duration: timedelta) -> str:
    """A duration that need not be exact, such as "3 days"."""
    seconds = max(duration.total_seconds(), 60)
    name, size = next((name, size) for name, size in _UNITS if seconds >= size)
    return counted(int(seconds // size), name)
