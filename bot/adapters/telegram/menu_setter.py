from collections.abc import Collection
from typing import Final

from bot.adapters.pace import Manner
from bot.adapters.telegram.conversation.menus import menu_calls
from bot.adapters.telegram.requests import NO_CHAT, PacedApi
from bot.application.ports import Telemetry
from bot.domain.errors import PlatformError


class MenuSetter:
    """Sets the command menus once, best effort: without them every command still works. A `ports.Service`.

    Args:
        api: turns and requests.
        owners: user ids of the operator.
        telemetry: told how many were refused, such as that of an owner who never wrote to the bot.
    """

    name: Final = "telegram-menus"

    def __init__(self, *, api: PacedApi, owners: Collection[int], telemetry: Telemetry) -> None:
        self._api = api
        self._owners = owners
        self._telemetry = telemetry

    async def run(self) -> None:
        """Set them, and end."""
        refused = 0
        for call in menu_calls(owners=self._owners):
            try:
                await self._api.write(call.method, call.parameters, manner=Manner(), about=NO_CHAT)
            except PlatformError:
                refused += 1
        if refused:
            self._telemetry.noticed("menus_refused", menus=refused)
