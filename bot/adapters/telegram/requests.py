"""Requests that wait for their turn, and are made again where nothing was stored."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.adapters.pace import Manner, Pace
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.values import File
from bot.domain.errors import RateLimited

NO_CHAT: Final = 0
"""What writes nothing in a chat keeps the account's pace, as if it were about a chat of its own."""


class PacedApi:
    """The Bot API at the account's pace.

    Args:
        api: makes one request, once.
        pace: turns.
        channel_of: the stored id of a chat, by Telegram's: in a private chat it is the person's hash.
    """

    def __init__(self, *, api: Api, pace: Pace, channel_of: Callable[[int], str]) -> None:
        self._api = api
        self._pace = pace
        self._channel_of = channel_of

    async def write(
        self,
        method: str,
        params: Mapping[str, object],
        *,
        manner: Manner,
        files: Mapping[str, File] | None = None,
        about: int | None = None,
    ) -> Any:
        """One write; the parsed result.

        `about` is the chat whose pace it keeps, if that is not `params["chat_id"]`.

        Raises:
            RateLimited, PlatformUnavailable: nothing was stored, as often as it was tried.
            ReplyRejected, ReplyUnconfirmed: see `Api`.
        """
        channel = self._channel_of(int(str(params["chat_id"])) if about is None else about)
        return await self._pace.kept(
            channel, lambda: self._api.call(method, params, files=files), manner=manner
        )

    async def answer_press(self, press_id: str, text: str, *, alert: bool) -> None:
        """Answer a button press: it writes nothing in a chat, and so it waits for no turn."""
        params: dict[str, object] = {"callback_query_id": press_id}
        if text:
            params |= {"text": text, "show_alert": alert}
        try:
            await self._api.call("answerCallbackQuery", params)
        except RateLimited as error:
            self._pace.hold(error.retry_after)
            raise
