"""The report's sections on labels and their company."""

from dataclasses import asdict
from typing import TypedDict

import numpy as np

from export.data import SPLITS
from export.eda.counts import Labels, cooccurrence, label_counts, lift
from export.eda.material import Material
from export.figures import bars, heat, inline
from export.webpage import Section, grid, table
from model.labels import EMOTIONS, GROUP_OF, GROUPS


class _Scale(TypedDict):
    unit: str
    percent: bool


_HALVES = ("positive", "not positive")
_FEW_TOGETHER = 10  # comments in which two emotions must meet before their lift is shown


def labels(material: Material) -> Section:
    """Groups, the binary target and emotions by split."""
    counts = {split.name: label_counts(split) for split in material.splits}
    colours = material.colours
    groups = [
        (name, [each.groups[g] / each.comments for g in GROUPS], colours[name])
        for name, each in counts.items()
    ]
    order = sorted(EMOTIONS, key=lambda emotion: -counts["train"].emotions[emotion])
    emotions = [
        (name, [each.emotions[e] / each.comments for e in order], colours[name])
        for name, each in counts.items()
    ]
    share: _Scale = {"unit": "share of comments", "percent": True}
    pictures = [
        inline(
            bars(GROUPS, groups, **share), "groups", "The four groups", "Several may hold for one comment."
        ),
        inline(bars(_HALVES, _binary(counts, colours), **share), "binary", "The binary target"),
        inline(bars(order, emotions, **share), "emotions", "The 28 labels"),
    ]
    return Section(
        key="labels",
        title="Labels",
        lead="How often each label was given. Rare emotions have too few examples for a threshold of "
        "their own to be trusted; the groups do not.",
        parts=[grid([*pictures, _counts_table(counts, order)]), _labels_a_comment(counts)],
        numbers={name: asdict(each) for name, each in counts.items()},
    )


def company(material: Material) -> Section:
    """Which emotions meet in one comment."""
    emotions = material.data.splits["train"].emotions
    order = sorted(
        range(len(EMOTIONS)), key=lambda n: (GROUPS.index(GROUP_OF[EMOTIONS[n]]), -emotions[:, n].sum())
    )
    names = [EMOTIONS[n] for n in order]
    shares = cooccurrence(emotions)[np.ix_(order, order)]
    pairs = _strongest(material)
    figure = heat(shares.tolist(), names, names, written="no", top=0.3)
    rows = [[f"{one} + {other}", f"{count:,}", f"{times:.1f}x"] for one, other, count, times in pairs]
    return Section(
        key="company",
        title="Emotions that meet",
        lead="Of the comments with the row's emotion, how many have the column's too (train; the darkest "
        "shade is 30% or more). Emotions are sorted by group: company stays mostly within a group.",
        parts=[
            grid(
                [
                    inline(figure, "company", "Co-occurrence"),
                    table(
                        ["pair", "comments", "of what chance gives"],
                        rows,
                        title="Pairs that meet more often than chance",
                    ),
                ]
            )
        ],
        numbers={
            "share_of_row_with_column": {
                row: {column: round(float(shares[r, c]), 4) for c, column in enumerate(names)}
                for r, row in enumerate(names)
            },
            "lift": [
                {"pair": [a, b], "comments": count, "lift": round(times, 2)} for a, b, count, times in pairs
            ],
        },
    )


def _binary(counts: dict[str, Labels], colours: dict[str, str]) -> list[tuple[str, list[float], str]]:
    shares = {name: each.groups["positive"] / each.comments for name, each in counts.items()}
    return [(name, [share, 1 - share], colours[name]) for name, share in shares.items()]


def _counts_table(counts: dict[str, Labels], order: list[str]) -> str:
    rows = [["comments", "", *(f"{each.comments:,}" for each in counts.values())]]
    rows += [[group, "(group)", *(f"{each.groups[group]:,}" for each in counts.values())] for group in GROUPS]
    rows += [
        [name, GROUP_OF[name], *(f"{each.emotions[name]:,}" for each in counts.values())] for name in order
    ]
    return table(["label", "group", *SPLITS], rows, title="Comments by label")


def _labels_a_comment(counts: dict[str, Labels]) -> str:
    most = max(number for each in counts.values() for number in each.labels_a_comment)
    rows = [
        [f"{kind}, {name}", *(f"{held.get(number, 0):,}" for number in range(1, most + 1))]
        for kind, by_name in (
            ("emotions", {name: each.labels_a_comment for name, each in counts.items()}),
            ("groups", {name: each.groups_a_comment for name, each in counts.items()}),
        )
        for name, held in by_name.items()
    ]
    return table(
        ["labels a comment", *(str(n) for n in range(1, most + 1))], rows, title="How many labels at once"
    )


def _strongest(material: Material, top: int = 12) -> list[tuple[str, str, int, float]]:
    """Pairs of emotions by lift: names, comments with both, lift."""
    emotions = material.data.splits["train"].emotions
    together, times = emotions.T @ emotions, lift(emotions)
    pairs = [
        (EMOTIONS[a], EMOTIONS[b], int(together[a, b]), float(times[a, b]))
        for a in range(len(EMOTIONS))
        for b in range(a)
        if together[a, b] >= _FEW_TOGETHER
    ]
    return sorted(pairs, key=lambda pair: -pair[3])[:top]
