"""Comments whose replies are on their way, read again where no page shows them any more."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.things import children, name_of
from bot.application.ports import Clock, Store, Telemetry
from bot.domain.errors import PlatformError

MOST: Final = 100
"""As many things as Reddit tells of in one answer."""


class Rereading:
    """Asks for them at most once in a while, and only while there are any.

    Args:
        api: the account's client.
        store: knows whose replies are pending.
        account: whose.
        kind: of things, such as "t1".
        every: the shortest time between two requests.
        clock, telemetry: time and the log.
    """

    def __init__(
        self,
        *,
        api: Api,
        store: Store,
        account: str,
        kind: str,
        every: timedelta,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._api = api
        self._store = store
        self._account = account
        self._kind = kind
        self._every = every
        self._clock = clock
        self._telemetry = telemetry
        self._asked_at: datetime | None = None

    async def waiting(self) -> Collection[str]:
        """Full names of things whose replies are pending.

        Raises:
            StoreError: nobody knows.
        """
        refs = await self._store.read(lambda queries: queries.waiting_for(self._account))
        return {ref.message_id for ref in refs if ref.message_id.startswith(f"{self._kind}_")}

    async def look(self, names: Collection[str]) -> Sequence[object]:
        """These as they are now, as listings show things; those that are gone are absent.

        Nothing where the last request is too near, or failed: whoever sends looks once more.
        """
        now = self._clock.now()
        if not names or (self._asked_at is not None and now - self._asked_at < self._every):
            return ()
        self._asked_at = now
        wanted = sorted(names)[:MOST]
        try:
            answer = await self._api.get("api/info", {"id": ",".join(wanted), "raw_json": 1})
            return [item for item in children(answer) if name_of(item) in names]
        except PlatformError as error:
            self._telemetry.noticed("pending_not_reread", error=error)
            return ()
