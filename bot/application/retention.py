"""Texts and what is known of updates are kept for a while and then erased for good."""

from datetime import timedelta
from typing import Final

from bot.application.ports import Clock, Store, Telemetry

EVERY: Final = timedelta(hours=1)
HANDLED_FOR: Final = timedelta(hours=48)
"""Platforms bring an update again for a day at most (Telegram: 24 hours)."""
FAILED_FOR: Final = timedelta(days=30)


class Retention:
    """Erases what has had its time, and texts' bytes from the write-ahead log. Implements `ports.Service`."""

    name = "retention"

    def __init__(self, *, store: Store, clock: Clock, telemetry: Telemetry) -> None:
        self._store = store
        self._clock = clock
        self._telemetry = telemetry
        self._unclean = True
        """Erased bytes may still stand in the log: an earlier process may have ended in between."""

    async def run(self) -> None:
        """Once an hour, and at start."""
        while True:
            await self.erase()
            await self._clock.sleep(EVERY)

    async def erase(self) -> int:
        """Erase what is due now; how many texts."""
        now = self._clock.now()
        erased = await self._store.transact(lambda tx: tx.erase_texts(now=now))
        await self._store.transact(
            lambda tx: tx.forget_updates(handled_before=now - HANDLED_FOR, failed_before=now - FAILED_FOR)
        )
        if erased:
            self._unclean = True
            self._telemetry.noticed("texts_erased", texts=erased)
        if self._unclean:
            self._unclean = not await self._store.checkpoint()
        return erased
