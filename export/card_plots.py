"""The plots that lie beside a model's card: precision over recall, reliability, and how learning went."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from export.calibrate import reply_scores
from export.curves import learning_plot, precision_recall_plot, reliability_plot
from export.data import Split
from export.figures import save
from export.metrics import Array
from model.labels import GROUPS
from model.scores import ReplyWhen, Sensitivity

PLOTS: Mapping[str, str] = {
    "precision_recall.png": "Precision over recall of each score that a reply may look at, on dev; "
    "the marks are the released thresholds, careful, normal and keen",
    "reliability.png": "How often a group holds where the model says so, on dev, with 95% Wilson intervals",
    "learning.png": "What dev said after each epoch",
}
"""Files of a release, with the words that the card has for them."""


def draw(
    folder: Path,
    dev: Split,
    outputs: tuple[Array, Array],
    *,
    thresholds: Mapping[ReplyWhen, Mapping[Sensitivity, float]],
    history: Sequence[Mapping[str, Any]],
) -> None:
    """Write `PLOTS` to `folder`.

    Args:
        folder: the release.
        dev: what was measured on.
        outputs: the int8 graph's probabilities (comments, 4) and (comments, 28).
        thresholds: as released.
        history: as `trained.pt` holds it.
    """
    groups, emotions = outputs
    truth, scores = reply_scores(dev.groups, dev.emotions), reply_scores(groups, emotions)
    replies: dict[str, tuple[Array, Array]] = {
        when: ((truth[when] > 0) * 1.0, scores[when]) for when in scores
    }
    by_group = {group: (dev.groups[:, n], groups[:, n]) for n, group in enumerate(GROUPS)}
    lines = {str(when): {str(name): line for name, line in each.items()} for when, each in thresholds.items()}
    figures = (
        precision_recall_plot(replies, lines),
        reliability_plot(by_group),
        learning_plot(history),
    )
    for name, figure in zip(PLOTS, figures, strict=True):
        save(figure, folder / name)
