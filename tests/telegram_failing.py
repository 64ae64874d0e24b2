from collections.abc import Callable
from typing import Any, TypeVar

from bot.adapters.storage import SqlStore
from bot.application.ports import Queries, Transaction
from bot.domain.errors import StoreError

T = TypeVar("T")


class FailingStore:
    """The real store, which refuses to write for a while."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.refuses = 0
        self.refused = 0

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        if self.refuses:
            self.refuses -= 1
            self.refused += 1
            raise StoreError("the disk is full")
        return await self._store.transact(work)

    async def read(self, work: Callable[[Queries], T]) -> T:
        return await self._store.read(work)

    def lease(self, role: str, account: str) -> Any:
        return self._store.lease(role, account)

    async def checkpoint(self) -> bool:
        return await self._store.checkpoint()
