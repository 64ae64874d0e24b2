"""What the store hands out besides the domain's own values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
