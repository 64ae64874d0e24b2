"""Which words of a comment decided: what becomes of a score when a word is left out.

Occlusion needs nothing but a classifier, so what is explained is the very thing that decides: the int8 graph,
its tokenizer, its calibration. `export.faithfulness` holds it against integrated gradients.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from model.classifier import Classifier, Scores
from model.preprocess import preprocess

ScoreName = Literal["positive", "negative", "neutral", "ambiguous", "not_positive", "distress"]

MAX_RUNS: Final = 32
"""Texts that one explanation has classified, the whole one among them: 50 ms on a CPU for a chat message."""

_TOKEN: Final = re.compile(r"\S+")
_WORDLIKE: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordWeight:
    """A word, or in a long text a few words in a row, and what it adds to the score.

    Attributes:
        word: as it stands in the prepared text, `prepared[start:end]`.
        start, end: characters of `preprocess(text)`.
        weight: the score with it minus the score without it, in [-1, 1].
    """

    word: str
    start: int
    end: int
    weight: float


def explain(
    classifier: Classifier, text: str, *, score: ScoreName, top: int | None = None
) -> tuple[WordWeight, ...]:
    """The words that decided, the weightiest first, whichever way they pull; none where nothing was written.

    Deterministic. At most `MAX_RUNS` texts are classified; in a longer text neighbouring words are taken
    together, in spans of like length.

    Args:
        classifier: what gave the score.
        text: as it came in.
        score: which score is to be explained.
        top: how many words at most; None = all.
    """
    prepared = preprocess(text)
    spans = _spans(prepared)
    if not spans:
        return ()
    whole, *without = classifier.classify([prepared, *(_left_out(prepared, *span) for span in spans)])
    full = value(whole, score)
    weights = [
        WordWeight(word=prepared[start:end], start=start, end=end, weight=full - value(scores, score))
        for (start, end), scores in zip(spans, without, strict=True)
    ]
    return tuple(sorted(weights, key=lambda each: (-abs(each.weight), each.start))[:top])


def value(scores: Scores, score: ScoreName) -> float:
    """The number of that name."""
    number: float = getattr(scores, score)
    return number


def words(prepared: str) -> list[tuple[int, int]]:
    """Start and end of each word: what stands between spaces, without the punctuation around it.

    Punctuation that stands alone is a word of its own, such as ":(".
    """
    return [_trimmed(prepared, match.start(), match.end()) for match in _TOKEN.finditer(prepared)]


def _trimmed(prepared: str, start: int, end: int) -> tuple[int, int]:
    inner = list(_WORDLIKE.finditer(prepared, start, end))
    return (inner[0].start(), inner[-1].end()) if inner else (start, end)


def _spans(prepared: str) -> list[tuple[int, int]]:
    """The words, or where they are too many, neighbours together: as many spans as there may be runs."""
    found = words(prepared)
    count = min(len(found), MAX_RUNS - 1)
    bounds = [len(found) * index // max(count, 1) for index in range(count + 1)]
    return [(found[first][0], found[last - 1][1]) for first, last in pairwise(bounds)]


def _left_out(prepared: str, start: int, end: int) -> str:
    return prepared[:start] + prepared[end:]
