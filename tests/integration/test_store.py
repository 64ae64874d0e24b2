import asyncio
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from assembly import LIVE, Assembly
from sqlalchemy import event

from bot.adapters.storage import SqlStore, examine, migrate
from bot.adapters.storage.transaction import SqlTransaction
from bot.application.doctor import Status
from bot.application.ports import Queries, Transaction
from bot.application.retention import Retention
from bot.bootstrap.parts import author_key
from bot.domain.authors import AuthorKey
from bot.domain.errors import LeaseHeld, SettingsError, StoreError
from bot.domain.messages import AuthorHash
from bot.settings import Settings

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANN = AuthorHash("a" * 32)


def run_sql(tx: Transaction | Queries, statement: str) -> Any:
    """Statements of the test's own, in the same transaction."""
    return cast(SqlTransaction, tx)._connection.exec_driver_sql(statement)


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(query).fetchall()


async def test_a_failing_work_undoes_itself_and_no_other(store: SqlStore, database: Path) -> None:
    def failing(tx: Transaction) -> None:
        tx.opt_out(AuthorHash("b" * 32), at=NOW)
        raise RuntimeError("half way")

    good = store.transact(lambda tx: tx.opt_out(ANN, at=NOW))
    bad = store.transact(failing)
    outcomes = await asyncio.gather(good, bad, return_exceptions=True)

    assert isinstance(outcomes[1], RuntimeError)
    assert rows(database, "SELECT author FROM opt_outs") == [(ANN,)]


async def test_works_that_wait_together_share_one_commit(store: SqlStore) -> None:
    """The writer is held up by a first work; the twenty behind it are committed at once."""
    commits: list[int] = []
    assert store._engines is not None
    event.listen(store._engines[0], "commit", lambda _connection: commits.append(1))
    gate = threading.Event()
    first = asyncio.ensure_future(store.transact(lambda _tx: gate.wait(10)))
    rest = [
        asyncio.ensure_future(store.transact(lambda tx, n=n: tx.opt_out(AuthorHash(f"{n:032}"), at=NOW)))  # type: ignore[misc]
        for n in range(20)
    ]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, *rest)

    assert len(commits) <= 2


async def test_read_then_write_never_loses_an_increment(store: SqlStore, database: Path) -> None:
    """With SQLAlchemy's defaults on sqlite3 this keeps 40 of 160, without an error (see docs/decisions)."""
    await store.transact(lambda tx: tx.keep_policy("n", "0"))

    def increment(tx: Transaction) -> None:
        value = int(run_sql(tx, "SELECT json FROM policies").scalar())
        run_sql(tx, f"UPDATE policies SET json = '{value + 1}'")

    async with SqlStore(f"sqlite:///{database}", key_fingerprint=_fingerprint(database)) as other:
        await asyncio.gather(*[each.transact(increment) for _ in range(80) for each in (store, other)])

    assert rows(database, "SELECT json FROM policies") == [("160",)]


async def test_a_cancelled_caller_leaves_the_work_whole(store: SqlStore, database: Path) -> None:
    gate = threading.Event()

    def slow(tx: Transaction) -> None:
        gate.wait(10)
        tx.opt_out(ANN, at=NOW)

    caller = asyncio.ensure_future(store.transact(slow))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    gate.set()
    await store.transact(lambda _tx: None)  # behind the other in the queue

    assert rows(database, "SELECT count(*) FROM opt_outs") == [(1,)]


async def test_readers_cannot_write(store: SqlStore) -> None:
    with pytest.raises(StoreError, match="readonly"):
        await store.read(lambda queries: run_sql(queries, "DELETE FROM opt_outs"))


async def test_errors_never_hold_the_values_of_a_statement(store: SqlStore) -> None:
    secret = "a person's words"
    statement = f"INSERT INTO opt_outs (author, since, nonsense) VALUES ('{secret}', 0, 0)"
    with pytest.raises(StoreError) as caught:
        await store.transact(lambda tx: run_sql(tx, statement))
    assert secret not in str(caught.value)


