"""The labels of GoEmotions and the paper's sentiment grouping of them.

Source: Demszky et al., "GoEmotions: A Dataset of Fine-Grained Emotions", ACL 2020 (arXiv 2005.00547).
"""

from collections.abc import Mapping
from types import MappingProxyType

EMOTIONS: tuple[str, ...] = (
    "admiration",
    "amusement",
    "anger",
    "annoyance",
    "approval",
    "caring",
    "confusion",
    "curiosity",
    "desire",
    "disappointment",
    "disapproval",
    "disgust",
    "embarrassment",
    "excitement",
    "fear",
    "gratitude",
    "grief",
    "joy",
    "love",
    "nervousness",
    "optimism",
    "pride",
    "realization",
    "relief",
    "remorse",
    "sadness",
    "surprise",
    "neutral",
)
"""In the order of the data set's ids, which is also the order of the model's second output."""

GROUPS: tuple[str, ...] = ("positive", "negative", "neutral", "ambiguous")
"""In the order of the model's first output."""

NEGATIVE: frozenset[str] = frozenset(
    {
        "anger",
        "annoyance",
        "disappointment",
        "disapproval",
        "disgust",
        "embarrassment",
        "fear",
        "grief",
        "nervousness",
        "remorse",
        "sadness",
    }
)

AMBIGUOUS: frozenset[str] = frozenset({"confusion", "curiosity", "realization", "surprise"})

DISTRESS: frozenset[str] = frozenset(
    {"sadness", "grief", "fear", "nervousness", "remorse", "disappointment", "embarrassment"}
)
"""The negative emotions in which somebody hurts, rather than strikes out."""


def group_of(emotion: str) -> str:
    """The group that one of `EMOTIONS` belongs to."""
    if emotion == "neutral":
        return "neutral"
    if emotion in NEGATIVE:
        return "negative"
    return "ambiguous" if emotion in AMBIGUOUS else "positive"


GROUP_OF: Mapping[str, str] = MappingProxyType({emotion: group_of(emotion) for emotion in EMOTIONS})
