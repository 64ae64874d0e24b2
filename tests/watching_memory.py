"""What a store remembers of replies in doubt and of replies to remove, in memory.

It answers what `WatchingQueries` and `WatchingTransaction` say, as far as somebody who looks, sweeps and
removes asks.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from builders import NOW

from bot.adapters.reddit.values import REDDIT
from bot.application.people import Feedback
from bot.application.watching import MOST_LOOKS, Block, Doubt, Removal, Trace, Wish
from bot.domain.errors import StoreError
from bot.domain.messages import ChannelKey, MessageRef
from bot.domain.replies import ReplyState

T = TypeVar("T")


@dataclass(kw_only=True)
class Row:
    """A reply, and the message that it answers."""

    reply_id: int
    ref: MessageRef
    state: ReplyState | None
    """None = nobody answered the message."""
    since: datetime
    deadline: datetime
    looks: int = 0
    sent_message_id: str | None = None
    keeps_text: bool = True
    wish: Wish | None = None
    asked_at: datetime | None = None
    attempts: int = 0
    gone: bool | None = None

    @property
    def seen(self) -> bool:
        return self.state in {ReplyState.SENT, ReplyState.UNCONFIRMED} and self.gone is None


class MemoryStore:
    """Both sides of `ports.Store`; a row's number is its decision's and its reply's."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}
        self.feedback: list[tuple[int, Feedback]] = []
        self.fails = False
        self.transactions = 0
        self.calls: list[str] = []
        self.blocked: set[ChannelKey] = set()

    def add(
        self,
        message_id: str,
        *,
        state: ReplyState | None = ReplyState.UNCONFIRMED,
        since: datetime = NOW,
        **values: Any,
    ) -> Row:
        number = len(self.rows) + 1
        ref = MessageRef(platform=REDDIT, channel_id=values.pop("place", "place"), message_id=message_id)
        deadline = values.pop("deadline", NOW + timedelta(minutes=10))
        row = Row(reply_id=number, ref=ref, state=state, since=since, deadline=deadline, **values)
        self.rows[number] = row
        return row

    async def transact(self, work: Callable[[Any], T]) -> T:
        if self.fails:
            raise StoreError("the disk is full")
        self.transactions += 1
        return work(self)

    async def read(self, work: Callable[[Any], T]) -> T:
        if self.fails:
            raise StoreError("the disk is full")
        return work(self)

    def doubts(self, account: str, *, limit: int) -> Sequence[Doubt]:
        assert account
        found = [
            Doubt(
                reply_id=row.reply_id,
                ref=row.ref,
                text="words",
                since=row.since,
                deadline=row.deadline,
                looks=row.looks,
            )
            for row in self.rows.values()
            if row.state is ReplyState.UNCONFIRMED and row.looks < MOST_LOOKS and row.gone is None
        ]
        return sorted(found, key=lambda each: each.since)[:limit]

    def unnamed(self, account: str, *, since: datetime, limit: int) -> Sequence[Doubt]:
        assert account
        found = [
            row
            for row in self.rows.values()
            if row.state is ReplyState.SENT and row.sent_message_id is None and row.since >= since
        ]
        return [
            Doubt(
                reply_id=row.reply_id,
                ref=row.ref,
                text="words",
                since=row.since,
                deadline=row.deadline,
                looks=row.looks,
                sent=True,
            )
            for row in found
            if row.looks < MOST_LOOKS and row.gone is None
        ][:limit]

    def named(self, reply_id: int, *, sent_message_id: str) -> None:
        self.rows[reply_id].sent_message_id = sent_message_id

    def traces(self, platform: str, *, after: int, limit: int) -> Sequence[Trace]:
        assert platform == REDDIT
        left = [row for row in self.rows.values() if row.keeps_text or row.seen]
        return [
            Trace(
                decision_id=row.reply_id,
                ref=row.ref,
                reply_id=row.reply_id if row.seen else None,
                sent_message_id=row.sent_message_id if row.seen else None,
            )
            for row in left
            if row.reply_id > after
        ][:limit]

    def removals(self, platform: str, *, limit: int) -> Sequence[Removal]:
        assert platform == REDDIT
        found = [
            Removal(
                reply_id=row.reply_id,
                ref=row.ref,
                sent_message_id=row.sent_message_id,
                wish=row.wish,
                asked_at=row.asked_at,
                attempts=row.attempts,
            )
            for row in self.rows.values()
            if row.wish is not None and row.asked_at is not None and row.seen
        ]
        return sorted(found, key=lambda each: (each.attempts, each.asked_at))[:limit]

    def blocks(self, platform: str) -> Mapping[ChannelKey, Block]:
        assert platform == REDDIT
        return {
            chat: Block(chat=chat, reason="private", times=1, since=NOW, until=NOW) for chat in self.blocked
        }

    def not_seen(self, reply_id: int) -> None:
        self.rows[reply_id].looks += 1

    def found(self, reply_id: int, *, sent_message_id: str, at: datetime) -> None:
        del at
        row = self.rows[reply_id]
        if row.state is ReplyState.UNCONFIRMED:
            row.state, row.sent_message_id = ReplyState.SENT, sent_message_id

    def send_again(self, reply_id: int, *, at: datetime) -> bool:
        row = self.rows[reply_id]
        if row.state is not ReplyState.UNCONFIRMED or row.deadline <= at or row.wish is not None:
            return False
        row.state, row.looks = ReplyState.PENDING, 0
        return True

    def want_removed(self, reply_id: int, wish: Wish, *, at: datetime) -> bool:
        self.calls.append("want_removed")
        row = self.rows[reply_id]
        if row.wish is not None or not row.seen:
            return False
        row.wish, row.asked_at = wish, at
        return True

    def removal_failed(self, reply_id: int) -> None:
        self.rows[reply_id].attempts += 1

    def removal_done(self, reply_id: int, *, found: bool, at: datetime) -> None:
        del at
        self.rows[reply_id].gone = found

    def author_deleted(self, decision_ids: Collection[int], *, at: datetime) -> int:
        self.calls.append("author_deleted")
        for number in decision_ids:
            self.rows[number].keeps_text = False
            self.want_removed(number, Wish.PARENT_DELETED, at=at)
        return len(decision_ids)

    def keep_feedback(self, reply_id: int, kind: Feedback, *, at: datetime) -> bool:
        del at
        self.calls.append("keep_feedback")
        new = (reply_id, kind) not in self.feedback
        if new:
            self.feedback.append((reply_id, kind))
        return new

    @property
    def wishes(self) -> Mapping[int, Wish]:
        return {row.reply_id: row.wish for row in self.rows.values() if row.wish is not None}
