"""Polled platforms, as the store is asked and told about them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, literal, not_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.adapters.storage.asked import OURS, WISHED_AWAY, parameters, values
from bot.adapters.storage.forgetting import blank
from bot.adapters.storage.outbox import LAST_SEQUENCE, SEEN, cancelled, pending
from bot.adapters.storage.tables import decisions, replies
from bot.adapters.storage.traces import GONE, TRACES, trace
from bot.adapters.storage.watch_tables import blocks, cursors, removals
from bot.application.watching import MOST_LOOKS, Block, Cursor, Doubt, Removal, Trace, Wish
from bot.domain.decisions import FORGOTTEN
from bot.domain.messages import ChannelKey, MessageRef, Origin, Platform
from bot.domain.replies import ReplyState

_REMOVABLE = (ReplyState.SENDING, *SEEN)
_WISHED = exists().where(removals.c.reply_id == replies.c.id)


class WatchingStatements:
    """`WatchingQueries` over one connection."""

    _connection: Connection

    def cursors(self, account: str) -> Mapping[str, Cursor]:
        """By stream."""
        found = self._connection.execute(select(cursors).where(cursors.c.account == account))
        return {row.stream: Cursor(**(row._asdict() | {"recent": tuple(row.recent)})) for row in found}

    def blocks(self, platform: Platform) -> Mapping[ChannelKey, Block]:
        """Every chat where a refusal stands, also one whose time is over: a success lifts it."""
        query = select(blocks).where(blocks.c.platform == platform).order_by(blocks.c.channel_id)
        return {block.chat: block for block in map(_block, self._connection.execute(query))}

    def doubts(self, account: str, *, limit: int) -> Sequence[Doubt]:
        """Unconfirmed live replies that were looked for fewer than `MOST_LOOKS` times, the oldest first.

        Of one whose author was forgotten, or who deleted the message, nothing is left to compare: its text is
        empty. One that was removed is in nobody's doubt.
        """
        query = (
            select(replies)
            .where(
                replies.c.account == account,
                replies.c.state == ReplyState.UNCONFIRMED,
                replies.c.origin == Origin.LIVE,
                replies.c.looks < MOST_LOOKS,
                not_(GONE),
            )
            .order_by(replies.c.settled_at, replies.c.id)
            .limit(limit)
        )
        return [_doubt(row) for row in self._connection.execute(query)]

    def waiting_for(self, account: str) -> frozenset[MessageRef]:
        """Messages whose replies are pending."""
        query = select(replies.c.platform, replies.c.channel_id, replies.c.message_id)
        return frozenset(_ref(row) for row in self._connection.execute(query.where(pending(account))))

    def ours(self, refs: Collection[MessageRef]) -> frozenset[MessageRef]:
        """Which of these are messages that the bot itself sent as replies."""
        asked = list(refs)
        keys = [(ref.platform, ref.channel_id, ref.message_id) for ref in asked]
        return frozenset(asked[row.key] for row in self._connection.execute(OURS, parameters(keys)))

    def traces(self, platform: Platform, *, after: int, limit: int) -> Sequence[Trace]:
        """Live messages with something left of them, in order of their decisions, behind `after`."""
        values = {"platform": platform, "after": after, "limit": limit}
        return [trace(row) for row in self._connection.execute(TRACES, values)]

    def removals(self, platform: Platform, *, limit: int) -> Sequence[Removal]:
        """Replies that have to go and are not gone, the least often tried first, then the oldest.

        Those that are still on the wire come later; those that never arrived, never.
        """
        query = (
            select(removals, replies.c.channel_id, replies.c.message_id, replies.c.sent_message_id)
            .join(replies, replies.c.id == removals.c.reply_id)
            .where(removals.c.platform == platform, removals.c.done_at.is_(None), replies.c.state.in_(SEEN))
            .order_by(removals.c.attempts, removals.c.asked_at)
            .limit(limit)
        )
        return [_removal(row) for row in self._connection.execute(query)]

    def removed(self, platform: Platform, *, since: datetime) -> Mapping[str, int]:
        """Replies that were taken away since then, by wish."""
        query = select(removals.c.wish, func.count()).where(
            removals.c.platform == platform, removals.c.done_at >= since, removals.c.found
        )
        return {row[0]: row[1] for row in self._connection.execute(query.group_by(removals.c.wish))}


class WatchingChanges(WatchingStatements):
    """`WatchingTransaction` over the writer's connection."""

    def keep_cursor(self, cursor: Cursor) -> None:
        """Insert or replace."""
        values: dict[str, Any] = {
            "recent": list(cursor.recent),
            "polled_at": cursor.polled_at,
            "seen": cursor.seen,
            "gaps": cursor.gaps,
            "last_gap_at": cursor.last_gap_at,
        }
        statement = upsert(cursors).values(account=cursor.account, stream=cursor.stream, **values)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["account", "stream"], set_=values)
        )

    def keep_block(self, block: Block) -> None:
        """Insert or replace."""
        platform, channel_id = block.chat
        values: dict[str, Any] = {
            "reason": block.reason,
            "times": block.times,
            "since": block.since,
            "until": block.until,
        }
        statement = upsert(blocks).values(platform=platform, channel_id=channel_id, **values)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["platform", "channel_id"], set_=values)
        )

    def lift_block(self, chat: ChannelKey) -> None:
        """The platform lets us in again, or somebody wants it tried."""
        self._connection.execute(
            delete(blocks).where(blocks.c.platform == chat[0], blocks.c.channel_id == chat[1])
        )

    def not_seen(self, reply_id: int) -> None:
        """An unconfirmed reply was looked for in vain, once more."""
        self._change(reply_id, looks=replies.c.looks + 1)

    def found(self, reply_id: int, *, sent_message_id: str, at: datetime) -> None:
        """An unconfirmed reply stands on the platform: it is `sent`, and new to the feed."""
        self._change(
            reply_id,
            state=ReplyState.SENT,
            sent_message_id=sent_message_id,
            settled_at=at,
            sequence=LAST_SEQUENCE.scalar_subquery() + 1,
        )

    def send_again(self, reply_id: int, *, at: datetime) -> bool:
        """An unconfirmed reply never arrived: `pending` anew.

        False where its deadline is past, where somebody wished it removed, and where its words are forgotten.
        """
        wanted = replies.c.deadline > at, replies.c.phrase_pool != FORGOTTEN, not_(_WISHED)
        return self._change(
            reply_id,
            *wanted,
            state=ReplyState.PENDING,
            looks=0,
            settled_at=None,
            sequence=None,
            not_before=None,
            detail=None,
            run_id=None,
        )

    def want_removed(self, reply_id: int, wish: Wish, *, at: datetime) -> bool:
        """Once a reply; a pending one is cancelled instead, and one on the wire goes once it has arrived.

        False where it was wished before, and where there is nothing to remove.
        """
        if self._connection.execute(cancelled(at).where(replies.c.id == reply_id)).rowcount:
            return True
        return self._wish(replies.c.id == reply_id, wish, at) > 0

    def removal_failed(self, reply_id: int) -> None:
        """Tried in vain, once more."""
        self._connection.execute(
            update(removals)
            .where(removals.c.reply_id == reply_id, removals.c.done_at.is_(None))
            .values(attempts=removals.c.attempts + 1)
        )

    def removal_done(self, reply_id: int, *, found: bool, at: datetime) -> None:
        """It is gone, or was nowhere to be found."""
        self._connection.execute(
            update(removals)
            .where(removals.c.reply_id == reply_id, removals.c.done_at.is_(None))
            .values(done_at=at, found=found)
        )

    def author_deleted(self, decision_ids: Collection[int], *, at: datetime) -> int:
        """Blank what is known of messages that their authors deleted, as `forget` does; how many texts went.

        A pending reply is cancelled; one that arrived, or may have, is to be removed.
        """
        ids = list(decision_ids)
        answers = replies.c.decision_id.in_(ids)
        self._wish(answers, Wish.PARENT_DELETED, at)
        return blank(self._connection, decisions.c.id.in_(ids), answers, at=at)

    def _change(self, reply_id: int, *conditions: Any, **values: Any) -> bool:
        """Of an unconfirmed reply; False where it is not, or a condition does not hold."""
        statement = update(replies).where(
            replies.c.id == reply_id, replies.c.state == ReplyState.UNCONFIRMED, *conditions
        )
        return self._connection.execute(statement.values(**values)).rowcount > 0

    def _wish(self, which: Any, wish: Wish, at: datetime) -> int:
        """Mark replies that stand on the platform, or may, or are on their way; how many were new."""
        columns = ["reply_id", "platform", "wish", "asked_at", "attempts"]
        wished = select(
            replies.c.id, replies.c.platform, literal(wish), literal(at, removals.c.asked_at.type), literal(0)
        ).where(which, replies.c.state.in_(_REMOVABLE), not_(_WISHED))
        return self._connection.execute(insert(removals).from_select(columns, wished)).rowcount


def to_be_removed(connection: Connection, reply_ids: Sequence[int]) -> frozenset[int]:
    """Which of these replies somebody wished away."""
    return frozenset(connection.scalars(WISHED_AWAY, values(reply_ids)))


def _block(row: Row[Any]) -> Block:
    return Block(
        chat=(Platform(row.platform), row.channel_id),
        reason=row.reason,
        times=row.times,
        since=row.since,
        until=row.until,
    )


def _doubt(row: Row[Any]) -> Doubt:
    return Doubt(
        reply_id=row.id,
        ref=_ref(row),
        text=row.text,
        since=row.settled_at,
        deadline=row.deadline,
        looks=row.looks,
    )


def _removal(row: Row[Any]) -> Removal:
    return Removal(
        reply_id=row.reply_id,
        ref=_ref(row),
        sent_message_id=row.sent_message_id,
        wish=Wish(row.wish),
        asked_at=row.asked_at,
        attempts=row.attempts,
    )


def _ref(row: Any) -> MessageRef:
    return MessageRef(platform=Platform(row.platform), channel_id=row.channel_id, message_id=row.message_id)
