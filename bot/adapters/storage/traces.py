"""Messages of which something is left, a page at a time.

The pages walk what is left (texts and replies), never the decisions: those grow for years.
"""

from typing import Any, Final

from sqlalchemy import Column, ColumnElement, and_, bindparam, exists, not_, select, union
from sqlalchemy.sql.selectable import Select

from bot.adapters.storage.outbox import SEEN
from bot.adapters.storage.tables import decisions, replies, texts
from bot.adapters.storage.watch_tables import removals
from bot.application.watching import Trace
from bot.domain.messages import MessageRef, Origin, Platform

GONE: Final = exists().where(removals.c.reply_id == replies.c.id, removals.c.done_at.is_not(None))
"""Whether a reply was taken away."""


def _plain(column: Column[Any]) -> ColumnElement[Any]:
    """A column without its index: nearly every row has the platform in common, and the order is by id."""
    return column.concat("")


def _next(place: Column[Any], query: Select[Any], table: Any, *conditions: ColumnElement[bool]) -> Any:
    ours = and_(_plain(table.c.platform) == bindparam("platform"), table.c.origin.concat("") == Origin.LIVE)
    page = (
        query.where(place > bindparam("after"), ours, *conditions).order_by(place).limit(bindparam("limit"))
    )
    return select(page.subquery().c.decision_id)


_LEFT: Final = union(
    _next(
        texts.c.decision_id,
        select(texts.c.decision_id).join(decisions, decisions.c.id == texts.c.decision_id),
        decisions,
    ),
    _next(
        replies.c.decision_id, select(replies.c.decision_id), replies, replies.c.state.in_(SEEN), not_(GONE)
    ),
).subquery("somewhere")

TRACES: Final = (
    select(
        decisions.c.id,
        decisions.c.platform,
        decisions.c.channel_id,
        decisions.c.message_id,
        replies.c.id.label("reply_id"),
        replies.c.sent_message_id,
    )
    .select_from(_LEFT)
    .join(decisions, decisions.c.id == _LEFT.c.decision_id)
    .outerjoin(replies, and_(replies.c.decision_id == decisions.c.id, replies.c.state.in_(SEEN), not_(GONE)))
    .order_by(decisions.c.id)
    .limit(bindparam("limit"))
)
"""Of `platform`, behind `after`, at most `limit`."""


def trace(row: Any) -> Trace:
    """A row of `TRACES`."""
    return Trace(
        decision_id=row.id,
        ref=MessageRef(platform=Platform(row.platform), channel_id=row.channel_id, message_id=row.message_id),
        reply_id=row.reply_id,
        sent_message_id=row.sent_message_id,
    )
