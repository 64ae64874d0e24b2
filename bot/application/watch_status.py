"""How watching goes on a polled platform: what an operator asks, answered from the store alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.application.ports import Queries
from bot.application.watching import Block, Cursor
from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.messages import ChannelKey, Origin

SINCE: Final = timedelta(days=30)
"""How far back removals are counted."""
MOST: Final = 1000
"""What is counted one by one counts no further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedChat:
    """One place that is watched.

    Attributes:
        mode: off, shadow or live, a pause left aside.
        paused_until: None = it is not paused.
        block: why the platform lets nobody in there; None = it does.
    """

    key: ChannelKey
    mode: Mode
    paused_until: datetime | None = None
    block: Block | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStatus:
    """The whole account.

    Attributes:
        chats: in the order in which they were asked for.
        cursors: by listing; empty = nothing was read yet.
        pending: replies that wait.
        unconfirmed: replies of which nobody knows yet whether they arrived, `MOST` at most.
        removals: replies that have to go and are not gone, `MOST` at most.
        removed: replies that were taken away within `SINCE`, by wish.
        feedback: what was said of replies within `SINCE`, by kind; each kind once a reply.
    """

    chats: Sequence[WatchedChat]
    cursors: Mapping[str, Cursor] = field(default_factory=dict)
    pending: int = 0
    unconfirmed: int = 0
    removals: int = 0
    removed: Mapping[str, int] = field(default_factory=dict)
    feedback: Mapping[str, int] = field(default_factory=dict)


def watch_status(
    queries: Queries,
    *,
    account: str,
    chats: Sequence[ChannelKey],
    defaults: ChannelDefaults,
    now: datetime,
) -> WatchStatus:
    """What stands in the store about these chats of one platform; at least one."""
    platform = chats[0][0]
    own, blocks = queries.channel_overrides(chats), queries.blocks(platform)

    def chat(key: ChannelKey) -> WatchedChat:
        held = defaults.settings(key, own.get(key, {}), origin=Origin.LIVE)
        paused = _paused(held, now)
        return WatchedChat(key=key, mode=held.mode, paused_until=paused, block=blocks.get(key))

    return WatchStatus(
        chats=[chat(key) for key in chats],
        cursors=queries.cursors(account),
        pending=len(queries.waiting_for(account)),
        unconfirmed=len(queries.doubts(account, limit=MOST)),
        removals=len(queries.removals(platform, limit=MOST)),
        removed=queries.removed(platform, since=now - SINCE),
        feedback=sum((Counter(queries.chat_feedback(key, since=now - SINCE)) for key in chats), Counter()),
    )


def _paused(held: ChannelSettings, now: datetime) -> datetime | None:
    return held.paused_until if held.paused_until is not None and now < held.paused_until else None
