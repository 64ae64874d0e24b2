"""What the parts of this adapter ask of each other, as Protocols."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol


class Api(Protocol):
    """Reddit's API for one account, on a thread of its own. Requests go one at a time, each at most once.

    Every call waits on the event loop for its place in the quota; no call waits longer than it was told.
    """

    async def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        urgent: bool = False,
        spare: bool = False,
    ) -> Any:
        """The decoded JSON behind a path such as "r/a+b/comments".

        Args:
            path: below Reddit's address.
            params: of the query.
            urgent: read for a reply of support: goes before whatever else waits.
            spare: can wait: goes after whatever else waits, and leaves a share of the quota to polls.

        Raises:
            RateLimited: 429, or our own quota is spent; again in `retry_after`.
            PlatformUnavailable: 5xx, time-out, no connection, no JSON.
            AccessRefused: 403 or 404: this place is not for us, or not there.
            PlatformError: anything else.
            SettingsError: Reddit does not accept the credentials.
        """
        ...

    async def post(
        self,
        path: str,
        data: Mapping[str, str | int],
        *,
        urgent: bool = False,
        until: datetime | None = None,
    ) -> Any:
        """The decoded JSON that an action brought; its `json.errors` are raised, and never returned.

        Args:
            path: such as "api/comment".
            data: the form.
            urgent: a reply of support: goes before whatever else waits.
            until: later than that it does not leave any more, however long it waited; None = whenever.

        Raises:
            RateLimited: 429, the error RATELIMIT, or our own quota is spent; nothing was done.
            PlatformUnavailable: it never left us: no connection, no token, or no time left.
            ReplyRejected: nothing was done, and never will be; its class says why (see `refusals`).
            ReplyUnconfirmed: it left us, and nobody knows.
            SettingsError: Reddit does not accept the credentials.
        """
        ...


class Moderators(Protocol):
    """Who moderates a subreddit."""

    async def include(self, username: str, subreddit: str) -> bool:
        """Whether this person does; False where nobody can say."""
        ...


class Quota(Protocol):
    """Reddit's count of our requests, shared by every instance of the account."""

    @property
    def remaining(self) -> float | None:
        """How many requests are left in this window; None = unknown."""
        ...

    @property
    def used(self) -> float | None:
        """How many were made in it, by anybody with these credentials; None = unknown."""
        ...

    async def turn(self, *, urgent: bool = False, spare: bool = False) -> None:
        """Return when a request may go. A share of each window is kept for replies, another for polls.

        Raises:
            RateLimited: it would take longer than a caller should be kept waiting.
        """
        ...

    def told(self, headers: Mapping[str, str]) -> None:
        """What a response's `x-ratelimit-used / -remaining / -reset` said. May be called from any thread."""
        ...

    def hold(self, wait: timedelta) -> None:
        """Reddit wants no request before that, whatever else it says. May be called from any thread."""
        ...
