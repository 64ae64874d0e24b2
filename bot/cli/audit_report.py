"""What an audit found, as counts and rows: of nobody, from nowhere, without a word of anybody's."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.application.audit import AuditSummary, Finding
from bot.application.records import Missing
from bot.cli.terminal import console, printable
from bot.domain.audit import NEAR, Agreement, Difference, Judgement

MOST_LISTED: Final = 1000
"""Decisions that differ, and as many near a threshold, that are listed; the others are counted."""
MOST_SHOWN: Final = 20
"""The same, in the terminal."""

_PLACES: Final = 6  # as scores are stored

_WHY_NOT: Final = {
    Missing.UNREAD: "their text was not read when they were made",
    Missing.TEXT_GONE: "text gone: erased since, or never kept",
    Missing.MODEL_GONE: "model not here any more",
    Missing.PREPROCESSING_GONE: "text preparation not here any more",
    Missing.UNREADABLE: "settings snapshot or row missing or unreadable",
}


class Findings:
    """The first findings of each kind, in bounded memory."""

    def __init__(self) -> None:
        self.listed: list[Finding] = []
        self._counts: Counter[Agreement] = Counter()

    def add(self, finding: Finding) -> None:
        """One more, kept unless there were many of its kind."""
        kind = finding.comparison.agreement
        self._counts[kind] += 1
        if self._counts[kind] <= MOST_LISTED:
            self.listed.append(finding)


def report(summary: AuditSummary, findings: Findings) -> dict[str, Any]:
    """The counts: `decisions` is `rerun` and what could not be; `rerun` is `same`, `near` and `differ`."""
    return {
        "decisions": summary.decisions,
        "rerun": summary.agreements.total(),
        **{each.value: summary.agreements[each] for each in Agreement},
        **{each.value: summary.missing[each] for each in Missing},
        "differences": {each.value: summary.differences[each] for each in Difference},
        "largest_move": round(summary.moved, _PLACES),
        "findings": [_row(each) for each in findings.listed],
    }


def _row(finding: Finding) -> dict[str, Any]:
    comparison = finding.comparison
    return {
        "decision": finding.decision,
        "agreement": comparison.agreement.value,
        "differences": [each.value for each in comparison.differences],
        "facts": list(comparison.facts),
        "moved": None if comparison.moved is None else round(comparison.moved, _PLACES),
        "model": finding.model,
        "recorded": _said(finding.recorded),
        "again": _said(finding.again),
    }


def _said(judgement: Judgement) -> dict[str, Any]:
    return {
        "action": str(judgement.action),
        "reason": str(judgement.reason),
        "label": judgement.label,
        "score": None if judgement.score is None else round(judgement.score, _PLACES),
    }


def show(counts: Mapping[str, Any]) -> None:
    """The report, in the terminal."""
    out = console()
    if not counts["decisions"]:
        other = "replay" if counts["origin"] == "live" else "live"
        out.print(f"Nothing was decided in that time ({counts['origin']}; see also --origin {other}).")
        return
    out.print(_agreements(counts))
    if counts["decisions"] > counts["rerun"]:
        out.print(_missing(counts))
    for kind, title in ((Agreement.DIFFER, "Differ"), (Agreement.NEAR, "Within a rounding")):
        rows = [each for each in counts["findings"] if each["agreement"] == kind]
        if rows:
            out.print(_rows(rows, title))
        if counts[kind] > MOST_SHOWN:
            out.print(f"… and {counts[kind] - MOST_SHOWN:,} more; --json lists {MOST_LISTED:,} of each kind.")
    out.print(_conclusion(counts), soft_wrap=True)


def _agreements(counts: Mapping[str, Any]) -> Any:
    from rich.table import Table  # noqa: PLC0415

    title = f"{counts['decisions']:,} decisions ({counts['origin']}), {counts['rerun']:,} made again"
    table = Table(title=title, title_justify="left")
    for name in ("Same", f"Within a rounding (of {NEAR})", "Differ"):
        table.add_column(name, justify="right")
    table.add_row(*[f"{counts[each]:,}" for each in Agreement])
    return table


def _missing(counts: Mapping[str, Any]) -> Any:
    from rich.table import Table  # noqa: PLC0415

    table = Table("Not made again", title_justify="left")
    table.add_column("Decisions", justify="right")
    for each, why in _WHY_NOT.items():
        if counts[each]:
            table.add_row(why, f"{counts[each]:,}")
    return table


def _rows(rows: Sequence[Mapping[str, Any]], title: str) -> Any:
    from rich.table import Table  # noqa: PLC0415

    table = Table("Row", "Recorded", "Now", "Differs in", title=title, title_justify="left")
    table.add_column("Scores moved", justify="right")
    for each in rows[:MOST_SHOWN]:
        moved = "-" if each["moved"] is None else f"{each['moved']:.4f}"
        what = ", ".join(each["differences"]).replace("facts", f"facts ({', '.join(each['facts'])})")
        table.add_row(str(each["decision"]), _words(each["recorded"]), _words(each["again"]), what, moved)
    return table


def _words(said: Mapping[str, Any]) -> str:
    score = "" if said["score"] is None else f" {said['score']:.4f}"
    label = "" if said["label"] is None else f", {said['label']}{score}"
    return printable(f"{said['action']}, {said['reason']}{label}")


def _conclusion(counts: Mapping[str, Any]) -> str:
    if counts["differ"]:
        return "Some decisions would come out otherwise. Rows are those of the table decisions."
    if not counts["rerun"]:
        return "None of them can be made again."
    if counts["near"]:
        return "Nothing differs by more than what another processor's rounding explains."
    return "Every decision that can be made again comes out as it was recorded."
