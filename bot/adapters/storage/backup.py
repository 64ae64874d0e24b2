"""A copy of the database as it is at one moment, made while others work on it. Complete, or not there."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from bot.adapters.placing import place
from bot.adapters.storage.engines import database_file
from bot.adapters.storage.tables import BACKED_UP_AT
from bot.domain.errors import SettingsError, StoreError

_PART: Final = ".solace-part"
_BUSY_SECONDS: Final = 30.0


def back_up(url: str, target: Path, *, key_fingerprint: str | None, at: datetime) -> None:
    """Copy the database into a new file that its owner alone may read, and verify the copy.

    SQLite's online backup in one step: a snapshot that no writer waits for. Unfinished copies that a kill
    left in that folder are erased. On a file system without hard links, a kill at the very end may leave an
    empty file under that name.

    Raises:
        SettingsError: there is no database, there is such a file already, or the key is not the database's.
        StoreError: the database is damaged, or the copy cannot be written; nothing stands there.
    """
    source = database_file(url)
    if not source.exists():
        raise SettingsError("SOLACE_DATABASE_URL: there is no database to back up; `solace run` makes one")
    try:
        _not_there(target)
        _sweep(target.parent)
        with _unfinished(target) as part:
            _copy(source, part)
            _mark(part, key_fingerprint, at)
            sync(part)
            place(part, target)
        _sync_name(target)
    except FileExistsError as error:
        raise _another(target) from error
    except sqlite3.Error as error:
        raise StoreError(f"no backup was made: {error}") from error
    except OSError as error:
        raise StoreError(f"no backup was made, {target} cannot be written: {error.strerror}") from error


def _not_there(target: Path) -> None:
    if target.exists():
        raise _another(target)


def _another(target: Path) -> SettingsError:
    return SettingsError(f"{target} is there already; a backup never replaces another file")


def problems_of(path: Path) -> list[str]:
    """What SQLite finds wrong with a file, at most 20 things; empty = whole. Reads only.

    Raises:
        sqlite3.Error: it cannot be looked at.
    """
    with closing(opened(path)) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
        loose = connection.execute("PRAGMA foreign_key_check").fetchmany(20)
    return [each for each in found if each != "ok"] + [
        f"{row[0]} row {row[1]} belongs to nothing" for row in loose
    ]


def opened(path: Path, *, mode: str = "ro") -> sqlite3.Connection:
    """A connection to a file that is there; without `mode="rw"` it only reads."""
    place = f"file:{quote(str(path))}?mode={mode}"
    return sqlite3.connect(place, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)


def _copy(source: Path, part: Path) -> None:
    with closing(opened(source)) as live, closing(opened(part, mode="rw")) as copy:
        live.backup(copy)  # all pages in one step, under one snapshot
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, wherever it is carried
    problems = problems_of(part)
    if problems:
        raise StoreError(
            f"no backup was made, the database is damaged: {problems[0]}; `solace db check` says what is lost"
        )


def _mark(part: Path, key_fingerprint: str | None, at: datetime) -> None:
    with closing(opened(part, mode="rw")) as copy:
        query = "SELECT value FROM installation WHERE name = 'author_key_fingerprint'"
        known = copy.execute(query).fetchone()
        if known is not None and known[0] != key_fingerprint:
            raise SettingsError(
                "SOLACE_AUTHOR_KEY: the database knows its people by another key, or there is none; a backup "
                "without its key could not be brought back"
            )
        copy.execute("PRAGMA synchronous = FULL")
        copy.execute("INSERT OR REPLACE INTO installation VALUES (?, ?)", (BACKED_UP_AT, at.isoformat()))


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A new file beside the target, locked while we write it, gone at the end."""
    part = target.with_name(f".{target.name}{_PART}")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield part
    except BlockingIOError as error:
        raise StoreError(f"another process writes {target} at this moment") from error
    else:
        erase(part)
    finally:
        os.close(descriptor)
        _sweep(target.parent)


def _sweep(folder: Path) -> None:
    """Erase what is unfinished there and nobody writes any more: it holds people's words."""
    for part in folder.glob(f".*{_PART}"):
        with suppress(FileNotFoundError), part.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            erase(part)


def erase(path: Path) -> None:
    """A database file and what SQLite keeps beside it."""
    for ending in ("-wal", "-shm", "-journal", ""):
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)


def draft_of(database: Path) -> Path:
    """Where a restore prepares the file that is to replace the database."""
    return database.with_name(f"{database.name}.restoring")


def erase_draft(database: Path) -> None:
    """Of a restore that was killed. Call it where no other can be under way."""
    erase(draft_of(database))


def _sync_name(target: Path) -> None:
    try:
        sync(target.parent)
    except OSError:
        target.unlink()
        raise


def sync(path: Path) -> None:
    """Bring a file, or a folder's entries, to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
