import numpy as np
import pytest

from export.calibrate import platt, temperature
from export.metrics import (
    average_precision,
    best_f1_threshold,
    best_macro_f1_threshold,
    binary_macro_f1,
    calibration_error,
    f1,
    macro_f1,
    precision_threshold,
    steady_f1_threshold,
)

RANDOM = np.random.default_rng(7)
SCORES = RANDOM.random(500).round(2)  # rounded, so that there are ties
TRUTH = (RANDOM.random(500) < SCORES).astype(np.float32)


def test_against_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="needs the training extra")
    decided = SCORES >= 0.5

    assert f1(TRUTH, decided) == pytest.approx(metrics.f1_score(TRUTH, decided))
    assert binary_macro_f1(TRUTH, decided) == pytest.approx(metrics.f1_score(TRUTH, decided, average="macro"))
    assert average_precision(TRUTH, SCORES) == pytest.approx(metrics.average_precision_score(TRUTH, SCORES))
    two, both = np.stack([TRUTH, 1 - TRUTH], axis=1), np.stack([decided, decided], axis=1)
    assert macro_f1(two, both) == pytest.approx(metrics.f1_score(two, both, average="macro"))


def test_the_best_threshold_is_the_best_of_all() -> None:
    best = f1(TRUTH, best_f1_threshold(TRUTH, SCORES) <= SCORES)

    assert best == pytest.approx(max(f1(TRUTH, limit <= SCORES) for limit in np.arange(0, 1, 0.005)))


def test_the_steady_threshold_is_nearly_the_best_and_moves_less_between_samples() -> None:
    best = f1(TRUTH, best_f1_threshold(TRUTH, SCORES) <= SCORES)
    chance = np.random.default_rng(11)  # its own: the order of the tests must not decide
    halves = [chance.permutation(500)[:250] for _ in range(200)]
    spread = {
        find: np.std([find(TRUTH[half], SCORES[half]) for half in halves])
        for find in (steady_f1_threshold, best_f1_threshold)
    }

    assert f1(TRUTH, steady_f1_threshold(TRUTH, SCORES) <= SCORES) > best - 0.01
    assert steady_f1_threshold(TRUTH, SCORES) == steady_f1_threshold(TRUTH, SCORES)
    assert spread[steady_f1_threshold] < spread[best_f1_threshold]


def test_the_best_macro_threshold_is_the_best_of_all() -> None:
    best = binary_macro_f1(TRUTH, best_macro_f1_threshold(TRUTH, SCORES) <= SCORES)

    assert best == pytest.approx(
        max(binary_macro_f1(TRUTH, limit <= SCORES) for limit in np.arange(0, 1.01, 0.005))
    )


@pytest.mark.parametrize("truth", [np.zeros(5), np.ones(5)])
def test_a_best_threshold_of_one_kind_only(truth: np.ndarray) -> None:
    scores = np.linspace(0.1, 0.9, 5)

    assert 0 <= best_f1_threshold(truth, scores) <= 1
    assert 0 <= best_macro_f1_threshold(truth, scores) <= 1


def test_the_precision_threshold_is_the_lowest_that_holds() -> None:
    limit = precision_threshold(TRUTH, SCORES, 0.8)

    assert TRUTH[limit <= SCORES].mean() >= 0.8
    assert not any(
        TRUTH[lower <= SCORES].mean() >= 0.8 for lower in np.unique(SCORES) if lower < limit and lower > 0
    )


def test_a_precision_out_of_reach_never_replies() -> None:
    assert precision_threshold(np.zeros(100), np.linspace(0, 1, 100), 0.9) == 1.0
    assert precision_threshold(np.ones(10), np.linspace(0, 1, 10), 0.9) == 1.0  # too few to be sure


def test_nothing_to_find() -> None:
    nothing = np.zeros(3)

    assert f1(nothing, nothing > 0) == 0
    assert average_precision(nothing, nothing) == 0


def test_calibration_error() -> None:
    assert calibration_error(np.array([1.0, 1.0, 0.0, 0.0]), np.full(4, 0.5)) == 0
    assert calibration_error(np.ones(4), np.array([0.0, 0.0, 1.0, 1.0])) == pytest.approx(0.5)


def test_the_steady_macro_threshold_is_nearly_the_best() -> None:
    steady = binary_macro_f1(TRUTH, steady_f1_threshold(TRUTH, SCORES, macro=True) <= SCORES)

    assert steady > binary_macro_f1(TRUTH, best_macro_f1_threshold(TRUTH, SCORES) <= SCORES) - 0.01


def test_temperature_and_offset_are_found_again() -> None:
    chance = np.random.default_rng(12)
    logits = chance.normal(0, 3, 20_000)
    truth = (chance.random(20_000) < 1 / (1 + np.exp(-(logits / 1.5 - 0.4)))).astype(np.float32)

    assert platt(logits, truth) == pytest.approx((1.5, -0.4), abs=0.08)


@pytest.mark.parametrize("true_temperature", [0.5, 1.0, 2.0])
def test_the_temperature_is_found_again(true_temperature: float) -> None:
    chance = np.random.default_rng(13)
    logits = chance.normal(0, 2, 20_000)
    truth = (chance.random(20_000) < 1 / (1 + np.exp(-logits / true_temperature))).astype(np.float32)

    assert temperature(logits, truth) == pytest.approx(true_temperature, rel=0.06)
