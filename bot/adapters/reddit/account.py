"""The account from start to end: whose is it, and then what reads for it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final, Protocol

from bot.adapters.backoff import Backoff
from bot.adapters.fields import WrongField, text
from bot.adapters.reddit.ports import Api
from bot.application.ports import Clock, Service, Telemetry
from bot.application.runner import run_beside
from bot.domain.errors import PlatformError, RateLimited, SettingsError

NOT_YET: Final = "Reddit was not reached yet"


class Source(Service, Protocol):
    """Brings comments in."""

    @property
    def trouble(self) -> str | None:
        """What keeps them from coming in, for a person; None = all is well."""
        ...


class Account:
    """Implements `ports.Service`. What ends one of its neighbours for good ends it too.

    Args:
        username: whose account the settings say it is.
        api: the account's client.
        reader: brings comments in.
        begin: starts what else works for the account, once Reddit said whose it is; the tasks.
        clock, telemetry: time and the log.
    """

    name = "reddit"

    def __init__(
        self,
        *,
        username: str,
        api: Api,
        reader: Source,
        begin: Callable[[], Awaitable[Sequence[asyncio.Task[None]]]],
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._username = username
        self._api = api
        self._reader = reader
        self._begin = begin
        self._beside: Sequence[asyncio.Task[None]] | None = None
        self._clock = clock
        self._telemetry = telemetry
        self._known = False

    @property
    def trouble(self) -> str | None:
        """What keeps the account from working, for a person; None = all is well."""
        if self._beside is None:
            return NOT_YET
        ended = next((each.get_name() for each in self._beside if each.done()), None)
        return self._reader.trouble if ended is None else f"{ended} ended"

    async def run(self) -> None:
        """Until cancelled. Nothing is read, written or taken away before Reddit said whose account it is.

        Raises:
            SettingsError: Reddit does not accept the credentials, or they are somebody else's.
            LeaseHeld: another process works for this account.
        """
        self._known = self._known or await self._is_ours()
        if self._beside is None:
            self._beside = await self._begin()
        await run_beside(self._reader, self._beside)

    async def _is_ours(self) -> bool:
        """Ask whose account it is; waits for the network as long as it takes."""
        backoff, told = Backoff(self._clock), False
        while True:
            try:
                same(self._username, await self._api.get("api/v1/me"))
            except PlatformError as error:
                if not told:
                    self._telemetry.noticed("reddit_unreachable", error=error)
                    told = True
                after = error.retry_after if isinstance(error, RateLimited) else timedelta()
                await backoff.wait(at_least=after)
            else:
                return True


def same(username: str, answer: object) -> None:
    """Nothing, where Reddit says that the account is this one.

    Raises:
        SettingsError: it is another one: the bot would not know its own comments.
        PlatformError: Reddit said something else.
    """
    try:
        name = text(answer, "name") if isinstance(answer, dict) else ""
    except WrongField as wrong:
        raise PlatformError(f"api/v1/me: {wrong.told}") from None
    if not name:
        raise PlatformError("api/v1/me brought no name")
    if name.lower() != username.lower():
        raise SettingsError(
            "SOLACE_REDDIT__USERNAME: is not the account that the password or refresh token opens"
        )
