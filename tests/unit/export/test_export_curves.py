from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from export.metrics import Array
from export.reliability import (
    calibration,
    equal_mass_bins,
    equal_mass_error,
    precision_recall,
    recalibration,
    wilson,
)

COMMENTS = 4000


def test_wilson_on_known_cases() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(20, 20) == pytest.approx((0.8389, 1.0), abs=1e-4)
    assert wilson(0, 0) == (0, 1)


def test_bins_hold_as_many_comments_each() -> None:
    probabilities = np.linspace(0, 1, 100)
    found = equal_mass_bins((probabilities > 0.5).astype(np.float64), probabilities, 10)

    assert [each.count for each in found] == [10] * 10
    assert [each.share for each in found] == [0] * 5 + [1] * 5
    assert all(each.low <= each.share <= each.high for each in found)
    assert len(equal_mass_bins(np.ones(3), np.ones(3), 10)) == 3


def drawn(seed: int) -> tuple[Array, Array]:
    """Log odds, and labels that follow them."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(0, 1.5, COMMENTS)
    return logits, (generator.random(COMMENTS) < expit(logits)).astype(np.float64)


def expit(logits: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-logits)))


def test_true_probabilities_are_told_from_boastful_ones() -> None:
    logits, truth = drawn(7)
    honest = calibration(truth, expit(logits), draws=60)
    boastful = calibration(truth, expit(2 * logits), draws=60)

    assert honest.slope == pytest.approx(1, abs=0.1)
    assert honest.intercept == pytest.approx(0, abs=0.1)
    assert boastful.slope == pytest.approx(0.5, abs=0.05)
    assert boastful.beyond_chance
    assert boastful.ece > 2 * honest.ece
    assert boastful.brier > honest.brier
    assert boastful.equal_mass > 1.5 * honest.equal_mass


def test_chance_is_seldom_taken_for_a_fault() -> None:
    """True probabilities are beyond the limit in about one of twenty data sets; their plain ECE is not 0."""
    found = [calibration(truth, expit(logits), draws=60) for logits, truth in map(drawn, range(20))]

    assert sum(each.beyond_chance for each in found) <= 4
    assert np.mean([each.ece for each in found]) == pytest.approx(
        np.mean([each.by_chance for each in found]), rel=0.1
    )


def test_labels_that_can_be_told_apart_completely_end_too() -> None:
    truth = np.array([0.0, 0, 1, 1])
    intercept, slope = recalibration(truth, np.array([0.0, 0.4, 0.6, 1.0]))

    assert np.isfinite([intercept, slope]).all()
    assert equal_mass_error(truth, truth) == 0


def test_precision_and_recall_at_every_different_score() -> None:
    recall, precision, thresholds = precision_recall(np.array([1.0, 0, 1, 0]), np.array([0.9, 0.5, 0.5, 0.1]))

    assert thresholds.tolist() == [0.9, 0.5, 0.1]
    assert recall.tolist() == [0.5, 1, 1]
    assert precision.tolist() == pytest.approx([1, 2 / 3, 1 / 2])


@pytest.mark.training
def test_each_plot_is_written_to_a_file(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs the training extra")
    from export import curves  # noqa: PLC0415 - what needs matplotlib is imported once it is known to be there
    from export.figures import save  # noqa: PLC0415

    generator = np.random.default_rng(8)
    probabilities = generator.random(300)
    truth = (generator.random(300) < probabilities).astype(np.float64)
    labelled = {"positive": (truth, probabilities), "distress": (1 - truth, 1 - probabilities)}
    history = [
        {"epoch": epoch, "weights": kind, "score": 0.6 + epoch / 50}
        for epoch in (1, 2)
        for kind in ("plain", "averaged")
    ]
    draw: dict[str, Callable[[], Any]] = {
        "pr": lambda: curves.precision_recall_plot(labelled, {"positive": {"careful": 0.9, "keen": 0.4}}),
        "reliability": lambda: curves.reliability_plot(labelled),
        "learning": lambda: curves.learning_plot(history),
    }
    for name, plot in draw.items():
        assert save(plot(), tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        first = save(plot(), tmp_path / f"{name}.svg").read_bytes()
        assert save(plot(), tmp_path / f"{name}.svg").read_bytes() == first
    assert b"positive (AP" in (tmp_path / "pr.svg").read_bytes()
    with pytest.raises(ValueError, match="history is empty"):
        curves.learning_plot([])
