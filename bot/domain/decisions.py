from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Action(StrEnum):
    """What follows from a verdict."""

    REPLY = "reply"
    SHADOW = "shadow"
    """Would have been answered, in a chat that only watches."""
    SILENCE = "silence"


class Reason(StrEnum):
    """Why: every outcome has its own, in the order in which they are asked.

    `screen` reads only who and where; `gate` only the text; `decide` everything.
    """

    OWN_MESSAGE = "own_message"
    BOT = "bot"
    ANONYMOUS_ADMIN = "anonymous_admin"
    LINKED_CHANNEL = "linked_channel"
    COMMAND = "command"
    OPTED_OUT = "opted_out"
    CHANNEL_OFF = "channel_off"
    PAUSED = "paused"
    THREAD_SKIPPED = "thread_skipped"
    """The chat's own rules leave this thread alone."""

    CRISIS = "crisis"
    """Answered with the card, unless the chat chose silence."""
    CRISIS_CARD_GIVEN = "crisis_card_given"
    """The same person had the card within the last day."""
    CRISIS_LATE = "crisis_late"
    """The card would come too late; it does not stand in the way of the next one."""
    LATE = "late"
    EMPTY = "empty"
    ONLY_LINKS = "only_links"
    ONLY_QUOTE = "only_quote"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_ENGLISH = "not_english"
    SARCASM_TAG = "sarcasm_tag"

    BELOW_THRESHOLD = "below_threshold"
    QUIET_HOURS = "quiet_hours"
    LEFT_ALONE = "left_alone"
    AUTHOR_COOLDOWN = "author_cooldown"
    THREAD_CAP = "thread_cap"
    CHAT_PACE = "chat_pace"
    SUPPORT = "support"


FORGOTTEN: Final = "forgotten"
"""Stands in place of the reason, and of the phrase, where a person wanted what is known of them erased.

No `Reason`: no verdict comes to it.
"""
DELETED_THERE: Final = "deleted_there"
"""The same in place of the reason, where the message was deleted on its platform: reports count it."""
ERASED: Final = frozenset({FORGOTTEN, DELETED_THERE})
"""Reasons behind which something was read, and nothing of it is left."""


class ReplyWhen(StrEnum):
    """Which score is held against the threshold."""

    NOT_POSITIVE = "not_positive"
    NEGATIVE = "negative"
    DISTRESS = "distress"


class Sensitivity(StrEnum):
    """How sure the model must be: precision .90, .80, .70 on the development set."""

    CAREFUL = "careful"
    NORMAL = "normal"
    KEEN = "keen"


ReplyThresholds = Mapping[ReplyWhen, Mapping[Sensitivity, float]]
"""A classifier's own lines between silence and a reply, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What a classifier says about one text. All numbers are calibrated probabilities in [0, 1].

    Attributes:
        positive, negative, neutral, ambiguous: the four sentiment groups, independent of each other.
        not_positive: 1 - positive, the binary target.
        distress: at least one of the emotions that ask for support.
        emotions: the 28 GoEmotions labels.
        label: the group furthest above its threshold, else the largest.
        groups: the groups above their thresholds, in the model's order.
        thresholds: where this classifier draws its lines.
        model, preprocessing: versions, enough to say it again.
    """

    positive: float
    negative: float
    neutral: float
    ambiguous: float
    not_positive: float
    distress: float
    emotions: Mapping[str, float]
    label: str
    groups: tuple[str, ...]
    thresholds: ReplyThresholds
    model: str
    preprocessing: str

    def score(self, reply_when: ReplyWhen) -> float:
        """The number that `reply_when` looks at."""
        match reply_when:
            case ReplyWhen.NOT_POSITIVE:
                return self.not_positive
            case ReplyWhen.NEGATIVE:
                return self.negative
            case ReplyWhen.DISTRESS:
                return self.distress


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFacts:
    """What can be seen of a text without a classifier, computed once.

    Attributes:
        words: words left when links and quoted lines are taken out.
        only_links, only_quote: nothing of the author's own is left.
        too_long: over `facts.MAX_TEXT` characters; the other facts are then those of its beginning.
        sarcasm_tag: ends in "/s".
        language: "en" for everything let through, else ISO 639-1 or "und".
        crisis: speaks of suicide or self-harm by its author.
    """

    words: int
    only_links: bool
    only_quote: bool
    too_long: bool
    sarcasm_tag: bool
    language: str
    crisis: bool

    @property
    def empty(self) -> bool:
        """Nothing was written at all."""
        return self.words == 0 and not self.only_links and not self.only_quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands about the author before the text is read."""

    opted_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Replies that the author, thread and chat already got or are about to get, as the verdict sees them.

    Attributes:
        last_reply_to_author: when the newest was decided.
        met_before: the author may have seen a reply: it need not say once more that it is a bot.
        left_alone_until: the author pressed "not needed".
        thread_replies: in this thread (over the last hour where the chat is the thread).
        chat_replies: in this chat over the last hour.
        author_phrases, chat_phrases: phrase ids, newest first.
        chain: replies that the author got over the last hour, where the message answers one of ours; else 0.
        card_today: the author had a crisis card within a day; asked only where a text speaks of a crisis.
    """

    last_reply_to_author: datetime | None = None
    left_alone_until: datetime | None = None
    met_before: bool = False
    thread_replies: int = 0
    chat_replies: int = 0
    author_phrases: tuple[str, ...] = ()
    chat_phrases: tuple[str, ...] = ()
    chain: int = 0
    card_today: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of the way: what to do and why."""

    action: Action
    reason: Reason

    @property
    def would_reply(self) -> bool:
        """Whether the bot would speak, were the chat live."""
        return self.action is not Action.SILENCE


def silence(reason: Reason) -> Outcome:
    """No reply, for this reason."""
    return Outcome(action=Action.SILENCE, reason=reason)
