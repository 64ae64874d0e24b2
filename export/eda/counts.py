"""Labels and lengths in numbers. Pure functions: splits and texts in, numbers out."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from export.data import Split
from export.metrics import Array
from model.labels import EMOTIONS, GROUPS

PERCENTILES = (1, 25, 50, 75, 95, 99, 100)
Tokens = Callable[[Sequence[str]], list[int]]
"""How many tokens, special ones included, each prepared text has before it is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """How often each label stands in one split.

    Attributes:
        comments: how many comments there are.
        groups: comments by group, in the order of `GROUPS`.
        emotions: comments by emotion, in the order of `EMOTIONS`.
        labels_a_comment: comments by their number of emotions.
        groups_a_comment: comments by their number of groups.
    """

    comments: int
    groups: Mapping[str, int]
    emotions: Mapping[str, int]
    labels_a_comment: Mapping[int, int]
    groups_a_comment: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """One measure of length over one set of texts.

    Attributes:
        percentiles: the value at each of `PERCENTILES`.
        mean: of all texts.
        shares: of the texts between each two of the histogram's edges; longer ones count in the last.
    """

    percentiles: Mapping[int, float]
    mean: float
    shares: tuple[float, ...]


def label_counts(split: Split) -> Labels:
    """Counts of one split."""
    groups, emotions = split.groups, split.emotions
    return Labels(
        comments=len(split.comments),
        groups=_by_name(GROUPS, groups.sum(axis=0)),
        emotions=_by_name(EMOTIONS, emotions.sum(axis=0)),
        labels_a_comment=_counted(emotions.sum(axis=1)),
        groups_a_comment=_counted(groups.sum(axis=1)),
    )


def cooccurrence(labels: Array) -> npt.NDArray[np.float64]:
    """Of the comments with the row's label, the share with the column's label too; the diagonal is 0."""
    together = (labels.T @ labels).astype(np.float64)
    shares = together / np.maximum(np.diag(together), 1)[:, None]
    np.fill_diagonal(shares, 0)
    return shares


def lift(labels: Array) -> npt.NDArray[np.float64]:
    """How much more often two labels meet than independent ones would: 1 is chance; the diagonal is 1."""
    together = (labels.T @ labels).astype(np.float64)
    alone = np.diag(together)
    found = together * len(labels) / np.maximum(np.outer(alone, alone), 1)
    np.fill_diagonal(found, 1)
    return found


def lengths(values: Sequence[int], edges: Sequence[float]) -> Lengths:
    """Percentiles, mean and histogram of some lengths; at least one."""
    held = np.minimum(np.asarray(values, dtype=np.float64), edges[-1])
    histogram = np.histogram(held, bins=np.asarray(edges))[0]
    return Lengths(
        percentiles={p: float(np.percentile(values, p)) for p in PERCENTILES},
        mean=float(np.mean(values)),
        shares=tuple((histogram / len(values)).tolist()),
    )


def over(values: Sequence[int], limit: int) -> int:
    """How many are above the limit."""
    return int((np.asarray(values) > limit).sum())


def mean_by_group(values: Sequence[int], groups: Array) -> dict[str, float]:
    """The mean length of the comments of each group."""
    array = np.asarray(values, dtype=np.float64)
    sums, counts = array @ groups, groups.sum(axis=0)
    return {name: float(sums[n] / max(counts[n], 1)) for n, name in enumerate(GROUPS)}


def _by_name(names: Sequence[str], counts: Array) -> dict[str, int]:
    return {name: int(count) for name, count in zip(names, counts, strict=True)}


def _counted(numbers: Array) -> dict[int, int]:
    return dict(sorted(Counter(int(number) for number in numbers).items()))
