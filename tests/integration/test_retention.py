"""Texts are gone when their time is up, to the last byte."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from assembly import LIVE, Assembly, rows
from fakes import FakeClock, ListTelemetry

from bot.adapters.storage import SqlStore
from bot.application.ports import Transaction
from bot.application.retention import EVERY, Retention
from bot.application.updates import FailedUpdate

DAY = timedelta(days=1)


def on_disk(database: Path) -> bytes:
    """Every byte of the database, its log included."""
    return b"".join(path.read_bytes() for path in sorted(database.parent.glob(f"{database.name}*")))


def words(name: str, number: int) -> str:
    return f"sad sad sad sad {name}-{number:04}-{'x' * (number * 7 % 300)}"


@pytest.mark.parametrize("number", [1, 400])
async def test_texts_whose_time_is_up_are_gone_from_the_disk_and_their_neighbours_stay(
    store: SqlStore, database: Path, number: int
) -> None:
    brief = Assembly(store, replace(LIVE, retention=DAY))
    lasting = Assembly(store, replace(LIVE, retention=30 * DAY))
    for index in range(0, number, 50):  # side by side, so that they share pages
        some = range(index, min(index + 50, number))
        await brief.judge(*[brief.message(words("brief", each)) for each in some])
        await lasting.judge(*[lasting.message(words("lasting", each)) for each in some])
    await store.checkpoint()
    await brief.judge(brief.message(words("brief", 9999)))  # this one stands in the log only
    assert on_disk(database).count(b"brief-") >= number + 1

    await brief.clock.advance(DAY)
    retention = Retention(store=store, clock=brief.clock, telemetry=brief.telemetry)
    assert await retention.erase() == number + 1

    assert b"brief-" not in on_disk(database)
    kept = rows(database, "SELECT text FROM texts ORDER BY decision_id")
    assert sorted(kept) == sorted(words("lasting", each) for each in range(number))
    assert rows(database, "SELECT count(*) FROM decisions") == [2 * number + 1], (
        "what was decided stays known"
    )
    assert rows(database, "PRAGMA integrity_check") == ["ok"]
    assert brief.telemetry.events == ["texts_erased"]
    assert await retention.erase() == 0


async def test_what_is_known_of_updates_goes_after_its_time(store: SqlStore, database: Path) -> None:
    bot = Assembly(store)
    now, hour = bot.clock.now(), timedelta(hours=1)

    def remember(tx: Transaction) -> None:
        for number, age in enumerate([49 * hour, 48 * hour, 31 * DAY, 30 * DAY]):
            tx.handle_once("telegram:1", number, at=now - age)
            failed = FailedUpdate(
                account="telegram:1", update_id=number, kind="message", error="Missing: chat", at=now - age
            )
            tx.keep_failed(failed)

    await store.transact(remember)
    await Retention(store=store, clock=bot.clock, telemetry=bot.telemetry).erase()
    assert rows(database, "SELECT update_id FROM handled_updates") == [1]
    assert rows(database, "SELECT update_id FROM failed_updates ORDER BY id") == [0, 1, 3]


async def test_a_text_stays_until_the_last_moment(store: SqlStore, database: Path) -> None:
    bot = Assembly(store, replace(LIVE, retention=DAY))
    await bot.judge(bot.message("sad sad sad sad"))
    retention = Retention(store=store, clock=bot.clock, telemetry=bot.telemetry)
    await bot.clock.advance(DAY - timedelta(microseconds=1))
    assert await retention.erase() == 0
    await bot.clock.advance(timedelta(microseconds=1))
    assert await retention.erase() == 1
    assert rows(database, "SELECT count(*) FROM texts") == [0]


async def test_without_retention_no_text_ever_reaches_the_disk(store: SqlStore, database: Path) -> None:
    bot = Assembly(store, replace(LIVE, retention=timedelta()))
    await bot.judge(*[bot.message(words("brief", each)) for each in range(100)])
    assert rows(database, "SELECT count(*) FROM decisions") == [100]
    assert b"brief-" not in on_disk(database)


async def test_it_looks_at_start_and_then_every_hour(store: SqlStore, database: Path) -> None:
    bot = Assembly(store, replace(LIVE, retention=DAY - EVERY / 2))
    await bot.judge(bot.message())
    clock = FakeClock(bot.clock.now(), auto=True)
    erased = asyncio.Event()

    class Noticing(ListTelemetry):
        def noticed(self, event: str, **fields: object) -> None:
            del fields
            super().noticed(f"{event} {clock.now() - bot.clock.now()}")
            erased.set()

    telemetry = Noticing()
    task = asyncio.create_task(Retention(store=store, clock=clock, telemetry=telemetry).run())
    await asyncio.wait_for(erased.wait(), 60)
    task.cancel()
    await asyncio.wait({task})
    assert telemetry.events == [f"texts_erased {DAY}"]
    assert rows(database, "SELECT count(*) FROM texts") == [0]
