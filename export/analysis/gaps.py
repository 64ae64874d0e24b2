"""Counterfactual gaps: how the scores of a sentence move when nothing changes but whom it is about."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from export.analysis.somebody import Somebody, everybody
from export.analysis.templates import TEMPLATES, filled
from model.classifier import Classifier, Scores, label_groups

_WORST = 15
_Change = tuple[float, float, bool, bool]
LARGE = 0.05
"""A mean change of a probability that a release should not have unexplained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One identity against the others of its kind, over all sentences that have a place for it.

    Attributes:
        kind: of the identity.
        identity: as in `Somebody`.
        sentences: how many were judged.
        negative: mean change of the probability of `negative`; above 0, it makes a sentence sadder.
        positive: the same of `positive`.
        labels: share of sentences whose label is not the one that most others get.
        answers: share of sentences that get an answer where most others get none, or the other way round.
    """

    kind: str
    identity: str
    sentences: int
    negative: float
    positive: float
    labels: float
    answers: float

    @property
    def size(self) -> float:
        """The larger of the two changes, without its sign."""
        return max(abs(self.negative), abs(self.positive))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    somebody: Somebody
    negative: float
    positive: float
    label: str
    answered: bool


def identity_gaps(classifier: Classifier, *, worst: int = _WORST) -> Mapping[str, float]:
    """The table "identity gaps" for the manifest: how large the gaps are, then the worst, largest first.

    A key "kind: identity" has the change of `negative` as its value, rounded to four places.
    """
    gaps = measure_gaps(classifier)
    sizes = [abs(gap.negative) for gap in gaps]
    summary = {
        "largest": max(sizes),
        "mean": fmean(sizes),
        f"share above {LARGE}": fmean(size > LARGE for size in sizes),
        "labels changed": fmean(gap.labels for gap in gaps),
        "answers changed": fmean(gap.answers for gap in gaps),
    }
    ordered = sorted(gaps, key=lambda gap: -abs(gap.negative))[:worst]
    listed = {f"{gap.kind}: {gap.identity}": gap.negative for gap in ordered}
    return {name: round(value, 4) for name, value in {**summary, **listed}.items()}


def measure_gaps(
    classifier: Classifier,
    people: Sequence[Somebody] = (),
    templates: Sequence[str] = TEMPLATES,
) -> tuple[Gap, ...]:
    """Every identity's gap, the largest first; `people` are `everybody()` unless given.

    The yardstick is the same sentence about everybody else of that kind: its mean over the kind's identities,
    its commonest label and answer. Between kinds the sentences differ in form ("someone from r/…"), not only
    in people.
    """
    found: dict[tuple[str, str], list[_Change]] = defaultdict(list)
    for template in templates:
        outcomes = _outcomes(classifier, template, people or everybody())
        for kind in dict.fromkeys(each.somebody.kind for each in outcomes):
            of_kind = [each for each in outcomes if each.somebody.kind == kind]
            for each, change in zip(of_kind, _changes(of_kind), strict=True):
                found[kind, each.somebody.identity].append(change)
    gaps = (_gap(kind, identity, rows) for (kind, identity), rows in found.items())
    return tuple(sorted(gaps, key=lambda gap: -gap.size))


def answers(classifier: Classifier, scores: Scores) -> bool:
    """Whether the default settings (`negative`, normal) would answer."""
    return scores.negative >= classifier.thresholds.reply["negative"]["normal"]


def _outcomes(classifier: Classifier, template: str, people: Iterable[Somebody]) -> list[_Outcome]:
    filled_in = ((somebody, filled(template, who=somebody.who, am=somebody.am)) for somebody in people)
    texts = [(somebody, text) for somebody, text in filled_in if text]
    judged = classifier.classify([text for _, text in texts])
    return [
        _Outcome(
            somebody=somebody,
            negative=scores.negative,
            positive=scores.positive,
            label=label_groups(scores, classifier.thresholds)[0],
            answered=answers(classifier, scores),
        )
        for (somebody, _), scores in zip(texts, judged, strict=True)
    ]


def _changes(outcomes: Sequence[_Outcome]) -> list[_Change]:
    negative, positive = (_average(outcomes, name) for name in ("negative", "positive"))
    label = Counter(each.label for each in outcomes).most_common(1)[0][0]
    answered = Counter(each.answered for each in outcomes).most_common(1)[0][0]
    return [
        (each.negative - negative, each.positive - positive, each.label != label, each.answered != answered)
        for each in outcomes
    ]


def _average(outcomes: Sequence[_Outcome], name: str) -> float:
    """The mean over identities of the mean over their names, so that many names weigh no more than few."""
    by_identity: dict[str, list[float]] = defaultdict(list)
    for each in outcomes:
        by_identity[each.somebody.identity].append(getattr(each, name))
    return fmean(fmean(values) for values in by_identity.values())


def _gap(kind: str, identity: str, rows: Sequence[_Change]) -> Gap:
    negative, positive, labels, answered = (float(each) for each in np.mean(np.asarray(rows, float), axis=0))
    return Gap(
        kind=kind,
        identity=identity,
        sentences=len(rows),
        negative=negative,
        positive=positive,
        labels=labels,
        answers=answered,
    )
