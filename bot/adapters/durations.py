"""Durations, as people say them."""

import re
from datetime import timedelta
from typing import Final

_UNITS: Final = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)
_TYPED: Final = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "minute": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "hour": timedelta(hours=1),
    "d": timedelta(days=1),
    "day": timedelta(days=1),
}
_DURATION: Final = re.compile(r"([0-9]{1,5}) ?(m|min|minute|h|hour|d|day)s?", re.ASCII)


def spoken(duration: timedelta) -> str:
    """A positive duration in the largest unit that needs no fraction, such as "6 hours" or "1 day"."""
    name, unit = next((each for each in _UNITS if not duration % each[1]), _UNITS[-1])
    count = duration / unit
    return f"{count:g} {name}" if count == 1 else f"{count:g} {name}s"


def typed(text: str) -> timedelta | None:
    """A span as somebody types it, such as "2h", "30 min" or "1 day"; None = it is none."""
    match = _DURATION.fullmatch(text.strip().lower())
    return None if match is None else int(match[1]) * _TYPED[match[2]]
