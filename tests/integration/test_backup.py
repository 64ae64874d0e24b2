"""What is backed up comes back whole; what somebody had erased does not, and no opt-out is lost."""

import asyncio
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from assembly import FAKE, KEY, Assembly, rows
from keeping import DAY, Kept, author

from bot.adapters.storage import back_up, restore
from bot.adapters.storage.wishes import WishBook
from bot.application.chats import Chat
from bot.application.people import Feedback
from bot.application.ports import Store, Transaction
from bot.application.retention import Retention
from bot.application.watching import Cursor
from bot.domain.authors import AuthorKey
from bot.domain.channels import Mode
from bot.domain.decisions import FORGOTTEN, Reason
from bot.domain.errors import LeaseHeld, SettingsError, StoreError
from bot.domain.own_phrases import OwnPhrase

ANN, BEN = author("ann"), author("ben")


def _overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all " * 500)


LOSSES: dict[str, Callable[[Path], None]] = {
    "there": lambda _: None,
    "gone": Path.unlink,
    "garbage": _overwrite,
}


@pytest.fixture
def kept(database: Path) -> Kept:
    return Kept(database)


def forget(kept: Kept) -> Callable[[Transaction], None]:
    at = kept.clock.now()
    return lambda tx: tx.forget(ANN, platform=FAKE, platform_id="ann", unread=KEY.unread, at=at)


async def a_first_day(kept: Kept) -> Path:
    """Ann and Ben are read and answered; then everything is backed up."""
    async with kept.bot() as bot:
        await bot.judge(kept.said(bot, "ann", "annsword"), kept.said(bot, "ben", "bensword"))
        await bot.deliver()
    return kept.backed_up()


def lose(kept: Kept, how: str) -> None:
    for ending in ("-wal", "-shm"):
        kept.path.with_name(f"{kept.path.name}{ending}").unlink(missing_ok=True)
    LOSSES[how](kept.path)


# ------------------------------------------------------------------ what people asked for


@pytest.mark.parametrize("how", LOSSES)
async def test_what_was_forgotten_since_the_backup_stays_forgotten(kept: Kept, how: str) -> None:
    backup = await a_first_day(kept)
    assert b"annsword" in backup.read_bytes()
    assert ANN.encode() in backup.read_bytes()
    await kept.clock.advance(DAY)
    async with kept.bot() as bot:
        await bot.store.transact(forget(kept))
    lose(kept, how)
    restored = kept.restored(backup)
    assert restored.renewed.people == 1
    assert restored.wishes_known
    for trace in (b"annsword", ANN.encode()):
        assert trace not in kept.bytes()
    for trace in (b"bensword", BEN.encode()):
        assert trace in kept.bytes()
    assert rows(kept.path, "SELECT author, reason FROM decisions ORDER BY id")[0] == (None, FORGOTTEN)
    assert rows(kept.path, "PRAGMA integrity_check") == ["ok"]
    assert rows(kept.path, "PRAGMA foreign_key_check") == []


async def test_nothing_of_a_private_chat_that_was_forgotten_comes_back(kept: Kept) -> None:
    home, now = (FAKE, str(ANN)), kept.clock.now()
    async with kept.bot() as bot:
        await bot.judge(
            bot.message("sad sad sad annsword", author=ANN, private=True, channel_id=home[1]),
            kept.said(bot, "ben", "bensword"),
        )
        await bot.deliver()
        await bot.store.transact(lambda tx: tx.set_channel(home, {"mode": Mode.LIVE}, at=now))
        await bot.store.transact(lambda tx: tx.keep_chat(Chat(key=home, private=True, noticed_at=now)))
        phrase = OwnPhrase(id="own-1", text="annsword of my own")
        await bot.store.transact(lambda tx: tx.keep_own_phrase(home, phrase, at=now))
        backup = kept.backed_up()
        await kept.clock.advance(DAY)
        await bot.store.transact(forget(kept))
    assert backup.read_bytes().count(ANN.encode()) > 5
    kept.restored(backup)
    for trace in (b"annsword", ANN.encode()):
        assert trace not in kept.bytes()
    assert b"bensword" in kept.bytes()
    assert rows(kept.path, "SELECT count(*) FROM decisions") == [2], "that it was judged stays"


