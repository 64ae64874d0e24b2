"""What keeps an installation's data: backup, restore, a look for damage, and the erasure of what is due."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from bot.adapters import storage
from bot.adapters.clock import SystemClock
from bot.adapters.keyfile import copy_author_key, known_author_key
from bot.adapters.telemetry import StructlogTelemetry
from bot.application.damage import Damage
from bot.application.retention import Retention
from bot.bootstrap.inspection import reading, usable
from bot.bootstrap.parts import existing_author_key, key_path, prepare_data_dir
from bot.domain.errors import SettingsError, StoreError
from bot.settings import Settings


def back_up(settings: Settings, file: Path) -> Path | None:
    """Copy the database into a new file, and its key into a second one beside it.

    Returns:
        that second file; None = the key stands in the settings, or there is none yet.

    Raises:
        SettingsError, StoreError: nothing was made.
    """
    key, beside = existing_author_key(settings), saved_key(file)
    kept = settings.author_key is None and key is not None
    copied = kept and copy_author_key(key_path(settings), beside)  # first: no backup is there without it
    fingerprint, url = key.fingerprint if key else None, settings.resolved_database_url
    try:
        storage.back_up(url, file, key_fingerprint=fingerprint, at=SystemClock().now())
    except (SettingsError, StoreError):
        if copied:
            beside.unlink()
        raise
    return beside if kept else None


def restore(settings: Settings, file: Path) -> storage.Restored:
    """Bring a backup back in place of the database, and its key where there is none.

    Raises:
        LeaseHeld: Solace runs on it.
        SettingsError, StoreError: nothing changed.
    """
    prepare_data_dir(settings)
    existing, beside = existing_author_key(settings), saved_key(file)
    key = existing or known_author_key(beside, None)
    if key is None:
        raise SettingsError(
            f"SOLACE_AUTHOR_KEY: there is no key yet, and {beside.name} is not beside the backup; put it "
            "there, or set the key that the backup was made under"
        )
    install = partial(copy_author_key, beside, key_path(settings))
    return storage.restore(
        settings.resolved_database_url,
        file,
        key,
        at=SystemClock().now(),
        ready=(lambda: None) if existing else install,
    )


def saved_key(backup: Path) -> Path:
    """Where a backup's key lies."""
    return backup.with_name(f"{backup.name}.key")


def database_file(settings: Settings) -> Path:
    """Where the database lies, or would."""
    return storage.database_file(settings.resolved_database_url)


def damage(settings: Settings) -> Sequence[Damage]:
    """What cannot be read any more in the database; empty = it is whole."""
    return storage.damage_of(settings.resolved_database_url)


def export(settings: Settings) -> Mapping[str, object]:
    """What may leave the installation: settings and phrases of chats, daily counts; no person.

    Raises:
        SettingsError: there is no database that is up to date.
    """
    usable(settings)
    return storage.exported(settings.resolved_database_url)


async def purge(settings: Settings) -> tuple[int, bool]:
    """Erase what is due now; how many texts, and whether their bytes are gone from the log too."""
    async with reading(settings) as store:
        retention = Retention(store=store, clock=SystemClock(), telemetry=StructlogTelemetry())
        return await retention.erase(), await store.checkpoint()
