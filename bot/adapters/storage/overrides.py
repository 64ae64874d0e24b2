"""A chat's own settings, from the JSON of its row to typed values."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.domain.channels import Answer, Mode, QuietHours
from bot.domain.crisis import CrisisAction
from bot.domain.decisions import ReplyWhen, Sensitivity

SWITCHED_OFF: Final[Mapping[str, object]] = {"mode": Mode.OFF}
"""What holds in a chat whose row cannot be understood: nobody is read there by mistake."""


def typed(raw: Mapping[str, Any]) -> Mapping[str, object]:
    """Fields of `ChannelSettings`; durations are stored in seconds, times in ISO 8601.

    A row with an unknown name or a value that does not fit switches its chat off, and no other.
    """
    try:
        return {name: _READERS[name](value) for name, value in raw.items()}
    except (KeyError, TypeError, ValueError, OverflowError):
        return SWITCHED_OFF


def raw(value: object) -> object:
    """The opposite of `typed`: a value as a row's JSON holds it."""
    match value:
        case Enum():
            return value.value
        case timedelta():
            return value.total_seconds()
        case datetime() | time():
            return value.isoformat()
        case QuietHours():
            return {"start": raw(value.start), "end": raw(value.end), "zone": value.zone}
    return value


def _seconds(value: float) -> timedelta:
    return timedelta(seconds=value)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("not a whole number")
    return value


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _quiet_hours(value: Mapping[str, str]) -> QuietHours:
    start, end = time.fromisoformat(value["start"]), time.fromisoformat(value["end"])
    return QuietHours(start=start, end=end, zone=ZoneInfo(value["zone"]).key)


def _or_none(read: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda value: None if value is None else read(value)


_READERS: Final[Mapping[str, Callable[[Any], object]]] = {
    "mode": Mode,
    "paused_until": _or_none(datetime.fromisoformat),
    "reply_when": ReplyWhen,
    "sensitivity": Sensitivity,
    "author_cooldown": _seconds,
    "thread_cap": _or_none(_whole),
    "chat_pace": _or_none(_whole),
    "min_words": _whole,
    "language_filter": _switch,
    "quiet_hours": _or_none(_quiet_hours),
    "deadline": _seconds,
    "crisis": CrisisAction,
    "retention": _seconds,
    "answer": _or_none(Answer),
}
