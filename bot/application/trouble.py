"""A database that refuses is told about once, and once more when it works again, whoever asked it."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, TypeVar

from bot.application.alerts import Alerts
from bot.application.ports import Queries, Store, Telemetry, Transaction
from bot.domain.errors import StoreError

T = TypeVar("T")
REFUSES: Final = "{error}. Until it works again, nothing is acknowledged or answered."
WORKS: Final = "The database works again."
_READS: Final = "reads"
_WRITES: Final = "writes"


class WatchedStore:
    """`ports.Store` in front of another one. Errors pass through; the first of a row is noticed.

    A row ends when reading and writing have both worked since each of them refused last.

    Args:
        store: does the work.
        telemetry, alerts: hear of it.
    """

    def __init__(self, store: Store, *, telemetry: Telemetry, alerts: Alerts) -> None:
        self._store = store
        self._telemetry = telemetry
        self._alerts = alerts
        self._refused = 0
        self._unproven: set[str] = set()

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """See `ports.Store`."""
        return await self._heard(_WRITES, self._store.transact(work))

    async def read(self, work: Callable[[Queries], T]) -> T:
        """See `ports.Store`."""
        return await self._heard(_READS, self._store.read(work))

    def lease(self, role: str, account: str) -> AbstractAsyncContextManager[None]:
        """See `ports.Store`."""
        return self._store.lease(role, account)

    async def checkpoint(self) -> bool:
        """See `ports.Store`."""
        return await self._store.checkpoint()

    async def _heard(self, kind: str, doing: Awaitable[T]) -> T:
        try:
            result = await doing
        except StoreError as error:
            self._refuses(kind, error)
            raise
        if kind in self._unproven:
            self._works(kind)
        return result

    def _refuses(self, kind: str, error: StoreError) -> None:
        self._refused += 1
        if self._unproven:
            self._unproven.add(kind)
            return
        self._unproven = {_READS, _WRITES}
        self._telemetry.noticed("database_refuses", error=str(error))
        self._alerts.put(REFUSES.format(error=str(error).capitalize()))

    def _works(self, kind: str) -> None:
        """One that works proves nothing about the other: with a disk that is full reads go on."""
        self._unproven.remove(kind)
        if self._unproven:
            return
        self._telemetry.noticed("database_works_again", refused=self._refused)
        self._alerts.put(WORKS)
        self._refused = 0
