"""How replies end that nobody sends, and which of them still wait."""

from datetime import datetime

from sqlalchemy import Integer, Update, and_, bindparam, cast, func, not_, or_, select, update
from sqlalchemy.sql.elements import BindParameter, ColumnElement

from bot.adapters.storage.tables import FEED_FLOOR, channels, installation, replies
from bot.domain.messages import Origin
from bot.domain.replies import ReplyState

_ALL = replies.alias("all_replies")
_FLOOR = select(cast(installation.c.value, Integer)).where(installation.c.name == FEED_FLOOR)
LAST_SEQUENCE = select(
    func.max(
        select(func.coalesce(func.max(_ALL.c.sequence), 0)).scalar_subquery(),
        func.coalesce(_FLOOR.scalar_subquery(), 0),
        type_=Integer,
    )
)
"""The number of the newest reply in the feed, or what a restore set so that none is given twice."""

SEEN = (ReplyState.SENT, ReplyState.UNCONFIRMED)
"""Replies that stand on the platform, or may."""


def pending(account: str | BindParameter[str]) -> ColumnElement[bool]:
    """Replay's replies never wait: it settles them itself; the check on `origin` says so once more."""
    return and_(
        replies.c.account == account,
        replies.c.state == ReplyState.PENDING,
        replies.c.origin == Origin.LIVE,
    )


_NOW = bindparam("now", type_=replies.c.deadline.type)
_HELD_BACK = and_(replies.c.not_before.is_not(None), replies.c.not_before > _NOW, replies.c.deadline >= _NOW)
DUE = (
    select(replies.c.id, replies.c.platform, replies.c.channel_id, replies.c.deadline, replies.c.priority)
    .where(
        pending(bindparam("account", type_=replies.c.account.type)),
        or_(replies.c.not_before.is_(None), not_(_HELD_BACK)),
    )
    .order_by(replies.c.priority.desc(), replies.c.id)
    .limit(bindparam("limit"))
)
"""Of `account`, at `now`, at most `limit`: what may go or is past its deadline, the most urgent first."""

FEED = (
    select(
        replies.c.sequence,
        replies.c.platform,
        replies.c.channel_id,
        replies.c.message_id,
        replies.c.text,
        replies.c.phrase_id,
        replies.c.state,
        replies.c.settled_at,
    )
    .join(
        channels,
        and_(channels.c.platform == replies.c.platform, channels.c.channel_id == replies.c.channel_id),
    )
    .where(
        channels.c.owner == bindparam("owner"),
        replies.c.sequence > bindparam("after"),
        replies.c.state == ReplyState.SENT,
    )
    .order_by(replies.c.sequence)
    .limit(bindparam("limit"))
)
"""In the chats of `owner`, behind `after`, at most `limit`: what was sent, in the order of settling."""

_CLAIMED = func.json_each(bindparam("ids")).table_valued("value", name="claimed")
WAITING = (
    select(replies)
    .where(replies.c.id.in_(select(_CLAIMED.c.value)), replies.c.state == ReplyState.PENDING)
    .order_by(replies.c.priority.desc(), replies.c.id)
)
"""Of `ids`, a JSON list: those that are still pending."""

GOING = (
    update(replies)
    .where(replies.c.id.in_(select(_CLAIMED.c.value)))
    .values(state=ReplyState.SENDING, run_id=bindparam("going_run"), attempts=replies.c.attempts + 1)
)
"""Of `ids`, a JSON list, and `going_run`."""

_SETTLED = update(replies).where(replies.c.id == bindparam("reply"), replies.c.state == ReplyState.SENDING)
ENDED = _SETTLED.values(
    state=bindparam("ended_as"),
    detail=bindparam("ended_detail"),
    settled_at=bindparam("ended_at"),
    sequence=bindparam("ended_sequence"),
    sent_message_id=bindparam("ended_message_id"),
    address=None,
    run_id=None,
)
"""A reply whose attempt was its last."""
POSTPONED = _SETTLED.values(
    state=ReplyState.PENDING,
    detail=bindparam("ended_detail"),
    not_before=bindparam("ended_until"),
    run_id=None,
)
"""A reply that is tried again."""


def unsent(state: ReplyState, now: datetime) -> Update:
    """Pending replies end without having been sent; what their sender needed is erased."""
    return (
        update(replies)
        .where(replies.c.state == ReplyState.PENDING)
        .values(state=state, settled_at=now, address=None)
    )


def cancelled(now: datetime) -> Update:
    """Pending replies that nobody wants any more; narrow it down by `where`."""
    return unsent(ReplyState.CANCELLED, now)
