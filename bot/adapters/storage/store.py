"""The database, seen from the event loop."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine, Table, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.storage.backup import erase_draft
from bot.adapters.storage.engines import database_url, reader_engine, writer_engine
from bot.adapters.storage.leases import file_lease, in_use
from bot.adapters.storage.queries import SqlQueries
from bot.adapters.storage.tables import BACKED_UP_AT, installation, left_alone, opt_outs
from bot.adapters.storage.transaction import SqlTransaction
from bot.adapters.storage.wishes import WishBook
from bot.adapters.storage.writer import Writer, store_error
from bot.application.ports import Queries, Transaction
from bot.domain.errors import SettingsError
from bot.domain.messages import AuthorHash

T = TypeVar("T")
_READERS = 2
_FINGERPRINT = "author_key_fingerprint"


class SqlStore:
    """`ports.Store` on a SQLite file: one writer thread, two reading ones.

    An async context manager: entering checks the author key and starts the threads, leaving finishes what
    was handed in and closes the file.

    Args:
        url: `sqlite:///path`.
        key_fingerprint: of the key that hashes authors; another one than before is refused. None: this
            process hashes nobody.

    Raises:
        SettingsError: on entering, when the database knows its authors by another key, or is a backup.
        LeaseHeld: on entering, while a backup is being restored.
    """

    def __init__(self, url: str, *, key_fingerprint: str | None) -> None:
        self._url = database_url(url)
        self._fingerprint = key_fingerprint
        self._engines: tuple[Engine, Engine] | None = None
        self._wishes = WishBook(self.path, key_fingerprint)
        self._use = ExitStack()

    @property
    def path(self) -> Path:
        """The database file."""
        return Path(self._url.database or "")

    async def __aenter__(self) -> Self:
        self._use.enter_context(in_use(self.path))
        erase_draft(self.path)
        writing, reading = self._engines = writer_engine(self._url), reader_engine(self._url)
        self._writer = Writer(writing)
        self._reading = reading
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="solace-reader")
        self._writer.start()
        try:
            if self._fingerprint is not None:
                fingerprint = self._fingerprint
                await self._submit(lambda connection: _agree_on_key(connection, fingerprint))
                await self._submit(lambda connection: _agree_on_wishes(connection, self._wishes))
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._writer.stop)
        await asyncio.to_thread(self._readers.shutdown)
        for engine in self._engines or ():
            engine.dispose()
        self._use.close()

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """See `ports.Store`."""
        result: T = await self._submit(lambda connection: work(SqlTransaction(connection, self._wishes)))
        return result

    async def read(self, work: Callable[[Queries], T]) -> T:
        """See `ports.Store`."""
        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(self._readers, self._read, work))

    def lease(self, role: str, account: str) -> AbstractAsyncContextManager[None]:
        """See `ports.Store`."""
        return file_lease(self.path, role, account)

    async def checkpoint(self) -> bool:
        """See `ports.Store`."""
        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(self._readers, self._truncate_log))

    async def _submit(self, work: Callable[[Connection], Any]) -> Any:
        return await asyncio.shield(asyncio.wrap_future(self._writer.submit(work)))

    def _read(self, work: Callable[[Queries], T]) -> T:
        try:
            with self._reading.begin() as connection:
                return work(SqlQueries(connection))
        except SQLAlchemyError as error:
            raise store_error(error) from error

    def _truncate_log(self) -> bool:
        assert self._engines is not None  # noqa: S101  # only reached inside the context
        try:
            with closing(self._engines[0].raw_connection()) as connection:
                cursor = connection.cursor()  # not inside a transaction, as a `Connection` would have it
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                busy, _, _ = cursor.fetchone() or (1, 0, 0)
                return not busy
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise store_error(error) from error


def knows_people(url: str) -> bool:
    """Whether the database holds hashes that only one author key can make. Reads only."""
    parsed = database_url(url)
    if not Path(parsed.database or "").exists():
        return False
    engine = reader_engine(parsed)
    try:
        with engine.connect() as connection:
            return fingerprint_in(connection) is not None
    except SQLAlchemyError:  # no database of ours yet; whoever opens it for work will say what it is
        return False
    finally:
        engine.dispose()


def fingerprint_in(connection: Connection) -> str | None:
    """Of the key that this database's authors were hashed with."""
    found: str | None = connection.scalar(
        select(installation.c.value).where(installation.c.name == _FINGERPRINT)
    )
    return found


def _agree_on_wishes(connection: Connection, book: WishBook) -> None:
    """Each learns of opt-outs what the other knows: after a kill in between, or an old file put in place."""
    written = book.read()
    if written is not None:
        _add(connection, opt_outs, "since", written.opt_outs)
        _add(connection, left_alone, "until", written.left_alone)
    standing = [
        {row[0]: row[1] for row in connection.execute(select(table))} for table in (opt_outs, left_alone)
    ]
    known = (written.opt_outs, written.left_alone) if written is not None else ({}, {})
    missing = [
        {author: at for author, at in here.items() if author not in there}
        for here, there in zip(standing, known, strict=True)
    ]
    book.add(*missing)


def _add(connection: Connection, table: Table, column: str, wishes: Mapping[AuthorHash, datetime]) -> None:
    values = [{"author": author, column: at} for author, at in wishes.items()]
    if values:
        connection.execute(insert(table).on_conflict_do_nothing(), values)


def _agree_on_key(connection: Connection, fingerprint: str) -> None:
    if connection.scalar(select(installation.c.value).where(installation.c.name == BACKED_UP_AT)):
        raise SettingsError(
            "SOLACE_DATABASE_URL: this file is a backup; bring it back with `solace db restore`, which heeds "
            "what people have asked for since"
        )
    known = fingerprint_in(connection)
    if known is None:
        connection.execute(insert(installation).values(name=_FINGERPRINT, value=fingerprint))
    elif known != fingerprint:
        raise SettingsError(
            "SOLACE_AUTHOR_KEY: this database knows its people by another key, so opt-outs and cooldowns "
            "would be lost; restore the key that belongs to it (author.key beside the database), or start "
            "a new database"
        )
