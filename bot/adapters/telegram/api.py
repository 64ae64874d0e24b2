"""The Bot API as the parts of this package see it."""

from collections.abc import Mapping
from typing import Any, Protocol

from bot.adapters.telegram.values import File


class Api(Protocol):
    """Makes one request, once."""

    async def call(
        self, method: str, params: Mapping[str, object], *, files: Mapping[str, File] | None = None
    ) -> Any:
        """The parsed `result`.

        Raises:
            RateLimited, PlatformUnavailable: nothing was stored; may be tried again.
            ReplyRejected: Telegram refused, in the words of its description; nothing was stored.
            ReplyUnconfirmed: nobody knows.
        """
        ...


class PollingApi(Protocol):
    """Waits for updates."""

    async def call(
        self,
        method: str,
        params: Mapping[str, object],
        *,
        files: Mapping[str, File] | None = None,
        timeout: float = ...,  # noqa: ASYNC109  # see `BotApi.call`
    ) -> Any:
        """Like `Api.call`; the server may take this many seconds for its answer."""
        ...

    async def rebuild(self) -> None:
        """See `BotApi.rebuild`."""
        ...