async def test_a_clock_that_was_set_back_brings_nothing_back(kept: Kept) -> None:
    await kept.clock.advance(DAY)
    backup = await a_first_day(kept)
    async with kept.bot() as bot:
        await bot.store.transact(
            lambda tx: tx.forget(
                ANN, platform=FAKE, platform_id="ann", unread=KEY.unread, at=kept.clock.now() - DAY
            )
        )
    kept.restored(backup)
    assert b"annsword" not in kept.bytes()


async def test_what_she_said_after_she_was_forgotten_comes_back(kept: Kept) -> None:
    await a_first_day(kept)
    async with kept.bot() as bot:
        await bot.store.transact(forget(kept))
        await kept.clock.advance(DAY)
        await bot.judge(kept.said(bot, "ann", "latersword"))
    assert kept.restored(kept.backed_up("later.db")).renewed.people == 1
    assert b"latersword" in kept.bytes()
    assert b"annsword" not in kept.bytes()


@pytest.mark.parametrize("how", LOSSES)
async def test_who_opted_out_since_the_backup_stays_unread(kept: Kept, how: str) -> None:
    backup = await a_first_day(kept)
    async with kept.bot() as bot:
        await bot.store.transact(lambda tx: tx.opt_out(ANN, at=kept.clock.now()))
    lose(kept, how)
    assert kept.restored(backup).renewed.opt_outs == 1
    async with kept.bot() as bot:
        (verdict,) = await bot.judge(kept.said(bot, "ann", "word"))
    assert verdict is not None
    assert verdict.outcome.reason is Reason.OPTED_OUT


async def test_an_opt_out_that_only_the_backup_knows_stays(kept: Kept) -> None:
    async with kept.bot() as bot:
        await bot.store.transact(lambda tx: tx.opt_out(ANN, at=kept.clock.now()))
    backup = kept.backed_up()
    WishBook(kept.path, None).path.unlink()
    kept.path.unlink()
    restored = kept.restored(backup)
    assert not restored.wishes_known
    assert rows(kept.path, "SELECT author FROM opt_outs") == [ANN]
    read = WishBook(kept.path, KEY.fingerprint).read()
    assert read is not None
    assert set(read.opt_outs) == {ANN}, "written down again"


@pytest.mark.parametrize("how", ["gone"])
async def test_who_took_an_opt_out_back_is_read_again_and_who_repeated_it_is_not(
    kept: Kept, how: str
) -> None:
    async with kept.bot() as bot:
        for each in (ANN, BEN):
            await bot.store.transact(lambda tx, each=each: tx.opt_out(each, at=kept.clock.now()))  # type: ignore[misc]
        backup = kept.backed_up()
        for each in (ANN, BEN):
            await bot.store.transact(lambda tx, each=each: tx.opt_in(each))  # type: ignore[misc]
        await kept.clock.advance(DAY)
        await bot.store.transact(lambda tx: tx.opt_out(BEN, at=kept.clock.now()))
    lose(kept, how)
    kept.restored(backup)
    assert rows(kept.path, "SELECT author FROM opt_outs") == [BEN]


async def test_who_takes_back_an_opt_out_that_the_database_refused_is_read_after_a_restore(
    kept: Kept,
) -> None:
    backup, book = await a_first_day(kept), WishBook(kept.path, KEY.fingerprint)
    async with kept.bot() as bot:
        await bot.store.transact(lambda tx: tx.opt_in(ANN))
        assert not book.path.exists(), "nothing was wished"
        book.opt_out(ANN, since=kept.clock.now())  # and the commit failed
        await bot.store.transact(lambda tx: tx.opt_in(ANN))
        await bot.store.transact(lambda tx: tx.opt_in(BEN))
    read = book.read()
    assert read is not None
    assert (len(read.opt_outs), len(read.read_again)) == (0, 1), "of Ben there is nothing to say"
    assert kept.restored(backup).renewed.opt_outs == 0
    assert rows(kept.path, "SELECT author FROM opt_outs") == []


