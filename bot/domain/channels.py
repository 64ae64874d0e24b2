from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from bot.domain.crisis import CrisisAction
from bot.domain.decisions import ReplyWhen, Sensitivity
from bot.domain.messages import ChannelKey, Origin, Platform


class Mode(StrEnum):
    """What the bot does in a chat: nothing, watch in silence, or answer."""

    OFF = "off"
    SHADOW = "shadow"
    LIVE = "live"


class Answer(StrEnum):
    """Who sees a reply in a group."""

    WHISPER = "whisper"
    """Only the person it is for; where the platform cannot do that, nobody."""
    PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """A daily span in which nobody is answered; it may cross midnight.

    Attributes:
        start, end: local times; `start` is in the span, `end` is not. Equal times mean no span.
        zone: IANA name, such as "Europe/London".
    """

    start: time
    end: time
    zone: str

    def cover(self, now: datetime) -> bool:
        """Whether `now` (aware) lies in the span."""
        local = now.astimezone(ZoneInfo(self.zone)).time()
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """How the bot behaves in one chat: its platform's defaults overlaid by the chat's own row.

    Attributes:
        mode, paused_until: whether it speaks here at all; after a break, the latter is when it ended.
        reply_when, sensitivity: which score, and how sure.
        author_cooldown: between two replies to one person; zero = none.
        thread_cap: replies in one thread; None = no cap.
        chat_pace: replies in one chat and hour; None = no pace.
        min_words: shorter texts are left alone.
        language_filter: only English is classified.
        quiet_hours: None = always awake.
        deadline: how old a message may grow before a reply would be stale.
        crisis: what follows when somebody's words speak of suicide or self-harm.
        retention: how long the text is kept; zero = never stored.
        answer: who sees a reply in a group; None = a whisper where the platform was seen to take one, else
            public.
    """

    mode: Mode = Mode.SHADOW
    paused_until: datetime | None = None
    reply_when: ReplyWhen = ReplyWhen.NEGATIVE
    sensitivity: Sensitivity = Sensitivity.NORMAL
    author_cooldown: timedelta = timedelta(hours=6)
    thread_cap: int | None = 3
    chat_pace: int | None = 6
    min_words: int = 2
    language_filter: bool = True
    quiet_hours: QuietHours | None = None
    deadline: timedelta = timedelta(seconds=10)
    crisis: CrisisAction = CrisisAction.CARD
    retention: timedelta = timedelta(days=30)
    answer: Answer | None = None

    def overlaid(self, overrides: Mapping[str, object]) -> Self:
        """These settings with the chat's own values in place of the defaults.

        Raises:
            ValueError: names a setting that does not exist.
        """
        if not overrides:
            return self
        unknown = overrides.keys() - {each.name for each in fields(self)}
        if unknown:
            raise ValueError(f"unknown channel setting: {', '.join(sorted(unknown))}")
        return replace(self, **overrides)  # type: ignore[arg-type]  # names checked here, types by the store

    def speaks(self, now: datetime, *, card: bool = False) -> bool:
        """Whether a reply may go out here at this moment; the crisis card only where the chat wants it."""
        awake = self.paused_until is None or now >= self.paused_until
        return self.mode is Mode.LIVE and awake and (self.crisis.card or not card)

    def in_replay(self) -> Self:
        """What a recording is judged by: as if the chat were live, unless it is off."""
        return replace(self, mode=Mode.OFF if self.mode is Mode.OFF else Mode.LIVE, paused_until=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDefaults:
    """The settings of a chat that has no row of its own.

    Attributes:
        by_platform: platforms with defaults of their own.
        by_chat: chats that the operator set up apart, beneath their own rows.
        otherwise: everything else.
    """

    by_platform: Mapping[Platform, ChannelSettings] = field(default_factory=dict)
    by_chat: Mapping[ChannelKey, ChannelSettings] = field(default_factory=dict)
    otherwise: ChannelSettings = ChannelSettings()

    def settings(
        self, chat: ChannelKey, overrides: Mapping[str, object], *, origin: Origin
    ) -> ChannelSettings:
        """What holds in a chat whose own row says `overrides`."""
        beneath = self.by_chat.get(chat) or self.by_platform.get(chat[0], self.otherwise)
        settings = beneath.overlaid(overrides)
        return settings.in_replay() if origin is Origin.REPLAY else settings
