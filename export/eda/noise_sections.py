"""The report's sections on label noise: texts that say the same, and comments on which a model disagrees."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from export.data import Dataset
from export.eda.disagreement import FOLDS, SURE, Disagreement, disagreement, out_of_fold
from export.eda.material import Material
from export.eda.repetition import SIMILAR, Conflicts, conflicts, exact_clusters, near_clusters
from export.figures import GROUP_COLOURS, bars, heat, inline
from export.webpage import Section, grid, note, table, tiles
from model.labels import EMOTIONS, GROUPS

_TOP = 12


def repetition(material: Material) -> Section:
    """Exact and near repetitions over all three splits, and how their labels differ."""
    texts, emotions, groups = _everything(material)
    exact = conflicts(exact_clusters(texts), emotions, groups)
    near = conflicts(near_clusters(texts), emotions, groups)
    return Section(
        key="repetition",
        title="Label noise: the same text, other labels",
        lead="Raters did not know that a text was there twice, so how often its labels differ is a "
        "measure of how far they can be trusted. Train, dev and test together, after train was cleaned.",
        parts=[
            tiles(
                [
                    (
                        _share(getattr(found, f"{what}_differ"), found.clusters),
                        f"of {which} have differing {what}",
                    )
                    for which, found in (("equal texts", exact), ("nearly equal texts", near))
                    for what in ("emotions", "groups")
                ]
            ),
            grid([table(["", "equal", "nearly equal"], _rows(exact, near)), *_stand_ins(near)]),
            note(
                f"Nearly equal: character 5-grams with a Jaccard similarity of at least {SIMILAR}, found "
                "by MinHash; in lower case, prepared; texts of 20 characters or more. Equal: any length, "
                "short thanks included."
            ),
        ],
        numbers={"exact": _plain(exact), "near": _plain(near)},
    )


def hard_cases(material: Material) -> Section:
    """Where a plain model, trained on other folds, is sure of a group that the label does not have."""
    train = material.data.splits["train"]
    found = disagreement(train.groups, train.emotions, out_of_fold(train))
    return Section(
        key="hard",
        title="Label noise: where a model disagrees",
        lead=f"Train, judged by TF-IDF and logistic regression in {FOLDS} folds: no comment was seen by "
        f"the model that judges it. Sure means a probability of at least {SURE}.",
        parts=[
            tiles(
                [
                    (_share(found.sure, found.comments), "of comments on which it is sure"),
                    (_share(found.sure_wrong, found.sure), "of these have another label"),
                    *(
                        (f"{share:.1%}", f"may lack the label {name}")
                        for name, share in found.at_risk.items()
                    ),
                ]
            ),
            grid(_matrices(found)),
            note(
                "May lack a label: comments without it whose probability is above the mean of those that "
                "have it (confident learning, Northcutt et al., 2021)."
            ),
        ],
        numbers=_judged(found),
    )


def _stand_ins(near: Conflicts) -> list[str]:
    pairs = list(near.pairs.items())[:_TOP]
    if not pairs:
        return []
    names = [f"{EMOTIONS[one]} / {EMOTIONS[other]}" for (one, other), _ in pairs]
    series = [("sets", [float(n) for _, n in pairs], GROUP_COLOURS["ambiguous"])]
    chart = bars(names, series, unit="sets of texts")
    return [inline(chart, "pairs", "Labels that stand in for each other", "Nearly equal texts.")]


def _matrices(found: Disagreement) -> list[str]:
    worst = sorted(found.by_emotion.items(), key=lambda item: -item[1])[:_TOP]
    overruled = bars(
        [name for name, _ in worst],
        [("share", [share for _, share in worst], GROUP_COLOURS["negative"])],
        unit="share of the emotion's comments",
        percent=True,
    )
    return [
        inline(
            heat(found.confusion.tolist(), GROUPS, GROUPS),
            "confusion",
            "Label (row), model (column)",
            "Share of the label's comments by the model's most likely group.",
        ),
        inline(
            heat(found.pairs.tolist(), GROUPS, GROUPS, written="count"),
            "sure",
            "Sure and not the label",
            "Comments by label (row) and the model's group (column).",
        ),
        inline(overruled, "worst", "Emotions that are most often overruled"),
    ]


def _everything(
    material: Material,
) -> tuple[list[str], list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Prepared texts of all splits, their emotion ids, their group ids."""
    data: Dataset = material.data
    texts = [text for name in data.splits for text in material.texts[name]]
    emotions = [comment.emotions for split in data.splits.values() for comment in split.comments]
    groups = [
        tuple(n for n, holds in enumerate(row) if holds)
        for split in data.splits.values()
        for row in split.groups.tolist()
    ]
    return texts, emotions, groups


def _rows(exact: Conflicts, near: Conflicts) -> list[list[str]]:
    names = {
        "clusters": "sets of such texts",
        "comments": "comments in them",
        "emotions_differ": "sets with differing emotions",
        "groups_differ": "sets with differing groups",
        "opposite": "sets with positive and with negative",
    }
    return [[title, *(f"{getattr(each, name):,}" for each in (exact, near))] for name, title in names.items()]


def _plain(found: Conflicts) -> dict[str, Any]:
    pairs = {f"{EMOTIONS[one]} / {EMOTIONS[other]}": n for (one, other), n in found.pairs.items()}
    return {**asdict(found), "pairs": pairs}


def _judged(found: Disagreement) -> dict[str, Any]:
    def named(matrix: Sequence[Sequence[float]]) -> dict[str, dict[str, float]]:
        return {
            row: dict(zip(GROUPS, values, strict=True)) for row, values in zip(GROUPS, matrix, strict=True)
        }

    return {
        "comments": found.comments,
        "sure": found.sure,
        "sure_wrong": found.sure_wrong,
        "confusion": named(found.confusion.round(4).tolist()),
        "sure_wrong_pairs": named(found.pairs.tolist()),
        "by_emotion": {name: round(share, 4) for name, share in found.by_emotion.items()},
        "at_risk": {name: round(share, 4) for name, share in found.at_risk.items()},
    }


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"