@pytest.mark.parametrize("how", ["gone"])
async def test_who_is_left_alone_stays_so_until_the_time_is_up(kept: Kept, how: str) -> None:
    backup, now = await a_first_day(kept), kept.clock.now()
    async with kept.bot() as bot:
        await bot.store.transact(lambda tx: tx.leave_alone(ANN, until=now + 7 * DAY, at=now))
        await bot.store.transact(lambda tx: tx.leave_alone(BEN, until=now + DAY, at=now))
    lose(kept, how)
    await kept.clock.advance(DAY)
    kept.restored(backup)
    assert rows(kept.path, "SELECT author FROM left_alone") == [ANN]


@pytest.mark.parametrize("how", ["gone"])
async def test_a_message_that_its_author_deleted_since_stays_deleted(kept: Kept, how: str) -> None:
    backup = await a_first_day(kept)
    async with kept.bot() as bot:
        await bot.store.transact(lambda tx: tx.author_deleted([1], at=kept.clock.now()))
    lose(kept, how)
    assert kept.restored(backup).renewed.messages == 1
    assert b"annsword" not in kept.bytes()
    assert ANN.encode() not in kept.bytes()
    assert b"bensword" in kept.bytes()
    assert rows(kept.path, "SELECT wish FROM removals") == ["parent_deleted"], "its reply goes too"


async def test_what_the_backup_knows_to_be_deleted_is_not_counted_again(kept: Kept) -> None:
    await a_first_day(kept)
    async with kept.bot() as bot:
        await bot.store.transact(lambda tx: tx.author_deleted([1], at=kept.clock.now()))
    assert kept.restored(kept.backed_up("later.db")).renewed.messages == 0
    assert rows(kept.path, "SELECT wish FROM removals") == ["parent_deleted"]


async def test_texts_whose_time_is_up_do_not_come_back(kept: Kept) -> None:
    backup = await a_first_day(kept)
    await kept.clock.advance(31 * DAY)
    async with kept.bot() as bot:
        assert await Retention(store=bot.store, clock=kept.clock, telemetry=bot.telemetry).erase() == 2
    assert kept.restored(backup).renewed.texts == 2
    assert b"sword" not in kept.bytes()


async def test_feedback_and_admins_who_were_forgotten_do_not_come_back(kept: Kept) -> None:
    async with kept.bot() as bot:
        await bot.judge(kept.said(bot, "ann", "annsword"))
        await bot.deliver()
        await bot.store.transact(lambda tx: tx.keep_feedback(1, Feedback.HELPED, at=kept.clock.now()))
    with closing(sqlite3.connect(kept.path)) as connection:
        connection.execute(
            "INSERT INTO chats (platform, channel_id, private, contact, notes_to, told)"
            " VALUES ('fake', 'chat', 0, 'ann', '[\"ann\", \"ben\"]', '{}')"
        )
        connection.commit()
    backup = kept.backed_up()
    async with kept.bot() as bot:
        await bot.store.transact(forget(kept))
    kept.restored(backup)
    assert rows(kept.path, "SELECT count(*) FROM feedback") == [0]
    assert rows(kept.path, "SELECT contact, notes_to FROM chats") == [(None, '["ben"]')]


async def test_what_waited_when_the_backup_was_made_is_not_sent_again(kept: Kept) -> None:
    async with kept.bot() as bot:
        await bot.judge(kept.said(bot, "ann", "annsword"))
        backup = kept.backed_up()
        sender = await bot.deliver()
        assert len(sender.stored) == 1
    assert kept.restored(backup).renewed.replies == 1
    async with kept.bot() as bot:
        assert (await bot.deliver()).stored == []
    assert rows(kept.path, "SELECT state, detail, address FROM replies") == [
        ("unconfirmed", "restored", None)
    ]


