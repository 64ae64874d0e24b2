"""What an admin or the operator sees of a chat."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, func, or_, select, union_all, update
from sqlalchemy.sql.elements import ColumnElement

from bot.adapters.storage.tables import decisions, opt_outs, replies, texts
from bot.application.overview import Example, SentReply
from bot.domain.decisions import Action, Reason
from bot.domain.messages import ChannelKey, Origin, Platform
from bot.domain.replies import ReplyState

TAKEN_AWAY: Final = "taken away"
"""The detail of a sent reply that was deleted again."""


class OverviewStatements:
    """`OverviewQueries` over one connection."""

    _connection: Connection

    def outcomes(self, key: ChannelKey, *, since: datetime) -> Mapping[tuple[str, str], int]:
        """How often each (action, reason) was decided in a chat since then."""
        what = (decisions.c.action, decisions.c.reason)
        query = select(*what, func.count()).where(*_live(since), *_in(key)).group_by(*what)
        return {(row[0], row[1]): row[2] for row in self._connection.execute(query)}

    def outcomes_of(self, platform: Platform, *, since: datetime) -> Mapping[tuple[str, str], int]:
        """How often each (channel_id, action) was decided on a platform since then."""
        what = (decisions.c.channel_id, decisions.c.action)
        query = (
            select(*what, func.count()).where(*_live(since), decisions.c.platform == platform).group_by(*what)
        )
        return {(row[0], row[1]): row[2] for row in self._connection.execute(query)}

    def examples(self, key: ChannelKey, *, since: datetime, each: int) -> Sequence[Example]:
        """A chat's newest texts that the bot answered or would have, and some that the model let pass."""
        gone = select(opt_outs.c.author)
        readable = or_(decisions.c.author.is_(None), decisions.c.author.not_in(gone))
        columns = (decisions.c.id, decisions.c.action, texts.c.text)
        kinds = (
            decisions.c.reason == Reason.SUPPORT,
            and_(decisions.c.action == Action.SILENCE, decisions.c.reason == Reason.BELOW_THRESHOLD),
        )
        parts = [
            select(*columns)
            .join(texts, texts.c.decision_id == decisions.c.id)
            .where(*_live(since), *_in(key), readable, kind)
            .order_by(decisions.c.id.desc())
            .limit(each)
            .subquery()
            for kind in kinds
        ]
        mixed = union_all(*(select(part) for part in parts)).subquery()
        query = select(mixed.c.action, mixed.c.text).order_by(mixed.c.id)
        return [
            Example(text=row.text, answered=row.action != Action.SILENCE)
            for row in self._connection.execute(query)
        ]

    def sent_reply(self, key: ChannelKey, *, sent_message_id: str | None, but_for: str) -> SentReply | None:
        """The reply of that id, or (None) the newest, that stands in a chat; none that was taken away.

        The newest is one that all can see: its id does not begin with `but_for`.
        """
        query = select(replies.c.id, replies.c.sent_message_id).where(
            replies.c.platform == key[0],
            replies.c.channel_id == key[1],
            replies.c.state == ReplyState.SENT,
            replies.c.origin == Origin.LIVE,
            func.coalesce(replies.c.detail, "") != TAKEN_AWAY,
        )
        if sent_message_id is not None:
            query = query.where(replies.c.sent_message_id == sent_message_id)
        else:
            query = query.where(~replies.c.sent_message_id.startswith(but_for, autoescape=True))
        row = self._connection.execute(query.order_by(replies.c.id.desc()).limit(1)).first()
        return None if row is None else SentReply(id=row.id, sent_message_id=row.sent_message_id)


class OverviewChanges(OverviewStatements):
    """`OverviewTransaction` over the writer's connection."""

    def take_away(self, reply_id: int) -> None:
        """A sent reply is about to be deleted there: `sent_reply` does not name it again."""
        self._connection.execute(
            update(replies)
            .where(replies.c.id == reply_id, replies.c.state == ReplyState.SENT)
            .values(detail=TAKEN_AWAY)
        )


def _live(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return decisions.c.origin == Origin.LIVE, decisions.c.decided_at >= since


def _in(key: ChannelKey) -> tuple[ColumnElement[bool], ...]:
    return decisions.c.platform == key[0], decisions.c.channel_id == key[1]
