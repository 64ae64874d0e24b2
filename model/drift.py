"""What a model saw when it was released, as histograms, and how far what it sees now is from that.

The reference stands in the manifest. Whoever monitors fills the same histograms and compares: by PSI, whose
usual reading is: below .1 nothing, from .25 on a shift, or by the Jensen-Shannon divergence, from 0 to 1.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log, log2
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

ScoreName = Literal["positive", "negative", "neutral", "ambiguous", "distress"]
SCORES: Final[tuple[ScoreName, ...]] = get_args(ScoreName)

BINS: Final = 20
"""Of equal width, for scores from 0 to 1."""
WORD_EDGES: Final = (1, 2, 3, 5, 8, 12, 16, 20, 25, 30, 50, 100, 200)
TOKEN_EDGES: Final = (3, 5, 8, 12, 16, 20, 25, 30, 40, 60, 90, 127, 256, 512)
"""Where a bin begins: the first one is below the first edge, the last one from the last edge on."""

_AT_LEAST: Final = 1e-4
"""Of all: what an empty bin counts as, so that no logarithm is infinite."""

Counts = tuple[Annotated[int, Field(ge=0)], ...]


class Reference(BaseModel):
    """The texts that a model was released on, and what it said about them.

    Attributes:
        source: which texts, such as "GoEmotions dev".
        texts: how many.
        scores: texts by score, in `BINS`.
        words: texts by words, between `WORD_EDGES`.
        tokens: texts by tokens as the model saw them, special ones included, between `TOKEN_EDGES`.
        unknown_tokens: share of all tokens that its vocabulary does not have.
        languages: texts by what the language filter calls them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    texts: int = Field(ge=1)
    scores: Mapping[ScoreName, Counts]
    words: Counts
    tokens: Counts
    unknown_tokens: float = Field(ge=0, le=1)
    languages: Mapping[str, Annotated[int, Field(ge=1)]]

    @model_validator(mode="after")
    def _complete(self) -> "Reference":
        if set(self.scores) != set(SCORES) or any(len(counts) != BINS for counts in self.scores.values()):
            raise ValueError(f"scores must have {BINS} bins for each of {', '.join(SCORES)}")
        if len(self.words) != len(WORD_EDGES) + 1 or len(self.tokens) != len(TOKEN_EDGES) + 1:
            raise ValueError("words and tokens must have one bin more than edges")
        counted = [*self.scores.values(), self.words, self.tokens, tuple(self.languages.values())]
        if any(sum(counts) != self.texts for counts in counted):
            raise ValueError("every histogram must count each text once")
        return self


def score_counts(scores: Iterable[float]) -> Counts:
    """How many scores, each from 0 to 1, fall into each of `BINS`; 1 itself belongs to the last."""
    found = Counter(min(int(score * BINS), BINS - 1) for score in scores)
    return tuple(found[number] for number in range(BINS))


def edge_counts(values: Iterable[int], edges: Sequence[int]) -> Counts:
    """How many values fall below the first edge, from each edge on, and from the last edge on."""
    found = Counter(bisect_right(edges, value) for value in values)
    return tuple(found[number] for number in range(len(edges) + 1))


def psi(reference: Sequence[int], current: Sequence[int]) -> float:
    """The population stability index of two histograms with the same bins: sum of (c - r) ln(c / r).

    0 for equal shares, and without an upper end. An empty bin counts as a ten-thousandth of all. Both
    histograms must have counted something.
    """
    pairs = zip(_shares(reference), _shares(current), strict=True)
    return sum((now - then) * log(now / then) for then, now in pairs)


def jensen_shannon(reference: Sequence[int], current: Sequence[int]) -> float:
    """The Jensen-Shannon divergence, in bits: 0 for equal shares, 1 for histograms without a common bin."""
    first, second = (_plain_shares(counts) for counts in (reference, current))
    middle = [(one + other) / 2 for one, other in zip(first, second, strict=True)]
    return (_divergence(first, middle) + _divergence(second, middle)) / 2


def aligned(reference: Mapping[str, int], current: Mapping[str, int]) -> tuple[list[int], list[int]]:
    """Two histograms by name, such as languages, as histograms with the same bins."""
    names = sorted(reference.keys() | current.keys())
    return [reference.get(name, 0) for name in names], [current.get(name, 0) for name in names]


def _plain_shares(counts: Sequence[int]) -> list[float]:
    total = sum(counts)
    if not total:
        raise ValueError("a histogram that counted nothing has no shares")
    return [count / total for count in counts]


def _shares(counts: Sequence[int]) -> list[float]:
    floored = [max(share, _AT_LEAST) for share in _plain_shares(counts)]
    return [share / sum(floored) for share in floored]


def _divergence(shares: Sequence[float], from_: Sequence[float]) -> float:
    """Kullback-Leibler, in bits; `from_` has something wherever `shares` has."""
    return sum(share * log2(share / other) for share, other in zip(shares, from_, strict=True) if share)
