import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from fakes import ListTelemetry

from bot.application.alerts import Alerts
from bot.application.ports import Store
from bot.application.trouble import REFUSES, WORKS, WatchedStore
from bot.domain.errors import StoreError


class Moody:
    """Does as it is told: refuses, or not."""

    error: Exception | None = None

    async def transact(self, work: Callable[[Any], object]) -> object:
        if self.error is not None:
            raise self.error
        return work(None)

    read = transact


class Halves:
    """Reads with one, writes with the other."""

    def __init__(self, reading: Moody, writing: Moody) -> None:
        self.read, self.transact = reading.read, writing.transact


async def test_trouble_is_told_once_and_its_end_once() -> None:
    moody, telemetry, alerts = Moody(), ListTelemetry(), Alerts()
    store = WatchedStore(cast(Store, moody), telemetry=telemetry, alerts=alerts)
    assert await store.transact(lambda _: 7) == 7
    assert telemetry.events == []
    moody.error = StoreError("the database refused: it is full")
    for ask in (store.transact, store.read, store.transact):
        with pytest.raises(StoreError, match="full"):
            await ask(lambda _: None)
    assert telemetry.events == ["database_refuses"]
    moody.error = None
    assert await store.read(lambda _: 8) == 8
    assert telemetry.events == ["database_refuses"], "a read that works proves nothing about writing"
    for _ in range(2):
        await store.transact(lambda _: None)
    assert telemetry.events == ["database_refuses", "database_works_again"]
    told = [await asyncio.wait_for(alerts.next(), 5) for _ in range(2)]
    assert told == [REFUSES.format(error="The database refused: it is full"), WORKS]


@pytest.mark.parametrize("broken", ["read", "transact"])
async def test_while_one_kind_of_work_refuses_the_other_ends_nothing(broken: str) -> None:
    telemetry, reading, writing = ListTelemetry(), Moody(), Moody()
    store = WatchedStore(cast(Store, Halves(reading, writing)), telemetry=telemetry, alerts=Alerts())
    ill, ask_ill = (reading, store.read) if broken == "read" else (writing, store.transact)
    ask_well = store.transact if broken == "read" else store.read
    ill.error = StoreError("the database refused: it is unwell")
    for _ in range(3):
        with pytest.raises(StoreError):
            await ask_ill(lambda _: None)
        await ask_well(lambda _: None)
    assert telemetry.events == ["database_refuses"]
    ill.error = None
    await ask_ill(lambda _: None)
    assert telemetry.events == ["database_refuses", "database_works_again"]


@pytest.mark.parametrize("error", [RuntimeError("a bug"), asyncio.CancelledError()])
async def test_what_is_no_trouble_of_the_database_passes(error: Exception) -> None:
    moody, telemetry = Moody(), ListTelemetry()
    moody.error = error
    with pytest.raises(type(error)):
        await WatchedStore(cast(Store, moody), telemetry=telemetry, alerts=Alerts()).transact(lambda _: None)
    assert telemetry.events == []
