"""The Bot API as the parts of this package that write to it see it."""

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
