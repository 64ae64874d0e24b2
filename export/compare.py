"""Is one system better than another, or was it luck? Paired bootstrap over the same comments.

Comments are drawn with replacement, the same for both systems, and the difference is measured on each draw
(Efron & Tibshirani, 1993; Berg-Kirkpatrick et al., EMNLP 2012). A draw is a row of weights: how often each
comment is in it. So a metric here takes weights (draws, comments) and gives a value for each draw.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from export.metrics import POSITIVE, Array, best_macro_f1_threshold, group_thresholds

Weights = npt.NDArray[np.float64]
Metric = Callable[[Array, Array, Weights], npt.NDArray[np.float64]]
"""Truth, outcome and weights in; a value for each row of weights out."""

RESAMPLES = 2000
_CHUNK = 200  # draws at once: 200 x 5,400 weights are 9 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How far the first system is above the second, in the metric's own unit.

    Attributes:
        first: the metric of the first system on all comments.
        second: the same of the second system.
        low: the lower end of the confidence interval of `first - second` (percentiles of the draws).
        high: its upper end.
        p: two-sided: how often chance alone would turn the sign; never below 1 / (resamples + 1).
        resamples: how many draws.
    """

    first: float
    second: float
    low: float
    high: float
    p: float
    resamples: int

    @property
    def value(self) -> float:
        """Above 0 when the first system is the better one."""
        return self.first - self.second

    @property
    def sure(self) -> bool:
        """The interval leaves out 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """What one system said about the comments of a split, with the thresholds that it decides by.

    Attributes:
        groups: probabilities (comments, 4).
        thresholds: of the four groups.
        macro_threshold: decides "positive / not_positive" alone; without it, positive's own does.
    """

    groups: Array
    thresholds: Array
    macro_threshold: float | None = None

    @classmethod
    def tuned(cls, groups: Array, *, dev_groups: Array, dev_truth: Array) -> "System":
        """Thresholds chosen on dev, for each metric the best: how baselines are measured."""
        macro = best_macro_f1_threshold(dev_truth[:, POSITIVE], dev_groups[:, POSITIVE])
        thresholds = group_thresholds(dev_truth, dev_groups)
        return cls(groups=groups, thresholds=thresholds, macro_threshold=macro)

    @property
    def decided(self) -> Array:
        """Which groups hold, 0 or 1, (comments, 4)."""
        return np.asarray(self.groups >= self.thresholds, dtype=np.float64)

    @property
    def halves(self) -> Array:
        """Positive or not, 0 or 1, (comments,)."""
        limit = self.thresholds[POSITIVE] if self.macro_threshold is None else self.macro_threshold
        return np.asarray(self.groups[:, POSITIVE] >= limit, dtype=np.float64)


def compare(
    truth: Array, first: System, second: System, *, resamples: int = RESAMPLES, seed: int = 2020
) -> Mapping[str, Difference]:
    """The four numbers of the results table, by the names that `metrics.measured` gives them."""
    positive = truth[:, POSITIVE]
    score, decided = first.groups[:, POSITIVE], first.decided
    other_score, other_decided = second.groups[:, POSITIVE], second.decided
    asked: dict[str, tuple[Metric, Array, Array, Array]] = {
        "groups_macro_f1": (macro_f1, truth, decided, other_decided),
        "positive_macro_f1": (binary_macro_f1, positive, first.halves, second.halves),
        "positive_f1": (f1, positive, decided[:, POSITIVE], other_decided[:, POSITIVE]),
        "positive_ap": (average_precision, positive, score, other_score),
    }
    return {
        name: paired_bootstrap(metric, of, ours, theirs, resamples=resamples, seed=seed)
        for name, (metric, of, ours, theirs) in asked.items()
    }


def paired_bootstrap(
    metric: Metric,
    truth: Array,
    first: Array,
    second: Array,
    *,
    resamples: int = RESAMPLES,
    confidence: float = 0.95,
    seed: int = 2020,
) -> Difference:
    """The difference of `metric` between two outcomes on the same comments, with its interval.

    The same seed gives the same draws, so several metrics of one split are comparable.
    """
    if not len(truth) == len(first) == len(second) > 0:
        raise ValueError("truth and both outcomes must speak of the same comments, at least one")
    generator = np.random.default_rng(seed)
    whole = np.ones((1, len(truth)))
    differences = np.concatenate(
        [
            metric(truth, first, weights) - metric(truth, second, weights)
            for weights in _draws(generator, len(truth), resamples)
        ]
    )
    tail = (1 - confidence) / 2
    low, high = np.quantile(differences, [tail, 1 - tail])
    worse, better = (differences <= 0).sum(), (differences >= 0).sum()
    return Difference(
        first=float(metric(truth, first, whole)[0]),
        second=float(metric(truth, second, whole)[0]),
        low=float(low),
        high=float(high),
        p=float(min(1.0, 2 * (min(worse, better) + 1) / (resamples + 1))),
        resamples=resamples,
    )


def f1(truth: Array, decided: Array, weights: Weights) -> npt.NDArray[np.float64]:
    """`metrics.f1` of one label on each draw."""
    hits = weights @ (truth * decided)
    total = weights @ (truth + decided)
    return np.divide(2 * hits, total, out=np.zeros_like(hits, dtype=np.float64), where=total > 0)


def macro_f1(truth: Array, decided: Array, weights: Weights) -> npt.NDArray[np.float64]:
    """`metrics.macro_f1` over the columns, on each draw."""
    return np.asarray(f1(truth, decided, weights).mean(axis=1))


def binary_macro_f1(truth: Array, decided: Array, weights: Weights) -> npt.NDArray[np.float64]:
    """`metrics.binary_macro_f1` on each draw."""
    return (f1(truth, decided, weights) + f1(1 - truth, 1 - decided, weights)) / 2


def average_precision(truth: Array, scores: Array, weights: Weights) -> npt.NDArray[np.float64]:
    """`metrics.average_precision` on each draw; equal scores count as one step."""
    order = np.argsort(-scores, kind="stable")
    last_of_ties = np.append(np.diff(scores[order]) != 0, True)
    ranked = weights[:, order]
    found = np.cumsum(ranked, axis=1)[:, last_of_ties]
    hits = np.cumsum(ranked * (truth[order] > 0), axis=1)[:, last_of_ties]
    gained = np.diff(hits, axis=1, prepend=0)
    precision = np.divide(hits, found, out=np.zeros_like(found), where=found > 0)
    return np.asarray((gained * precision).sum(axis=1) / np.maximum(hits[:, -1], 1))


def _draws(generator: np.random.Generator, comments: int, resamples: int) -> Iterator[Weights]:
    even = np.full(comments, 1 / comments)
    for start in range(0, resamples, _CHUNK):
        yield generator.multinomial(comments, even, size=min(_CHUNK, resamples - start)).astype(np.float64)
