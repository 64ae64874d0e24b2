"""What admins type behind a command, read."""

import re
from datetime import time
from typing import Final
from zoneinfo import available_timezones

from bot.domain.channels import QuietHours

_TIME: Final = "([01]?[0-9]|2[0-3]):([0-5][0-9])"
_HOURS: Final = re.compile(rf"{_TIME} ?[-\u2013] ?{_TIME}(?: +(\S+))?", re.ASCII)


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
