from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.fields import WrongField, maybe_text, part, parts
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.values import channel_of
from bot.application.ports import Clock, Telemetry
from bot.domain.errors import PlatformError

REMEMBERED_FOR: Final = timedelta(hours=1)
MOST: Final = 200
"""Subreddits whose moderators are remembered."""


class ApiModerators:
    """Asks Reddit, at most once an hour and subreddit. Implements `ports.Moderators`.

    Args:
        api: what is asked.
        clock, telemetry: time and the log.
    """

    def __init__(self, *, api: Api, clock: Clock, telemetry: Telemetry) -> None:
        self._api = api
        self._clock = clock
        self._telemetry = telemetry
        self._known: OrderedDict[str, tuple[datetime, frozenset[str]]] = OrderedDict()

    async def include(self, username: str, subreddit: str) -> bool:
        """See `ports.Moderators`. Names differ by more than their case."""
        return username.lower() in await self._of(channel_of(subreddit))

    async def _of(self, subreddit: str) -> frozenset[str]:
        now = self._clock.now()
        at, names = self._known.get(subreddit, (None, frozenset[str]()))
        if at is not None and now - at < REMEMBERED_FOR:
            return names
        try:
            names = _names(await self._api.get(f"r/{subreddit}/about/moderators"))
        except (PlatformError, WrongField) as error:  # nobody can say, so nobody is one
            self._telemetry.noticed("moderators_unknown", error=error)
            return frozenset()
        self._known[subreddit] = (now, names)
        self._known.move_to_end(subreddit)
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return names


def _names(answer: object) -> frozenset[str]:
    """Account names in lower case.

    Raises:
        WrongField: it is no list of accounts.
    """
    if not isinstance(answer, dict):
        raise WrongField("moderators")
    found = (maybe_text(each, "name") for each in parts(part(answer, "data"), "children"))
    return frozenset(name.lower() for name in found if name)
