from collections.abc import Sequence

import pytest

from export.data import Dataset
from export.noise import ATTACKS, STRENGTHS
from export.robustness import CLEAN, measure
from export.robustness import sample as first
from model.classifier import BaselineClassifier, Scores, Thresholds
from model.labels import EMOTIONS, GROUPS


class Reader:
    """Calls a text positive when it holds a plain "thank": perfect sight, no preparation."""

    version = "reader"
    preprocessing = "none"
    thresholds = Thresholds(groups=dict.fromkeys(GROUPS, 0.5), reply=BaselineClassifier.thresholds.reply)

    def __init__(self) -> None:
        self.read: list[str] = []

    def classify(self, texts: Sequence[str]) -> list[Scores]:
        self.read += texts
        return [
            Scores(
                groups={group: float("thank" in text.lower() and group == "positive") for group in GROUPS},
                emotions=dict.fromkeys(EMOTIONS, 0.0),
            )
            for text in texts
        ]


def test_every_attack_is_measured_against_clean_text(sample: Dataset) -> None:
    split, reader = sample.splits["train"], Reader()
    rows = list(measure(reader, split))

    assert [row.attack for row in rows] == [CLEAN, *ATTACKS]
    assert len(reader.read) == len(split.comments) * len(rows)
    assert rows[0].macro_f1 > 0
    for row in rows[1:]:
        assert row.rate == STRENGTHS[row.attack]
        assert row.drop_points == pytest.approx(100 * (rows[0].macro_f1 - row.macro_f1))
    assert next(row for row in rows if row.attack == "full_width").drop_points > 0


def test_a_classifier_that_does_not_look_loses_nothing(sample: Dataset) -> None:
    rows = list(measure(BaselineClassifier(), sample.splits["dev"]))

    assert {row.drop_points for row in rows} == {0.0}


def test_a_sample_is_the_split_s_beginning(sample: Dataset) -> None:
    split = sample.splits["train"]

    assert first(split, 3).comments == split.comments[:3]
    assert first(split, None) == split
