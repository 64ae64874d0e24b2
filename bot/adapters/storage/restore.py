"""A backup becomes the database again, heeding what people asked for since. Killed: the old one, or it."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.storage.backup import draft_of, erase, opened, problems_of, sync
from bot.adapters.storage.engines import database_file, writer_engine
from bot.adapters.storage.leases import alone_with
from bot.adapters.storage.migrate import bring
from bot.adapters.storage.renewal import Before, Renewed, renew, standing, what_stood
from bot.adapters.storage.wishes import WishBook
from bot.adapters.storage.writer import store_error
from bot.domain.authors import AuthorKey
from bot.domain.errors import SettingsError, StoreError

_PATIENCE_MILLISECONDS: Final = 1000
_DAMAGE: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_TAKEN: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back, and what did not.

    Attributes:
        renewed: what people asked for since, and what became of it.
        wishes_known: whether that could be known: from the file of wishes, or from the database before.
    """

    renewed: Renewed
    wishes_known: bool


def restore(
    url: str, backup: Path, key: AuthorKey, *, at: datetime, ready: Callable[[], object] = lambda: None
) -> Restored:
    """Put a verified copy of a backup in the database's place; what was there is gone.

    `ready` is called when nothing but the renaming is left.

    Raises:
        LeaseHeld: somebody works on the database.
        SettingsError: that is no backup, or it belongs to another key.
        StoreError: it is damaged, or newer than this program, there is no room, or somebody reads the
            database. Nothing changed.
    """
    database = database_file(url)
    draft = draft_of(database)
    with alone_with(database):
        erase(draft)
        try:
            _copy(backup, draft, key)
            restored = _renewed(draft, database, key, at)
            sync(draft)
            _settle(database)
            ready()
            _replace(database, draft)
        except sqlite3.Error as error:
            raise StoreError(f"nothing was restored: {error}") from error
        except SQLAlchemyError as error:
            raise store_error(error) from error
        finally:
            erase(draft)
    return restored


def _copy(backup: Path, draft: Path, key: AuthorKey) -> None:
    _recognise(backup, key)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    with closing(opened(backup)) as source, closing(opened(draft, mode="rw")) as copy:
        source.backup(copy)
    problems = problems_of(draft)
    if problems:
        raise StoreError(f"nothing was restored, {backup} is damaged: {problems[0]}; take an older backup")


def _recognise(backup: Path, key: AuthorKey) -> None:
    if not backup.is_file():
        raise SettingsError(f"there is no file {backup}")
    try:
        with closing(opened(backup)) as file:
            found = file.execute(
                "SELECT value FROM installation WHERE name = 'author_key_fingerprint'"
            ).fetchone()
    except sqlite3.Error as error:
        raise SettingsError(f"{backup} is no backup of Solace: {error}") from error
    if found is not None and found[0] != key.fingerprint:
        raise SettingsError(
            f"SOLACE_AUTHOR_KEY: {backup} knows its people by another key than this installation; put the "
            "key that was saved with it in place, or restore into a folder of its own (SOLACE_DATA_DIR)"
        )


def _renewed(draft: Path, database: Path, key: AuthorKey, at: datetime) -> Restored:
    book = WishBook(database, key.fingerprint)
    wishes, before = book.read(), _before(database)
    url = URL.create("sqlite", database=str(draft))
    bring(url.render_as_string(hide_password=False))
    engine = writer_engine(url)
    try:
        with engine.begin() as connection:
            renewed = renew(connection, wishes, before, key=key, at=at)
            now_standing = standing(connection)
        _compact(engine)
    finally:
        engine.dispose()
    book.add(*now_standing)
    known = wishes is not None or (before is not None and before.whole)
    return Restored(renewed=renewed, wishes_known=known)


def _before(database: Path) -> Before | None:
    """What the database that goes still says; None where it cannot be opened."""
    if not database.exists():
        return None
    engine = writer_engine(URL.create("sqlite", database=str(database)))
    try:
        with engine.connect() as connection:  # no commit: damage may have ended the transaction
            return what_stood(connection)
    except (SQLAlchemyError, sqlite3.Error):  # why it is replaced
        return None
    finally:
        with suppress(SQLAlchemyError):
            engine.dispose()


def _compact(engine: Engine) -> None:
    """Write every page anew: whoever made the file may have left erased bytes between its rows."""
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _settle(database: Path) -> None:
    """Bring all that the old log holds into the old file: a kill before the renaming must not lose it.

    A file that is damaged has nothing to lose.

    Raises:
        StoreError: somebody reads the database, or its file cannot be written.
    """
    if not database.exists():
        return
    readable = False
    try:
        with closing(opened(database, mode="rw")) as old:
            old.execute(f"PRAGMA busy_timeout = {_PATIENCE_MILLISECONDS}")
            old.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            readable = True
            busy = old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        kind = error.sqlite_errorcode & 0xFF
        busy = kind in _TAKEN
        if readable and kind not in _DAMAGE and not busy:
            raise StoreError(
                f"nothing was restored: the old database cannot be written to its end ({error}); where it is "
                f"not needed, move {database.name} and {database.name}-wal away first"
            ) from error
    if busy:
        raise StoreError(
            "nothing was restored: somebody reads the database (a `solace db` command, or another program); "
            "try again when that is done"
        )


def _replace(database: Path, draft: Path) -> None:
    """Rename into place. The old log goes first: SQLite would play it into the new file."""
    for ending in ("-wal", "-shm", "-journal"):
        database.with_name(f"{database.name}{ending}").unlink(missing_ok=True)
    sync(database.parent)
    draft.replace(database)
    sync(database.parent)
