"""The Bot API over HTTP: one request a call, and every error in our own words.

Only `RateLimited` and `PlatformUnavailable` may be tried again: then nothing had reached the server.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Self

import httpx
from telegram import Bot, InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bot.adapters.quiet import quieten
from bot.adapters.telegram.departure import Departure, watch
from bot.adapters.telegram.values import File, account_of, bot_id
from bot.domain.errors import (
    AccountInUse,
    BotError,
    ChannelMoved,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    ReplyForbidden,
    ReplyRejected,
    ReplyUnconfirmed,
    SettingsError,
)

TIMEOUT: Final = 5.0
"""Seconds for the server to answer, unless a call says otherwise."""
CONNECT: Final = 5.0
POOL: Final = 1.0
CONNECTIONS: Final = 32
LONGEST_WAIT: Final = timedelta(hours=1)
"""A 429 may want more, and is then asked again whether it still does."""
_MAX_DESCRIPTION: Final = 200
_QUOTED: Final = re.compile(r"\"[^\"]*\"|(?<=\s)'[^']*'(?=\W|$)")
_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
"""Failures before the connection stands."""
_REFUSALS: Final[Mapping[type[TelegramError], type[PlatformError]]] = {
    Forbidden: ReplyForbidden,
    BadRequest: ReplyRejected,
    Conflict: AccountInUse,
}


class BotApi:
    """One bot account at one Bot API server. An async context manager.

    Needs `PTB_TIMEDELTA=true` in the environment: without it the library warns at every 429.

    Args:
        token: from BotFather. It stands in no error, repr or log line.
        api_url: the server, such as https://api.telegram.org; without a slash at its end.
    """

    def __init__(self, *, token: str, api_url: str) -> None:
        self._token = token
        self._url = api_url
        self._accepted = False
        self._bot: Bot | None = None
        self._requests: tuple[HTTPXRequest, ...] = ()

    def __repr__(self) -> str:
        return f"BotApi(account={self.account!r})"

    @property
    def account(self) -> str:
        """What the store calls this account: the number before the token's colon says which it is."""
        return account_of(bot_id(self._token))

    async def __aenter__(self) -> Self:
        self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def rebuild(self) -> None:
        """Take fresh connections. What is on the wire of the old ones ends with an error."""
        before = self._requests
        self._open()
        await _shut(before)

    async def call(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, File] | None = None,
        timeout: float = TIMEOUT,  # noqa: ASYNC109  # it bounds the server's answer, not this call alone
    ) -> Any:
        """Make one request, at most once.

        Args:
            method: the Bot API's name for it, such as "sendMessage".
            params: JSON values; None counts as absent.
            files: what is uploaded, by the name of its parameter.
            timeout: seconds for the server to answer.

        Returns:
            the answer's `result`, as JSON.

        Raises:
            RateLimited, PlatformUnavailable: nothing was stored; may be tried again. The latter also where it
                might not leave any more when the connection stood (see `departures`).
            ReplyRejected: nothing was stored, and never will be; with Telegram's description. Among them
                `ReplyForbidden` and `ChannelMoved`.
            ReplyUnconfirmed: the request had left, and nobody knows.
            AccountInUse: another program polls, or a webhook is set.
            SettingsError: the token is not accepted.
        """
        given = dict(params or {})
        departure = Departure()
        given |= {name: InputFile(each.content, filename=each.name) for name, each in (files or {}).items()}
        try:
            async with asyncio.timeout(timeout + CONNECT + POOL + TIMEOUT + (30.0 if files else 0.0)):
                result = await self._made().do_api_request(
                    f"{method}_",  # the same method; its exact name draws a warning that Bot has a function
                    given,
                    read_timeout=timeout,
                )
        except Exception as error:  # noqa: BLE001  # whatever it is, it is translated
            kept_back = PlatformUnavailable("its time was over before it could leave")
            translated = kept_back if departure.kept_back else self._translated(error, given)
        else:
            self._accepted = True
            return result
        # Raised out here, so that no foreign error hangs on it: those hold the URL, and with it the token.
        raise translated

    def _made(self) -> Bot:
        if self._bot is None:
            raise PlatformUnavailable("the client is closed")
        return self._bot

    def _open(self) -> None:
        quieten("telegram", "httpx", "httpcore")
        polling, asking = (
            HTTPXRequest(
                connection_pool_size=size,
                connect_timeout=CONNECT,
                pool_timeout=POOL,
                httpx_kwargs={"event_hooks": {"request": [watch]}},
            )
            for size in (2, CONNECTIONS)
        )
        self._requests = (polling, asking)
        self._bot = Bot(
            self._token,
            base_url=f"{self._url}/bot",
            base_file_url=f"{self._url}/file/bot",
            request=asking,
            get_updates_request=polling,
        )
        quieten("telegram", "httpx", "httpcore")  # loggers that came into being meanwhile

    async def _close(self) -> None:
        requests, self._requests, self._bot = self._requests, (), None
        await _shut(requests)

    # -------------------------------------------------------------- errors

    def _translated(self, error: Exception, params: Mapping[str, Any]) -> BotError:
        """Ours for theirs. `BadRequest` is a `NetworkError` over there, so it is asked for before."""
        match error:
            case RetryAfter():
                return RateLimited(_span(error))
            case ChatMigrated(new_chat_id=int(new)):
                return ChannelMoved("the group became a supergroup", migrate_to_chat_id=new)
            case Forbidden() | BadRequest() | Conflict():
                return _REFUSALS[type(error)](self._description(error, params))
            case EndPointNotFound() | InvalidToken():
                return self._not_accepted(error)
            case _:
                return error if isinstance(error, BotError) else _network(error)

    def _not_accepted(self, error: TelegramError) -> BotError:
        """401 is the token; 404 too, unless it was accepted before: then the server lacks the method."""
        unknown = isinstance(error.__cause__, InvalidToken) and "not found" in str(error.__cause__).lower()
        if unknown and self._accepted:
            return ReplyRejected("the server does not know this method")
        return SettingsError(
            "SOLACE_TELEGRAM__TOKEN: Telegram does not accept it; copy it again from @BotFather "
            "(or SOLACE_TELEGRAM__API_URL leads to no Bot API server)"
        )

    def _description(self, error: TelegramError, params: Mapping[str, Any]) -> str:
        """Telegram's own words, in one line, without what was sent and without the token.

        The library changes capitals in them.
        """
        words = str(error)
        for secret in (self._token, *(params.get(name) for name in ("text", "caption"))):
            if isinstance(secret, str) and secret:
                words = re.sub(re.escape(secret), "…", words, flags=re.IGNORECASE)
        return " ".join(_QUOTED.sub("…", words).split())[:_MAX_DESCRIPTION] or type(error).__name__


async def _shut(requests: Iterable[HTTPXRequest]) -> None:
    """Close connections; a stalled one may refuse, and is left behind."""
    for each in requests:
        with suppress(TimeoutError, httpx.HTTPError, OSError):
            async with asyncio.timeout(TIMEOUT):
                await each.shutdown()


def _span(error: RetryAfter) -> timedelta:
    """How long to wait; the library gives seconds where `PTB_TIMEDELTA` is not set."""
    after = error.retry_after
    return min(after if isinstance(after, timedelta) else timedelta(seconds=after), LONGEST_WAIT)


def _network(error: Exception) -> BotError:
    """Whether the request had left. What cannot be told counts as left."""
    beneath = error.__cause__
    if isinstance(beneath, _NOT_SENT):
        return PlatformUnavailable(f"no connection came about ({type(beneath).__name__})")
    if isinstance(error, TimedOut | TimeoutError):
        return ReplyUnconfirmed("no answer came in time")
    return ReplyUnconfirmed(f"the connection or the answer broke off ({type(beneath or error).__name__})")
