"""What `/settings` offers: the settings of a chat, their values in words, and the choices for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.adapters.telegram.conversation.spoken import quiet_hours
from bot.adapters.telegram.texts import settings as texts
from bot.domain.channels import Answer, ChannelSettings, QuietHours
from bot.domain.crisis import CrisisAction
from bot.domain.decisions import ReplyThresholds, ReplyWhen, Sensitivity

AUTO: Final = "auto"
OFF: Final = "off"
UTC: Final = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A field of `ChannelSettings` that admins may change.

    Attributes:
        tokens: what the buttons carry.
        read: a token as the field's value; the settings tell the time zone.
        groups_only: makes no sense in a chat with one person.
    """

    name: str
    tokens: tuple[str, ...]
    read: Callable[[str, ChannelSettings], object]
    groups_only: bool = False


def _seconds(token: str, _: ChannelSettings) -> timedelta:
    return timedelta(seconds=int(token))


def _count(token: str, _: ChannelSettings) -> int | None:
    return None if token == OFF else int(token)


def _hours(token: str, settings: ChannelSettings) -> QuietHours | None:
    zone = settings.quiet_hours.zone if settings.quiet_hours else UTC
    return None if token == OFF else quiet_hours(token, zone=zone)


_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
SETTINGS: Final[Mapping[str, Setting]] = {
    each.name: each
    for each in (
        Setting(name="reply_when", tokens=tuple(texts.REPLY_WHEN), read=lambda token, _: ReplyWhen(token)),
        Setting(name="sensitivity", tokens=tuple(Sensitivity), read=lambda token, _: Sensitivity(token)),
        Setting(
            name="answer",
            tokens=(*Answer, AUTO),
            read=lambda token, _: None if token == AUTO else Answer(token),
            groups_only=True,
        ),
        Setting(
            name="author_cooldown",
            tokens=tuple(str(hours * _HOUR) for hours in (1, 3, 6, 12, 24, 168)),
            read=_seconds,
        ),
        Setting(name="thread_cap", tokens=("1", "3", "5", "10", OFF), read=_count, groups_only=True),
        Setting(name="chat_pace", tokens=("3", "6", "12", "30", OFF), read=_count, groups_only=True),
        Setting(name="quiet_hours", tokens=("22:00-07:00", "23:00-08:00", "00:00-06:00", OFF), read=_hours),
        Setting(name="language_filter", tokens=("on", OFF), read=lambda word, _: word == "on"),
        Setting(name="crisis", tokens=tuple(CrisisAction), read=lambda token, _: CrisisAction(token)),
        Setting(
            name="retention", tokens=tuple(str(days * _DAY) for days in (0, 1, 7, 30, 90)), read=_seconds
        ),
    )
}


_SAID: Final[Mapping[str, Callable[[ChannelSettings], str]]] = {
    "reply_when": lambda settings: texts.REPLY_WHEN[settings.reply_when],
    "answer": lambda settings: texts.ANSWER[settings.answer or AUTO],
    "author_cooldown": lambda settings: texts.cooldown(settings.author_cooldown.total_seconds()),
    "thread_cap": lambda settings: texts.cap(settings.thread_cap),
    "chat_pace": lambda settings: texts.cap(settings.chat_pace),
    "quiet_hours": lambda settings: _quiet(settings.quiet_hours),
    "language_filter": lambda settings: texts.ENGLISH if settings.language_filter else texts.ANY,
    "crisis": lambda settings: texts.CRISIS[settings.crisis],
    "retention": lambda settings: texts.kept(settings.retention.total_seconds()),
}


def said(name: str, settings: ChannelSettings, thresholds: ReplyThresholds) -> str:
    """The value of a setting in words."""
    if name == "sensitivity":
        return texts.sensitivity(settings.sensitivity, thresholds[settings.reply_when][settings.sensitivity])
    return _SAID[name](settings)


def _quiet(hours: QuietHours | None) -> str:
    if hours is None or hours.start == hours.end:
        return texts.NO_QUIET
    return texts.quiet(f"{hours.start:%H:%M}", f"{hours.end:%H:%M}", hours.zone)
