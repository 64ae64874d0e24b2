"""A job that only one process does on one database: a locked file beside it."""

import fcntl
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.domain.errors import LeaseHeld, SettingsError, StoreError


@asynccontextmanager
async def file_lease(database: Path, role: str, account: str) -> AsyncIterator[None]:
    """Hold the lock while the context lasts; the kernel lets go of it when the process dies.

    Raises:
        LeaseHeld: another process has it.
        SettingsError: the folder cannot be written.
    """
    name = re.sub(r"[^a-z0-9-]", "_", f"{role}-{account}".lower())
    path = database.with_name(f"{database.name}.{name}.lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SettingsError(
            f"SOLACE_DATA_DIR: {path.name} cannot be written there: {error.strerror}"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if not isinstance(error, BlockingIOError):
            raise StoreError(f"{path.name} cannot be locked: {error.strerror}; use a local disk") from error
        raise LeaseHeld(
            f"Solace is already running on this database ({role}, account {account}): stop it first, "
            "or give this one a database of its own (SOLACE_DATA_DIR)"
        ) from error
    try:
        yield
    finally:
        os.close(descriptor)
