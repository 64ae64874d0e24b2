"""Durations, as people say them."""

from datetime import timedelta
from typing import Final

_UNITS: Final = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)


def spoken(duration: timedelta) -> str:
    """A positive duration in the largest unit that needs no fraction, such as "6 hours" or "1 day"."""
    name, unit = next((each for each in _UNITS if not duration % each[1]), _UNITS[-1])
    count = duration / unit
    return f"{count:g} {name}" if count == 1 else f"{count:g} {name}s"
