"""What a classifier says about one comment, and the thresholds that turn it into labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Literal, get_args

from model.labels import DISTRESS, GROUPS

ReplyWhen = Literal["not_positive", "negative", "distress"]
"""Which score of a comment calls for a reply."""

Sensitivity = Literal["careful", "normal", "keen"]
"""How sure the model must be: precision .90, .80, .70 on dev."""

REPLY_WHENS: tuple[ReplyWhen, ...] = get_args(ReplyWhen)
SENSITIVITIES: tuple[Sensitivity, ...] = get_args(Sensitivity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Calibrated probabilities of one comment: all four `groups`, all 28 `emotions`, each in [0, 1].

    The labels are independent of each other: neither mapping adds up to 1.
    """

    groups: Mapping[str, float]
    emotions: Mapping[str, float]

    @property
    def positive(self) -> float:
        """How likely somebody would call the comment positive."""
        return self.groups["positive"]

    @property
    def negative(self) -> float:
        """The same for negative."""
        return self.groups["negative"]

    @property
    def neutral(self) -> float:
        """The same for neutral."""
        return self.groups["neutral"]

    @property
    def ambiguous(self) -> float:
        """The same for ambiguous: surprise, curiosity, confusion, realization."""
        return self.groups["ambiguous"]

    @property
    def not_positive(self) -> float:
        """The binary target of the original design."""
        return 1.0 - self.positive

    @property
    def distress(self) -> float:
        """That at least one emotion of `DISTRESS` holds, were they independent: 1 - product of (1 - p)."""
        return 1.0 - prod(1.0 - self.emotions[emotion] for emotion in DISTRESS_IN_ORDER)


DISTRESS_IN_ORDER = tuple(
    sorted(DISTRESS)
)  # a set's order differs from run to run, and so would the last bit


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Chosen on dev and released with the model.

    Attributes:
        groups: by group; at or above it the group holds.
        reply: by `reply_when` (not_positive, negative, distress), then by sensitivity (careful, normal,
            keen); at or above it the score of that name calls for a reply.
    """

    groups: Mapping[str, float]
    reply: Mapping[ReplyWhen, Mapping[Sensitivity, float]]


def label_groups(scores: Scores, thresholds: Thresholds) -> tuple[str, tuple[str, ...]]:
    """The comment's label, and every group that holds (possibly none), in the order of `GROUPS`.

    The label is the group furthest above its threshold, or, where none holds, the most likely group.
    """
    margins = {group: scores.groups[group] - thresholds.groups[group] for group in GROUPS}
    holding = tuple(group for group in GROUPS if margins[group] >= 0)
    if holding:
        return max(holding, key=margins.__getitem__), holding
    return max(GROUPS, key=scores.groups.__getitem__), ()
