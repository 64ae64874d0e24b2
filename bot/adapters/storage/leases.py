"""A job that only one process does on one database: a locked file beside it."""

import fcntl
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from bot.domain.errors import LeaseHeld, SettingsError, StoreError

_USE: Final = "use"


@asynccontextmanager
async def file_lease(database: Path, role: str, account: str) -> AsyncIterator[None]:
    """Hold the lock while the context lasts; the kernel lets go of it when the process dies.

    Raises:
        LeaseHeld: another process has it.
        SettingsError: the folder cannot be written.
    """
    name = re.sub(r"[^a-z0-9-]", "_", f"{role}-{account}".lower())
    held = (
        f"Solace is already running on this database ({role}, account {account}): stop it first, "
        "or give this one a database of its own (SOLACE_DATA_DIR)"
    )
    with _locked(database, name, fcntl.LOCK_EX, held):
        yield


@contextmanager
def in_use(database: Path) -> Iterator[None]:
    """Somebody works on this database while the context lasts; any number may.

    Raises:
        LeaseHeld: a backup is being restored.
    """
    held = "a backup is being restored into this database; try again when that is done"
    with _locked(database, _USE, fcntl.LOCK_SH, held):
        yield


@contextmanager
def alone_with(database: Path) -> Iterator[None]:
    """Nobody else works on this database while the context lasts.

    Raises:
        LeaseHeld: somebody does.
    """
    held = "Solace is running on this database: stop it first (and every other `solace` command that uses it)"
    with _locked(database, _USE, fcntl.LOCK_EX, held):
        yield


@contextmanager
def _locked(database: Path, name: str, kind: int, held: str) -> Iterator[None]:
    path = database.with_name(f"{database.name}.{name}.lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SettingsError(
            f"SOLACE_DATA_DIR: {path.name} cannot be written there: {error.strerror}"
        ) from error
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if not isinstance(error, BlockingIOError):
            raise StoreError(f"{path.name} cannot be locked: {error.strerror}; use a local disk") from error
        raise LeaseHeld(held) from error
    try:
        yield
    finally:
        os.close(descriptor)
