"""A database that refuses is told about once, and once more when it works again, whoever asked it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, TypeVar

from bot.application.alerts import Alerts
from bot.application.ports import Queries, Store, Telemetry, Transaction
from bot.domain.errors import StoreError

T = TypeVar("T")
REFUSES: Final = "{error}. Until it works again, nothing is acknowledged or answered."
WORKS: Final = "The database works again."


class WatchedStore:
    """`ports.Store` in front of another one. Errors pass through; the first of a row is noticed.

    Args:
        store: does the work.
        telemetry, alerts: hear of it.
    """

    def __init__(self, store: Store, *, telemetry: Telemetry, alerts: Alerts) -> None:
        self._store = store
        self._telemetry = telemetry
        self._alerts = alerts
        self._refused = 0

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """See `ports.Store`."""
        try:
            result = await self._store.transact(work)
        except StoreError as error:
            self._refuses(error)
            raise
        if self._refused:
            self._telemetry.noticed("database_works_again", refused=self._refused)
            self._alerts.put(WORKS)
            self._refused = 0
        return result

    async def read(self, work: Callable[[Queries], T]) -> T:
        """See `ports.Store`."""
        try:
            return await self._store.read(work)
        except StoreError as error:
            self._refuses(error)
            raise

    def lease(self, role: str, account: str) -> AbstractAsyncContextManager[None]:
        """See `ports.Store`."""
        return self._store.lease(role, account)

    async def checkpoint(self) -> bool:
        """See `ports.Store`."""
        return await self._store.checkpoint()

    def _refuses(self, error: StoreError) -> None:
        self._refused += 1
        if self._refused == 1:
            self._telemetry.noticed("database_refuses", error=str(error))
            self._alerts.put(REFUSES.format(error=str(error).capitalize()))