async def test_what_waited_for_somebody_who_opted_out_since_is_cancelled_and_not_in_doubt(kept: Kept) -> None:
    async with kept.bot() as bot:
        await bot.judge(kept.said(bot, "ann", "word"), kept.said(bot, "ben", "word"))
        backup = kept.backed_up()
        await bot.store.transact(lambda tx: tx.opt_out(ANN, at=kept.clock.now()))
    assert kept.restored(backup).renewed.replies == 1
    assert rows(kept.path, "SELECT author, state, address FROM replies ORDER BY id") == [
        (ANN, "cancelled", None),
        (BEN, "unconfirmed", None),
    ]


@pytest.mark.parametrize("unreadable", ["opt_outs", "left_alone", "cursors", "replies"])
async def test_a_table_that_cannot_be_read_costs_a_restore_none_of_the_others(
    kept: Kept, unreadable: str
) -> None:
    now = kept.clock.now()
    cursor = Cursor(account="reddit:bot", stream="comments", recent=("t1_new",), polled_at=now)
    backup = await a_first_day(kept)
    async with kept.bot() as bot:
        await bot.store.transact(lambda tx: tx.opt_out(ANN, at=now))
        await bot.store.transact(lambda tx: tx.leave_alone(BEN, until=now + DAY, at=now))
        await bot.store.transact(lambda tx: tx.keep_cursor(cursor))
    WishBook(kept.path, None).path.unlink()
    (page,) = rows(kept.path, f"SELECT rootpage FROM sqlite_master WHERE name = '{unreadable}'")
    content = bytearray(kept.path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    kept.path.write_bytes(content)
    restored = kept.restored(backup)
    assert restored.wishes_known == (unreadable in {"cursors", "replies"})
    expected = {"opt_outs": [ANN], "left_alone": [BEN], "cursors": ["reddit:bot"]}
    columns = {"opt_outs": "author", "left_alone": "author", "cursors": "account"}
    found = {table: rows(kept.path, f"SELECT {columns[table]} FROM {table}") for table in expected}
    assert found == {**expected, **({unreadable: []} if unreadable in expected else {})}


@pytest.mark.parametrize(("how", "read_up_to"), [("there", ["t1_new"]), ("gone", ["t1_old"])])
async def test_listings_go_on_where_they_were_so_that_nothing_is_answered_twice(
    kept: Kept, how: str, read_up_to: list[str]
) -> None:
    cursor = Cursor(account="reddit:bot", stream="comments", recent=("t1_old",), polled_at=kept.clock.now())
    async with kept.bot() as bot:
        await bot.store.transact(lambda tx: tx.keep_cursor(cursor))
        backup = kept.backed_up()
        await bot.store.transact(lambda tx: tx.keep_cursor(replace(cursor, recent=("t1_new",))))
    lose(kept, how)
    kept.restored(backup)
    async with kept.bot() as bot:
        found = await bot.store.read(lambda queries: queries.cursors("reddit:bot"))
    assert list(found["comments"].recent) == read_up_to


async def test_readers_of_the_feed_miss_nothing_that_comes_after_a_restore(kept: Kept) -> None:
    backup = await a_first_day(kept)
    async with kept.bot() as bot:
        await bot.judge(*[kept.said(bot, f"p{each}", "word") for each in range(5)])
        await bot.deliver()
    (read_up_to,) = rows(kept.path, "SELECT max(sequence) FROM replies")
    for _ in range(2):
        kept.restored(backup)
        await kept.clock.advance(timedelta(seconds=1))
        async with kept.bot() as bot:
            await bot.judge(kept.said(bot, "new", "word"))
            await bot.deliver()
        (newest,) = rows(kept.path, "SELECT max(sequence) FROM replies")
        assert newest > read_up_to
        read_up_to = newest


@pytest.mark.parametrize("how", LOSSES)
async def test_a_reader_of_the_feed_gets_nothing_again_and_all_that_is_new(kept: Kept, how: str) -> None:
    seen, backup = 0, await a_first_day(kept)
    async with kept.bot() as bot:
        seen = (await fed(bot, after=seen))[-1][0]
        await bot.judge(*[kept.said(bot, f"p{each}", "word") for each in range(5)])
        await bot.deliver()
        seen = (await fed(bot, after=seen))[-1][0]
    lose(kept, how)
    for number in range(3):
        kept.restored(backup)
        await kept.clock.advance(timedelta(seconds=1))
        async with kept.bot() as bot:
            assert await fed(bot, after=seen) == []
            new = [kept.said(bot, f"new{number}-{each}", "word") for each in range(2)]
            await bot.judge(*new)
            await bot.deliver()
            found = await fed(bot, after=seen)
        assert [message_id for _, message_id in found] == [each.ref.message_id for each in new]
        seen = found[-1][0]
        backup = kept.backed_up(f"{number}.db")


async def test_after_a_restore_of_an_empty_backup_readers_of_the_feed_miss_nothing(kept: Kept) -> None:
    async with kept.bot():
        backup = kept.backed_up()
    await a_day_of_reading(kept)
    async with kept.bot() as bot:
        seen = (await fed(bot, after=0))[-1][0]
    kept.restored(backup)
    async with kept.bot() as bot:
        new = kept.said(bot, "new", "word")
        await bot.judge(new)
        await bot.deliver()
        assert [message_id for _, message_id in await fed(bot, after=seen)] == [new.ref.message_id]


async def a_day_of_reading(kept: Kept) -> None:
    async with kept.bot() as bot:
        await bot.judge(*[kept.said(bot, f"p{each}", "word") for each in range(3)])
        await bot.deliver()


async def fed(bot: Assembly, *, after: int) -> list[tuple[int, str]]:
    """Number and message of what an HTTP reader of the chat gets that has read so far."""
    chats = [(FAKE, "chat")]
    await bot.store.transact(lambda tx: tx.own_channels(chats, "shop", at=bot.clock.now()))
    items = await bot.store.read(lambda queries: queries.feed("shop", after=after, limit=100))
    return [(each.sequence, each.ref.message_id) for each in items]


# ------------------------------------------------------------------ files put in place by hand


async def test_a_backup_that_was_copied_into_place_is_not_run(kept: Kept) -> None:
    backup = await a_first_day(kept)
    kept.path.write_bytes(backup.read_bytes())
    with pytest.raises(SettingsError, match="solace db restore"):
        async with kept.bot():
            pass
    kept.restored(backup)
    async with kept.bot():
        pass


async def test_an_old_file_put_in_place_learns_of_opt_outs_when_it_is_opened(kept: Kept) -> None:
    before = kept.path.read_bytes()
    async with kept.bot() as bot:
        await bot.store.transact(lambda tx: tx.opt_out(ANN, at=kept.clock.now()))
    kept.path.write_bytes(before)
    async with kept.bot():
        assert rows(kept.path, "SELECT author FROM opt_outs") == [ANN]


async def test_an_old_file_put_in_place_forgets_again_by_a_backup_and_a_restore(kept: Kept) -> None:
    await a_first_day(kept)
    before = kept.path.read_bytes()
    await kept.clock.advance(DAY)
    async with kept.bot() as bot:
        await bot.store.transact(forget(kept))
    kept.path.write_bytes(before)
    async with kept.bot():
        pass
    assert b"annsword" in kept.bytes(), "as docs/backup.md says"
    assert kept.restored(kept.backed_up("again.db")).renewed.people == 1
    assert b"annsword" not in kept.bytes()


async def test_opt_outs_from_before_there_was_a_file_of_wishes_are_written_down(kept: Kept) -> None:
    async with kept.bot() as bot:
        await bot.store.transact(lambda tx: tx.opt_out(ANN, at=kept.clock.now()))
    book = WishBook(kept.path, KEY.fingerprint)
    book.path.unlink()
    async with kept.bot():
        read = book.read()
    assert read is not None
    assert set(read.opt_outs) == {ANN}
    assert book.path.stat().st_mode & 0o077 == 0


async def test_a_wish_that_cannot_be_written_down_is_not_committed(kept: Kept) -> None:
    async with kept.bot() as bot:
        WishBook(kept.path, None).path.mkdir()
        with pytest.raises(StoreError, match=r"solace\.db\.wishes cannot be written"):
            await bot.store.transact(lambda tx: tx.opt_out(ANN, at=kept.clock.now()))
        assert rows(kept.path, "SELECT count(*) FROM opt_outs") == [0]


async def test_a_damaged_file_of_wishes_is_named(kept: Kept) -> None:
    WishBook(kept.path, None).path.write_text("scribbled " * 1000)
    with pytest.raises(SettingsError, match=r"solace\.db\.wishes beside the database is damaged"):
        async with kept.bot():
            pass


# ------------------------------------------------------------------ the copy


async def test_a_backup_beside_a_writing_bot_is_one_moment_of_it(kept: Kept) -> None:
    async with kept.bot() as bot:
        await bot.judge(*[kept.said(bot, f"p{each}", "x" * 500) for each in range(60)])
        writing = asyncio.create_task(_write_on(bot.store))
        backups = [await asyncio.to_thread(kept.backed_up, f"{number}.db") for number in range(5)]
        writing.cancel()
        await asyncio.wait({writing})
    for backup in backups:
        assert rows(backup, "PRAGMA integrity_check") == ["ok"]
        pairs = "SELECT count(*) FROM policies WHERE json = "
        assert rows(backup, f"{pairs}'one'") == rows(backup, f"{pairs}'other'"), "half of a transaction"
        assert rows(backup, "SELECT count(*) FROM texts") == [60]


async def _write_on(store: Store) -> None:
    number = 0
    while True:
        number += 1
        await store.transact(
            lambda tx, n=number: (tx.keep_policy(f"a{n}", "one"), tx.keep_policy(f"b{n}", "other"))  # type: ignore[misc]
        )


async def test_a_backup_is_one_private_file_and_replaces_none(kept: Kept) -> None:
    backup = await a_first_day(kept)
    assert [file.name for file in backup.parent.iterdir()] == ["backup.db"]
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    before = backup.read_bytes()
    with pytest.raises(SettingsError, match="is there already"):
        kept.backed_up()
    assert backup.read_bytes() == before
    assert [file.name for file in backup.parent.iterdir()] == ["backup.db"]


@pytest.mark.parametrize("missing", [True, False])
async def test_a_backup_into_no_folder_says_so(kept: Kept, *, missing: bool) -> None:
    place = kept.path.parent / "no-folder"
    if not missing:
        place.write_text("a file")
    with pytest.raises(StoreError, match=r"no backup was made, .*day\.db cannot be written: "):
        back_up(kept.url, place / "day.db", key_fingerprint=KEY.fingerprint, at=kept.clock.now())


async def test_what_an_earlier_backup_left_unfinished_is_erased(kept: Kept) -> None:
    folder = kept.path.parent / "backups"
    folder.mkdir()
    left = folder / ".old.db.solace-part"
    left.write_text("somebody's words")
    left.with_name(f"{left.name}-journal").write_text("somebody's words")
    kept.backed_up()
    assert [file.name for file in folder.iterdir()] == ["backup.db"]


async def test_a_restored_database_is_a_private_file_without_leftovers(kept: Kept) -> None:
    backup = await a_first_day(kept)
    async with kept.bot() as bot:
        await bot.judge(kept.said(bot, "carl", "carlsword"))
    kept.restored(backup)
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    names = {file.name for file in kept.path.parent.glob("solace.db*")}
    assert names == {"solace.db", "solace.db.use.lock"}
    assert b"carlsword" not in kept.bytes()
    assert b"annsword" in kept.bytes()


# ------------------------------------------------------------------ refusals


async def test_nothing_is_restored_under_a_running_bot(kept: Kept) -> None:
    backup = await a_first_day(kept)
    async with kept.bot() as bot:
        with pytest.raises(LeaseHeld, match="running on this database"):
            kept.restored(backup)
        await bot.judge(kept.said(bot, "ben", "word"))


async def test_nothing_is_restored_while_somebody_reads_and_no_commit_of_the_old_database_is_lost(
    kept: Kept,
) -> None:
    backup, log = await a_first_day(kept), kept.path.with_name(f"{kept.path.name}-wal")
    with closing(sqlite3.connect(kept.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM decisions").fetchone() == (2,)
        async with kept.bot() as bot:
            await bot.judge(kept.said(bot, "carl", "carlsword"))
        before, logged = kept.path.read_bytes(), log.read_bytes()
        assert b"carlsword" in logged, "in the log alone"
        assert b"carlsword" not in before
        called: list[int] = []
        with pytest.raises(StoreError, match="somebody reads the database"):
            kept.restored(backup, ready=lambda: called.append(1))
        assert called == []
        assert kept.path.read_bytes() == before
        assert log.read_bytes() == logged
    assert rows(kept.path, "SELECT count(*) FROM decisions") == [3]
    kept.restored(backup)
    assert rows(kept.path, "SELECT count(*) FROM decisions") == [2]


async def test_when_a_restore_renames_nothing_is_in_the_old_log_alone(kept: Kept) -> None:
    backup, log = await a_first_day(kept), kept.path.with_name(f"{kept.path.name}-wal")
    left = log.with_name("left-wal")
    async with kept.bot() as bot:
        await bot.judge(kept.said(bot, "carl", "carlsword"))
        left.write_bytes(log.read_bytes())
        before = kept.path.read_bytes()
    kept.path.write_bytes(before)
    left.rename(log)
    found: list[bytes] = []
    kept.restored(backup, ready=lambda: found.append(kept.path.read_bytes()))
    assert b"carlsword" not in before
    assert b"carlsword" in found[0]


async def test_no_bot_starts_while_a_backup_is_restored(kept: Kept) -> None:
    backup = await a_first_day(kept)

    def start() -> None:
        with pytest.raises(LeaseHeld, match="being restored"):
            asyncio.run(_open(kept))

    await asyncio.to_thread(kept.restored, backup, ready=start)
    await _open(kept)


async def _open(kept: Kept) -> None:
    async with kept.bot():
        pass


def _cut(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:-4096])


def _scribble(backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    backup.write_bytes(content)


def _newer(backup: Path) -> None:
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_cut, "damaged|malformed"),
        (_scribble, "no backup|damaged|malformed"),
        (_newer, "newer"),
        (lambda backup: backup.write_text("dear diary"), "no backup of Solace"),
        (Path.unlink, "no file"),
    ],
)
async def test_what_cannot_be_brought_back_changes_nothing(
    kept: Kept, spoil: Callable[[Path], None], said: str
) -> None:
    backup = await a_first_day(kept)
    before = kept.path.read_bytes()
    spoil(backup)
    with pytest.raises((StoreError, SettingsError), match=said):
        kept.restored(backup)
    assert kept.path.read_bytes() == before
    assert not list(kept.path.parent.glob("*restoring*"))
    await _open(kept)


