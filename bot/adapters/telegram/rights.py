"""Who may do what in a chat, asked of Telegram."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.values import Person, Place
from bot.application.ports import Clock, Telemetry
from bot.domain.errors import BotError, RateLimited

FRESH: Final = timedelta(seconds=60)
MOST: Final = 1024
ADMINS: Final = frozenset({"creator", "administrator"})
UNKNOWN: Final = "unknown"


class ApiRights:
    """`ports.Rights`, with answers kept for a minute; what could not be answered is asked again.

    Args:
        api: the Bot API.
        bot_id: the bot's own.
        clock, telemetry: time and the log.
        hold: told how long nothing of this account may be asked; nothing is asked here before.
    """

    def __init__(
        self,
        *,
        api: Api,
        bot_id: int,
        clock: Clock,
        telemetry: Telemetry,
        hold: Callable[[timedelta], None] = lambda _: None,
    ) -> None:
        self._api = api
        self._bot_id = bot_id
        self._clock = clock
        self._telemetry = telemetry
        self._hold = hold
        self._asks_from: datetime | None = None
        self._known: dict[tuple[int, int], tuple[datetime, str]] = {}

    async def is_admin(self, place: Place, person: Person | None) -> bool:
        """See `ports.Rights`."""
        if place.private or person is None:
            return True
        return await self.status(place.chat_id, person.user_id) in ADMINS

    async def own_status(self, place: Place) -> str:
        """See `ports.Rights`."""
        return await self.status(place.chat_id, self._bot_id)

    def forget(self, place: Place) -> None:
        """See `ports.Rights`."""
        self._keep(lambda chat_id, _: chat_id != place.chat_id)

    async def status(self, chat_id: int, user_id: int) -> str:
        """Telegram's word for somebody in a chat, or "unknown"."""
        known = self._known.get((chat_id, user_id))
        now = self._clock.now()
        if known is not None and now - known[0] < FRESH:
            return known[1]
        if self._asks_from is not None and now < self._asks_from:
            return UNKNOWN
        try:
            member = await self._api.call("getChatMember", {"chat_id": chat_id, "user_id": user_id})
        except BotError as error:
            self._telemetry.noticed("rights_unknown", error=error)
            if isinstance(error, RateLimited):
                self._asks_from = now + error.retry_after
                self._hold(error.retry_after)
            return UNKNOWN
        status = member.get("status") if isinstance(member, dict) else None
        if not isinstance(status, str):
            return UNKNOWN
        self._remember(chat_id, user_id, status)
        return status

    def _remember(self, chat_id: int, user_id: int, status: str) -> None:
        now = self._clock.now()
        if len(self._known) >= MOST:
            self._keep(lambda _, at: now - at < FRESH)
        if len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        self._known[chat_id, user_id] = now, status

    def _keep(self, wanted: Callable[[int, datetime], bool]) -> None:
        self._known = {key: value for key, value in self._known.items() if wanted(key[0], value[0])}
