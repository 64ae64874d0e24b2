"""The report's sections on words, emoji, masks and languages."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from matplotlib.figure import Figure

from export.data import SPLITS
from export.eda.cleaning import languages
from export.eda.material import Material
from export.eda.vocabulary import FEWEST, Typical, emoji_by_group, emoji_name, grams, share_with, typical
from export.figures import GROUP_COLOURS, bars, inline
from export.webpage import Section, grid, note, table
from model.labels import GROUPS

MASKS = ("[NAME]", "[RELIGION]")
_SHOWN_EMOJI = 30


def vocabulary(material: Material) -> Section:
    """Words and pairs of words by group."""
    groups = material.data.splits["train"].groups
    single = typical(material.texts["train"], groups)
    pairs = typical(material.texts["train"], groups, split=lambda text: [g for g in grams(text) if " " in g])
    figures = [
        inline(_ranked(found, group), f"words-{group}", group.capitalize()) for group, found in single.items()
    ]
    rows = [[group, ", ".join(each.word for each in found[:12])] for group, found in pairs.items()]
    return Section(
        key="words",
        title="Words of each group",
        lead="Train. Log-odds ratio with an informative Dirichlet prior (Monroe et al., 2008), as "
        "z-scores: how surely a word belongs to the group's comments rather than to the others. Only "
        f"words that {FEWEST} comments of the group have.",
        parts=[grid(figures), _wrapped("Pairs of words", rows)],
        numbers={
            "words": {group: [asdict(each) for each in found] for group, found in single.items()},
            "pairs": {group: [asdict(each) for each in found] for group, found in pairs.items()},
        },
    )


def emoji_section(material: Material) -> Section:
    """Which emoji there are, and in whose company."""
    labelled = [text for name in SPLITS for text in material.published[name]]
    groups = np.concatenate([split.groups for split in material.splits])
    found = emoji_by_group(labelled, groups)
    others = {
        name: emoji_by_group(texts, np.zeros((len(texts), len(GROUPS))))
        for name, texts in material.published.items()
        if name not in SPLITS
    }
    rows = [
        [f"{each} {emoji_name(each)}", f"{count:,}", *(f"{share:.0%}" for share in shares)]
        for each, (count, shares) in list(found.items())[:_SHOWN_EMOJI]
    ]
    parts = [table(["emoji", "comments", *GROUPS], rows, title="Labelled comments, all splits")]
    for name, counted in others.items():
        line = ", ".join(f"{each} {emoji_name(each)} {n}" for each, (n, _) in list(counted.items())[:15])
        parts.append(note(f"{name}: {line or 'none in five comments or more'}."))
    return Section(
        key="emoji",
        title="Emoji",
        lead="The encoder has no emoji in its vocabulary, so the preparation spells them. What their "
        "comments are labelled:",
        parts=parts,
        numbers={
            "labelled": {
                emoji_name(each): {
                    "comments": n,
                    **dict(zip(GROUPS, (round(s, 4) for s in shares), strict=True)),
                }
                for each, (n, shares) in found.items()
            },
            **{name: {emoji_name(each): n for each, (n, _) in by.items()} for name, by in others.items()},
        },
    )


def masks(material: Material) -> Section:
    """[NAME] and [RELIGION] by group."""
    found = {
        mask: {
            split.name: share_with([comment.text for comment in split.comments], mask, split.groups)
            for split in material.splits
        }
        for mask in MASKS
    }
    figures = [
        inline(
            bars(
                GROUPS,
                [
                    (name, [shares[group] for group in GROUPS], material.colours[name])
                    for name, shares in by.items()
                ],
                unit="share of the group's comments",
                percent=True,
            ),
            f"mask-{number}",
            mask,
        )
        for number, (mask, by) in enumerate(found.items())
    ]
    return Section(
        key="masks",
        title="Masked names",
        lead="The data set hides people and religions. A mask that is commoner in one group is a word "
        "that the model can hold against a comment, so python -m export analyse looks at real names, "
        "too.",
        parts=[grid(figures)],
        numbers=found,
    )


def language_section(material: Material) -> Section:
    """What the language filter says."""
    found = {name: languages(texts, material.language) for name, texts in material.texts.items()}
    rejected = {name: 1 - counts["en"] / max(sum(counts.values()), 1) for name, counts in found.items()}
    others = sorted({code for counts in found.values() for code in counts} - {"en"})
    order = sorted(others, key=lambda code: -sum(counts.get(code, 0) for counts in found.values()))[:15]
    rows = [
        [name, f"{counts['en']:,}", f"{rejected[name]:.2%}", *(f"{counts.get(code, 0):,}" for code in order)]
        for name, counts in found.items()
    ]
    empty = "The filter of this version lets everything through." if not others else ""
    return Section(
        key="language",
        title="Not English",
        lead="What the language filter would keep from the classifier. The labelled comments were chosen "
        "to be English, "
        "so what is stopped among them is mostly stopped wrongly. " + empty,
        parts=[table(["", "English", "stopped", *order], rows)],
        numbers={"languages": found, "stopped": {name: round(share, 5) for name, share in rejected.items()}},
    )


def _ranked(found: Sequence[Typical], group: str) -> Figure:
    return bars(
        [each.word for each in found] or ["(none)"],
        [("z", [each.z for each in found] or [0.0], GROUP_COLOURS[group])],
        unit="z-score",
    )


def _wrapped(title: str, rows: Sequence[Sequence[str]]) -> str:
    return "".join([note(f"{title}, {group}: {words or 'none'}.") for group, words in rows])
