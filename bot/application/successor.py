"""Notices that another model was taken into use than the one that runs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from bot.application.ports import Clock, Telemetry
from bot.domain.errors import SettingsError

EVERY: Final = timedelta(minutes=1)


class Successor:
    """Says once for each new model that it needs a restart. Implements `ports.Service`.

    A running bot keeps its model: thresholds, recorded versions and the sessions on two threads belong
    together, and a restart loses nothing.

    Args:
        running: the version that this process loaded.
        chosen: gives the version that a start would load now; `SettingsError` where nobody can say.
    """

    name = "successor"

    def __init__(
        self, *, running: str, chosen: Callable[[], str], clock: Clock, telemetry: Telemetry
    ) -> None:
        self._running = running
        self._chosen = chosen
        self._clock = clock
        self._telemetry = telemetry

    async def run(self) -> None:
        """Look once a minute; a record of promotions that cannot be read does not end a bot that runs."""
        told: str | None = self._running
        while True:
            chosen = self._look()
            if chosen not in (told, self._running, None):
                self._telemetry.noticed("restart_needed", running=self._running, chosen=chosen)
            if chosen is None and told is not None:
                self._telemetry.noticed("model_unknown", running=self._running, error=SettingsError.__name__)
            told = chosen
            await self._clock.sleep(EVERY)

    def _look(self) -> str | None:
        try:
            return self._chosen()
        except SettingsError:
            return None
