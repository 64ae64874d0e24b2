"""What happened in one chat, counted."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.adapters.storage.chat_tables import feedback
from bot.adapters.storage.tables import decisions, replies
from bot.application.statistics import ChatDay, ReplyFate
from bot.domain.messages import ChannelKey, Origin
from bot.domain.replies import ReplyState


class StatisticsStatements:
    """`StatisticsQueries` over one connection."""

    _connection: Connection

    def chat_days(self, key: ChannelKey, *, since: datetime) -> Sequence[ChatDay]:
        """Live decisions by day, action and reason, in order of the days."""
        day = func.date(decisions.c.decided_at).label("day")
        what = (day, decisions.c.action, decisions.c.reason)
        query = (
            select(*what, func.count().label("number"))
            .where(
                decisions.c.platform == key[0],
                decisions.c.channel_id == key[1],
                decisions.c.decided_at >= since,
                decisions.c.origin == Origin.LIVE,
            )
            .group_by(*what)
            .order_by(*what)
        )
        found = self._connection.execute(query)
        return [ChatDay(day=str(row[0]), action=row[1], reason=row[2], count=row[3]) for row in found]

    def reply_fates(self, key: ChannelKey, *, since: datetime) -> Sequence[ReplyFate]:
        """Of live replies that were meant to be sent, oldest first."""
        query = (
            select(replies.c.state, replies.c.received_at, replies.c.settled_at, replies.c.sent_message_id)
            .where(
                replies.c.platform == key[0],
                replies.c.channel_id == key[1],
                replies.c.origin == Origin.LIVE,
                replies.c.created_at >= since,
                replies.c.state != ReplyState.SIMULATED,
            )
            .order_by(replies.c.id)
        )
        return [
            ReplyFate(
                state=ReplyState(row.state),
                seconds=None
                if row.settled_at is None
                else (row.settled_at - row.received_at).total_seconds(),
                sent_as=row.sent_message_id,
            )
            for row in self._connection.execute(query)
        ]

    def chat_feedback(self, key: ChannelKey, *, since: datetime) -> Mapping[str, int]:
        """What was pressed under the chat's replies, by kind."""
        query = (
            select(feedback.c.kind, func.count())
            .select_from(replies)
            .join(feedback, feedback.c.reply_id == replies.c.id)
            .where(
                replies.c.platform == key[0],
                replies.c.channel_id == key[1],
                replies.c.origin == Origin.LIVE,
                feedback.c.at >= since,
            )
            .group_by(feedback.c.kind)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}
