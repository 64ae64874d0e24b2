"""The report's sections on where the comments come from: reading, cleaning, and how far sources differ."""

from collections.abc import Mapping
from dataclasses import asdict

from export.data import SPLITS
from export.eda.cleaning import REASONS, Prepared, bad_lines, prepared
from export.eda.drift import chance, drift
from export.eda.material import Material
from export.figures import bars, inline
from export.webpage import Section, grid, note, table, tiles


def overview(material: Material) -> Section:
    """How much there is."""
    data = material.data
    words = {name: sum(len(text.split()) for text in texts) for name, texts in material.texts.items()}
    return Section(
        key="overview",
        title="At a glance",
        lead="Numbers and frequent words only: this page holds nobody's comment.",
        parts=[
            tiles(
                [(f"{len(texts):,}", f"comments in {name}") for name, texts in material.texts.items()]
                + [(f"{sum(words.values()):,}", "words in all, after preparation")]
            ),
            note(f"SHA-256 of the three labelled files: {data.sha256}"),
        ],
        numbers={
            "comments": {name: len(t) for name, t in material.texts.items()},
            "words": words,
            "sha256": data.sha256,
        },
    )


def cleaning(material: Material) -> Section:
    """What was taken out, what the preparation changes."""
    bad, removed = bad_lines(material.data), material.data.removed
    found = {name: prepared(texts, material.texts[name]) for name, texts in material.published.items()}
    taken = [[f"in train, and in {name} too", f"{count:,}"] for name, count in removed.items()]
    taken += [[f"{name}.tsv: {why}", f"{count:,}"] for name, by in bad.items() for why, count in by.items()]
    changed = [[n, f"{e.changed / max(e.texts, 1):.1%}", f"{e.emptied:,}"] for n, e in found.items()]
    tables = [
        table(["taken out", "comments"], taken),
        table(["after preparation", "read differently", "are empty"], changed),
    ]
    return Section(
        key="cleaning",
        title="What was cleaned, and why",
        lead="Taken out: training comments that dev or test hold as well (same text in lower case, or "
        "same id), so that nothing is tested that was learned; and lines that are no comment. Everything "
        "else stays, prepared as the bot prepares it.",
        parts=[grid([_reasons(found, material.colours), f"<div>{''.join(tables)}</div>"])],
        numbers={
            "removed_from_train": dict(removed),
            "bad_lines": bad,
            "prepared": {name: asdict(each) for name, each in found.items()},
        },
    )


def _reasons(found: Mapping[str, Prepared], colours: Mapping[str, str]) -> str:
    reasons = list(REASONS)
    series = [
        (name, [each.having[reason] / max(each.texts, 1) for reason in reasons], colours[name])
        for name, each in found.items()
    ]
    chart = bars(reasons, series, unit="share of comments", percent=True)
    return inline(chart, "reasons", "What the preparation deals with")


def drifting(material: Material) -> Section:
    """How far dev, test and unlabelled files are from train."""
    train = material.data.splits["train"]
    reference = material.texts["train"]
    found = {
        name: drift(
            reference, texts, train.emotions, material.data.splits[name].emotions if name in SPLITS else None
        )
        for name, texts in material.texts.items()
        if name != "train"
    }
    found["by chance"] = chance(reference, train.emotions, len(material.texts["dev"]))
    rows = [
        [name, f"{e.lengths:.3f}", f"{e.vocabulary:.4f}", f"{e.unseen:.2%}", _optional(e.emotions)]
        for name, e in found.items()
    ]
    return Section(
        key="drift",
        title="Drift from train",
        lead="How far each source is from train; the last row is a random part of train as large as dev "
        "against the rest, so what is near it is no difference at all.",
        parts=[
            table(["", "lengths (KS)", "words (JS, bits)", "unseen words", "emotions (JS, bits)"], rows),
            note(
                "KS: Kolmogorov-Smirnov distance of the words a comment. JS: Jensen-Shannon divergence, "
                "from 0 to 1."
            ),
        ],
        numbers={name: asdict(each) for name, each in found.items()},
    )


def _optional(value: float | None) -> str:
    return "" if value is None else f"{value:.5f}"
