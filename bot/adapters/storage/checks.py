"""What `solace doctor` wants to know about the database. Reads only."""

from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.storage.engines import database_url, reader_engine
from bot.adapters.storage.migrate import revision_of
from bot.adapters.storage.store import fingerprint_in
from bot.adapters.storage.writer import store_error
from bot.application.doctor import Check, failed, passed, warned
from bot.domain.errors import BotError


def examine(url: str, *, key_fingerprint: str | None) -> list[Check]:
    """Look at the database without changing it; the first check says whether it can be used at all.

    Args:
        url: as in the settings; never shown.
        key_fingerprint: of the author key; None where there is no key yet.
    """
    try:
        parsed = database_url(url)
        if not Path(parsed.database or "").exists():
            advice = "`solace run` or `solace db migrate` creates it"
            return [warned("database", "does not exist yet", advice)]
        revision, newest = revision_of(url)
        if revision != newest:
            advice = "run `solace db migrate`; if the database is newer, upgrade Solace"
            return [failed("database", f"is at revision {revision}, this program at {newest}", advice)]
        engine = reader_engine(parsed)
        try:
            with engine.connect() as connection:
                return [
                    passed("database", f"can be read, revision {revision}"),
                    _durability(connection),
                    _wholeness(connection),
                    _key(connection, key_fingerprint),
                ]
        finally:
            engine.dispose()
    except (SQLAlchemyError, OSError) as error:
        problem = str(store_error(error))
    except BotError as error:
        problem = str(error)
    return [failed("database", problem, "check SOLACE_DATABASE_URL and SOLACE_DATA_DIR, or restore a backup")]


def _durability(connection: Connection) -> Check:
    """The journal's mode is the file's own; `synchronous=FULL` is set by each connection that writes."""
    journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    if journal == "wal":
        return passed("durability", "write-ahead log")
    advice = "run `solace db migrate` on a local disk: a network share cannot keep a write-ahead log"
    return failed("durability", f"journal_mode={journal}", advice)


def _wholeness(connection: Connection) -> Check:
    found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    if found == "ok":
        return passed("pages", "whole")
    advice = "run `solace db check`: it names what is lost; then bring a backup back with `solace db restore`"
    return failed("pages", "the database is damaged", advice)


def _key(connection: Connection, fingerprint: str | None) -> Check:
    known = fingerprint_in(connection)
    if known is None or known == fingerprint:
        return passed(
            "author key", "belongs to this database" if known else "the database has not met it yet"
        )
    return failed(
        "author key",
        "the database knows its people by another key",
        "restore author.key (or SOLACE_AUTHOR_KEY) from the backup that belongs to this database",
    )