async def test_the_database_is_durable_and_forgets_for_good(store: SqlStore) -> None:
    pragmas = ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
    found = await store.transact(lambda tx: [run_sql(tx, f"PRAGMA {name}").scalar() for name in pragmas])
    assert found == ["wal", 2, 1, 1]


async def test_a_lease_is_held_by_one_at_a_time(store: SqlStore, database: Path) -> None:
    async with (
        SqlStore(f"sqlite:///{database}", key_fingerprint=_fingerprint(database)) as other,
        store.lease("deliver", "bot"),
    ):
        async with other.lease("deliver", "another bot"):
            pass
        with pytest.raises(LeaseHeld, match="already running on this database"):
            async with other.lease("deliver", "bot"):
                pass
    async with store.lease("deliver", "bot"):
        pass  # given back


async def test_another_author_key_is_refused(store: SqlStore, database: Path) -> None:
    del store
    other = AuthorKey(b"another key".ljust(32, b"."))
    with pytest.raises(SettingsError, match="SOLACE_AUTHOR_KEY"):
        async with SqlStore(f"sqlite:///{database}", key_fingerprint=other.fingerprint):
            pass


async def test_opting_out_is_remembered_and_can_be_taken_back(store: SqlStore) -> None:
    await store.transact(lambda tx: tx.opt_out(ANN, at=NOW))
    await store.transact(lambda tx: tx.opt_out(ANN, at=NOW + timedelta(days=1)))
    assert await store.read(lambda queries: queries.opted_out([ANN])) == {ANN}
    await store.transact(lambda tx: tx.opt_in(ANN))
    assert await store.read(lambda queries: queries.opted_out([ANN])) == frozenset()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:hunter2@host/db",
        "nonsense hunter2",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql+x://hunter2",
    ],
)
def test_a_wrong_url_is_named_without_showing_it(url: str) -> None:
    with pytest.raises(SettingsError, match="SOLACE_DATABASE_URL") as caught:
        SqlStore(url, key_fingerprint="f")
    assert "hunter2" not in str(caught.value)


def _fingerprint(database: Path) -> str:
    ((value,),) = rows(database, "SELECT value FROM installation")
    return str(value)


async def test_a_lost_author_key_is_not_replaced_in_silence(store: SqlStore, database: Path) -> None:
    del store
    settings = Settings(data_dir=database.parent)
    with pytest.raises(SettingsError, match=r"author\.key is not there any more"):
        author_key(settings)
    assert not (database.parent / "author.key").exists()


def test_a_look_at_the_database_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "solace.db"
    url = f"sqlite:///{path}"
    assert [check.status for check in examine(url, key_fingerprint=None)] == [Status.WARN]
    assert not path.exists()
    migrate(url)
    assert [check.status for check in examine(url, key_fingerprint=None)] == [Status.OK] * 4
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    before = path.read_bytes()
    checks = {check.name: check.status for check in examine(url, key_fingerprint=None)}
    assert checks["durability"] is Status.FAIL
    assert path.read_bytes() == before


async def test_an_erasure_that_a_reader_held_up_is_finished_later(store: SqlStore, database: Path) -> None:
    """Erased bytes stand in the log until nobody reads an older state of the database."""
    bot = Assembly(store, replace(LIVE, retention=timedelta(hours=1)))
    await bot.judge(bot.message("sad words that must go"))
    await bot.clock.advance(timedelta(hours=2))
    retention = Retention(store=store, clock=bot.clock, telemetry=bot.telemetry)
    await store.checkpoint()
    with closing(sqlite3.connect(database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM texts").fetchall()
        assert await retention.erase() == 1
        assert b"sad words" in database.read_bytes(), "held up by the reader"
    assert await retention.erase() == 0
    log = database.with_name(f"{database.name}-wal")
    assert b"sad words" not in database.read_bytes() + log.read_bytes()
