"""The numbers of a released model on one split, with the baselines beside them.

Test is looked at once for each released model; whatever is chosen is chosen on dev.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from export.baselines import BASELINES, Baseline
from export.calibrate import reply_scores
from export.data import Dataset, Split
from export.metrics import (
    POSITIVE,
    Array,
    best_f1_threshold,
    best_macro_f1_threshold,
    group_thresholds,
    measured,
)
from export.progress import console, track
from model.labels import EMOTIONS, GROUPS
from model.manifest import Manifest, load_manifest
from model.onnx import OnnxClassifier

_AT_ONCE = 64
_WIDTH = 118  # a log or a pipe passes for 80 columns, in which the table would be unreadable

Numbers = dict[str, float]
Row = tuple[str, Numbers]

COLUMNS = {
    "positive_macro_f1": "positive / not_positive: macro-F1",
    "positive_f1": "positive F1",
    "positive_ap": "positive AP",
    "groups_macro_f1": "4 groups: macro-F1",
    "emotions_macro_f1": "28 emotions: macro-F1",
    "positive_ece": "ECE, positive",
}
"""The columns of the results table."""

_ONLY_WITH_FOUR_GROUPS = ("groups_macro_f1",)


def outputs(folder: Path, manifest: Manifest, split: Split) -> tuple[Array, Array]:
    """The int8 graph's probabilities (comments, 4) and (comments, 28): what serving gives."""
    classifier = OnnxClassifier(folder)
    texts = [comment.text for comment in split.comments]
    parts = [texts[start : start + _AT_ONCE] for start in range(0, len(texts), _AT_ONCE)]
    description = f"{manifest.version} on {split.name}"
    found = np.concatenate([classifier.probabilities(part) for part in track(parts, description)])
    return found[:, : len(GROUPS)], found[:, len(GROUPS) :]


def said(folder: Path, data: Dataset, splits: Iterable[str]) -> dict[str, tuple[Array, Array]]:
    """`outputs` of the released model in `folder`, by split, each once."""
    manifest = load_manifest(folder)
    return {split: outputs(folder, manifest, data.splits[split]) for split in set(splits)}


def model_row(manifest: Manifest, found: Mapping[str, tuple[Array, Array]], data: Dataset, split: str) -> Row:
    """The released model on one split, by the thresholds that it was released with.

    The 28 emotions have no released thresholds; theirs are chosen on dev here. `found` is what `said` gives
    of the split and of dev.
    """
    groups, emotions = found[split]
    dev, dev_emotions = data.splits["dev"], found["dev"][1]
    by_emotion = [best_f1_threshold(dev.emotions[:, n], dev_emotions[:, n]) for n in range(len(EMOTIONS))]
    numbers = measured(
        group_truth=data.splits[split].groups,
        groups=groups,
        thresholds=np.array([manifest.group_thresholds[group] for group in GROUPS]),
        emotion_truth=data.splits[split].emotions,
        emotions=emotions,
        emotion_thresholds=np.array(by_emotion),
    )
    return f"{manifest.version} (int8)", {
        **numbers,
        **_replies(manifest, groups, emotions, data.splits[split]),
    }


def built_baselines(data: Dataset) -> list[Baseline]:
    """All of them, trained and tuned."""
    return [build(data) for build in BASELINES]


def baseline_rows(baselines: Sequence[Baseline], data: Dataset, split: str) -> list[Row]:
    """Each baseline on one split, its thresholds tuned on dev.

    A baseline has a threshold for each column: the best macro-F1 for positive / not_positive, the best F1 for
    the others. The model has to do with those that it is released with.
    """
    return [_baseline_row(baseline, data, split) for baseline in baselines]


def table(rows: Sequence[Row], data: Dataset, split: str) -> Table:
    """The rows as a table for the terminal."""
    count = len(data.splits[split].comments)
    result = Table(title=f"GoEmotions {split}, {count:,} comments; thresholds chosen on dev")
    result.add_column("system", no_wrap=True)
    for title in COLUMNS.values():
        result.add_column(title, justify="right")
    for name, numbers in rows:
        result.add_row(name, *(cell(numbers.get(column)) for column in COLUMNS))
    return result


def cell(number: float | None) -> str:
    """A number as tables show it."""
    return "–" if number is None else f"{number:.4f}"  # noqa: RUF001 - a dash stands for "not applicable"


def show(rows: Sequence[Row], data: Dataset, split: str) -> None:
    """Print the table."""
    Console(width=max(console.width, _WIDTH)).print(table(rows, data, split))


def _baseline_row(baseline: Baseline, data: Dataset, split: str) -> Row:
    dev = data.splits["dev"].groups
    thresholds, macro = np.full(len(GROUPS), 0.5), 0.5
    if baseline.tuned:
        thresholds = group_thresholds(dev, baseline.dev)
        macro = best_macro_f1_threshold(dev[:, POSITIVE], baseline.dev[:, POSITIVE])
    numbers = measured(
        group_truth=data.splits[split].groups,
        groups=baseline.dev if split == "dev" else baseline.test,
        thresholds=thresholds,
        macro_threshold=macro,
    )
    hidden = () if baseline.four_groups else _ONLY_WITH_FOUR_GROUPS
    return baseline.name, {name: value for name, value in numbers.items() if name not in hidden}


def _replies(manifest: Manifest, groups: Array, emotions: Array, split: Split) -> Numbers:
    """Precision and recall of the decision to reply, by `reply_when` and sensitivity."""
    truth = {name: score > 0 for name, score in reply_scores(split.groups, split.emotions).items()}
    numbers: Numbers = {}
    for name, score in reply_scores(groups, emotions).items():
        for sensitivity, threshold in manifest.reply_thresholds[name].items():
            called = score >= threshold
            right = float((called & truth[name]).sum())
            numbers[f"{name}_{sensitivity}_precision"] = round(right / max(float(called.sum()), 1.0), 4)
            numbers[f"{name}_{sensitivity}_recall"] = round(right / max(float(truth[name].sum()), 1.0), 4)
    return numbers
