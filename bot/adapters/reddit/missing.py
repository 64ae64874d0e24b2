"""Messages that Reddit did not show: which of them are deleted, and which only stand behind a closed door."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.values import REDDIT
from bot.application.ports import Store
from bot.application.watching import Trace
from bot.domain.messages import ChannelKey

SOON: Final = timedelta(minutes=5)
"""After which what was missing is asked for again: one empty answer must not erase anything."""
LATER: Final = timedelta(hours=1)
"""The same where so many are missing at once that it is rather Reddit's fault."""
MANY: Final = 10
"""From so many on, and from half of a subreddit's messages in one look, it is."""
MOST: Final = 10_000
"""How many are remembered; the next round meets the others again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Missed:
    trace: Trace
    again_at: datetime


class Missing:
    """Remembers what was not shown, and when to ask again."""

    def __init__(self) -> None:
        self._missed: dict[str, _Missed] = {}

    @property
    def next_at(self) -> datetime | None:
        """When the first is to be asked for again; None = nothing is missing."""
        return min((each.again_at for each in self._missed.values()), default=None)

    def add(self, missing: Sequence[Trace], looked_at: Sequence[Trace], now: datetime) -> None:
        """These of those were not shown; those that were missing before keep their time."""
        asked = Counter(each.ref.channel_id for each in looked_at)
        absent = Counter(each.ref.channel_id for each in missing)
        for each in missing:
            count = absent[each.ref.channel_id]
            at_once = count >= MANY and 2 * count >= asked[each.ref.channel_id]
            if len(self._missed) < MOST:
                missed = _Missed(trace=each, again_at=now + (LATER if at_once else SOON))
                self._missed.setdefault(each.ref.message_id, missed)

    def due(self, now: datetime, *, limit: int) -> Sequence[Trace]:
        """Those whose time has come."""
        return [each.trace for each in self._missed.values() if each.again_at <= now][:limit]

    def forget(self, traces: Sequence[Trace]) -> None:
        """It is decided about these, or they are shown again."""
        for each in traces:
            self._missed.pop(each.ref.message_id, None)


class OpenChats:
    """Tells where something that is not shown is deleted: a subreddit that refuses us shows nothing at all.

    Args:
        api: asks.
        store: where refusals stand.
    """

    def __init__(self, *, api: Api, store: Store) -> None:
        self._api = api
        self._store = store

    async def unblocked(self, traces: Sequence[Trace]) -> Sequence[Trace]:
        """Those in subreddits where no refusal stands.

        Raises:
            StoreError: nobody can say.
        """
        if not traces:
            return ()
        shut = await self._store.read(lambda queries: queries.blocks(REDDIT))
        return [each for each in traces if _chat(each) not in shut]

    async def visible(self, traces: Sequence[Trace]) -> Sequence[Trace]:
        """Those in subreddits that show themselves to us at this moment: each is asked.

        Raises:
            PlatformError, StoreError: nobody can say.
        """
        candidates = await self.unblocked(traces)
        names = dict.fromkeys(each.ref.channel_id for each in candidates)
        visible: Collection[str] = [name for name in names if await self._shows(name)]
        return [each for each in candidates if each.ref.channel_id in visible]

    async def _shows(self, subreddit: str) -> bool:
        try:
            about = await self._api.get(f"r/{subreddit}/about", {"raw_json": 1}, spare=True)
        except AccessRefused:
            return False
        return isinstance(about, dict) and about.get("kind") == "t5"


def _chat(trace: Trace) -> ChannelKey:
    return trace.ref.platform, trace.ref.channel_id
