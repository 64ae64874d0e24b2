"""Two engines on one database: a writer that begins IMMEDIATE, and readers that cannot write."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from bot.domain.errors import SettingsError

BUSY_SECONDS = 5.0


def database_url(text: str) -> URL:
    """The parsed URL of a SQLite file.

    Raises:
        SettingsError: says what is wrong, never the URL itself (it may hold a password).
    """
    try:
        url = make_url(text)
        dialect = url.get_dialect().name
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise SettingsError(
            "SOLACE_DATABASE_URL: not a database URL; write sqlite:///path/to/solace.db"
        ) from error
    if dialect != "sqlite" or url.database in {None, "", ":memory:"}:
        raise SettingsError(
            "SOLACE_DATABASE_URL: only a SQLite file works so far; write sqlite:///path/to/solace.db"
        )
    return url


def database_file(url: str) -> Path:
    """The file that a URL names. Raises the same."""
    return Path(database_url(url).database or "")


def writer_engine(url: URL) -> Engine:
    """WAL, `synchronous=FULL`, `secure_delete=ON`; every transaction begins with BEGIN IMMEDIATE."""
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON")
    _on_sqlite(engine, pragmas, begin="BEGIN IMMEDIATE")
    return engine


def reader_engine(url: URL) -> Engine:
    """Snapshots by plain BEGIN; `query_only` refuses every write."""
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    _on_sqlite(engine, ("query_only=ON",), begin="BEGIN")
    return engine


def _on_sqlite(engine: Engine, pragmas: tuple[str, ...], *, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; the driver's own comes too late
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
