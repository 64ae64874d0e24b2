"""What is chosen on dev once the weights stand: temperatures, and the thresholds that are released."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from export.data import Split
from export.metrics import POSITIVE, Array, best_f1_threshold, precision_threshold, steady_f1_threshold
from export.reliability import recalibration
from model.labels import DISTRESS, EMOTIONS, GROUPS
from model.scores import ReplyWhen, Sensitivity

PRECISIONS: Mapping[Sensitivity, float] = {"careful": 0.90, "normal": 0.80, "keen": 0.70}
# In steps of 0.7%; beyond these ends the network would be broken, not overconfident.
_CANDIDATES = np.geomspace(0.25, 4.0, 401)


def temperature(logits: Array, truth: Array) -> float:
    """The temperature with the lowest cross-entropy of sigmoid(logits / temperature) (Guo et al., 2017)."""

    def cross_entropy(candidate: float) -> float:
        scaled = logits / candidate
        return float(np.mean(np.logaddexp(0, scaled) - truth * scaled))

    return float(min(_CANDIDATES, key=cross_entropy))


def platt(logits: Array, truth: Array) -> tuple[float, float]:
    """Temperature and offset of the best sigmoid(logits / temperature + offset) (Platt, 1999).

    The offset takes back what soft labels and sentences of our own did to how often a group is named.
    """
    offset, slope = recalibration(truth, 1 / (1 + np.exp(-logits.astype(np.float64))))
    return 1 / slope, offset


def temperatures(groups: Array, emotions: Array, dev: Split) -> tuple[list[float], float]:
    """One temperature for each group, and one for all emotions, from logits (comments, labels)."""
    truth = dev.groups
    by_group = [temperature(groups[:, label], truth[:, label]) for label in range(len(GROUPS))]
    return by_group, temperature(emotions, dev.emotions)


def distress(emotions: Array) -> npt.NDArray[np.float64]:
    """`Scores.distress` for many comments at once, from probabilities (comments, 28)."""
    columns = [EMOTIONS.index(emotion) for emotion in sorted(DISTRESS)]
    return np.asarray(1 - np.prod(1 - emotions[:, columns].astype(np.float64), axis=1))


def reply_scores(groups: Array, emotions: Array) -> dict[ReplyWhen, Array]:
    """The score that each `reply_when` looks at, of shape (comments,)."""
    return {
        "not_positive": 1 - groups[:, GROUPS.index("positive")],
        "negative": groups[:, GROUPS.index("negative")],
        "distress": distress(emotions),
    }


def thresholds(
    groups: Array, emotions: Array, dev: Split
) -> tuple[dict[str, float], dict[ReplyWhen, dict[Sensitivity, float]], npt.NDArray[np.float64]]:
    """The released thresholds from dev probabilities of the graph as shipped.

    Returns:
        `group_thresholds` and `reply_thresholds` as in the manifest, and the best-F1 threshold of each
        emotion, which only the evaluation uses.
    """
    # Positive or not is a target of its own, in which both halves count.
    steady = [
        steady_f1_threshold(dev.groups[:, n], groups[:, n], macro=n == POSITIVE) for n in range(len(GROUPS))
    ]
    best = {group: round(value, 4) for group, value in zip(GROUPS, steady, strict=True)}
    truth = {
        name: (score > 0).astype(np.float32) for name, score in reply_scores(dev.groups, dev.emotions).items()
    }
    reply = {
        name: {
            sensitivity: round(precision_threshold(truth[name], score, precision), 4)
            for sensitivity, precision in PRECISIONS.items()
        }
        for name, score in reply_scores(groups, emotions).items()
    }
    by_emotion = [best_f1_threshold(dev.emotions[:, n], emotions[:, n]) for n in range(len(EMOTIONS))]
    return best, reply, np.array(by_emotion)
