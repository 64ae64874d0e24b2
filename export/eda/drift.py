"""Do two sets of comments look alike? Distances between their labels, lengths and words.

A distance alone says little, so each stands beside what chance gives: a random part of train of that size.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from export.eda.vocabulary import words
from export.metrics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How far one set of comments is from another.

    Attributes:
        lengths: the Kolmogorov-Smirnov distance of their words a comment, 0 to 1.
        vocabulary: the Jensen-Shannon divergence of their words, 0 to 1 bit.
        unseen: the share of its running words that the other set never has.
        emotions: the same divergence of their emotions; None without labels.
    """

    lengths: float
    vocabulary: float
    unseen: float
    emotions: float | None


def drift(
    reference: Sequence[str], texts: Sequence[str], reference_emotions: Array, emotions: Array | None
) -> Drift:
    """How far prepared `texts` are from the prepared reference; `emotions` are (comments, 28)."""
    ours, theirs = [words(text) for text in texts], [words(text) for text in reference]
    counts = Counter(word for row in ours for word in row)
    known = Counter(word for row in theirs for word in row)
    every = sorted(counts.keys() | known.keys())
    return Drift(
        lengths=kolmogorov_smirnov([len(row) for row in ours], [len(row) for row in theirs]),
        vocabulary=jensen_shannon([counts[word] for word in every], [known[word] for word in every]),
        unseen=sum(count for word, count in counts.items() if word not in known)
        / max(sum(counts.values()), 1),
        emotions=None
        if emotions is None
        else jensen_shannon(emotions.sum(axis=0), reference_emotions.sum(axis=0)),
    )


def chance(texts: Sequence[str], emotions: Array, size: int, *, seed: int = 2020) -> Drift:
    """What `drift` gives between a random part of that many comments and the rest."""
    order = np.random.default_rng(seed).permutation(len(texts))
    part, rest = order[: min(size, len(texts) // 2)], order[min(size, len(texts) // 2) :]
    return drift([texts[n] for n in rest], [texts[n] for n in part], emotions[rest], emotions[part])


def jensen_shannon(one: Sequence[float] | Array, other: Sequence[float] | Array) -> float:
    """The divergence of two distributions given as counts, in bits: 0 for equal, 1 for disjoint ones."""
    p, q = _distribution(one), _distribution(other)
    middle = (p + q) / 2
    return float(max(0.0, (_divergence(p, middle) + _divergence(q, middle)) / 2))


def kolmogorov_smirnov(one: Sequence[float], other: Sequence[float]) -> float:
    """The largest distance between two empirical distribution functions."""
    first, second = np.sort(np.asarray(one)), np.sort(np.asarray(other))
    places = np.concatenate([first, second])
    below = np.searchsorted(first, places, side="right") / len(first)
    under = np.searchsorted(second, places, side="right") / len(second)
    return float(np.abs(below - under).max())


def _distribution(counts: Sequence[float] | Array) -> npt.NDArray[np.float64]:
    array = np.asarray(counts, dtype=np.float64)
    return array / max(float(array.sum()), 1e-12)


def _divergence(p: npt.NDArray[np.float64], middle: npt.NDArray[np.float64]) -> float:
    present = p > 0
    return float((p[present] * np.log2(p[present] / middle[present])).sum())
