from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.adapters.reddit.blocks import Blocks
from bot.adapters.reddit.values import REDDIT, chat_key
from bot.application.ports import Clock, Queries, Store
from bot.application.watching import Block
from bot.domain.channels import ChannelDefaults, Mode
from bot.domain.messages import ChannelKey, Origin


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
        self._chats = {chat_key(name): name for name in subreddits}
        self._store = store
        self._defaults = defaults
        self._blocks = blocks
        self._clock = clock
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
        blocked = {self._chats[key]: blocks[key] for key in awake if key in blocks}
        shut = await self._blocks.shut(blocked)
        found = [self._chats[key] for key in awake if self._chats[key] not in shut]
        self.all_refuse = bool(awake) and not found
        return found

    def _standing(
        self, queries: Queries
    ) -> tuple[Mapping[ChannelKey, Mapping[str, object]], Mapping[ChannelKey, Block]]:
        return queries.channel_overrides(self._chats.keys()), queries.blocks(REDDIT)

    def _awake(self, chat: ChannelKey, overrides: Mapping[str, object], now: datetime) -> bool:
        settings = self._defaults.settings(chat, overrides, origin=Origin.LIVE)
        paused = settings.paused_until is not None and now < settings.paused_until
        return settings.mode is not Mode.OFF and not paused
