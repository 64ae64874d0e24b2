import numpy as np
import numpy.typing as npt
import pytest

from export import metrics
from export.compare import (
    System,
    average_precision,
    binary_macro_f1,
    compare,
    f1,
    macro_f1,
    paired_bootstrap,
)
from export.metrics import Array

COMMENTS = 400


def labels(seed: int = 1, columns: int = 4) -> npt.NDArray[np.float64]:
    return (np.random.default_rng(seed).random((COMMENTS, columns)) < 0.4).astype(np.float64)


def scores(truth: Array, noise: float, seed: int) -> npt.NDArray[np.float64]:
    """Near the truth, the closer the smaller the noise; rounded, so that some are equal."""
    near = 0.25 + truth / 2 + np.random.default_rng(seed).normal(0, noise, truth.shape)
    return np.asarray(np.clip(near, 0, 1).round(2))


def repeated(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.bincount(rows, minlength=COMMENTS).astype(np.float64)[None]


def test_weights_mean_repetition() -> None:
    truth = labels()
    said = scores(truth, 0.3, 2)
    decided = (said >= 0.5).astype(np.float64)
    rows = np.random.default_rng(3).integers(COMMENTS, size=COMMENTS)
    weights = repeated(rows)
    of, ours = truth[rows], decided[rows] > 0

    assert macro_f1(truth, decided, weights)[0] == pytest.approx(metrics.macro_f1(of, ours))
    assert f1(truth[:, 0], decided[:, 0], weights)[0] == pytest.approx(metrics.f1(of[:, 0], ours[:, 0]))
    assert binary_macro_f1(truth[:, 0], decided[:, 0], weights)[0] == pytest.approx(
        metrics.binary_macro_f1(of[:, 0], ours[:, 0])
    )
    assert average_precision(truth[:, 0], said[:, 0], weights)[0] == pytest.approx(
        metrics.average_precision(of[:, 0], said[rows][:, 0])
    )


def test_a_system_is_not_better_than_itself() -> None:
    truth = labels()
    said = scores(truth, 0.3, 2)[:, 0]
    found = paired_bootstrap(average_precision, truth[:, 0], said, said, resamples=200)

    assert (found.value, found.low, found.high, found.p) == (0, 0, 0, 1)
    assert not found.sure


def test_a_clear_winner_is_sure_and_the_sign_turns_with_the_order() -> None:
    truth = labels()
    good = System(groups=scores(truth, 0.2, 2), thresholds=np.full(4, 0.5))
    poor = System(groups=scores(truth, 0.9, 3), thresholds=np.full(4, 0.5))
    found = compare(truth, good, poor, resamples=300)
    turned = compare(truth, poor, good, resamples=300)

    assert set(found) == {"groups_macro_f1", "positive_macro_f1", "positive_f1", "positive_ap"}
    for name, difference in found.items():
        assert difference.sure
        assert difference.low < difference.value < difference.high
        assert difference.p == pytest.approx(2 / 301)
        assert turned[name].low == pytest.approx(-difference.high)


def test_luck_is_seldom_taken_for_skill() -> None:
    """Two systems equally good by making: the 95% interval leaves out 0 in about one of twenty data sets."""
    sure = 0
    for seed in range(60):
        truth = labels(seed, columns=1)[:, 0]
        first, second = scores(truth, 0.5, 1000 + seed), scores(truth, 0.5, 2000 + seed)
        decided = [(said >= 0.5).astype(np.float64) for said in (first, second)]
        sure += paired_bootstrap(binary_macro_f1, truth, *decided, resamples=200, seed=seed).sure
    assert sure <= 8


def test_the_interval_is_as_wide_as_theory_says() -> None:
    """The share of right answers: a mean, whose paired difference has a known standard error."""
    generator = np.random.default_rng(5)
    first, second = generator.random(COMMENTS) < 0.8, generator.random(COMMENTS) < 0.7
    found = paired_bootstrap(
        lambda _, right, weights: weights @ right / COMMENTS,
        np.ones(COMMENTS),
        first.astype(np.float64),
        second.astype(np.float64),
    )
    expected = 2 * 1.96 * np.std(first.astype(float) - second.astype(float)) / np.sqrt(COMMENTS)

    assert found.resamples == 2000
    assert found.high - found.low == pytest.approx(expected, rel=0.08)


def test_the_seed_decides_the_draws() -> None:
    truth = labels()
    ours, theirs = scores(truth, 0.3, 2)[:, 0], scores(truth, 0.35, 4)[:, 0]

    def interval(seed: int) -> tuple[float, float]:
        found = paired_bootstrap(average_precision, truth[:, 0], ours, theirs, resamples=100, seed=seed)
        return found.low, found.high

    assert interval(1) == interval(1)
    assert interval(1) != interval(2)


def test_thresholds_of_a_baseline_are_chosen_on_dev() -> None:
    truth = labels()
    said = scores(truth, 0.3, 2)
    system = System.tuned(said, dev_groups=said, dev_truth=truth)

    assert metrics.macro_f1(truth, system.decided > 0) >= metrics.macro_f1(truth, said >= 0.5)
    assert system.halves.shape == (COMMENTS,)


def test_other_comments_are_refused() -> None:
    with pytest.raises(ValueError, match="same comments"):
        paired_bootstrap(f1, np.ones(3), np.ones(3), np.ones(2))
