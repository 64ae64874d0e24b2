"""Brings a database to the newest revision.

Alembic is configured in code: an installed wheel has no ini file.
"""

import os
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.storage.engines import database_url, reader_engine, writer_engine
from bot.adapters.storage.leases import in_use
from bot.adapters.storage.writer import store_error
from bot.domain.errors import SettingsError, StoreError


def migrate(url: str, *, to: str = "head") -> tuple[str | None, str | None]:
    """Create or upgrade the database; its revision before and after.

    Raises:
        SettingsError: the folder or file cannot be written, or is no database.
        StoreError: the database is newer than this program, or busy.
    """
    path = Path(database_url(url).database or "")
    _create(path)
    with in_use(path):
        return bring(url, to=to)


def bring(url: str, *, to: str = "head") -> tuple[str | None, str | None]:
    """The same, of a file that is there and that nobody else uses. Raises the same."""
    engine = writer_engine(database_url(url))
    try:
        with engine.begin() as connection:  # one transaction: killed half way, nothing has happened
            config = configuration()
            config.attributes["connection"] = connection
            before = _revision(connection)
            _refuse_newer(config, before)
            command.upgrade(config, to) if to != "base" else command.downgrade(config, to)
            return before, _revision(connection)
    except SQLAlchemyError as error:
        refusal = store_error(error)
        if "locked" in str(refusal):
            raise StoreError("the database is busy: another program writes to it; try again") from error
        raise SettingsError(f"SOLACE_DATABASE_URL: cannot be opened as a database: {refusal}") from error
    finally:
        engine.dispose()


def _create(path: Path) -> None:
    """An empty file that only its owner may read, where there is none; its log inherits that."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise SettingsError(
            f"SOLACE_DATABASE_URL: the database cannot be written there: {(error.strerror or '').lower()}"
        ) from error


def revision_of(url: str) -> tuple[str | None, str | None]:
    """The database's revision and the newest one this program knows. Reads only."""
    engine = reader_engine(database_url(url))
    try:
        with engine.connect() as connection:
            return _revision(connection), head()
    finally:
        engine.dispose()


def head() -> str | None:
    """The newest revision this program knows."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def configuration() -> Config:
    """Alembic's settings; the scripts are found through the installed package `migrations`."""
    config = Config()
    config.set_main_option("script_location", "migrations:")
    config.set_main_option("path_separator", "os")
    return config


def _revision(connection: object) -> str | None:
    context = MigrationContext.configure(connection)  # type: ignore[arg-type]
    return context.get_current_revision()


def _refuse_newer(config: Config, revision: str | None) -> None:
    if revision is None:
        return
    try:
        ScriptDirectory.from_config(config).get_revision(revision)
    except CommandError as error:
        raise StoreError(
            f"the database is at revision {revision}, which this version of Solace does not know: "
            "it was written by a newer one; upgrade Solace, or restore a backup"
        ) from error
