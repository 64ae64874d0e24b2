"""A disk that fails: nothing is acknowledged that is not recorded, the reason is said, nothing is lost."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from assembly import KEY, LIVE, Assembly, rows
from disks import PAGE, fill, needs_root, remount, scribble, small_disk
from keeping import DAY, Kept, author

from bot.adapters.storage import SqlStore, damage_of, migrate
from bot.application.damage import Damage
from bot.domain.errors import SettingsError, StoreError

NONE: list[Damage] = []


async def many(database: Path, number: int) -> None:
    """So many messages are judged, their texts kept."""
    kept = Kept(database)
    async with kept.bot() as bot:
        for first in range(0, number, 50):
            await bot.judge(*[bot.message("sad " * 50) for _ in range(first, min(first + 50, number))])
        await bot.store.checkpoint()


def leaves(database: Path, name: str) -> list[int]:
    """The pages at the bottom of a table or an index, as SQLite's own statistics tell where they can."""
    with closing(sqlite3.connect(database)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    content = database.read_bytes()
    return sorted(_leaves(content, root))


def _leaves(content: bytes, page: int) -> list[int]:
    """Below a page of a b-tree (https://www.sqlite.org/fileformat2.html, 1.6)."""
    start = (page - 1) * PAGE
    header = start + (100 if page == 1 else 0)
    if content[header] in {0x0D, 0x0A}:
        return [page]
    cells = int.from_bytes(content[header + 3 : header + 5], "big")
    pointers = [header + 12 + 2 * cell for cell in range(cells)]
    places = [start + int.from_bytes(content[at : at + 2], "big") for at in pointers]
    children = [int.from_bytes(content[at : at + 4], "big") for at in [*places, header + 8]]
    return [leaf for child in children for leaf in _leaves(content, child)]


# ------------------------------------------------------------------ full, read-only


@needs_root
async def test_on_a_full_disk_nothing_is_acknowledged_and_afterwards_nothing_is_lost(
    migrated: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        path = disk / "solace.db"
        shutil.copy(migrated, path)
        async with SqlStore(f"sqlite:///{path}", key_fingerprint=KEY.fingerprint) as store:
            bot = Assembly(store)
            before = bot.message()
            await bot.judge(before)
            filler = fill(disk)
            late = [bot.message() for _ in range(8)]
            with pytest.raises(StoreError, match="disk is full; make room"):
                await bot.judge(*late)
            assert "batch_failed" in bot.telemetry.events
            with pytest.raises(StoreError):
                await store.transact(lambda tx: tx.opt_out(author("ann"), at=bot.clock.now()))
            recorded = set(rows(path, "SELECT message_id FROM decisions"))
            filler.unlink()
            await bot.judge(before, *late)
            wanted = {message.ref.message_id for message in (before, *late)}
            assert recorded < wanted, "all or nothing of a batch"
            assert sorted(rows(path, "SELECT message_id FROM decisions")) == sorted(wanted)
            assert rows(path, "PRAGMA integrity_check") == ["ok"]


@needs_root
async def test_a_disk_without_room_for_a_restore_keeps_what_it_has(migrated: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        kept = Kept(disk / "solace.db")
        shutil.copy(migrated, kept.path)
        await many(kept.path, 20)
        backup = kept.backed_up()
        elsewhere = shutil.move(backup, tmp_path / "backup.db")
        before = rows(kept.path, "SELECT message_id FROM decisions")
        filler = fill(disk)
        with pytest.raises((StoreError, OSError), match=r"full|No space"):
            kept.restored(Path(elsewhere))
        with pytest.raises((StoreError, OSError), match=r"full|No space"):
            kept.backed_up("late.db")
        filler.unlink()
        assert rows(kept.path, "SELECT message_id FROM decisions") == before
        assert list((disk / "backups").iterdir()) == []
        assert not list(disk.glob("*restoring*"))


@needs_root
async def test_a_disk_that_can_only_be_read_is_named(migrated: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        path = disk / "solace.db"
        shutil.copy(migrated, path)
        remount(disk, "ro")
        with pytest.raises(SettingsError, match=r"SOLACE_DAT.*(Read|read)-only"):
            migrate(f"sqlite:///{path}")
        with pytest.raises(SettingsError, match=r"SOLACE_DATA_DIR.*Read-only file system"):
            async with SqlStore(f"sqlite:///{path}", key_fingerprint=KEY.fingerprint):
                pass
        remount(disk, "rw")
        async with SqlStore(f"sqlite:///{path}", key_fingerprint=KEY.fingerprint) as store:
            await Assembly(store).judge()


async def test_a_database_that_became_read_only_acknowledges_nothing(store: SqlStore) -> None:
    bot = Assembly(store)
    await bot.judge(bot.message())
    await store.transact(lambda tx: getattr(tx, "_connection").exec_driver_sql("PRAGMA query_only=ON"))  # noqa: B009
    with pytest.raises(StoreError, match="readonly database; give Solace the right to write there"):
        await bot.judge(bot.message())


# ------------------------------------------------------------------ errors of the disk itself

WRITES = """
import asyncio, sys
from bot.adapters.storage import SqlStore
from bot.domain.errors import StoreError
async def main():
    async with SqlStore(sys.argv[1], key_fingerprint=None) as store:
        for number in range(12):
            try:
                await store.transact(lambda tx: tx.keep_policy(f"p{number}", "{}"))
                print("done", number)
            except StoreError as error:
                print("refused", number, error)
asyncio.run(main())
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace, to make fsync fail")
def test_what_fsync_did_not_bring_to_the_disk_is_refused(database: Path) -> None:
    log = database.with_name(f"{database.name}-wal")
    with closing(sqlite3.connect(database)) as opened:  # so that the log is there to be named
        opened.execute("PRAGMA user_version = 1")
        opened.execute("CREATE TABLE keeps (the_log)")
        opened.execute("DROP TABLE keeps")
        opened.commit()
        traced = [
            *("strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "-P", str(log)),
            *("-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO:when=4..9"),
            *(sys.executable, "-c", WRITES, f"sqlite:///{database}"),
        ]
        done = subprocess.run(traced, capture_output=True, text=True, check=False, timeout=60)
        if "PTRACE" in done.stderr:
            pytest.skip(f"nothing may be traced here: {done.stderr.splitlines()[0]}")
    said = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    acknowledged = {f"p{number}" for kind, number, *_ in said if kind == "done"}
    refused = [" ".join(rest) for kind, _, *rest in said if kind == "refused"]
    assert len(said) == 12, done.stderr
    assert len(refused) > 0
    assert {"disk I/O error; look at the disk" in each for each in refused} == {True}
    assert acknowledged <= set(rows(database, "SELECT hash FROM policies"))
    assert rows(database, "PRAGMA integrity_check") == ["ok"]


# ------------------------------------------------------------------ damaged pages


async def test_a_whole_database_has_no_damage(database: Path) -> None:
    await many(database, 10)
    assert damage_of(f"sqlite:///{database}") == NONE


async def test_the_rows_that_a_page_took_are_named_exactly(database: Path) -> None:
    await many(database, 300)
    pages = leaves(database, "texts")
    assert len(pages) > 10
    with closing(sqlite3.connect(database)) as connection:
        standing = {number for (number,) in connection.execute("SELECT decision_id FROM texts")}
    for page in (pages[3], pages[7]):
        scribble(database, page)
    (damage,) = damage_of(f"sqlite:///{database}")
    lost = {row for first, last in damage.rows for row in range(first, last + 1)}
    assert (damage.table, damage.count, damage.index_only) == ("texts", len(lost), False)
    assert len(damage.rows) == 2
    with closing(sqlite3.connect(database)) as connection:
        for number in standing:
            if number in lost:
                with pytest.raises(sqlite3.DatabaseError):
                    connection.execute("SELECT * FROM texts WHERE decision_id = ?", (number,)).fetchall()
            else:
                assert connection.execute("SELECT * FROM texts WHERE decision_id = ?", (number,)).fetchone()


async def test_a_damaged_index_takes_no_row(database: Path) -> None:
    await many(database, 300)
    scribble(database, leaves(database, "ix_decisions_author")[1])
    (damage,) = damage_of(f"sqlite:///{database}")
    assert (damage.table, damage.count, damage.index_only) == ("decisions", 0, True)


async def test_a_database_without_its_first_page_is_lost_as_a_whole(database: Path) -> None:
    await many(database, 10)
    scribble(database, 1)
    (damage,) = damage_of(f"sqlite:///{database}")
    assert damage.table == "the whole database"


async def test_a_bot_on_a_damaged_database_acknowledges_nothing_and_says_what_to_do(database: Path) -> None:
    await many(database, 300)
    for page in leaves(database, "ix_decisions_author"):
        scribble(database, page)
    async with SqlStore(f"sqlite:///{database}", key_fingerprint=KEY.fingerprint) as store:
        bot = Assembly(store, replace(LIVE, author_cooldown=timedelta(hours=6)))
        with pytest.raises(StoreError, match="malformed; run `solace db check`, and bring a backup back"):
            await bot.judge(bot.message())
        assert "batch_failed" in bot.telemetry.events


async def test_a_restore_over_a_damaged_database_heeds_what_it_still_says(database: Path) -> None:
    kept = Kept(database)
    async with kept.bot() as bot:
        await bot.judge(kept.said(bot, "ann", "annsword"))
    backup = kept.backed_up()
    await many(database, 100)
    await kept.clock.advance(DAY)
    async with kept.bot() as bot:
        await bot.store.transact(lambda tx: tx.opt_out(author("ann"), at=kept.clock.now()))
    database.with_name("solace.db.wishes").unlink()
    scribble(database, leaves(database, "texts")[0])
    restored = kept.restored(backup)
    assert (restored.renewed.opt_outs, restored.wishes_known) == (1, True)
    assert damage_of(kept.url) == NONE
    assert rows(database, "SELECT author FROM opt_outs") == [author("ann")]
