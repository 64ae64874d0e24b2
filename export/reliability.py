"""Are the probabilities true? Bins with honest intervals, and calibration errors that do not flatter.

The plain ECE of `export.metrics` depends on where its bins lie and is above 0 even for a perfect model. Here
are equal-mass bins and what a perfect model would show on as many comments (the consistency test of
Bröcker & Smith, 2007). An interval from drawing comments again is left out: drawing adds noise, which ECE
counts as error.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from export.metrics import Array, calibration_error

_Z95 = 1.959964
_ODDS_LIMIT = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Comments of like probability.

    Attributes:
        count: how many.
        mean: of their probabilities.
        share: of them that have the label.
        low: the lower end of the share's 95% interval (Wilson).
        high: its upper end.
    """

    count: int
    mean: float
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How far one label's probabilities are from what happened.

    Attributes:
        ece: 15 bins of equal width, as in the results table.
        by_chance: the mean ECE of a model whose probabilities are exactly true, on as many comments.
        chance_limit: what such a model stays below in 19 of 20 cases.
        equal_mass: the ECE over 15 bins with the same number of comments each.
        brier: the mean squared difference between probability and label.
        intercept: of the logistic recalibration; above 0, the probabilities are too low.
        slope: of the same; below 1, the model is too sure of itself.
    """

    ece: float
    by_chance: float
    chance_limit: float
    equal_mass: float
    brier: float
    intercept: float
    slope: float

    @property
    def beyond_chance(self) -> bool:
        """Its error is more than what a perfect model shows on so few comments."""
        return self.ece > self.chance_limit


def wilson(hits: float, total: float, z: float = _Z95) -> tuple[float, float]:
    """The interval of a share (Wilson, 1927): sound for few comments and at 0 and 1; (0, 1) for none."""
    if total <= 0:
        return 0.0, 1.0
    share, spread = hits / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * float(np.sqrt(share * (1 - share) / total + spread / total / 4))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (0.0 if hits == 0 else low), (1.0 if hits == total else high)


def equal_mass_bins(truth: Array, probabilities: Array, bins: int = 15) -> tuple[Bin, ...]:
    """From low to high probability, each bin with as many comments (give or take one)."""
    order = np.argsort(probabilities, kind="stable")
    return tuple(_bin(truth[part], probabilities[part]) for part in np.array_split(order, bins) if len(part))


def equal_mass_error(truth: Array, probabilities: Array, bins: int = 15) -> float:
    """The expected calibration error over `equal_mass_bins`."""
    found = equal_mass_bins(truth, probabilities, bins)
    return sum(each.count * abs(each.mean - each.share) for each in found) / len(truth)


def recalibration(truth: Array, probabilities: Array) -> tuple[float, float]:
    """Intercept and slope of logit(label) = intercept + slope * logit(probability) (Cox, 1958).

    (0, 1) for true probabilities. Fitted by Newton's method with a trace of shrinking, so that it ends
    even where the labels can be told apart completely.
    """
    clipped = np.clip(probabilities.astype(np.float64), _ODDS_LIMIT, 1 - _ODDS_LIMIT)
    inputs = np.stack([np.ones_like(clipped), np.log(clipped / (1 - clipped))], axis=1)
    start = np.array([0.0, 1.0])
    weights = start.copy()
    for _ in range(50):
        predicted = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        gradient = inputs.T @ (truth - predicted) - 1e-3 * (weights - start)
        curvature = (inputs * (predicted * (1 - predicted))[:, None]).T @ inputs + 1e-3 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        weights = weights + np.clip(step, -1, 1)
        if float(np.abs(step).max()) < 1e-9:  # noqa: PLR2004 - far below what is ever shown
            break
    return float(weights[0]), float(weights[1])


def calibration(truth: Array, probabilities: Array, *, draws: int = 200, seed: int = 2020) -> Calibration:
    """Everything about one label's probabilities; truth is 0 or 1, both of shape (comments,)."""
    generator = np.random.default_rng(seed)
    count = len(truth)
    perfect = [
        calibration_error((generator.random(count) < probabilities).astype(np.float64), probabilities)
        for _ in range(draws)
    ]
    intercept, slope = recalibration(truth, probabilities)
    return Calibration(
        ece=calibration_error(truth, probabilities),
        by_chance=float(np.mean(perfect)),
        chance_limit=float(np.quantile(perfect, 0.95)),
        equal_mass=equal_mass_error(truth, probabilities),
        brier=float(np.mean((probabilities - truth) ** 2)),
        intercept=intercept,
        slope=slope,
    )


def precision_recall(
    truth: Array, scores: Array
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Recall, precision and threshold at every different score, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    last_of_ties = np.append(np.diff(scores[order]) != 0, True)
    hits = np.cumsum(truth[order] > 0)[last_of_ties]
    found = np.arange(1, len(order) + 1)[last_of_ties]
    return hits / max(int(hits[-1]), 1), hits / found, scores[order][last_of_ties].astype(np.float64)


def _bin(truth: Array, probabilities: Array) -> Bin:
    hits = float((truth > 0).sum())
    low, high = wilson(hits, len(truth))
    return Bin(
        count=len(truth),
        mean=float(probabilities.mean()),
        share=hits / len(truth),
        low=low,
        high=high,
    )