async def test_a_backup_under_another_key_is_refused_both_ways(kept: Kept) -> None:
    backup = await a_first_day(kept)
    other = AuthorKey(b"another key".ljust(32, b"."))
    with pytest.raises(SettingsError, match="another key"):
        restore(kept.url, backup, other, at=kept.clock.now())
    beside = backup.with_name("other.db")
    with pytest.raises(SettingsError, match="another key"):
        back_up(kept.url, beside, key_fingerprint=other.fingerprint, at=kept.clock.now())
    assert not beside.exists()


async def test_wishes_under_another_key_are_not_passed_over(kept: Kept) -> None:
    backup = await a_first_day(kept)
    other = WishBook(kept.path, AuthorKey(b"another key".ljust(32, b".")).fingerprint)
    other.opt_out(ANN, since=kept.clock.now())
    with pytest.raises(SettingsError, match="wishes under another key"):
        kept.restored(backup)


async def test_a_damaged_database_is_not_backed_up_over_in_silence(kept: Kept) -> None:
    async with kept.bot() as bot:
        await bot.judge(*[kept.said(bot, f"p{each}", "x" * 500) for each in range(60)])
    content = bytearray(kept.path.read_bytes())
    content[-3 * 4096 : -2 * 4096] = bytes(4096)
    kept.path.write_bytes(content)
    with pytest.raises(StoreError, match="no backup was made"):
        kept.backed_up()
    assert list((kept.path.parent / "backups").iterdir()) == []
