from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.reddit.blocks import Blocks
from bot.adapters.reddit.values import REDDIT, chat_key
from bot.application.ports import Clock, Queries, Store
from bot.application.watching import Block
from bot.domain.channels import ChannelDefaults, Mode
from bot.domain.messages import ChannelKey, Origin

SILENT: Final = timedelta(hours=1)
"""A subreddit of which no listing showed anything for this long is asked alone: listings of several may leave
out, and say nothing of it, what is closed to us."""


class Doors:
    """Which subreddits are read at a moment: not those that refuse us, nor those that are off or paused.

    Args:
        subreddits: channel ids on the allowlist.
        store: knows refusals and what chats set for themselves.
        defaults: settings of those that set nothing.
        blocks: tries refusals again whose time is over.
        clock: time.
    """

    def __init__(
        self,
        *,
        subreddits: Sequence[str],
        store: Store,
        defaults: ChannelDefaults,
        blocks: Blocks,
        clock: Clock,
    ) -> None:
        self._chats = [chat_key(name) for name in subreddits]
        self._store = store
        self._defaults = defaults
        self._blocks = blocks
        self._clock = clock
        self._heard_at = dict.fromkeys(subreddits, clock.now())
        self.all_refuse = False
        """Whether every subreddit that should be read refuses us."""

    async def open(self) -> Sequence[str]:
        """Channel ids, in the order of the allowlist.

        Raises:
            RateLimited: Reddit wants us to wait.
            StoreError: nobody knows.
        """
        overrides, blocks = await self._store.read(self._standing)
        now = self._clock.now()
        awake = [key for key in self._chats if self._awake(key, overrides.get(key, {}), now)]
        blocked = {key[1]: blocks[key] for key in awake if key in blocks}
        shut = {*await self._blocks.shut(blocked), *await self._gone_silent(awake, blocks)}
        found = [name for _, name in awake if name not in shut]
        self.all_refuse = bool(awake) and not found
        return found

    def heard(self, subreddits: Iterable[str]) -> None:
        """A listing showed something of these."""
        now = self._clock.now()
        self._heard_at.update({name: now for name in subreddits if name in self._heard_at})

    async def _gone_silent(
        self, awake: Sequence[ChannelKey], blocks: Mapping[ChannelKey, Block]
    ) -> Sequence[str]:
        """Those that turn out to refuse us."""
        now = self._clock.now()
        for key in blocks:  # known to be shut: silence says nothing about it
            self.heard([key[1]])
        silent = [name for _, name in awake if now - self._heard_at[name] >= SILENT]
        self.heard(silent)
        return [name for name in silent if await self._blocks.refuses(name)]

    def _standing(
        self, queries: Queries
    ) -> tuple[Mapping[ChannelKey, Mapping[str, object]], Mapping[ChannelKey, Block]]:
        return queries.channel_overrides(self._chats), queries.blocks(REDDIT)

    def _awake(self, chat: ChannelKey, overrides: Mapping[str, object], now: datetime) -> bool:
        settings = self._defaults.settings(chat, overrides, origin=Origin.LIVE)
        paused = settings.paused_until is not None and now < settings.paused_until
        return settings.mode is not Mode.OFF and not paused
