"""GoEmotions from disk: read, check, and clean the training split of what dev and test hold too.

Format (the data set's own): UTF-8, one comment a line, `text TAB comma-separated emotion ids TAB comment id`,
nothing quoted or escaped, no header.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from export.errors import DataError
from model.labels import EMOTIONS, GROUP_OF, GROUPS
from model.preprocess import preprocess

SPLITS = ("train", "dev", "test")
_COLUMNS = 3
_SHOWN_LINES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One labelled comment: `text` as published, `emotions` as sorted positions in `EMOTIONS`."""

    text: str
    emotions: tuple[int, ...]
    comment_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One file's good comments, and what was wrong with the others (`line 7: …`)."""

    name: str
    comments: tuple[Comment, ...]
    bad_lines: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """Prepared for the tokenizer, exactly as serving does it."""
        return [preprocess(comment.text) for comment in self.comments]

    @property
    def emotions(self) -> npt.NDArray[np.float32]:
        """Targets of shape (comments, 28), 0 or 1."""
        targets = np.zeros((len(self.comments), len(EMOTIONS)), dtype=np.float32)
        for row, comment in enumerate(self.comments):
            targets[row, list(comment.emotions)] = 1.0
        return targets

    @property
    def groups(self) -> npt.NDArray[np.float32]:
        """Targets of shape (comments, 4), 0 or 1: a group holds when one of its emotions does."""
        return (self.emotions @ emotion_to_group() > 0).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """The three splits, without anything in train that dev or test hold too.

    Attributes:
        splits: by name.
        removed: how many training comments were taken out, by the split that holds them too.
        sha256: of the three files' bytes, in the order train, dev, test.
    """

    splits: Mapping[str, Split]
    removed: Mapping[str, int]
    sha256: str

    @property
    def counts(self) -> dict[str, int]:
        """Comments by split, after cleaning."""
        return {name: len(split.comments) for name, split in self.splits.items()}

    def report(self) -> list[str]:
        """What a reader should know about the data, a line each."""
        lines = [f"{name}: {count:,} comments" for name, count in self.counts.items()]
        lines += [f"removed from train, since {name} holds them too: {n}" for name, n in self.removed.items()]
        for split in self.splits.values():
            lines += [f"skipped, {split.name}.tsv {problem}" for problem in split.bad_lines[:_SHOWN_LINES]]
            if len(split.bad_lines) > _SHOWN_LINES:
                lines.append(f"skipped, {split.name}.tsv: {len(split.bad_lines) - _SHOWN_LINES} more lines")
        return lines


def load(folder: Path) -> Dataset:
    """Read the three splits from `folder`.

    Raises:
        DataError: a file is missing or unreadable, the emotions differ from ours, or a split is empty.
    """
    _check_emotions(folder)
    contents = {name: _read(folder / f"{name}.tsv") for name in SPLITS}
    digest = hashlib.sha256(b"".join(contents[name] for name in SPLITS)).hexdigest()
    splits = {name: parse(name, raw) for name, raw in contents.items()}
    for split in splits.values():
        if not split.comments:
            reason = split.bad_lines[0] if split.bad_lines else "the file is empty"
            raise DataError(f"{folder / split.name}.tsv holds no usable comment ({reason}).")
    train, removed = without_duplicates(splits["train"], splits["dev"], splits["test"])
    return Dataset(splits={**splits, "train": train}, removed=removed, sha256=digest)


def parse(name: str, raw: bytes) -> Split:
    """Read one split from the bytes of its file; what cannot be used is reported by line number, from 1."""
    comments: list[Comment] = []
    bad: list[str] = []
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            comments.append(_comment(line.removesuffix(b"\r").decode("utf-8")))
        except ValueError as error:
            bad.append(f"line {number}: {error}")
    return Split(name=name, comments=tuple(comments), bad_lines=tuple(bad))


def without_duplicates(train: Split, *held_out: Split) -> tuple[Split, dict[str, int]]:
    """Take out of `train` what reads the same (prepared, in lower case) or has its id in a held-out split.

    One-word comments ("Thanks!") do repeat; they go too, so that nothing in dev or test has been seen.
    """
    kept = train.comments
    removed = {}
    for split in held_out:
        seen = {_key(comment) for comment in split.comments}
        ids = {comment.comment_id for comment in split.comments}
        left = tuple(c for c in kept if c.comment_id not in ids and _key(c) not in seen)
        removed[split.name] = len(kept) - len(left)
        kept = left
    return Split(name=train.name, comments=kept, bad_lines=train.bad_lines), removed


def _key(comment: Comment) -> str:
    return preprocess(comment.text).lower()


def _comment(line: str) -> Comment:
    columns = line.split("\t")
    if len(columns) != _COLUMNS:
        raise ValueError(f"expected text, emotions and id between two tabs, found {len(columns)} columns")
    text, ids, comment_id = columns
    if not text.strip():
        raise ValueError("the text is empty")
    return Comment(text=text, emotions=_emotion_ids(ids), comment_id=comment_id)


def _emotion_ids(column: str) -> tuple[int, ...]:
    try:
        ids = tuple(sorted({int(part) for part in column.split(",")}))
    except ValueError:
        raise ValueError("the emotions are not numbers with commas between them") from None
    if not all(0 <= emotion < len(EMOTIONS) for emotion in ids):
        raise ValueError(f"an emotion is not between 0 and {len(EMOTIONS) - 1}")
    return ids


def emotion_to_group() -> npt.NDArray[np.float32]:
    """Shape (28, 4): 1 where an emotion belongs to a group."""
    columns = [[group == GROUP_OF[emotion] for group in GROUPS] for emotion in EMOTIONS]
    return np.array(columns, dtype=np.float32)


def _check_emotions(folder: Path) -> None:
    path = folder / "emotions.txt"
    found = _read(path).decode("utf-8", errors="replace").split()
    if tuple(found) != EMOTIONS:
        raise DataError(f"{path} does not list the 28 emotions of GoEmotions in their order.")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(
            f"{path} is missing. The folder must hold emotions.txt, train.tsv, dev.tsv and test.tsv "
            "of GoEmotions (published in google-research/google-research, folder goemotions/data)."
        ) from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
