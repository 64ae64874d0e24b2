"""A chat's break: somebody who may wants nothing read or said there for a while."""

from datetime import UTC, datetime, timedelta
from typing import Final

from bot.application.ports import Transaction
from bot.domain.messages import ChannelKey

LONGEST: Final = timedelta(days=30)
"""Of a break with an end."""
OPEN_END: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""When a break ends that lasts until somebody ends it."""


def allowed(span: timedelta) -> bool:
    """Whether a break may last that long."""
    return timedelta() < span <= LONGEST


def pause(tx: Transaction, chat: ChannelKey, span: timedelta | None, *, at: datetime) -> datetime:
    """Begin a break, or let the one that stands end then; None = until somebody ends it. When it ends."""
    until = OPEN_END if span is None else at + span
    tx.set_channel(chat, {"paused_until": until}, at=at)
    return until


def resume(tx: Transaction, chat: ChannelKey, *, at: datetime) -> bool:
    """End the break, and try again where the platform had refused us; False = neither was so.

    When it ended stays in the chat's settings: what was written before that is not read later either.
    """
    paused = tx.channel_overrides((chat,)).get(chat, {}).get("paused_until")
    ended = isinstance(paused, datetime) and at < paused
    blocked = chat in tx.blocks(chat[0])
    if ended:
        tx.set_channel(chat, {"paused_until": at}, at=at)
    if blocked:
        tx.lift_block(chat)
    return blocked or ended
