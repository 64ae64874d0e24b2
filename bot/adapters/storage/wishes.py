"""What people asked for, once more, in a small file beside the database. See docs/decisions/0025.

A damaged database takes nothing from it, and a restore heeds it: who did not want to be read stays unread,
and what was erased stays erased. Of who was forgotten it holds digests: without the hash they tell nothing.
"""

import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from bot.domain.errors import SettingsError, StoreError
from bot.domain.messages import AuthorHash, MessageRef

_BUSY_SECONDS: Final = 5.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS opt_outs (author TEXT PRIMARY KEY, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS left_alone (author TEXT PRIMARY KEY, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS read_again (digest TEXT PRIMARY KEY, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS erased (digest TEXT PRIMARY KEY, at TEXT NOT NULL);
"""
_LATEST: Final = "ON CONFLICT DO UPDATE SET at = max(at, excluded.at)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Everything that stands there.

    Attributes:
        opt_outs: who does not want to be read, and since when.
        left_alone: who does not want to be answered, and until when.
        read_again: by `undone`: the beginning of the last opt-out that was taken back.
        erased: by `person` or `message`: up to when what is known goes.
    """

    opt_outs: Mapping[AuthorHash, datetime]
    left_alone: Mapping[AuthorHash, datetime]
    read_again: Mapping[str, datetime]
    erased: Mapping[str, datetime]


def person(author: AuthorHash) -> str:
    """The digest of somebody who was forgotten."""
    return _digest("person", author)


def undone(author: AuthorHash) -> str:
    """The digest of somebody who wants to be read again."""
    return _digest("undone", author)


def message(ref: MessageRef) -> str:
    """The digest of a message that its author deleted."""
    return _digest("message", ref.platform, ref.channel_id, ref.message_id)


class WishBook:
    """The file; made at the first wish.

    Every wish is written here before the database commits it. So it may hold one that the database refused:
    that errs on the side of who asked, and only in a restore.

    Args:
        database: beside which it lies.
        fingerprint: of the author key; None: this process knows nobody, and reads only.
    """

    def __init__(self, database: Path, fingerprint: str | None) -> None:
        self.path = database.with_name(f"{database.name}.wishes")
        self._fingerprint = fingerprint

    def opt_out(self, author: AuthorHash, *, since: datetime) -> None:
        """Somebody does not want to be read."""
        with self._writing() as file:
            file.execute("INSERT OR IGNORE INTO opt_outs VALUES (?, ?)", (author, _written(since)))
            file.execute("DELETE FROM read_again WHERE digest = ?", (undone(author),))

    def opt_in(self, author: AuthorHash, *, since: datetime | None) -> None:
        """Somebody who did not want to be read, since then, takes it back.

        None: the database knows of no opt-out. The file may, where the database refused it after all.
        """
        if since is None and not self.path.exists():
            return
        with self._writing() as file:
            gone = file.execute("DELETE FROM opt_outs WHERE author = ? RETURNING at", (author,)).fetchall()
            latest = max([at for (at,) in gone] + ([_written(since)] if since else []), default=None)
            if latest is not None:
                values = undone(author), latest
                file.execute(f"INSERT INTO read_again VALUES (?, ?) {_LATEST}", values)  # noqa: S608

    def leave_alone(self, author: AuthorHash, *, until: datetime) -> None:
        """Somebody does not want to be answered for a while."""
        with self._writing() as file:
            values = author, _written(until)
            file.execute(f"INSERT INTO left_alone VALUES (?, ?) {_LATEST}", values)  # noqa: S608

    def end_left_alone(self, *, author: AuthorHash | None = None, before: datetime | None = None) -> None:
        """One person may be answered again, or all whose time is up."""
        if self.path.exists():
            with self._writing() as file:
                file.execute("DELETE FROM left_alone WHERE author = ?", (author,))
                file.execute("DELETE FROM left_alone WHERE at <= ?", (_written(before) if before else "",))

    def erase(self, digests: Collection[str], *, at: datetime) -> None:
        """What is known of these people or messages, up to then, must not come back."""
        if digests:
            with self._writing() as file:
                values = [(each, _written(at)) for each in digests]
                file.executemany(f"INSERT INTO erased VALUES (?, ?) {_LATEST}", values)  # noqa: S608

    def add(self, opt_outs: Mapping[AuthorHash, datetime], left_alone: Mapping[AuthorHash, datetime]) -> None:
        """Hold these too: what stands in a database that is older than the file, or in a backup."""
        if opt_outs or left_alone:
            with self._writing() as file:
                for table, wishes in (("opt_outs", opt_outs), ("left_alone", left_alone)):
                    values = [(author, _written(at)) for author, at in wishes.items()]
                    file.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", values)  # noqa: S608

    def read(self) -> Wishes | None:
        """Everything; None = there is no file.

        Raises:
            SettingsError: it is damaged, or was written under another key.
        """
        if not self.path.exists():
            return None
        try:
            with closing(self._connected()) as file:
                self._agree(file)
                tables = ("opt_outs", "left_alone", "read_again", "erased")
                return Wishes(**{name: _rows(file, name) for name in tables})
        except (sqlite3.Error, ValueError) as error:
            raise SettingsError(
                f"SOLACE_DATABASE_URL: {self.path.name} beside the database is damaged; put a copy of it "
                "back, or move it away: what was erased since the last backup then comes back with it"
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            with closing(self._connected()) as file:
                file.execute("BEGIN IMMEDIATE")
                self._agree(file)
                yield file
                file.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(f"{self.path.name} beside the database refused: {error}") from error
        except OSError as error:
            raise StoreError(f"{self.path.name} cannot be written: {error.strerror}") from error

    def _connected(self) -> sqlite3.Connection:
        file = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            file.execute("PRAGMA synchronous = EXTRA")
            file.execute("PRAGMA secure_delete = ON")
            file.executescript(_SCHEMA)
        except BaseException:
            file.close()
            raise
        return file

    def _agree(self, file: sqlite3.Connection) -> None:
        found = file.execute("SELECT value FROM about WHERE name = 'author_key_fingerprint'").fetchone()
        if found is None and self._fingerprint is not None:
            file.execute("INSERT INTO about VALUES ('author_key_fingerprint', ?)", (self._fingerprint,))
        elif found is not None and self._fingerprint not in {None, found[0]}:
            raise SettingsError(
                f"SOLACE_AUTHOR_KEY: {self.path.name} holds people's wishes under another key; restore the "
                "key that belongs to it, or use a folder of its own (SOLACE_DATA_DIR)"
            )


def _rows(file: sqlite3.Connection, table: str) -> dict[Any, datetime]:
    found = file.execute(f"SELECT * FROM {table}")  # noqa: S608  # one of ours
    return {name: datetime.fromisoformat(at) for name, at in found}


def _written(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _digest(*parts: str) -> str:
    return sha256("\0".join(("solace", *parts)).encode()).hexdigest()
