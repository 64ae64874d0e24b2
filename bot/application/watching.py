"""What the store remembers of polled platforms: how far, where not, what is in doubt, what has to go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from bot.domain.messages import ChannelKey, MessageRef, Platform

MOST_LOOKS: Final = 2
"""How often an unconfirmed reply is looked for before what is not seen counts as not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far one listing was read and judged.

    Attributes:
        stream: which listing, such as "comments".
        recent: ids of the newest items that were judged, the newest first; bounded by whoever keeps it.
        polled_at: the last poll that brought an answer.
        seen: items judged in all.
        gaps: how often the listing may have dropped items between two polls.
        last_gap_at: the newest of these; None = never.
    """

    account: str
    stream: str
    recent: tuple[str, ...]
    polled_at: datetime
    seen: int = 0
    gaps: int = 0
    last_gap_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A platform refused us in a chat: nothing is read or said there before `until`.

    Attributes:
        reason: one word, such as "forbidden", "banned" or "not_found".
        times: refusals in a row, this one included.
    """

    chat: ChannelKey
    reason: str
    times: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A reply of which nobody knows whether it arrived.

    Attributes:
        ref: the message that it answers.
        text: what it says; empty where its words were forgotten since.
        since: when it became unconfirmed: not before it was sent.
        deadline: past it, it is not sent again.
        looks: how often it was looked for, and not seen.
        sent: it arrived for certain; only what it is called there is not known.
    """

    reply_id: int
    ref: MessageRef
    text: str = field(repr=False)
    since: datetime
    deadline: datetime
    looks: int
    sent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A message of which something is left here or there: its text, or our reply to it.

    Attributes:
        decision_id: the order of traces.
        reply_id, sent_message_id: of the reply that arrived, or may have; None = none, or it is gone.
    """

    decision_id: int
    ref: MessageRef
    reply_id: int | None = None
    sent_message_id: str | None = None


class Wish(StrEnum):
    """Why a reply of ours is taken away."""

    PARENT_DELETED = "parent_deleted"
    ASKED = "asked"
    """By the person it was for."""
    MODERATOR = "moderator"
    LOW_SCORE = "low_score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A reply that has to go.

    Attributes:
        ref: the message that it answers.
        sent_message_id: its own id on the platform; None = it has to be looked for.
    """

    reply_id: int
    ref: MessageRef
    sent_message_id: str | None
    wish: Wish
    asked_at: datetime
    attempts: int = 0


class WatchingQueries(Protocol):
    """The part of `ports.Queries` about polled platforms. Every method is one statement."""

    def cursors(self, account: str) -> Mapping[str, Cursor]:
        """By stream."""
        ...

    def blocks(self, platform: Platform) -> Mapping[ChannelKey, Block]:
        """Every chat where a refusal stands, also one whose time is over: a success lifts it."""
        ...

    def doubts(self, account: str, *, limit: int) -> Sequence[Doubt]:
        """Unconfirmed live replies that were looked for fewer than `MOST_LOOKS` times, the oldest first."""
        ...

    def unnamed(self, account: str, *, since: datetime, limit: int) -> Sequence[Doubt]:
        """Live replies sent since then whose ids nobody told, and that were looked for as seldom."""
        ...

    def waiting_for(self, account: str) -> frozenset[MessageRef]:
        """Messages whose replies are pending."""
        ...

    def ours(self, refs: Collection[MessageRef]) -> frozenset[MessageRef]:
        """Which of these are messages that the bot itself sent as replies."""
        ...

    def traces(self, platform: Platform, *, after: int, limit: int) -> Sequence[Trace]:
        """Live messages with something left of them, in order of their decisions, behind `after`."""
        ...

    def removals(self, platform: Platform, *, limit: int) -> Sequence[Removal]:
        """Replies that have to go and are not gone, the least often tried first, then the oldest.

        Those that are still on the wire come once they have arrived, or may have.
        """
        ...

    def removed(self, platform: Platform, *, since: datetime) -> Mapping[str, int]:
        """Replies that were taken away since then, by wish."""
        ...


class WatchingTransaction(WatchingQueries, Protocol):
    """The part of `ports.Transaction` about polled platforms."""

    def keep_cursor(self, cursor: Cursor) -> None:
        """Insert or replace."""
        ...

    def keep_block(self, block: Block) -> None:
        """Insert or replace."""
        ...

    def lift_block(self, chat: ChannelKey) -> None:
        """The platform lets us in again, or somebody wants it tried."""
        ...

    def not_seen(self, reply_id: int) -> None:
        """A reply in doubt, or one whose id is not known, was looked for in vain, once more."""
        ...

    def found(self, reply_id: int, *, sent_message_id: str, at: datetime) -> None:
        """An unconfirmed reply stands on the platform: it is `sent`."""
        ...

    def named(self, reply_id: int, *, sent_message_id: str) -> None:
        """A sent reply whose id nobody told is called this."""
        ...

    def send_again(self, reply_id: int, *, at: datetime) -> bool:
        """An unconfirmed reply never arrived: `pending` anew, and nobody has looked for it.

        False where its deadline is past, where it is to be removed, and where its words were forgotten.
        """
        ...

    def want_removed(self, reply_id: int, wish: Wish, *, at: datetime) -> bool:
        """Once a reply; a pending one is cancelled instead, and one on the wire goes once it has arrived.

        False where it was wished before, and where there is nothing to remove.
        """
        ...

    def removal_failed(self, reply_id: int) -> None:
        """Tried in vain, once more."""
        ...

    def removal_done(self, reply_id: int, *, found: bool, at: datetime) -> None:
        """It is gone, or was nowhere to be found."""
        ...

    def author_deleted(self, decision_ids: Collection[int], *, at: datetime) -> int:
        """Blank what is known of messages that their authors deleted, as `forget` does; how many texts went.

        Their reason says so from then on, and reports count it. A pending reply is cancelled; one that
        arrived, or may have, is to be removed.
        """
        ...
