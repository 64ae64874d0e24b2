"""The report's section on lengths: words, characters and tokens a comment."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from export.eda.counts import PERCENTILES, Lengths, lengths, mean_by_group, over
from export.eda.material import Material
from export.figures import inline, steps
from export.webpage import Section, grid, note, table

MAX_TOKENS = 128
_EDGES: Mapping[str, Sequence[float]] = {
    "words": [0, 1, *range(2, 36, 2)],
    "characters": list(range(0, 420, 20)),
    "tokens": list(range(0, 164, 8)),
}

_Measured = Mapping[str, Mapping[str, Lengths]]
"""By unit, then by the name of the texts."""


def sizes(material: Material) -> Section:
    """Words, characters and tokens a comment, and how many comments a model cuts."""
    values = {
        "words": {name: [len(text.split()) for text in texts] for name, texts in material.texts.items()},
        "characters": {name: [len(text) for text in texts] for name, texts in material.texts.items()},
        "tokens": {name: material.tokens(texts) for name, texts in material.texts.items()},
    }
    found = {
        unit: {name: lengths(each, _EDGES[unit]) for name, each in by_name.items()}
        for unit, by_name in values.items()
    }
    cut = {name: over(each, MAX_TOKENS) for name, each in values["tokens"].items()}
    by_group = mean_by_group(values["words"]["train"], material.data.splits["train"].groups)
    told = ", ".join(f"{name} {n:,} of {len(material.texts[name]):,}" for name, n in cut.items())
    means = ", ".join(f"{group} {mean:.1f}" for group, mean in by_group.items())
    return Section(
        key="lengths",
        title="Lengths",
        lead=f"After preparation; tokens include the two special ones. A model that reads {MAX_TOKENS} "
        f"tokens cuts: {told}.",
        parts=[
            grid(_pictures(found, material.colours)),
            _table(found),
            note(f"Mean words by group, train: {means}."),
        ],
        numbers={
            "percentiles": {u: {n: asdict(each) for n, each in by.items()} for u, by in found.items()},
            f"over_{MAX_TOKENS}_tokens": cut,
            "mean_words_by_group": {group: round(mean, 2) for group, mean in by_group.items()},
        },
    )


def _pictures(found: _Measured, colours: Mapping[str, str]) -> list[str]:
    return [
        inline(
            steps(
                _EDGES[unit],
                [(name, each.shares, colours[name]) for name, each in by_name.items()],
                unit=unit,
                mark=(MAX_TOKENS, "cut here") if unit == "tokens" else None,
            ),
            unit,
            f"{unit.capitalize()} a comment",
            "The last step holds everything longer.",
        )
        for unit, by_name in found.items()
    ]


def _table(found: _Measured) -> str:
    rows = [
        [f"{unit}, {name}", f"{each.mean:.1f}", *(f"{each.percentiles[p]:,.0f}" for p in PERCENTILES)]
        for unit, by_name in found.items()
        for name, each in by_name.items()
    ]
    return table(["", "mean", *(f"{p}%" for p in PERCENTILES)], rows)
