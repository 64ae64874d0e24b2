"""From a token to a running bot: who am I, and then whatever was assembled for that name."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Final, Protocol

from bot.adapters.backoff import Backoff
from bot.adapters.fields import WrongField, flag, maybe_text, text, whole
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.values import Me
from bot.application.ports import Clock, Service, Telemetry
from bot.application.runner import run_beside
from bot.domain.errors import PlatformError, RateLimited

NAME: Final = "telegram"
NOT_YET: Final = "Telegram was not reached yet"


class Source(Service, Protocol):
    """Brings updates in."""

    @property
    def trouble(self) -> str | None:
        """What keeps them from coming in, for a person; None = all is well."""
        ...


class Watched:
    """A source whose neighbours are watched: what ends one of them for good ends it too. A `Source`.

    Args:
        source: brings updates in.
        tasks: of what writes for the account.
    """

    name = NAME

    def __init__(self, source: Source, tasks: Sequence[asyncio.Task[None]]) -> None:
        self._source = source
        self._tasks = tasks

    @property
    def trouble(self) -> str | None:
        """See `Source`."""
        return self._source.trouble

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingsError: the token is not accepted; also where a neighbour met that.
        """
        await run_beside(self._source, self._tasks)


class Lifecycle:
    """The account from start to end, also where the network comes later. Implements `ports.Service`.

    Args:
        api: the account's client.
        assemble: makes what runs (`Poller` or `Webhook`), once it is known who the bot is.
        clock, telemetry: time and the log.
    """

    name = NAME

    def __init__(
        self,
        *,
        api: Api,
        assemble: Callable[[Me], AbstractAsyncContextManager[Source]],
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._api = api
        self._assemble = assemble
        self._clock = clock
        self._telemetry = telemetry
        self._source: Source | None = None

    @property
    def trouble(self) -> str | None:
        """What keeps updates from coming in, for a person; None = all is well."""
        return NOT_YET if self._source is None else self._source.trouble

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingsError: the token is not accepted.
        """
        me = await who_am_i(self._api, clock=self._clock, telemetry=self._telemetry)
        async with self._assemble(me) as source:
            self._source = source
            try:
                await source.run()
            finally:
                self._source = None


async def who_am_i(api: Api, *, clock: Clock, telemetry: Telemetry) -> Me:
    """The bot's own account; waits for the network as long as it takes.

    Raises:
        SettingsError: the token is not accepted.
    """
    me = as_me(await insist(api, "getMe", {}, clock=clock, telemetry=telemetry))
    telemetry.noticed("telegram_account", account=me.account, reads_all=me.reads_all)
    return me


def as_me(raw: object) -> Me:
    """What `getMe` told.

    Raises:
        PlatformError: it told something else.
    """
    if not isinstance(raw, dict):
        raise PlatformError("getMe brought no object")
    try:
        return Me(
            user_id=whole(raw, "id"),
            username=text(raw, "username"),
            name=maybe_text(raw, "first_name") or "",
            reads_all=flag(raw, "can_read_all_group_messages"),
        )
    except WrongField as wrong:
        raise PlatformError(f"getMe: {wrong.told}") from None


async def insist(
    api: Api, method: str, params: Mapping[str, Any], *, clock: Clock, telemetry: Telemetry
) -> Any:
    """Call until it works: for what can be said twice.

    Raises:
        SettingsError: the token is not accepted.
    """
    backoff, told = Backoff(clock), False
    while True:
        try:
            return await api.call(method, params)
        except PlatformError as error:
            if not told:
                telemetry.noticed("telegram_unreachable", error=error, method=method)
                told = True
            after = error.retry_after if isinstance(error, RateLimited) else timedelta()
            await backoff.wait(at_least=after)
