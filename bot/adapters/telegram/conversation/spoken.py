"""What admins type behind a command, read."""

import re
from datetime import time, timedelta
from typing import Final
from zoneinfo import available_timezones

from bot.domain.channels import QuietHours

_UNITS: Final = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "minute": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "hour": timedelta(hours=1),
    "d": timedelta(days=1),
    "day": timedelta(days=1),
}
_DURATION: Final = re.compile(r"([0-9]{1,5}) ?(m|min|minute|h|hour|d|day)s?", re.ASCII)
_TIME: Final = "([01]?[0-9]|2[0-3]):([0-5][0-9])"
_HOURS: Final = re.compile(rf"{_TIME} ?[-\u2013] ?{_TIME}(?: +(\S+))?", re.ASCII)


def duration(text: str) -> timedelta | None:
    """A span such as "2h", "30 min" or "1 day"; None = it is none."""
    match = _DURATION.fullmatch(text.strip().lower())
    return None if match is None else int(match[1]) * _UNITS[match[2]]


def quiet_hours(text: str, *, zone: str) -> QuietHours | None:
    """A span such as "22:00-07:00 Europe/London", in `zone` where none is named; None = it is none."""
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        return None
    named = (match[5] or zone).lower()
    known = next((each for each in available_timezones() if each.lower() == named), None)
    start, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    if known is None or start == end:
        return None
    return QuietHours(start=start, end=end, zone=known)
