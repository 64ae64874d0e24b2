"""What the store hands out besides the domain's own values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.decisions import History, TextFacts
from bot.domain.messages import MessageRef, Platform
from bot.domain.replies import OutgoingReply, Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReply:
    """A pending reply that may go, or has come too late.

    Attributes:
        urgent: waits for no pace: a crisis card.
    """

    id: int
    platform: Platform
    channel_id: str
    deadline: datetime
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What became of pending replies that were about to be sent.

    Attributes:
        going: now `sending`, in the hands of the caller.
        ended: too late, or not wanted any more.
    """

    going: Sequence[OutgoingReply]
    ended: Sequence[Settlement]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """A settled reply as the API of outgoing replies shows it."""

    sequence: int
    ref: MessageRef
    text: str
    phrase_id: str
    state: str
    settled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """How often one outcome happened on one day in one platform's chats."""

    day: str
    platform: str
    origin: str
    action: str
    reason: str
    count: int


class Missing(StrEnum):
    """Why a recorded decision cannot be made again."""

    UNREAD = "unread"
    """Its text was not looked at when it was made, and so it was not kept."""
    TEXT_GONE = "text_gone"
    """Erased since, or never kept."""
    MODEL_GONE = "model_gone"
    """Its model is not here any more, or cannot be loaded."""
    PREPROCESSING_GONE = "preprocessing_gone"
    """Its model wants texts prepared in a way that this program does not know."""
    UNREADABLE = "unreadable"
    """Its settings snapshot, or its own row, is missing or cannot be understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was recorded of a decision on a text that was read, and what it takes to make it again.

    Attributes:
        scores: see `audit.Judgement`.
        history: None where the policy was not asked for it.
        model: the versions of the model and of its text preparation; empty where nothing was classified.
        read_at, read_under: when the gates looked at the text, and the hash of the settings they went by.
        decided_at, policy: the same of the decision.
    """

    action: str
    reason: str
    label: str | None
    scores: Mapping[str, float]
    facts: TextFacts
    history: History | None
    model: tuple[str, ...]
    sent_at: datetime
    received_at: datetime
    read_at: datetime
    read_under: str
    decided_at: datetime
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDecision:
    """A decision as an audit takes it up: nothing in it says who wrote, or where.

    Attributes:
        id, decided_at: its row, and its place in the order of an audit.
        read: whether the text was looked at.
        text: as much of it as any gate looks at; None = erased, or never kept.
        evidence: None where the text was not read, or the row cannot be understood.
    """

    id: int
    decided_at: datetime
    read: bool
    text: str | None = field(repr=False)
    evidence: Evidence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The decisions that stood there when an audit began; later ones are not its business.

    Attributes:
        count: how many.
        last_id: the newest row; 0 where there is none.
    """

    count: int
    last_id: int
