"""How replies end that nobody sends, and which of them still wait."""

from datetime import datetime

from sqlalchemy import Update, and_, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.adapters.storage.tables import replies
from bot.domain.messages import Origin
from bot.domain.replies import ReplyState

_ALL = replies.alias("all_replies")
LAST_SEQUENCE = select(func.coalesce(func.max(_ALL.c.sequence), 0))
"""The number of the newest reply in the feed."""

SEEN = (ReplyState.SENT, ReplyState.UNCONFIRMED)
"""Replies that stand on the platform, or may."""


def pending(account: str) -> ColumnElement[bool]:
    """Replay's replies never wait: it settles them itself; the check on `origin` says so once more."""
    return and_(
        replies.c.account == account,
        replies.c.state == ReplyState.PENDING,
        replies.c.origin == Origin.LIVE,
    )


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
