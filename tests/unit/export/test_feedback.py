import json
from pathlib import Path
from typing import Any

import pytest

from export.errors import DataError
from export.feedback import FEWEST, FEWEST_OF_A_GROUP, Feedback, read


def written(folder: Path, *lines: Any) -> Path:
    path = folder / "feedback.jsonl"
    path.write_text(
        "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), "utf-8"
    )
    return path


def some(count: int, label: str, begins: str = "text") -> list[dict[str, Any]]:
    return [{"text": f"{begins} {number} of {label}", "label": label} for number in range(count)]


ENOUGH = [*some(FEWEST - FEWEST_OF_A_GROUP, "negative"), *some(FEWEST_OF_A_GROUP, "neutral")]


def test_enough_of_two_groups_is_read(tmp_path: Path) -> None:
    feedback: Feedback = read(
        written(tmp_path, *ENOUGH, {"text": "so  tired", "emotions": ["sadness", "joy"]})
    )

    assert len(feedback.texts) == FEWEST + 1
    assert feedback.notes == ()
    last = next(text for text in feedback.texts if text.emotions)
    assert last.text == "so tired"
    assert last.groups == {"negative", "positive"}
    assert {text.groups for text in feedback.texts if not text.emotions} == {
        frozenset({"negative"}),
        frozenset({"neutral"}),
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "it is no JSON"),
        ("[]", "it has no text"),
        ({"label": "negative"}, "it has no text"),
        ({"text": 7, "label": "negative"}, "it has no text"),
        ({"text": " \u200b ", "label": "negative"}, "nothing of its text is left"),
        ({"text": "x"}, "a label or emotions"),
        ({"text": "x", "label": "negative", "emotions": ["anger"]}, "not both"),
        ({"text": "x", "label": "sad"}, "its label is none of positive"),
        ({"text": "x", "label": ["negative"]}, "its label is none of positive"),
        ({"text": "x", "emotions": []}, "some of the 28"),
        ({"text": "x", "emotions": ["rage"]}, "some of the 28"),
        ({"text": "x", "emotions": "anger"}, "some of the 28"),
    ],
)
def test_a_line_that_cannot_be_used_is_left_out_by_its_number(tmp_path: Path, line: Any, reason: str) -> None:
    feedback = read(written(tmp_path, ENOUGH[0], "", line, *ENOUGH[1:]))

    assert len(feedback.texts) == FEWEST
    (note,) = feedback.notes
    assert note.startswith("line 3 was left out: ")
    assert reason in note


def test_bytes_that_are_no_text_are_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, *ENOUGH)
    path.write_bytes(path.read_bytes() + b"\xff\xfe\n")

    assert read(path).notes == (f"line {FEWEST + 1} was left out: it is no JSON",)


def test_too_little_is_refused_with_what_was_left_out(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"39 usable texts, at least 40 are needed \(line 40 was left out"):
        read(written(tmp_path, *ENOUGH[1:], "{"))


@pytest.mark.parametrize("of_another", [0, FEWEST_OF_A_GROUP - 1])
def test_one_group_alone_is_refused(tmp_path: Path, of_another: int) -> None:
    lines = [*some(FEWEST, "negative"), *some(of_another, "positive")]

    with pytest.raises(DataError, match=f"one-sided: {of_another} positive, {FEWEST} negative"):
        read(written(tmp_path, *lines))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"label": "negative"}, {"label": "neutral"}),
        ({"label": "negative"}, {"emotions": ["joy"]}),
        ({"emotions": ["anger"]}, {"emotions": ["sadness"]}),
        ({"label": "negative"}, {"emotions": ["anger", "joy"]}),
    ],
)
def test_a_contradiction_is_refused_by_its_lines(
    tmp_path: Path, one: dict[str, Any], other: dict[str, Any]
) -> None:
    lines = [{"text": "Well, well", **one}, *ENOUGH, {"text": "well,\u200b  WELL", **other}]

    with pytest.raises(DataError, match=f"different labels in the lines 1 and {FEWEST + 2}"):
        read(written(tmp_path, *lines))


def test_emotions_that_each_agree_with_a_bare_label_may_still_contradict_each_other(tmp_path: Path) -> None:
    said: list[dict[str, Any]] = [{"label": "negative"}, {"emotions": ["anger"]}, {"emotions": ["sadness"]}]

    with pytest.raises(DataError, match="different labels in the lines 2 and 3"):
        read(written(tmp_path, *({"text": "Well", **each} for each in said), *ENOUGH))


def test_of_a_text_said_twice_the_one_with_emotions_counts(tmp_path: Path) -> None:
    said = [{"text": "Well", "emotions": ["anger"]}, {"text": "well", "label": "negative"}]

    feedback = read(written(tmp_path, *ENOUGH, *said))

    (well,) = (text for text in feedback.texts if text.key == "well")
    assert well.emotions == {"anger"}
    assert feedback.notes == ("1 texts stand there more than once; each counts once",)


def test_what_the_model_is_measured_by_is_not_learned(tmp_path: Path) -> None:
    feedback = read(
        written(tmp_path, *ENOUGH, {"text": "A dev text", "label": "neutral"}), held_out=["a DEV text"]
    )

    assert len(feedback.texts) == FEWEST
    assert feedback.notes == ("1 texts are in dev or test, and were left out",)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"feedback\.jsonl cannot be read"):
        read(tmp_path / "feedback.jsonl")
