"""What a classifier is measured by. Arrays in, numbers out; no model, no file.

`truth` and `probabilities` have shape (comments,) or (comments, labels); truth is 0 or 1.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from model.labels import EMOTIONS, GROUPS

Array = npt.NDArray[np.floating[Any]]

POSITIVE = GROUPS.index("positive")
_BINS = 15
_RESAMPLES, _RESAMPLING_SEED = 200, 2020


def f1(truth: Array, decided: npt.NDArray[np.bool_]) -> float:
    """The harmonic mean of precision and recall; 0 when nothing was found or there was nothing."""
    hits = float((decided & (truth > 0)).sum())
    total = float(decided.sum() + (truth > 0).sum())
    return 2 * hits / total if total else 0.0


def macro_f1(truth: Array, decided: npt.NDArray[np.bool_]) -> float:
    """The mean over labels of `f1`."""
    return float(np.mean([f1(truth[:, label], decided[:, label]) for label in range(truth.shape[1])]))


def binary_macro_f1(truth: Array, decided: npt.NDArray[np.bool_]) -> float:
    """The mean of the F1 of a label and of its absence: positive / not_positive."""
    return (f1(truth, decided) + f1(1 - truth, ~decided)) / 2


def average_precision(truth: Array, scores: Array) -> float:
    """The area under precision over recall as a sum of steps; comments of equal score count as one step."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order] > 0)
    last_of_ties = np.append(np.diff(scores[order]) != 0, True)
    hits = hits[last_of_ties]
    found = np.arange(1, len(order) + 1)[last_of_ties]
    gained = np.diff(hits, prepend=0)
    return float((gained * hits / found).sum() / max(hits[-1], 1))


def calibration_error(truth: Array, probabilities: Array) -> float:
    """Expected calibration error over 15 bins of equal width (Guo et al., 2017), of one label."""
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for number in range(_BINS):
        inside = bins == number
        if inside.any():
            error += inside.mean() * abs(probabilities[inside].mean() - truth[inside].mean())
    return float(error)


def best_f1_threshold(truth: Array, probabilities: Array) -> float:
    """The threshold (probability >= threshold) with the best F1, half way between two seen probabilities."""
    ranked, hits, found = _ranked(truth, probabilities)
    return _best_threshold(ranked, 2 * hits / (found + max(hits[-1], 1)))


def steady_f1_threshold(truth: Array, probabilities: Array, *, macro: bool = False) -> float:
    """The mean of the best-F1 thresholds of 200 resamples (bagging; Breiman, 1996), seeded.

    The best threshold of one sample is itself a noisy number: F1 is flat around its top. With `macro`, the
    mean of the F1 of the label and of its absence is what is best.
    """
    order = np.argsort(-probabilities, kind="stable")
    ranked, hits = probabilities[order], (truth[order] > 0).astype(np.float64)
    generator = np.random.default_rng(_RESAMPLING_SEED)
    weights = generator.multinomial(len(order), np.full(len(order), 1 / len(order)), size=_RESAMPLES)
    found, right = np.cumsum(weights, axis=1), np.cumsum(weights * hits, axis=1)
    present = right[:, -1:]
    scores = 2 * right / (found + np.maximum(present, 1))
    if macro:
        left, absent = len(order) - found, len(order) - present
        scores = scores + 2 * (absent - (found - right)) / np.maximum(left + absent, 1)
    return float(np.mean(ranked[np.argmax(scores, axis=1)]))


def best_macro_f1_threshold(truth: Array, probabilities: Array) -> float:
    """The same for the mean of the F1 of the label and of its absence (`binary_macro_f1`)."""
    ranked, hits, found = _ranked(truth, probabilities)
    left, absent = len(found) - found, len(found) - hits[-1]
    presence = 2 * hits / (found + max(hits[-1], 1))
    absence = 2 * (absent - (found - hits)) / np.maximum(left + absent, 1)
    return _best_threshold(ranked, (presence + absence) / 2)


def _ranked(truth: Array, probabilities: Array) -> tuple[Array, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Probabilities from the top; how many of the first 1, 2, … have the label; and 1, 2, … itself."""
    order = np.argsort(-probabilities, kind="stable")
    return probabilities[order], np.cumsum(truth[order] > 0), np.arange(1, len(order) + 1)


def _best_threshold(ranked: Array, scores: Array) -> float:
    """Where the score is best, half way to the next probability; between equal ones there is no threshold."""
    possible = np.append(ranked[:-1] != ranked[1:], True)
    at = int(np.argmax(np.where(possible, scores, -1.0)))
    below = ranked[at + 1] if at + 1 < len(ranked) else 0.0
    return float((ranked[at] + below) / 2)


def precision_threshold(truth: Array, scores: Array, precision: float) -> float:
    """The lowest threshold from which on the precision is at least `precision`; 1.0 when none reaches it.

    At least 20 comments must be above it, so that a lucky few at the top do not count.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    reached = np.cumsum(truth[order] > 0) / np.arange(1, len(order) + 1) >= precision
    reached[:-1] &= ranked[:-1] != ranked[1:]
    reached[: min(19, len(reached))] = False
    if not reached.any():
        return 1.0
    at = int(np.flatnonzero(reached)[-1])
    below = ranked[at + 1] if at + 1 < len(ranked) else 0.0
    return float((ranked[at] + below) / 2)


def group_thresholds(truth: Array, probabilities: Array) -> npt.NDArray[np.float64]:
    """`best_f1_threshold` of each column."""
    return np.array(
        [best_f1_threshold(truth[:, label], probabilities[:, label]) for label in range(truth.shape[1])]
    )


def measured(
    *,
    group_truth: Array,
    groups: Array,
    thresholds: Array,
    emotion_truth: Array | None = None,
    emotions: Array | None = None,
    emotion_thresholds: Array | None = None,
    macro_threshold: float | None = None,
) -> dict[str, float]:
    """Every number of the results table that these outputs allow, rounded to four places.

    `macro_threshold` decides "positive_macro_f1" alone; without it, positive's own among `thresholds` does.
    """
    decided = groups >= thresholds
    positive, truth = groups[:, POSITIVE], group_truth[:, POSITIVE]
    halves = decided[:, POSITIVE] if macro_threshold is None else positive >= macro_threshold
    result = {
        "positive_macro_f1": binary_macro_f1(truth, halves),
        "positive_f1": f1(truth, decided[:, POSITIVE]),
        "positive_ap": average_precision(truth, positive),
        "positive_ece": calibration_error(truth, positive),
        "groups_macro_f1": macro_f1(group_truth, decided),
    }
    for index, group in enumerate(GROUPS):
        result[f"{group}_group_f1"] = f1(group_truth[:, index], decided[:, index])
        result[f"{group}_ece"] = calibration_error(group_truth[:, index], groups[:, index])
    if emotion_truth is not None and emotions is not None and emotion_thresholds is not None:
        result["emotions_macro_f1"] = macro_f1(emotion_truth, emotions >= emotion_thresholds)
        assert emotions.shape[1] == len(EMOTIONS)
    return {name: round(value, 4) for name, value in result.items()}
