"""The analysis as sections of a page: identities, cues, words, and how the model fits the labels."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from statistics import fmean

from export.analysis.cues import Cue
from export.analysis.gaps import LARGE, Gap
from export.analysis.templates import TEMPLATES
from export.analysis.words import FEWEST, Effect
from export.eda.vocabulary import Typical, emoji_name
from export.figures import GROUP_COLOURS, bars, dots, inline
from export.webpage import Section, grid, note, table, tiles

_SHOWN = 25
_BOTH = ("negative", "positive")
_EFFECT_COLUMNS = ("word", "negative", "positive", "standard error", "labels: negative", "labels: positive")


def identities(gaps: Sequence[Gap]) -> Section:
    """How far each identity is from everybody, the worst first."""
    sizes = [abs(gap.negative) for gap in gaps]
    large = sum(size > LARGE for size in sizes)
    kinds = list(dict.fromkeys(gap.kind for gap in gaps))
    return Section(
        key="identities",
        title="Who it is about",
        lead=f"{len(TEMPLATES)} sentences, the same for everybody; only the person changes. A dot is the "
        "mean change of a probability against the average of the others of that kind. Dashed: what should "
        "not be exceeded unexplained.",
        parts=[
            tiles(
                [
                    (f"{max(sizes):.3f}", "largest mean change of negative"),
                    (f"{fmean(sizes):.3f}", "mean over identities"),
                    (f"{large} of {len(gaps)}", f"change negative by more than {LARGE}"),
                    (f"{fmean(gap.labels for gap in gaps):.1%}", "of sentences get another label than most"),
                    (
                        f"{fmean(gap.answers for gap in gaps):.1%}",
                        "are answered where most are not, or not answered",
                    ),
                ]
            ),
            grid([_kind(kind, [gap for gap in gaps if gap.kind == kind]) for kind in kinds]),
            table(
                ["identity", "kind", "sentences", "negative", "positive", "other label", "other answer"],
                [_row(gap) for gap in gaps[:_SHOWN]],
                title=f"The {min(_SHOWN, len(gaps))} largest gaps",
            ),
            note(_remedy(gaps)),
        ],
        numbers={"gaps": [asdict(gap) for gap in gaps], "large": large, "limit": LARGE},
    )


def manners(cues: Sequence[Cue]) -> Section:
    """What punctuation, capitals and manners do."""
    by_cue: dict[str, list[Cue]] = defaultdict(list)
    for each in cues:
        by_cue[each.cue].append(each)
    figures = [
        inline(
            dots(
                [each.cue if each.cue.isascii() else emoji_name(each.cue) for each in of],
                [(name, [getattr(each, name) for each in of], GROUP_COLOURS[name]) for name in _BOTH],
                unit="mean change of the probability",
                limit=LARGE,
            ),
            f"cues-{kind}",
            f"Added to {kind} sentences",
        )
        for kind, of in _by_sentences(cues).items()
    ]
    rows = [
        [cue, *(f"{fmean(getattr(each, name) for each in of):.1%}" for name in ("labels", "answers"))]
        for cue, of in by_cue.items()
    ]
    return Section(
        key="cues",
        title="How it is written",
        lead="The same sentences with another ending, other capitals or some manners. Laughter and faces "
        "rightly mean something; full stops, capitals and a link should not.",
        parts=[grid([*figures, table(["cue", "labels changed", "answers changed"], rows)])],
        numbers={"cues": [asdict(each) for each in cues]},
    )


def influences(effects: Sequence[Effect], shipped: str) -> Section:
    """Which words move the scores, and which of them should not."""
    suspicious = [effect for effect in effects if effect.suspicious][:_SHOWN]
    strongest = [effect for effect in effects if effect.emotional][:_SHOWN]
    pictures = [
        _words(suspicious, "suspicious", "No emotion words, and yet they surely move the scores"),
        _words(strongest, "expected", "Emotion words with the largest effect"),
    ]
    return Section(
        key="words",
        title="Words that decide",
        lead=f"{shipped} on dev: each of {len(effects):,} words was taken out of comments that hold it "
        f"(only words in at least {FEWEST} comments); the change of the probabilities is its effect.",
        parts=[
            grid(pictures),
            table(_EFFECT_COLUMNS, [_effect_row(each) for each in suspicious], title="Suspicious words"),
            note(
                "Labels: z-score of the word in comments that people labelled so. Where the model's "
                "effect and the labels agree, the data taught it; where the labels are near 0, the model "
                "made it up."
            ),
        ],
        numbers={
            "suspicious": [asdict(each) for each in suspicious],
            "effects": [asdict(each) for each in effects],
        },
    )


def _effect_row(each: Effect) -> list[str]:
    moved = [f"{each.negative:+.3f}", f"{each.positive:+.3f}", f"{each.error:.3f}"]
    return [each.word, *moved, f"{each.labels_negative:+.1f}", f"{each.labels_positive:+.1f}"]


def predicted_words(
    found: dict[str, tuple[Typical, ...]], labelled: dict[str, tuple[Typical, ...]]
) -> Section:
    """Words of what the model calls a group, beside the words of what people call it."""
    figures, rows = [], []
    for group, typical in found.items():
        if typical:
            chart = bars(
                [each.word for each in typical],
                [("z", [each.z for each in typical], GROUP_COLOURS[group])],
                unit="z-score",
            )
            figures.append(inline(chart, f"called-{group}", f"Called {group}"))
        people = {each.word for each in labelled[group]}
        only = [each.word for each in typical if each.word not in people]
        rows.append(f"{group}: {', '.join(only) or 'none'}")
    return Section(
        key="predicted",
        title="Words of what the model calls a group",
        lead="Log-odds of words in comments that the model puts into a group, against the others (Monroe "
        "et al., 2008).",
        parts=[
            grid(figures),
            note("Among the model's words and not among those of the labels. " + "; ".join(rows) + "."),
        ],
        numbers={
            "model": {group: [asdict(each) for each in of] for group, of in found.items()},
            "labels": {group: [asdict(each) for each in of] for group, of in labelled.items()},
        },
    )


def _kind(kind: str, gaps: Sequence[Gap]) -> str:
    shown = sorted(gaps, key=lambda gap: -gap.negative)
    chart = dots(
        [gap.identity for gap in shown],
        [(name, [getattr(gap, name) for gap in shown], GROUP_COLOURS[name]) for name in _BOTH],
        unit="mean change of the probability",
        limit=LARGE,
    )
    return inline(chart, f"gap-{kind}", kind.capitalize())


def _row(gap: Gap) -> list[str]:
    numbers = [f"{gap.negative:+.3f}", f"{gap.positive:+.3f}", f"{gap.labels:.1%}", f"{gap.answers:.1%}"]
    return [gap.identity, gap.kind, str(gap.sentences), *numbers]


def _remedy(gaps: Sequence[Gap]) -> str:
    spread: dict[str, float] = {
        kind: max(abs(gap.negative) for gap in gaps if gap.kind == kind)
        for kind in {gap.kind for gap in gaps}
    }
    order = ", ".join(
        f"{kind} {size:.3f}" for kind, size in sorted(spread.items(), key=lambda item: -item[1])
    )
    return (
        f"Largest change of negative by kind: {order}. What helps: training on comments whose identity "
        "words are swapped for others of their kind, with the same labels "
        "(export.identities.swap_identities), which also puts real names where the data only have "
        "[NAME]; then this page again."
    )


def _words(effects: Sequence[Effect], name: str, title: str) -> str:
    if not effects:
        return note(f"{title}: none.")
    chart = dots(
        [each.word for each in effects],
        [(side, [getattr(each, side) for each in effects], GROUP_COLOURS[side]) for side in _BOTH],
        unit="mean change of the probability",
    )
    return inline(chart, f"words-{name}", title)


def _by_sentences(cues: Sequence[Cue]) -> dict[str, list[Cue]]:
    found: dict[str, list[Cue]] = defaultdict(list)
    for each in cues:
        found[each.sentences].append(each)
    return found
