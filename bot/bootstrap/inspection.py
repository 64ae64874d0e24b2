"""What looks at an installation, or changes its database, without running it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.adapters import storage
from bot.adapters.onnx import model_statuses
from bot.application.doctor import Check, ModelStatus, Status
from bot.application.ports import Store
from bot.bootstrap.parts import existing_author_key, model_folders, prepare_data_dir
from bot.domain.errors import SettingsError
from bot.settings import Settings


@asynccontextmanager
async def reading(settings: Settings) -> AsyncIterator[Store]:
    """The store alone, of a database that exists and is up to date.

    Raises:
        SettingsError: it does not, or is not.
    """
    usable = examine_database(settings)[0]
    if usable.status is not Status.OK:
        raise SettingsError(f"the database {usable.detail}; {usable.advice}")
    async with storage.SqlStore(settings.resolved_database_url, key_fingerprint=None) as store:
        yield store


def migrate(settings: Settings) -> tuple[str | None, str | None]:
    """Bring the database to the newest revision; the one before and the one after."""
    prepare_data_dir(settings)
    return storage.migrate(settings.resolved_database_url)


def examine_database(settings: Settings) -> list[Check]:
    """What `solace doctor` finds there; changes nothing."""
    key = existing_author_key(settings)
    return storage.examine(settings.resolved_database_url, key_fingerprint=key.fingerprint if key else None)


def models(settings: Settings) -> list[ModelStatus]:
    """Every model that could be run, and whether its files are whole."""
    return model_statuses(model_folders(settings), active=settings.model)
