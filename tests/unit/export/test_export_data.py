from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from export.data import Dataset, load, parse
from export.errors import DataError
from model.labels import EMOTIONS, GROUPS
from model.preprocess import preprocess


def test_bad_lines_are_reported_by_number_and_skipped(sample: Dataset) -> None:
    train = sample.splits["train"]

    assert len(train.comments) == 40
    assert train.bad_lines == (
        "line 4: expected text, emotions and id between two tabs, found 1 columns",
        "line 10: an emotion is not between 0 and 27",
    )


def test_what_dev_and_test_hold_is_taken_out_of_train(sample: Dataset) -> None:
    assert sample.removed == {"dev": 1, "test": 1}
    assert sample.counts == {"train": 40, "dev": 10, "test": 10}
    assert not any("again" in comment.comment_id for comment in sample.splits["train"].comments)


def test_texts_are_prepared_as_serving_prepares_them() -> None:
    raw = "\uff34hanks\u200b @someone \U0001f602 https://example.org\t15\tsample-1\n".encode()
    split = parse("dev", raw)

    assert split.texts == [preprocess(split.comments[0].text)]
    assert split.texts == ["Thanks [NAME] tears of joy [LINK]"]


def test_a_group_holds_when_one_of_its_emotions_does() -> None:
    split = parse("dev", f"x\t{EMOTIONS.index('joy')},{EMOTIONS.index('grief')}\t1".encode())

    assert dict(zip(GROUPS, split.groups[0].tolist(), strict=True)) == {
        "positive": 1,
        "negative": 1,
        "neutral": 0,
        "ambiguous": 0,
    }
    assert np.flatnonzero(split.emotions[0]).tolist() == [16, 17]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"text\t27", "2 columns"),
        (b"a\tb\t27\tid", "4 columns"),
        (b"text\tsad\tid", "not numbers"),
        (b"text\t-1\tid", "not between"),
        (b" \t27\tid", "empty"),
        (b"\xff\xfe\t27\tid", "utf-8"),
    ],
)
def test_each_kind_of_bad_line(line: bytes, problem: str) -> None:
    split = parse("dev", b"good\t27\tid\n\n" + line)

    assert len(split.comments) == 1
    assert split.bad_lines[0].startswith("line 3: ")
    assert problem in split.bad_lines[0]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda folder: (folder / "dev.tsv").unlink(), r"dev\.tsv is missing"),
        (lambda folder: (folder / "test.tsv").write_text(""), r"test\.tsv holds no usable comment"),
        (lambda folder: (folder / "test.tsv").write_text("x\n"), r"test\.tsv holds no usable.*line 1"),
        (lambda folder: (folder / "emotions.txt").write_text("joy"), r"emotions\.txt does not list"),
        (lambda folder: (folder / "emotions.txt").unlink(), r"emotions\.txt is missing"),
    ],
)
def test_a_bad_folder_is_a_clear_error(
    sample_folder: Path, tmp_path: Path, damage: Callable[[Path], object], says: str
) -> None:
    folder = copytree(sample_folder, tmp_path / "data")
    damage(folder)

    with pytest.raises(DataError, match=says):
        load(folder)
