"""What several compositions need."""

from collections.abc import Sequence
from pathlib import Path

from bot.adapters import storage
from bot.adapters.keyfile import known_author_key, load_author_key
from bot.adapters.releases import promoted_or_default
from bot.domain.authors import AuthorKey
from bot.domain.errors import SettingsError
from bot.settings import Settings
from model.registry import bundled_models


def prepare_data_dir(settings: Settings) -> None:
    """Create the data folder, for its owner alone.

    Raises:
        SettingsError: it cannot be created.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(
            f"SOLACE_DATA_DIR: cannot be created: {(error.strerror or '').lower()}"
        ) from error


def model_folders(settings: Settings) -> Sequence[Path]:
    """Where models are looked for: promoted ones first."""
    return (settings.data_dir / "models", bundled_models())


def active_model(settings: Settings) -> str:
    """The version that is run: the one that was set, else the last promoted, else the one that came along.

    Raises:
        SettingsError: nobody can say which was promoted.
    """
    return settings.model if settings.model is not None else promoted_or_default(model_folders(settings)[0])


def author_key(settings: Settings) -> AuthorKey:
    """The installation's key, made on the first start.

    Raises:
        SettingsError: it cannot be made, read or trusted; or it is gone, and the database needs it.
    """
    existing = existing_author_key(settings)
    if existing is not None:
        return existing
    if storage.knows_people(settings.resolved_database_url):
        raise SettingsError(
            "SOLACE_DATA_DIR: author.key is not there any more, and the database knows its people by it; "
            "restore it from a backup, or start a new database"
        )
    return load_author_key(key_path(settings), _configured_key(settings))


def existing_author_key(settings: Settings) -> AuthorKey | None:
    """The installation's key, if it has one already."""
    return known_author_key(key_path(settings), _configured_key(settings))


def _configured_key(settings: Settings) -> str | None:
    return settings.author_key.get_secret_value() if settings.author_key else None


def key_path(settings: Settings) -> Path:
    """Where the key lies, if the settings hold none."""
    return settings.data_dir / "author.key"
