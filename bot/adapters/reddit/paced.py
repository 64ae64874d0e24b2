"""The account's pace: replies into subreddits, and whatever else it writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from bot.adapters.pace import PATIENCE, Pace
from bot.adapters.reddit.ports import Api
from bot.application.ports import Clock
from bot.domain.errors import PlatformUnavailable, RateLimited
from bot.domain.pacing import Pacer, Rate

ACCOUNT: Final = Rate(count=30, per=timedelta(minutes=1), burst=5)
OUTSIDE: Final = "/"
"""Where is written what says nothing in a subreddit, such as deletions: only the account's pace holds there.

No subreddit's name holds a slash."""
AGAIN: Final = timedelta(seconds=2)
"""After a request that did not reach Reddit."""


def reddit_pacer(reply_interval: timedelta) -> Pacer:
    """A fresh one, for one account.

    Args:
        reply_interval: the shortest time between two replies in a subreddit; zero = the account's alone.
    """
    interval = [Rate(count=1, per=reply_interval)] if reply_interval > timedelta() else []
    return Pacer(account=[ACCOUNT], group=interval, is_group=lambda channel: "/" not in channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How much a write may take.

    Attributes:
        urgent: before all that waits for a turn.
        patience: how long it waits for one.
        attempts: how often it is made where nothing was stored.
    """

    urgent: bool = False
    patience: timedelta = PATIENCE
    attempts: int = 3


PATIENTLY: Final = Manner()


class PacedApi:
    """Writes that are no replies of support, at the account's pace.

    Args:
        api: makes one request, once.
        pace: turns.
        clock: time.
    """

    def __init__(self, *, api: Api, pace: Pace, clock: Clock) -> None:
        self._api = api
        self._pace = pace
        self._clock = clock

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
        for left in reversed(range(manner.attempts)):
            await self._pace.turn(channel, urgent=manner.urgent, patience=manner.patience)
            try:
                return await self._api.post(path, data)
            except RateLimited as error:
                self._pace.hold(error.retry_after)
                if not left:
                    raise
            except PlatformUnavailable:
                if not left:
                    raise
                await self._clock.sleep(AGAIN)
        raise PlatformUnavailable("it was not tried")
