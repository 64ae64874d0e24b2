"""Unlabelled comments as people write them: read for a look, or cleaned and cut to pieces for distillation.

Format: CSV with a header, plain or gzip, the text in a column `body` or `text`; other columns are not read.
"""

import csv
import gzip
import io
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from export.data import Split
from export.errors import DataError
from model.preprocess import preprocess

_COLUMNS = ("body", "text")
_GONE = frozenset({"[deleted]", "[removed]"})
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_WHOLE_SHARE = 0.3
"""How many of the long comments stay whole; the others become a few of their sentences."""
_SHORT = 200  # characters: up to here a comment stays whole


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
    """Read one file, gzipped when its name ends in `.gz`.

    Raises:
        DataError: it cannot be read, or has no column with the text.
    """
    try:
        raw = path.read_bytes()
        content = gzip.decompress(raw) if path.suffix == ".gz" else raw
        text = content.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as UTF-8 CSV, plain or gzip: {error}.") from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    column = next((name for name in _COLUMNS if name in (rows.fieldnames or ())), None)
    if column is None:
        raise DataError(f"{path} has no column {' or '.join(_COLUMNS)} in its header.")
    try:
        bodies = [row[column] or "" for row in rows]
    except csv.Error as error:
        raise DataError(f"{path}, line {rows.line_num}: {error}.") from error
    texts = tuple(body for body in bodies if body.strip())
    return Unlabelled(name=path.name.split(".")[0], texts=texts, empty=len(bodies) - len(texts))


def read_comments(paths: Sequence[Path], *, held_out: Sequence[Split], seed: int) -> list[str]:
    """Every distinct comment of the files, as raw text; long ones mostly cut to a run of their sentences.

    What `held_out` holds too (prepared, in lower case) is left out, before the cut and after it: no comment
    of dev or test is seen. So is a cut that reads the same as an earlier text.
    The same files and seed give the same texts in the same order.

    Raises:
        DataError: a file cannot be read, or has no column with the text.
    """
    seen = {preprocess(comment.text).lower() for split in held_out for comment in split.comments}
    generator = random.Random(seed)  # noqa: S311 - a choice of sentences, not a secret
    texts = []
    for file in read_all(paths):
        for text in file.texts:
            key = preprocess(text).lower()
            if text.strip() not in _GONE and key not in seen:
                seen.add(key)
                part = piece(text, generator)
                if part == text or (key := preprocess(part).lower()) not in seen:
                    seen.add(key)
                    texts.append(part)
    return texts


def piece(text: str, generator: random.Random) -> str:
    """A short text as it is; of a long one, mostly a run of sentences that a chat message could be."""
    if len(text) <= _SHORT or generator.random() < _WHOLE_SHARE:
        return text
    sentences = [each for each in _SENTENCE_END.split(text) if each.strip()]
    start = generator.randrange(len(sentences))
    return " ".join(sentences[start : start + generator.randint(1, 4)])
