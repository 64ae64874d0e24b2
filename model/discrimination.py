"""How well scores and labels tell texts apart, in plain Python: for hundreds of texts, not for millions."""

from collections.abc import Iterable, Sequence
from itertools import groupby


def auroc(truth: Sequence[bool], scores: Sequence[float]) -> float | None:
    """The chance that a true text scores above a false one; equal scores count as half a win.

    None where there is no true text, or no false one.
    """
    positives = sum(truth)
    negatives = len(truth) - positives
    if not positives or not negatives:
        return None
    wins, below = 0.0, 0
    for _, tied in groupby(sorted(zip(scores, truth, strict=True)), key=lambda pair: pair[0]):
        flags = [true for _, true in tied]
        hits = sum(flags)
        misses = len(flags) - hits
        wins += hits * (below + misses / 2)
        below += misses
    return wins / (positives * negatives)


def macro_f1(pairs: Iterable[tuple[str, str]]) -> float:
    """The mean F1 over the labels that the truth has, from pairs of (truth, found); 0 without a pair."""
    seen = list(pairs)
    labels = sorted({truth for truth, _ in seen})
    return sum(_f1(seen, label) for label in labels) / len(labels) if labels else 0.0


def _f1(pairs: Sequence[tuple[str, str]], label: str) -> float:
    hits = sum(truth == found == label for truth, found in pairs)
    named = sum(truth == label for truth, _ in pairs) + sum(found == label for _, found in pairs)
    return 2 * hits / named
