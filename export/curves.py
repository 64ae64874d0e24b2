"""The plots of the model card: precision over recall, reliability, learning. Arrays in, a figure out.

`figures.save(figure, path)` writes one as PNG or SVG.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from export.figures import GROUP_COLOURS, MUTED, SERIES, drawing
from export.metrics import Array, average_precision
from export.reliability import Bin, equal_mass_bins, precision_recall

_MARKS = ("o", "s", "^", "D")
_ENOUGH = 20  # comments above a threshold, below which a precision is luck

Labelled = Mapping[str, tuple[Array, Array]]
"""By name: truth (comments,) of 0 or 1, and scores (comments,)."""


def precision_recall_plot(
    labelled: Labelled, thresholds: Mapping[str, Mapping[str, float]] | None = None
) -> Figure:
    """A curve for each name; its released thresholds (name, then what each is called) as marks on it."""
    with drawing(3.9) as (figure, axes):
        for number, (name, (truth, scores)) in enumerate(labelled.items()):
            colour = _colour(name, number)
            recall, precision, limits = precision_recall(truth, scores)
            shown = np.arange(len(recall)) >= min(_ENOUGH, len(recall)) - 1
            label = f"{name} (AP {average_precision(truth, scores):.3f})"
            axes.plot(recall[shown], precision[shown], color=colour, linewidth=1.6, label=label)
            for mark, limit in zip(_MARKS, (thresholds or {}).get(name, {}).values(), strict=False):
                at = int((limits >= limit).sum()) - 1
                if at >= 0:
                    axes.plot(recall[at], precision[at], mark, color=colour, markersize=5)
        axes.set_xlim(0, 1.01)
        axes.set_ylim(0, 1.01)
        axes.set_xlabel("recall")
        axes.set_ylabel("precision")
        axes.legend(loc="lower left")
    return figure


def reliability_plot(labelled: Labelled, bins: int = 12) -> Figure:
    """Share of comments with the label over the mean probability, equal-mass bins, 95% Wilson intervals."""
    with drawing(4.1) as (figure, axes):
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (3, 3)))
        for number, (name, (truth, probabilities)) in enumerate(labelled.items()):
            found = equal_mass_bins(truth, probabilities, bins)
            axes.errorbar(
                [each.mean for each in found],
                [each.share for each in found],
                yerr=_whiskers(found),
                color=_colour(name, number),
                marker="o",
                markersize=3.5,
                linewidth=1.3,
                elinewidth=1,
                label=name,
            )
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)
        axes.set_xlabel("what the model says")
        axes.set_ylabel("how often it is so")
        axes.legend(loc="upper left")
    return figure


def learning_plot(history: Sequence[Mapping[str, Any]], *, score: str = "score") -> Figure:
    """The score on dev after each epoch, a line for each kind of weights (raw, averaged, …).

    `history` as training keeps it: each entry has `epoch`, `weights`, and the score. The best is ringed.
    """
    if not history:
        raise ValueError("the history is empty: nothing was measured during training")
    kinds = list(dict.fromkeys(str(entry["weights"]) for entry in history))
    best = max(history, key=lambda entry: float(entry[score]))
    with drawing(2.9) as (figure, axes):
        for number, kind in enumerate(kinds):
            entries = [entry for entry in history if entry["weights"] == kind]
            places, values = [e["epoch"] for e in entries], [e[score] for e in entries]
            axes.plot(places, values, "o-", color=SERIES[number % len(SERIES)], markersize=4, label=kind)
        axes.plot(best["epoch"], best[score], "o", markersize=11, fillstyle="none", color=MUTED)
        axes.annotate(
            f"{best[score]:.4f}",
            (best["epoch"], best[score]),
            xytext=(0, -14),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
        axes.margins(0.12)
        axes.set_xticks(sorted({entry["epoch"] for entry in history}))
        axes.set_xlabel("epoch")
        axes.set_ylabel("on dev")
        axes.legend()
    return figure


def _colour(name: str, number: int) -> str:
    return GROUP_COLOURS.get(name, SERIES[number % len(SERIES)])


def _whiskers(found: Sequence[Bin]) -> list[list[float]]:
    return [[each.share - each.low for each in found], [each.high - each.share for each in found]]
