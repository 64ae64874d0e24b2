"""How replies end that nobody sends."""

from datetime import datetime

from sqlalchemy import Update, update

from bot.adapters.storage.tables import replies
from bot.domain.replies import ReplyState


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
