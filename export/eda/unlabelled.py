"""Comments without labels, from CSV files with a column `body`: texts as people write them today."""

import csv
import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from export.errors import DataError

_COLUMN = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlabelled:
    """One file's texts, and how many rows had none."""

    name: str
    texts: tuple[str, ...]
    empty: int


def read_all(paths: Sequence[Path]) -> tuple[Unlabelled, ...]:
    """Every file's texts."""
    return tuple(read(path) for path in paths)


def read(path: Path) -> Unlabelled:
    """Read one CSV file, gzipped when its name ends in `.gz`.

    Raises:
        DataError: it cannot be read, or has no column `body`.
    """
    try:
        raw = path.read_bytes()
        content = gzip.decompress(raw) if path.suffix == ".gz" else raw
        text = content.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if _COLUMN not in (rows.fieldnames or ()):
        raise DataError(f"{path} has no column {_COLUMN!r}.")
    try:
        bodies = [row[_COLUMN] or "" for row in rows]
    except csv.Error as error:
        raise DataError(f"{path}, line {rows.line_num}: {error}.") from error
    texts = tuple(body for body in bodies if body.strip())
    return Unlabelled(name=path.name.split(".")[0], texts=texts, empty=len(bodies) - len(texts))
