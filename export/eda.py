"""A first look at the data: counts, lengths, labels, repetitions. Numbers only, never a comment's text."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from export.data import SPLITS, Dataset, Split
from model.labels import EMOTIONS, GROUP_OF, GROUPS

REPORT = "eda.md"
_PERCENTILES = (1, 25, 50, 75, 99, 100)


def write(data: Dataset, out: Path) -> Path:
    """Write the report in Markdown to `out/eda.md` and return its path."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / REPORT
    path.write_text(report(data), encoding="utf-8")
    return path


def report(data: Dataset) -> str:
    """The report's Markdown text."""
    splits = [data.splits[name] for name in SPLITS]
    parts = ["# GoEmotions as it was read", "", f"SHA-256 of the three files: `{data.sha256}`", ""]
    parts += [f"- {line}" for line in data.report()]
    parts += ["", "## Words a comment, after preparation", "", *_lengths(splits)]
    parts += ["", "## Labels a comment", "", *_label_counts(splits)]
    parts += ["", "## Share of comments by label", "", *_shares(splits)]
    parts += ["", "## Same text more than once within a split", "", *_repetitions(splits)]
    return "\n".join(parts) + "\n"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(header)} |", "|---" * len(header) + "|"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def _lengths(splits: Sequence[Split]) -> list[str]:
    rows = []
    for split in splits:
        lengths = [len(text.split()) for text in split.texts]
        rows.append([split.name, *(f"{value:.0f}" for value in np.percentile(lengths, _PERCENTILES))])
    return _table(["split", *(f"{percent}%" for percent in _PERCENTILES)], rows)


def _label_counts(splits: Sequence[Split]) -> list[str]:
    counts = {split.name: Counter(len(comment.emotions) for comment in split.comments) for split in splits}
    most = max(number for counter in counts.values() for number in counter)
    rows = [[name, *(f"{counter[n]:,}" for n in range(1, most + 1))] for name, counter in counts.items()]
    return _table(["split", *(str(number) for number in range(1, most + 1))], rows)


def _shares(splits: Sequence[Split]) -> list[str]:
    groups = [split.groups.mean(axis=0) for split in splits]
    emotions = [split.emotions.mean(axis=0) for split in splits]
    rows = [[f"**{name}**", "", *(f"{share[n]:.2%}" for share in groups)] for n, name in enumerate(GROUPS)]
    rows += [
        [name, GROUP_OF[name], *(f"{share[n]:.2%}" for share in emotions)] for n, name in enumerate(EMOTIONS)
    ]
    return _table(["label", "group", *(split.name for split in splits)], rows)


def _repetitions(splits: Sequence[Split]) -> list[str]:
    rows = []
    for split in splits:
        counter = Counter(text.lower() for text in split.texts)
        rows.append([split.name, f"{sum(counter.values()) - len(counter):,}"])
    return _table(["split", "comments"], rows)
