"""Do the words that `model.explain` names decide? Measured as in ERASER (DeYoung et al., 2020).

Comprehensiveness: how far the score falls when the weightiest words go. Sufficiency: how far it falls when
only they stay. The first high and the second low is faithful. Beside occlusion stand integrated gradients,
which look inside the network, and a random order, which any method must beat.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import numpy as np

from export.errors import StageError
from export.metrics import Array
from export.progress import track
from model.classifier import Classifier, label_groups
from model.explain import MAX_RUNS, ScoreName, explain, value, words
from model.preprocess import preprocess

FRACTIONS: Final = (0.1, 0.2, 0.3, 0.5)
_FEWEST_WORDS: Final = 4
_SHUFFLES: Final = 5

Spans = Sequence[tuple[int, int]]
Attribute = Callable[[str, Spans, ScoreName], Sequence[float]]
"""Another method: prepared text, spans of words, score -> a weight for each span."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How faithful one order of words is, over all comments.

    Attributes:
        comprehensiveness, sufficiency: mean fall of the score by fraction of words.
    """

    name: str
    comprehensiveness: Mapping[float, float]
    sufficiency: Mapping[float, float]

    def __str__(self) -> str:
        return " | ".join(
            [
                f"| {self.name}",
                *(f"{self.comprehensiveness[each]:.3f}" for each in FRACTIONS),
                f"**{np.mean(list(self.comprehensiveness.values())):.3f}**",
                *(f"{self.sufficiency[each]:.3f}" for each in FRACTIONS),
                f"**{np.mean(list(self.sufficiency.values())):.3f}** |",
            ]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Faithfulness:
    """What was found.

    Attributes:
        comments: how many were looked at.
        methods: occlusion, integrated gradients, random.
        rank_correlation: Spearman's, of the two methods' weights within a comment, mean over comments.
        same_first: how often both name the same word first.
    """

    comments: int
    methods: tuple[Method, ...]
    rank_correlation: float
    same_first: float

    def lines(self) -> list[str]:
        """A Markdown table, and what belongs below it."""
        shares = [f"{each:.0%}" for each in FRACTIONS]
        both = [[*(f"{kind} {each}" for each in shares), "mean"] for kind in ("comp.", "suff.")]
        header = ["words first by", *both[0], *both[1]]
        below = f"{self.comments} comments; rank correlation {self.rank_correlation:.3f}, "
        below += f"the same first word in {self.same_first:.0%}"
        return [
            f"| {' | '.join(header)} |",
            "|---" * len(header) + "|",
            *map(str, self.methods),
            "",
            below,
        ]


def check(
    classifier: Classifier, inside: Attribute, texts: Sequence[str], *, sample: int, seed: int
) -> Faithfulness:
    """Remove and keep words of a sample of texts, and look at the score of each text's own label.

    Args:
        classifier: what is explained, and what judges every text with words left out.
        inside: integrated gradients, or any method that occlusion is held against.
        texts: those under 4 words, or with more than occlusion can look at one by one, are passed over.
        sample: how many at most.
        seed: decides which ones, and the random orders.

    Raises:
        StageError: no text is fit.
    """
    generator = np.random.default_rng(seed)
    chosen = _chosen(texts, sample, generator)
    if not chosen:
        raise StageError(f"No comment has from {_FEWEST_WORDS} to {MAX_RUNS - 1} words.")
    found = [_look(classifier, inside, text, generator) for text in track(chosen, "explaining")]
    return Faithfulness(
        comments=len(chosen),
        methods=tuple(_method(name, [each.falls[name] for each in found]) for name in found[0].falls),
        rank_correlation=float(np.mean([each.rank_correlation for each in found])),
        same_first=float(np.mean([each.same_first for each in found])),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """One comment: by method, falls of shape (2, fractions), words removed and words kept."""

    falls: Mapping[str, Array]
    rank_correlation: float
    same_first: bool


def _look(
    classifier: Classifier, inside: Attribute, prepared: str, generator: np.random.Generator
) -> _Looked:
    spans, score = words(prepared), _own_score(classifier, prepared)
    explained = sorted(explain(classifier, prepared, score=score), key=lambda each: each.start)
    occlusion = [each.weight for each in explained]
    gradients = list(inside(prepared, spans, score))
    orders = {
        "occlusion": [_descending(occlusion)],
        "integrated gradients": [_descending(gradients)],
        "random": [generator.permutation(len(spans)).tolist() for _ in range(_SHUFFLES)],
    }
    falls = {
        name: np.mean([_falls(classifier, prepared, spans, order, score) for order in each], axis=0)
        for name, each in orders.items()
    }
    return _Looked(
        falls=falls,
        rank_correlation=spearman(occlusion, gradients),
        same_first=orders["occlusion"][0][0] == orders["integrated gradients"][0][0],
    )


def _falls(
    classifier: Classifier, prepared: str, spans: Spans, order: Sequence[int], score: ScoreName
) -> Array:
    """How far the score falls, shape (2, fractions): without the order's first words, and with them alone."""
    counts = [max(1, round(fraction * len(spans))) for fraction in FRACTIONS]
    removed = [_without(prepared, [spans[word] for word in order[:count]]) for count in counts]
    kept = [_without(prepared, [spans[word] for word in order[count:]]) for count in counts]
    whole, *rest = [value(each, score) for each in classifier.classify([prepared, *removed, *kept])]
    return whole - np.array(rest).reshape(2, len(FRACTIONS))


def _without(prepared: str, spans: Spans) -> str:
    for start, end in sorted(spans, reverse=True):
        prepared = prepared[:start] + prepared[end:]
    return prepared


def _method(name: str, falls: Sequence[Array]) -> Method:
    comprehensiveness, sufficiency = np.mean(falls, axis=0).tolist()
    return Method(
        name=name,
        comprehensiveness=dict(zip(FRACTIONS, comprehensiveness, strict=True)),
        sufficiency=dict(zip(FRACTIONS, sufficiency, strict=True)),
    )


def spearman(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's rank correlation, ties sharing their mean rank; 0 where one of them is constant."""
    one, other = _ranks(first), _ranks(second)
    if one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _ranks(values: Sequence[float]) -> Array:
    numbers = np.asarray(values)
    below = (numbers[None, :] < numbers[:, None]).sum(axis=1)
    equal = (numbers[None, :] == numbers[:, None]).sum(axis=1)
    return np.asarray(below + (equal - 1) / 2, dtype=np.float64)


def _chosen(texts: Sequence[str], sample: int, generator: np.random.Generator) -> list[str]:
    prepared = [preprocess(text) for text in texts]
    fit = [text for text in prepared if _FEWEST_WORDS <= len(words(text)) < MAX_RUNS]
    return [fit[row] for row in generator.permutation(len(fit))[:sample]]


def _own_score(classifier: Classifier, prepared: str) -> ScoreName:
    (scores,) = classifier.classify([prepared])
    label, _ = label_groups(scores, classifier.thresholds)
    return cast("ScoreName", label)


def _descending(weights: Sequence[float]) -> list[int]:
    """Positions of words, those that speak most for the score first."""
    order: list[int] = np.argsort(-np.asarray(weights), kind="stable").tolist()
    return order
