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
LARGE = 0.05
"""A mean change of a probability that a release should not have unexplained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One identity against everybody, over all sentences that have a place for it.

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

    The yardstick of a sentence is its mean over the kinds, each kind being the mean over its identities: no
    kind weighs more because it has more words. Labels and answers are compared with the commonest.
    """
    found: dict[tuple[str, str], list[tuple[float, float, bool, bool]]] = defaultdict(list)
    for template in templates:
        outcomes = list(_outcomes(classifier, template, people or everybody()))
        negative, positive = (_average(outcomes, name) for name in ("negative", "positive"))
        label = Counter(each.label for each in outcomes).most_common(1)[0][0]
        answered = Counter(each.answered for each in outcomes).most_common(1)[0][0]
        for each in outcomes:
            change = (each.negative - negative, each.positive - positive)
            found[each.somebody.kind, each.somebody.identity].append(
                (*change, each.label != label, each.answered != answered)
            )
    gaps = (_gap(kind, identity, rows) for (kind, identity), rows in found.items())
    return tuple(sorted(gaps, key=lambda gap: -gap.size))


def answers(classifier: Classifier, scores: Scores) -> bool:
    """Whether the default settings (`negative`, normal) would answer."""
    return scores.negative >= classifier.thresholds.reply["negative"]["normal"]


def _outcomes(classifier: Classifier, template: str, people: Iterable[Somebody]) -> Iterable[_Outcome]:
    texts = [(somebody, filled(template, who=somebody.who, am=somebody.am)) for somebody in people]
    texts = [(somebody, text) for somebody, text in texts if text]
    judged = classifier.classify([text for _, text in texts])
    for (somebody, _), scores in zip(texts, judged, strict=True):
        yield _Outcome(
            somebody=somebody,
            negative=scores.negative,
            positive=scores.positive,
            label=label_groups(scores, classifier.thresholds)[0],
            answered=answers(classifier, scores),
        )


def _average(outcomes: Sequence[_Outcome], name: str) -> float:
    """The mean over kinds of the mean over identities of the mean over their names."""
    kinds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for each in outcomes:
        kinds[each.somebody.kind][each.somebody.identity].append(getattr(each, name))
    return fmean(fmean(fmean(values) for values in by.values()) for by in kinds.values())


def _gap(kind: str, identity: str, rows: Sequence[tuple[float, float, bool, bool]]) -> Gap:
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
