"""Replies of which something is not known: whether they arrived, or what they are called there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, exists, not_, or_, select, update

from bot.adapters.storage.outbox import LAST_SEQUENCE
from bot.adapters.storage.tables import replies
from bot.adapters.storage.traces import GONE
from bot.adapters.storage.watch_tables import removals
from bot.application.watching import MOST_LOOKS, Doubt
from bot.domain.decisions import FORGOTTEN
from bot.domain.messages import MessageRef, Origin, Platform
from bot.domain.replies import ReplyState

WISHED: Final = exists().where(removals.c.reply_id == replies.c.id)
"""Whether somebody wished a reply away."""
_UNNAMED = and_(replies.c.state == ReplyState.SENT, replies.c.sent_message_id.is_(None))


class DoubtStatements:
    """What `WatchingQueries` says of doubts, over one connection."""

    _connection: Connection

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

    def unnamed(self, account: str, *, since: datetime, limit: int) -> Sequence[Doubt]:
        """Live replies sent since then whose ids nobody told, and that were looked for as seldom."""
        query = (
            select(replies)
            .where(
                replies.c.account == account,
                replies.c.settled_at >= since,
                _UNNAMED,
                replies.c.origin == Origin.LIVE,
                replies.c.looks < MOST_LOOKS,
                not_(GONE),
            )
            .order_by(replies.c.settled_at)
            .limit(limit)
        )
        return [_doubt(row) for row in self._connection.execute(query)]


class DoubtChanges(DoubtStatements):
    """What `WatchingTransaction` says of them, over the writer's connection."""

    def not_seen(self, reply_id: int) -> None:
        """A reply in doubt, or one whose id is not known, was looked for in vain, once more."""
        doubtful = or_(replies.c.state == ReplyState.UNCONFIRMED, _UNNAMED)
        statement = update(replies).where(replies.c.id == reply_id, doubtful)
        self._connection.execute(statement.values(looks=replies.c.looks + 1))

    def found(self, reply_id: int, *, sent_message_id: str, at: datetime) -> None:
        """An unconfirmed reply stands on the platform: it is `sent`, and new to the feed."""
        self._change(
            reply_id,
            state=ReplyState.SENT,
            sent_message_id=sent_message_id,
            settled_at=at,
            sequence=LAST_SEQUENCE.scalar_subquery() + 1,
        )

    def named(self, reply_id: int, *, sent_message_id: str) -> None:
        """A sent reply whose id nobody told is called this."""
        statement = update(replies).where(replies.c.id == reply_id, _UNNAMED)
        self._connection.execute(statement.values(sent_message_id=sent_message_id))

    def send_again(self, reply_id: int, *, at: datetime) -> bool:
        """An unconfirmed reply never arrived: `pending` anew.

        False where its deadline is past, where somebody wished it removed, and where its words are forgotten.
        """
        wanted = replies.c.deadline > at, replies.c.phrase_pool != FORGOTTEN, not_(WISHED)
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

    def _change(self, reply_id: int, *conditions: Any, **values: Any) -> bool:
        """Of an unconfirmed reply; False where it is not, or a condition does not hold."""
        statement = update(replies).where(
            replies.c.id == reply_id, replies.c.state == ReplyState.UNCONFIRMED, *conditions
        )
        return self._connection.execute(statement.values(**values)).rowcount > 0


def _doubt(row: Row[Any]) -> Doubt:
    return Doubt(
        reply_id=row.id,
        ref=MessageRef(platform=Platform(row.platform), channel_id=row.channel_id, message_id=row.message_id),
        text=row.text,
        since=row.settled_at,
        deadline=row.deadline,
        looks=row.looks,
        sent=row.state == ReplyState.SENT,
    )
