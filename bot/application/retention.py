"""Texts and what is known of updates are kept for a while and then erased for good."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from bot.application.ports import Clock, Store, Telemetry, Transaction

EVERY: Final = timedelta(hours=1)
SOON: Final = timedelta(seconds=5)
"""How long a transaction that erases something may take, and how long to wait for who reads just then."""
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
        self._asked = asyncio.Event()

    async def run(self) -> None:
        """Once an hour, at start, and soon after somebody asked for it."""
        while True:
            await self.erase()
            await self._wait(SOON if self._unclean else EVERY)

    def soon(self) -> None:
        """Somebody is about to be forgotten: their bytes are to go now, not within the hour."""
        self._asked.set()

    async def erase(self) -> int:
        """Erase what is due now; how many texts."""
        now = self._clock.now()
        erased, people = await self._store.transact(lambda tx: _erase(tx, now))
        self._unclean |= bool(erased or people)
        if erased:
            self._telemetry.noticed("texts_erased", texts=erased)
        if self._unclean:
            self._unclean = not await self._store.checkpoint()
        return erased

    async def _wait(self, longest: timedelta) -> None:
        asked = asyncio.ensure_future(self._asked.wait())
        timer = asyncio.ensure_future(self._clock.sleep(longest))
        try:
            await asyncio.wait({asked, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
            timer.cancel()
        if self._asked.is_set():
            self._asked.clear()
            self._unclean = True
            await self._clock.sleep(SOON)  # whoever asked commits first


def _erase(tx: Transaction, now: datetime) -> tuple[int, int]:
    """How many texts, and how many people who need not be left alone any more."""
    tx.forget_updates(handled_before=now - HANDLED_FOR, failed_before=now - FAILED_FOR)
    return tx.erase_texts(now=now), tx.forget_left_alone(before=now)
