import gzip
import random
from pathlib import Path

import pytest

from export.data import Dataset
from export.errors import DataError
from export.unlabelled import piece, read, read_comments

LONG = (
    "First we went there. Then it rained! Did anybody mind? Not me.\n\nAnother paragraph " + "goes on. " * 30
)


def _write(path: Path, *rows: str, header: str = "id,body") -> Path:
    raw = "\n".join([header, *rows]).encode()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def test_unlabelled_comments_are_read_from_csv(tmp_path: Path) -> None:
    (tmp_path / "some.csv.gz").write_bytes(gzip.compress(b'id,body\n1,"a, b\nc"\n2,\n'))
    found = read(tmp_path / "some.csv.gz")

    assert (found.name, found.texts, found.empty) == ("some", ("a, b\nc",), 1)


def test_plain_and_gzip_files_are_read_and_what_says_nothing_is_left_out(tmp_path: Path) -> None:
    rows = ["1,hello there", "2,[deleted]", '3,"two\nlines"', "4,", "5,[removed]", "6,hello there"]

    for name in ("some.csv", "some.csv.gz"):
        texts = read_comments([_write(tmp_path / name, *rows)], held_out=[], seed=1)

        assert texts == ["hello there", "two\nlines"]


def test_what_dev_holds_is_not_seen(tmp_path: Path, sample: Dataset) -> None:
    held = sample.splits["dev"].comments[0].text
    path = _write(tmp_path / "some.csv", f'1,"{held.upper()}"', "2,something else entirely")

    assert read_comments([path], held_out=[sample.splits["dev"]], seed=1) == ["something else entirely"]


@pytest.mark.parametrize("held", ["dev", None])
def test_a_cut_that_dev_holds_or_that_was_there_before_is_left_out(
    tmp_path: Path, sample: Dataset, held: str | None
) -> None:
    dev = sample.splits["dev"]
    known = next(comment.text for comment in dev.comments if "." not in comment.text[:-1])
    path = _write(tmp_path / "some.csv", *(f'{n},"{known}\n\n{n} {"x" * 200}"' for n in range(60)))

    texts = read_comments([path], held_out=[dev] if held else [], seed=1)

    assert any(known in text for text in texts)
    assert texts.count(known) == (0 if held else 1)


def test_a_long_comment_becomes_a_run_of_its_sentences_and_the_same_one_for_the_same_seed() -> None:
    pieces = [piece(LONG, random.Random(seed)) for seed in range(40)]

    assert pieces == [piece(LONG, random.Random(seed)) for seed in range(40)]
    assert LONG in pieces
    assert sum(len(each) < 120 for each in pieces) > 20
    words = LONG.split()
    assert all(set(each.split()) <= set(words) for each in pieces)


def test_a_short_comment_stays_whole() -> None:
    assert piece("One. Two. Three.", random.Random(3)) == "One. Two. Three."


@pytest.mark.parametrize(
    ("name", "raw", "problem"),
    [
        ("no-column.csv", b"id,comment\n1,hello", "no column body or text"),
        ("not-gzip.csv.gz", b"id,body\n1,hello", "cannot be read"),
        ("not-utf8.csv", b"id,body\n1,\xff\xfe", "cannot be read"),
        ("empty.csv", b"", "no column body or text"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, name: str, raw: bytes, problem: str) -> None:
    (tmp_path / name).write_bytes(raw)

    with pytest.raises(DataError, match=problem) as caught:
        read_comments([tmp_path / name], held_out=[], seed=1)
    assert name in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        read_comments([tmp_path / "nowhere.csv"], held_out=[], seed=1)
