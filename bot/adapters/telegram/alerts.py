from collections.abc import Collection
from typing import Final

from bot.adapters.telegram.ports import Speaker
from bot.adapters.telegram.values import Say
from bot.application.alerts import Alerts


class AlertCarrier:
    """Carries words from the other platforms to the operator, in private. A `ports.Service`.

    Args:
        alerts: what waits.
        speaker: says it.
        owners: user ids of the operator; without any, nothing is carried, and the log has told.
    """

    name: Final = "telegram-alerts"

    def __init__(self, *, alerts: Alerts, speaker: Speaker, owners: Collection[int]) -> None:
        self._alerts = alerts
        self._speaker = speaker
        self._owners = tuple(owners)

    async def run(self) -> None:
        """Carry until cancelled."""
        while True:
            words = await self._alerts.next()
            await self._speaker.act([Say(chat_id=owner, text=words) for owner in self._owners])
