"""The author key: what the operator set, or a file that is made on the first start."""

import os
import re
import secrets
import stat
from pathlib import Path

from bot.adapters.placing import place
from bot.domain.authors import MIN_KEY_BYTES, AuthorKey
from bot.domain.errors import SettingsError

_CONTENT = re.compile(rf"[0-9a-f]{{{2 * MIN_KEY_BYTES}}}\n?")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def load_author_key(path: Path, configured: str | None) -> AuthorKey:
    """The configured key, else the one in the file, which is made if it is not there.

    The file holds 32 random bytes in hexadecimal and can be read by its owner alone. Processes that
    make it at the same time end with the same key, and a kill leaves a whole file or none
    (or an empty one, where there are no hard links).

    Raises:
        SettingsError: the key is too short, or the file cannot be made, read or trusted.
    """
    known = known_author_key(path, configured)
    if known is not None:
        return known
    try:
        _create(path)
        return _read(path)
    except OSError as error:
        raise SettingsError(
            f"SOLACE_DATA_DIR: {path.name} cannot be made there ({_said(error)}); "
            "make the folder writable, or set SOLACE_AUTHOR_KEY"
        ) from error


def known_author_key(path: Path, configured: str | None) -> AuthorKey | None:
    """The configured key, else the one in the file; None = there is no file. Changes nothing.

    Raises:
        SettingsError: the key is too short, or the file cannot be read or trusted.
    """
    if configured is not None:
        return _configured(configured)
    try:
        return _read(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(
            f"SOLACE_DATA_DIR: {path.name} cannot be read there ({_said(error)}); "
            "give Solace the right to read it, or set SOLACE_AUTHOR_KEY"
        ) from error


def copy_author_key(source: Path, target: Path) -> bool:
    """Put the same key at `target`, for its owner alone; False where it is there already.

    Raises:
        SettingsError: the source cannot be trusted, another key is there, or none can be written there.
    """
    try:
        key = _read(source)
        made = not target.exists() and _put(target, source.read_bytes())
        if _read(target).fingerprint != key.fingerprint:
            raise SettingsError(f"{target} is there already and holds another key; move it away first")
    except OSError as error:
        raise SettingsError(f"the key cannot be copied to {target}: {_said(error)}") from error
    return made


def _configured(secret: str) -> AuthorKey:
    try:
        return AuthorKey(secret.encode("utf-8", "surrogateescape"))
    except ValueError:
        raise SettingsError(f"SOLACE_AUTHOR_KEY: should have at least {MIN_KEY_BYTES} bytes") from None


def _read(path: Path) -> AuthorKey:
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        content = file.read(2 * MIN_KEY_BYTES + 2).decode("ascii", "replace")
    if status.st_mode & _OTHERS:
        raise SettingsError(f"SOLACE_DATA_DIR: others may read {path.name} there; run `chmod 600` on it")
    if not _CONTENT.fullmatch(content):
        raise SettingsError(
            f"SOLACE_DATA_DIR: {path.name} there is damaged; put the right file back, for example from a "
            "backup. A new key would make strangers of all the people who are known, those who opted out too"
        )
    return AuthorKey(bytes.fromhex(content.strip()))


def _create(path: Path) -> None:
    _put(path, secrets.token_hex(MIN_KEY_BYTES).encode() + b"\n")


def _put(path: Path, content: bytes) -> bool:
    """Put a key in place unless another process was faster: then False."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        place(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _said(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
