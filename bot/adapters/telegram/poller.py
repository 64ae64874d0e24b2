"""Long polling that acknowledges what is committed, and nothing else."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.backoff import Backoff
from bot.adapters.fields import WrongField, whole
from bot.adapters.telegram.api import PollingApi
from bot.adapters.telegram.lifecycle import NAME, NOT_YET, insist
from bot.adapters.telegram.reception import Reception, Run
from bot.adapters.telegram.updates import ALLOWED
from bot.application.ports import Clock, Telemetry
from bot.domain.errors import AccountInUse, BotError, PlatformError, RateLimited, SettingsError

WAIT: Final = timedelta(seconds=10)
"""How long Telegram holds a poll that has nothing to bring: a connection that died in silence is noticed no
sooner."""
SLACK: Final = timedelta(seconds=5)
"""What the answer may take beyond that."""
LIMIT: Final = 100
WAITED: Final = timedelta(seconds=1)
"""A poll that took longer had waited for what it brought."""
STALLED_AFTER: Final = 3
"""Time-outs that one poll takes, or that pass without a poll that worked; then the client is built anew."""
CONFLICT: Final = (
    "another program reads this bot's updates (or set a webhook): stop it, or give it a bot of its own"
)
WATCHDOG: Final = "telegram-watchdog"
_CONFLICT_WAIT: Final = timedelta(seconds=30)


class Poller:
    """The account's own loop over raw updates. Implements `ports.Service`.

    Whoever runs it holds the lease `("poll", account)`. The offset moves only after all of a batch is
    committed. Ids are never ordered: after a quiet week Telegram starts at random, so an offset is forgotten
    as soon as Telegram knows it.

    Args:
        api: the account's client.
        reception: handles what comes.
        clock, telemetry: time and the log.
        wait: how long Telegram may hold a poll, in whole seconds.
    """

    name = NAME

    def __init__(
        self,
        *,
        api: PollingApi,
        reception: Reception,
        clock: Clock,
        telemetry: Telemetry,
        wait: timedelta = WAIT,
    ) -> None:
        self._api = api
        self._reception = reception
        self._clock = clock
        self._telemetry = telemetry
        self._wait = wait
        self._offset: int | None = None
        self._worked_at: datetime = clock.now()
        self._backoff = Backoff(clock)
        self.trouble: str | None = NOT_YET
        """What keeps updates from coming in, for a person; None = all is well."""

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingsError: the token is not accepted.
        """
        try:
            await insist(
                self._api,
                "deleteWebhook",
                {"drop_pending_updates": False},
                clock=self._clock,
                telemetry=self._telemetry,
            )
            self._worked_at, self.trouble = self._clock.now(), None
            while True:
                await self._once()
        finally:
            await self._reception.finish()

    async def _once(self) -> None:
        """One poll, and all that it brings."""
        began, calm = self._clock.now(), self.trouble is None
        try:
            raws = await self._poll()
        except PlatformError as error:
            await self._failed(error)
            return
        self._recovered()
        waited = calm and self._clock.now() - began >= WAITED
        await self._commit(self._reception.read(raws, waited=waited))
        self._worked_at = self._clock.now()
        await self._move(raws)

    async def _poll(self) -> Sequence[object]:
        """Ask for updates; a client that stalls is given up after three time-outs.

        They count from now: after a pause, however long, a poll has all the time that it needs.

        Raises:
            PlatformError: nothing came.
        """
        poll = asyncio.ensure_future(self._get_updates())
        longest = STALLED_AFTER * (self._wait + SLACK)
        watchdog = asyncio.create_task(self._clock.sleep(longest), name=WATCHDOG)
        try:
            await asyncio.wait({poll, watchdog}, return_when=asyncio.FIRST_COMPLETED)
            if poll.done():
                return poll.result()
        finally:
            for task in (poll, watchdog):
                task.cancel()
            await asyncio.wait({poll, watchdog}, timeout=SLACK.total_seconds())
        await self._rebuild()
        raise PlatformError("polls do not end")

    async def _get_updates(self) -> Sequence[object]:
        result = await self._api.call(
            "getUpdates",
            {
                "offset": self._offset,
                "timeout": int(self._wait.total_seconds()),
                "limit": LIMIT,
                "allowed_updates": list(ALLOWED),
            },
            timeout=(self._wait + SLACK).total_seconds(),
        )
        if not isinstance(result, list):
            raise PlatformError("getUpdates brought no list")
        return result

    async def _commit(self, runs: deque[Run]) -> None:
        """Handle a batch; what the store or the intake refuses is tried again, and not acknowledged."""
        backoff = Backoff(self._clock)
        while True:
            try:
                await self._reception.handle(runs)
            except SettingsError:
                raise
            except BotError as error:
                self._telemetry.noticed("updates_held_back", error=type(error).__name__)
                await backoff.wait(at_least=getattr(error, "retry_after", timedelta()))
            else:
                return

    async def _move(self, raws: Sequence[object]) -> None:
        """Acknowledge a batch with the next poll; an empty one says that the last offset arrived."""
        if not raws:
            self._offset = None
            return
        known = [found for found in map(_update_id, raws) if found is not None]
        if known:
            self._offset = known[-1] + 1
        else:  # nothing by which it could be acknowledged: it will come again at once
            await self._backoff.wait()

    # -------------------------------------------------------------- when it does not work

    async def _failed(self, error: PlatformError) -> None:
        conflict = isinstance(error, AccountInUse)
        trouble = CONFLICT if conflict else "Telegram cannot be reached"
        if self.trouble != trouble:
            event = "second_poller" if conflict else "telegram_unreachable"
            self._telemetry.noticed(event, error=type(error).__name__, advice=trouble)
            self.trouble = trouble
        if isinstance(error, AccountInUse | RateLimited):  # the server answered: the client is well
            self._worked_at = self._clock.now()
        elif self._clock.now() - self._worked_at >= STALLED_AFTER * (self._wait + SLACK):
            await self._rebuild()
        after = error.retry_after if isinstance(error, RateLimited) else timedelta()
        await self._backoff.wait(at_least=_CONFLICT_WAIT if conflict else after)

    def _recovered(self) -> None:
        self._worked_at = self._clock.now()
        self._backoff.reset()
        if self.trouble is not None:
            self._telemetry.noticed("telegram_reachable")
            self.trouble = None

    async def _rebuild(self) -> None:
        self._telemetry.noticed("telegram_client_rebuilt")
        await self._api.rebuild()
        self._worked_at = self._clock.now()


def _update_id(raw: object) -> int | None:
    try:
        return whole(raw, "update_id") if isinstance(raw, dict) else None
    except WrongField:
        return None
