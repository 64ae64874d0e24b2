import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from assembly import KEY

from bot.adapters.storage import SqlStore, migrate


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest revision, made once a run."""
    path = tmp_path_factory.mktemp("migrated") / "solace.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> Path:
    path = tmp_path / "solace.db"
    shutil.copy(migrated, path)
    return path


@pytest.fixture
async def store(database: Path) -> AsyncIterator[SqlStore]:
    async with SqlStore(f"sqlite:///{database}", key_fingerprint=KEY.fingerprint) as opened:
        yield opened
