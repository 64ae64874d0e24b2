"""Requests that wait for their turn, and are made again where nothing was stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from bot.adapters.pace import PATIENCE, Pace
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.values import File
from bot.application.ports import Clock
from bot.domain.errors import PlatformUnavailable, RateLimited

AGAIN: Final = timedelta(seconds=2)
"""After a request that did not reach Telegram."""

NO_CHAT: Final = 0
"""What writes nothing in a chat keeps the account's pace, as if it were about a chat of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How much a request may take.

    Attributes:
        urgent: before all that waits for a turn.
        patience: how long it waits for one.
        attempts: how often it is made where nothing was stored.
    """

    urgent: bool = False
    patience: timedelta = PATIENCE
    attempts: int = 3


class PacedApi:
    """The Bot API at the account's pace.

    Args:
        api: makes one request, once.
        pace: turns.
        channel_of: the stored id of a chat, by Telegram's: in a private chat it is the person's hash.
        clock: time.
    """

    def __init__(self, *, api: Api, pace: Pace, channel_of: Callable[[int], str], clock: Clock) -> None:
        self._api = api
        self._pace = pace
        self._channel_of = channel_of
        self._clock = clock

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
        for left in reversed(range(manner.attempts)):
            await self._pace.turn(channel, urgent=manner.urgent, patience=manner.patience)
            try:
                return await self._api.call(method, params, files=files)
            except RateLimited as error:
                self._pace.hold(error.retry_after)
                if not left:
                    raise
            except PlatformUnavailable:
                if not left:
                    raise
                await self._clock.sleep(AGAIN)
        raise PlatformUnavailable("it was not tried")

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
