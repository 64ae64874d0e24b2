"""The account's pace: replies into subreddits, and whatever else it writes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from bot.adapters.pace import Manner, Pace
from bot.adapters.reddit.ports import Api
from bot.domain.pacing import Pacer, Rate

ACCOUNT: Final = Rate(count=30, per=timedelta(minutes=1), burst=5)
OUTSIDE: Final = "/"
"""Where is written what says nothing in a subreddit, such as deletions: only the account's pace holds there.

No subreddit's name holds a slash."""


def reddit_pacer(reply_interval: timedelta) -> Pacer:
    """A fresh one, for one account.

    Args:
        reply_interval: the shortest time between two replies in a subreddit; zero = the account's alone.
    """
    interval = [Rate(count=1, per=reply_interval)] if reply_interval > timedelta() else []
    return Pacer(account=[ACCOUNT], group=interval, is_group=lambda channel: "/" not in channel)


PATIENTLY: Final = Manner()


class PacedApi:
    """Writes that are no replies of support, at the account's pace.

    Args:
        api: makes one request, once.
        pace: turns.
    """

    def __init__(self, *, api: Api, pace: Pace) -> None:
        self._api = api
        self._pace = pace

    async def post(
        self,
        path: str,
        data: Mapping[str, str | int],
        *,
        channel: str = OUTSIDE,
        manner: Manner = PATIENTLY,
    ) -> Any:
        """One write; the decoded answer.

        Args:
            path: see `Api.post`.
            data: the same.
            channel: the subreddit whose pace it keeps.
            manner: how much it may take.

        Raises:
            RateLimited, PlatformUnavailable: nothing was done, as often as it was tried.
            ReplyRejected, ReplyUnconfirmed, SettingsError: see `Api.post`.
        """
        return await self._pace.kept(channel, lambda: self._api.post(path, data), manner=manner)
