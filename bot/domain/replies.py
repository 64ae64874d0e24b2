from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from bot.domain.messages import MessageRef


class ReplyState(StrEnum):
    """The life of a reply.

    pending -> sending -> sent | failed | unconfirmed
    pending -> expired | cancelled | simulated
    sending -> pending only when nothing was stored
    unconfirmed -> sent | pending only where the platform was asked, and said that it stands there, or not
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SIMULATED = "simulated"


NEXT_STATES: Mapping[ReplyState, frozenset[ReplyState]] = {
    ReplyState.PENDING: frozenset(
        {ReplyState.SENDING, ReplyState.EXPIRED, ReplyState.CANCELLED, ReplyState.SIMULATED}
    ),
    ReplyState.SENDING: frozenset(
        {ReplyState.SENT, ReplyState.FAILED, ReplyState.UNCONFIRMED, ReplyState.PENDING}
    ),
    ReplyState.UNCONFIRMED: frozenset({ReplyState.SENT, ReplyState.PENDING}),
}
"""Every step a reply may take. States without a row are final; `unconfirmed` is where nobody can be asked."""

COUNTED = frozenset({ReplyState.PENDING, ReplyState.SENDING, ReplyState.SENT, ReplyState.UNCONFIRMED})
"""What a person may have got, or is about to get: the history of cooldowns and caps."""

ARRIVED = frozenset({ReplyState.SENT, ReplyState.UNCONFIRMED, ReplyState.SIMULATED})
"""What a person has seen, or may have seen, or would have seen."""

SETTLED = frozenset(ReplyState) - {ReplyState.PENDING, ReplyState.SENDING}
"""States in which nothing more is sent by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingReply:
    """A reply on its way out.

    Attributes:
        id: the outbox row.
        ref: the message that is answered.
        text: what is said.
        address: what the sender needs, as the source gave it.
        private: a chat with one person, whose name is that person's.
        card: it is the crisis card, and no phrase.
        received_at: when that message came in.
        deadline: past it nothing is sent.
        attempts: requests made, this one included.
    """

    id: int
    ref: MessageRef
    text: str
    address: Mapping[str, str] = field(repr=False)
    received_at: datetime
    deadline: datetime
    private: bool = False
    card: bool = False
    attempts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The platform's word that a reply stands there.

    Attributes:
        message_id: its id there, if the platform named one.
    """

    message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How one attempt ended.

    Attributes:
        detail: the error class, never a text of somebody's.
    """

    reply: OutgoingReply
    state: ReplyState
    at: datetime
    not_before: datetime | None = None
    sent_message_id: str | None = None
    detail: str | None = None

    def postponed(self, *, until: datetime) -> Self:
        """Back to the outbox, not before `until`."""
        return replace(self, state=ReplyState.PENDING, not_before=until)


BOT_NOTICE = "(I am a bot, and this was written in advance.)"


def compose(phrase: str, *, first: bool, notice: str = BOT_NOTICE) -> str:
    """The words that go out: the first reply a person ever gets says what it is, as its platform puts it.

    An empty notice: whoever sends it there says so under every reply.
    """
    return f"{phrase}\n\n{notice}" if first and notice else phrase
