"""Polled platforms, as the store is asked and told about them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, literal, not_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.adapters.storage.asked import OURS, WISHED_AWAY, parameters, values
from bot.adapters.storage.doubts import WISHED, DoubtChanges, DoubtStatements
from bot.adapters.storage.forgetting import blank
from bot.adapters.storage.outbox import SEEN, cancelled, pending
from bot.adapters.storage.tables import decisions, replies
from bot.adapters.storage.traces import TRACES, trace
from bot.adapters.storage.watch_tables import blocks, cursors, removals
from bot.adapters.storage.wishes import WishBook, message
from bot.application.watching import Block, Cursor, Removal, Trace, Wish
from bot.domain.decisions import DELETED_THERE
from bot.domain.messages import ChannelKey, MessageRef, Platform
from bot.domain.replies import ReplyState

_REMOVABLE = (ReplyState.SENDING, *SEEN)


class WatchingStatements(DoubtStatements):
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


class WatchingChanges(DoubtChanges, WatchingStatements):
    """`WatchingTransaction` over the writer's connection."""

    _wishes: WishBook

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

        Their reason says so from then on, and reports count it. A pending reply is cancelled; one that
        arrived, or may have, is to be removed.
        """
        ids = list(decision_ids)
        gone = self._connection.execute(
            select(decisions.c.platform, decisions.c.channel_id, decisions.c.message_id).where(
                decisions.c.id.in_(ids)
            )
        )
        self._wishes.erase([message(_ref(row)) for row in gone], at=at)
        return forget_messages(self._connection, ids, at=at)

    def _wish(self, which: Any, wish: Wish, at: datetime) -> int:
        """Mark replies that stand on the platform, or may, or are on their way; how many were new."""
        return _wish_removed(self._connection, which, wish, at)


def forget_messages(connection: Connection, decision_ids: Sequence[int], *, at: datetime) -> int:
    """Their authors deleted them; see `WatchingTransaction.author_deleted`."""
    answers = replies.c.decision_id.in_(decision_ids)
    _wish_removed(connection, answers, Wish.PARENT_DELETED, at)
    return blank(connection, decisions.c.id.in_(decision_ids), answers, reason=DELETED_THERE, at=at)


def _wish_removed(connection: Connection, which: Any, wish: Wish, at: datetime) -> int:
    columns = ["reply_id", "platform", "wish", "asked_at", "attempts"]
    wished = select(
        replies.c.id, replies.c.platform, literal(wish), literal(at, removals.c.asked_at.type), literal(0)
    ).where(which, replies.c.state.in_(_REMOVABLE), not_(WISHED))
    return connection.execute(insert(removals).from_select(columns, wished)).rowcount


def to_be_removed(connection: Connection, reply_ids: Sequence[int]) -> frozenset[int]:
    """Which of these replies somebody wished away."""
    return frozenset(connection.scalars(WISHED_AWAY, values(reply_ids)))


def blocked(connection: Connection, chats: Collection[ChannelKey]) -> frozenset[ChannelKey]:
    """In which of these a refusal stands, also one whose time is over: nobody has tried again yet."""
    names = [{chat[part] for chat in chats} for part in (0, 1)]
    query = select(blocks.c.platform, blocks.c.channel_id).where(
        blocks.c.platform.in_(names[0]), blocks.c.channel_id.in_(names[1])
    )
    found = connection.execute(query)
    return frozenset((Platform(row.platform), row.channel_id) for row in found)


def _block(row: Row[Any]) -> Block:
    return Block(
        chat=(Platform(row.platform), row.channel_id),
        reason=row.reason,
        times=row.times,
        since=row.since,
        until=row.until,
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
