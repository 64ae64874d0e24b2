"""One listing of all subreddits, read in as few parts as Reddit allows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.adapters.reddit.blocks import Blocks
from bot.adapters.reddit.listing import Haul, walk
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.together import Together
from bot.application.ports import Clock, Telemetry
from bot.application.watching import Cursor
from bot.domain.errors import PlatformError

PATIENCE: Final = 5
"""Refusals in a row of a subreddit's listing after which it is left alone, although it seems to be open."""
REASON: Final = "listing"
"""Why, where Reddit gave no word."""


class Gathering:
    """Reads, and finds out who refuses.

    Args:
        stream: for the log.
        path: of the listing, such as "comments" in "r/a+b/comments".
        api: the account's client.
        blocks: keeps who refuses.
        clock, telemetry: time and the log.
    """

    def __init__(
        self, *, stream: str, path: str, api: Api, blocks: Blocks, clock: Clock, telemetry: Telemetry
    ) -> None:
        self._stream = stream
        self._path = path
        self._api = api
        self._blocks = blocks
        self._telemetry = telemetry
        self._together = Together(clock)
        self._refused: dict[str, int] = {}

    async def walk(
        self, subreddits: Sequence[str], cursor: Cursor | None, *, back_to: datetime | None
    ) -> Haul | None:
        """See `listing.walk`. What fails holds up no part that came; it is the haul's `error` then.

        None = somebody refused, and is blocked now: again, without them.

        Raises:
            AccountRefused: Reddit refuses the account, whatever the place.
            PlatformError: Reddit did not say who refused.
            SettingsError: Reddit does not accept the credentials.
            StoreError: a refusal could not be kept.
        """
        waiting = list(self._together.groups(subreddits))
        hauls: list[Haul] = []
        asked = found = False
        while waiting and not (hauls and hauls[-1].broken):
            group = waiting.pop(0)
            try:
                hauls.append(await self._walk(group, cursor, back_to))
            except AccessRefused as error:
                if not asked:
                    await self._blocks.outside()
                    self._telemetry.noticed("listing_refused", stream=self._stream, subreddits=len(group))
                    asked = True
                if len(group) > 1:
                    waiting[:0] = self._together.halve(group)
                elif await self._blame(group[0], error):
                    found = True
                else:
                    hauls.append(Haul.failed(error))
        return None if found else Haul.of(hauls)

    async def _walk(self, group: Sequence[str], cursor: Cursor | None, back_to: datetime | None) -> Haul:
        try:
            haul = await walk(self._api, f"r/{'+'.join(group)}/{self._path}", cursor, back_to=back_to)
        except AccessRefused:
            raise
        except PlatformError as error:
            return Haul.failed(error)
        for name in group:
            self._refused.pop(name, None)
        return haul

    async def _blame(self, subreddit: str, error: AccessRefused) -> bool:
        """Whether one that stands alone is blocked now: it refuses again, or has done so too often."""
        if await self._blocks.blame(subreddit):
            self._together.unite()
            return True
        times = self._refused.get(subreddit, 0) + 1
        self._refused[subreddit] = times
        if times < PATIENCE:
            return False
        del self._refused[subreddit]
        await self._blocks.refused(subreddit, error.reason or REASON)
        return True
