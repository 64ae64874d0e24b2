"""Is the model better than what stands beside it, or was it luck? For the card."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from export.baselines import Baseline
from export.compare import Difference, System, compare
from export.data import Dataset
from export.errors import DataError
from export.evaluate import said
from export.metrics import Array
from model.labels import GROUPS
from model.manifest import Manifest, load_manifest

Table = Mapping[str, float]


def differences(
    ours: System, data: Dataset, split: str, *, baselines: Sequence[Baseline], previous: Path | None
) -> dict[str, Table]:
    """The model's lead over each baseline and over the previous model, with 95% intervals.

    Args:
        ours: the release, see `released`.
        data: dev is what baselines are tuned on.
        split: dev or test: the comments that both are measured on.
        baselines: those with scores for all four groups are compared, the others only in what they have.
        previous: what `save_outputs` wrote of an earlier release, by the program that it belonged to.

    Returns:
        Tables by the name of what stands beside; keys are a metric, or a metric and "low", "high" or "p".
    """
    truth = data.splits[split].groups
    beside = {each.name: _tuned(each, data, split) for each in baselines if each.four_groups}
    if previous is not None:
        name, system = _saved(previous, split, comments=len(truth))
        beside[name] = system
    return {
        f"lead on {split} over {name}": _table(compare(truth, ours, system))
        for name, system in beside.items()
    }


def save_outputs(folder: Path, data: Dataset, path: Path) -> None:
    """Write what the release in `folder` says of dev and test to an `.npz`, for its successors."""
    manifest, found = load_manifest(folder), said(folder, data, ("dev", "test"))
    thresholds = released(manifest, found["dev"][0]).thresholds
    name = np.array(manifest.version)
    np.savez(path, version=name, thresholds=thresholds, dev=found["dev"][0], test=found["test"][0])


def _saved(path: Path, split: str, *, comments: int) -> tuple[str, System]:
    try:
        with np.load(path) as saved:
            name, system = str(saved["version"]), System(groups=saved[split], thresholds=saved["thresholds"])
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path} is not what `python -m export evaluate --save` writes: {error}.") from error
    if len(system.groups) != comments:
        raise DataError(f"{path} holds {len(system.groups)} comments of {split}, the data {comments}.")
    return name, system


def released(manifest: Manifest, groups: Array) -> System:
    """A release's probabilities (comments, 4) with the thresholds that it was released with."""
    thresholds = np.array([manifest.group_thresholds[group] for group in GROUPS])
    return System(groups=groups, thresholds=thresholds)


def _tuned(baseline: Baseline, data: Dataset, split: str) -> System:
    scores = baseline.dev if split == "dev" else baseline.test
    if not baseline.tuned:
        return System(groups=scores, thresholds=np.full(len(GROUPS), 0.5))
    return System.tuned(scores, dev_groups=baseline.dev, dev_truth=data.splits["dev"].groups)


def _table(found: Mapping[str, Difference]) -> Table:
    rows: dict[str, float] = {}
    for name, each in found.items():
        row = {"": each.value, " low": each.low, " high": each.high, " p": each.p}
        rows |= {f"{name}{part}": round(value, 4) for part, value in row.items()}
    return rows
