"""Texts in, scores out: the port that every classifier fits, and the v0 baseline."""

from collections.abc import Sequence
from typing import Protocol

from model.labels import EMOTIONS, GROUPS
from model.preprocess import PREPROCESSING_VERSION
from model.scores import REPLY_WHENS, SENSITIVITIES, Scores, Thresholds, label_groups

__all__ = ["BASELINE", "BaselineClassifier", "Classifier", "Scores", "Thresholds", "label_groups"]

BASELINE = "baseline"


class Classifier(Protocol):
    """Synchronous and without memory: a comment's scores depend on its text alone."""

    @property
    def version(self) -> str:
        """As in the manifest, and as recorded with every decision."""
        ...

    @property
    def preprocessing(self) -> str:
        """The version of the text preparation that it applies."""
        ...

    @property
    def thresholds(self) -> Thresholds:
        """Those that belong to its scores."""
        ...

    def classify(self, texts: Sequence[str]) -> list[Scores]:
        """One `Scores` for each text, in order; any string is welcome, an empty one too."""
        ...


class BaselineClassifier:
    """Version 0 of the bot, kept as the yardstick: everyone is sad."""

    version = BASELINE
    preprocessing = PREPROCESSING_VERSION
    thresholds = Thresholds(
        groups=dict.fromkeys(GROUPS, 0.5),
        reply={when: dict.fromkeys(SENSITIVITIES, 0.5) for when in REPLY_WHENS},
    )

    def classify(self, texts: Sequence[str]) -> list[Scores]:
        """Sad, whatever the text."""
        sad = Scores(
            groups={group: float(group == "negative") for group in GROUPS},
            emotions={emotion: float(emotion == "sadness") for emotion in EMOTIONS},
        )
        return [sad] * len(texts)
