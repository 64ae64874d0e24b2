"""What a damaged page took from a database: which tables, and which of their rows. Reads only."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from typing import Final

from bot.adapters.storage.backup import opened, problems_of
from bot.adapters.storage.engines import database_file
from bot.application.damage import Damage
from bot.domain.errors import SettingsError

_EVERYTHING: Final = "the whole database"


def damage_of(url: str) -> Sequence[Damage]:
    """Everything that cannot be read any more; empty = the database is whole.

    Raises:
        SettingsError: there is none.
    """
    path = database_file(url)
    if not path.exists():
        raise SettingsError("SOLACE_DATABASE_URL: there is no database to look at")
    try:
        if not problems_of(path):
            return []
    except sqlite3.Error:
        pass  # worse than what it can list
    try:
        with closing(opened(path)) as connection:
            connection.text_factory = bytes
            return [each for table in _tables(connection) for each in _looked_at(connection, table)]
    except sqlite3.Error as error:
        return [Damage(table=_EVERYTHING, rows=[], count=None, index_only=False, problem=str(error))]


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name.decode() for (name,) in found]


def _looked_at(connection: sqlite3.Connection, table: str) -> Iterator[Damage]:
    indexed, whole = _indexed(connection, table)
    if _reads(connection, table):
        standing = set(_rowids(connection, table))
        missing = sorted(indexed - standing)
        if missing or not whole or not _checks(connection, table):
            count = len(missing)
            yield Damage(
                table=table,
                rows=_spans(missing),
                count=count,
                index_only=not missing,
                problem="an index is damaged",
            )
        return
    if indexed:
        lost = list(_lost(connection, table, sorted(indexed)))
        yield Damage(
            table=table, rows=_spans(lost), count=len(lost), index_only=False, problem="pages are damaged"
        )
    else:
        yield Damage(table=table, rows=[], count=None, index_only=False, problem="pages are damaged")


def _indexed(connection: sqlite3.Connection, table: str) -> tuple[set[int], bool]:
    """The rows that any of the table's indexes knows, and whether all of those can be read."""
    found: set[int] = set()
    whole = True
    for row in connection.execute(f"PRAGMA index_list('{table}')").fetchall():
        name = row[1].decode()
        try:
            query = f'SELECT rowid FROM "{table}" INDEXED BY "{name}"'  # noqa: S608  # names of the schema
            found |= {number for (number,) in connection.execute(query)}
        except sqlite3.Error:
            whole = False
    return found, whole


def _rowids(connection: sqlite3.Connection, table: str) -> Iterator[int]:
    return (row[0] for row in connection.execute(f'SELECT rowid FROM "{table}" NOT INDEXED'))  # noqa: S608


def _checks(connection: sqlite3.Connection, table: str) -> bool:
    """Whether SQLite finds the table's rows and its indexes to agree."""
    try:
        return connection.execute(f"PRAGMA integrity_check('{table}')").fetchall() == [(b"ok",)]
    except sqlite3.Error:
        return False


def _lost(connection: sqlite3.Connection, table: str, wanted: list[int]) -> Iterator[int]:
    """Which of these rows cannot be read: halves of what fails, down to single rows."""
    if _holds(connection, table, wanted):
        return
    if len(wanted) == 1:
        yield wanted[0]
        return
    half = len(wanted) // 2
    yield from _lost(connection, table, wanted[:half])
    yield from _lost(connection, table, wanted[half:])


def _holds(connection: sqlite3.Connection, table: str, wanted: list[int]) -> bool:
    # A single row by its key alone: looking for the end of a range would step on the next page.
    single = len(wanted) == 1
    which, values = ("= ?", wanted) if single else ("BETWEEN ? AND ?", [wanted[0], wanted[-1]])
    query = f'SELECT * FROM "{table}" NOT INDEXED WHERE rowid {which}'  # noqa: S608
    try:
        found = sum(1 for _ in connection.execute(query, values))
    except sqlite3.Error:
        return False
    return found >= len(wanted)


def _reads(connection: sqlite3.Connection, table: str) -> bool:
    try:
        for _ in connection.execute(f'SELECT * FROM "{table}" NOT INDEXED'):  # noqa: S608
            pass
    except sqlite3.Error:
        return False
    return True


def _spans(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Sorted numbers as first and last of each run."""
    starts = [*rows[:1], *(after for before, after in pairwise(rows) if after != before + 1)]
    ends = [*(before for before, after in pairwise(rows) if after != before + 1), *rows[-1:]]
    return list(zip(starts, ends, strict=True))
