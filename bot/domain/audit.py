"""A recorded decision beside the same decision made again."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from bot.domain.decisions import Prediction, Reason, TextFacts

NEAR: Final = 0.005
"""How far another processor's rounding may move a score, and so carry it over a threshold."""

STORED: Final = 1e-6
"""Scores are stored with six places: what differs by less is the same."""


class Difference(StrEnum):
    """What came out otherwise."""

    ACTION = "action"
    REASON = "reason"
    LABEL = "label"
    SCORES = "scores"
    FACTS = "facts"
    MODEL = "model"
    """The row names another model or text preparation than the settings that it was decided by."""


class Agreement(StrEnum):
    """How a decision and its repetition compare."""

    SAME = "same"
    NEAR = "near"
    """They differ, and scores that moved by no more than `NEAR`, as processors round, explain it all."""
    DIFFER = "differ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a decision says, recorded or made again.

    Attributes:
        action, reason: as stored; a row that was tampered with may hold any word.
        label: None where nothing was classified.
        scores: group scores and distress by their names, emotions as "emotion:…"; empty where nothing was
            classified.
        score: the one that was held against the threshold.
        facts: None where the text was not looked at.
        model: the versions of the model and of its text preparation; empty where nothing was classified.
    """

    action: str
    reason: str
    label: str | None
    scores: Mapping[str, float]
    score: float | None
    facts: TextFacts | None
    model: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What `compare` found.

    Attributes:
        differences: in the order of `Difference`.
        facts: which facts of the text came out otherwise.
        moved: how far the furthest score moved; None where one side has no scores to compare.
    """

    agreement: Agreement
    differences: tuple[Difference, ...]
    facts: tuple[str, ...]
    moved: float | None


def compare(recorded: Judgement, again: Judgement, *, threshold: float) -> Comparison:
    """Whether a decision would be made again as it stands.

    Args:
        recorded: what stands in the database.
        again: the same text, settings, model and history, by the program as it is now.
        threshold: the line that the recorded settings draw for the score.
    """
    facts = tuple(
        each.name
        for each in fields(TextFacts)
        if getattr(recorded.facts, each.name, None) != getattr(again.facts, each.name, None)
    )
    moved = _moved(recorded.scores, again.scores)
    found = {
        Difference.ACTION: recorded.action != again.action,
        Difference.REASON: recorded.reason != again.reason,
        Difference.LABEL: recorded.label != again.label,
        Difference.SCORES: moved is None or moved > STORED,
        Difference.FACTS: bool(facts),
        Difference.MODEL: bool(recorded.model and again.model) and recorded.model != again.model,
    }
    differences = tuple(each for each, holds in found.items() if holds)
    agreement = Agreement.SAME
    if differences:
        near = _rounding_explains(recorded, again, differences, moved, threshold)
        agreement = Agreement.NEAR if near else Agreement.DIFFER
    return Comparison(agreement=agreement, differences=differences, facts=facts, moved=moved)


def scores_of(prediction: Prediction) -> dict[str, float]:
    """Every score that is stored, under the name that `Judgement.scores` has for it."""
    groups = {
        "positive": prediction.positive,
        "negative": prediction.negative,
        "neutral": prediction.neutral,
        "ambiguous": prediction.ambiguous,
        "distress": prediction.distress,
    }
    return groups | {emotion_score(name): value for name, value in prediction.emotions.items()}


def emotion_score(name: str) -> str:
    """An emotion's name among the scores: "neutral" is a group and an emotion."""
    return f"emotion:{name}"


def _moved(recorded: Mapping[str, float], again: Mapping[str, float]) -> float | None:
    if recorded.keys() != again.keys():
        return None
    return max((abs(value - again[name]) for name, value in recorded.items()), default=0.0)


def _rounding_explains(
    recorded: Judgement,
    again: Judgement,
    differences: tuple[Difference, ...],
    moved: float | None,
    threshold: float,
) -> bool:
    """Whether scores that moved by no more than `NEAR` are, or bring about, all differences."""
    if moved is None or moved > NEAR or {Difference.FACTS, Difference.MODEL} & set(differences):
        return False
    scores = sorted(each.score for each in (recorded, again) if each.score is not None)
    if Difference.REASON in differences:
        both_sides = {_passed(recorded.reason), _passed(again.reason)} == {True, False}
        return both_sides and bool(scores) and scores[0] - STORED <= threshold <= scores[-1] + STORED
    if Difference.ACTION in differences:
        return False
    return moved > STORED  # a label turns by thresholds of the groups' own: they lie within that step


def _passed(reason: str) -> bool | None:
    """Whether the score reached its threshold; None where the reason lies elsewhere."""
    return True if reason in _PAST_THE_THRESHOLD else (False if reason == Reason.BELOW_THRESHOLD else None)


_PAST_THE_THRESHOLD: Final = frozenset(
    {
        Reason.QUIET_HOURS,
        Reason.LEFT_ALONE,
        Reason.AUTHOR_COOLDOWN,
        Reason.THREAD_CAP,
        Reason.CHAT_PACE,
        Reason.SUPPORT,
    }
)
