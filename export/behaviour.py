"""The behavioural suite's results as tables for the terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from export.progress import console
from model.behaviour import CALM, Behaviour, Tally
from model.labels import GROUPS

_WIDTH = 118


def show(behaviour: Behaviour, *, failures: bool) -> None:
    """Print what a classifier did; with `failures`, each failed case of the open half too.

    The cases are the project's own sentences, nobody's comments, so they may be shown. Those of the locked
    half are not: who has read them would train towards them.
    """
    wide = Console(width=max(console.width, _WIDTH))
    wide.print(_categories(behaviour))
    if behaviour.sources:
        wide.print(_sources(behaviour))
    for failure in behaviour.failures if failures else ():
        if not failure.locked:
            wide.print(
                f"[bold]{escape(failure.case)}[/] {escape(failure.text)}\n"
                f"    wanted {escape(failure.wanted)}; got {escape(failure.got)}",
                highlight=False,
            )


def tables(behaviour: Behaviour) -> dict[str, dict[str, float]]:
    """The rates as the manifest takes them: by table, then by category or source."""
    found = {
        "behaviour, open": {
            each.category: each.open.rate for each in behaviour.categories if each.open.total
        },
        "behaviour, locked": {
            each.category: each.locked.rate for each in behaviour.categories if each.locked.total
        },
        "behaviour, calm texts": {
            name: getattr(each, name)
            for each in behaviour.categories
            if each.category == CALM
            for name in ("called_negative", "answered")
        },
        "sources, AUROC of negative": {
            each.source: each.auroc for each in behaviour.sources if each.auroc is not None
        },
        "sources, macro-F1 of label": {each.source: each.macro_f1 for each in behaviour.sources},
    }
    return {
        table: {name: round(value, 4) for name, value in numbers.items()}
        for table, numbers in found.items()
        if numbers
    }


def _categories(behaviour: Behaviour) -> Table:
    table = Table(title=f"Behaviour of {behaviour.version}")
    table.add_column("category", no_wrap=True)
    for title in ("open half", "locked half", "pass rate", "called negative", "answered"):
        table.add_column(title, justify="right")
    for each in behaviour.categories:
        rates = [f"{each.called_negative:.3f}", f"{each.answered:.3f}"] if each.category == CALM else ["", ""]
        table.add_row(each.category, _counts(each.open), _counts(each.locked), f"{each.rate:.3f}", *rates)
    table.add_section()
    total = behaviour.tally
    table.add_row("all", _counts(total), "", f"{total.rate:.3f}", "", "")
    return table


def _sources(behaviour: Behaviour) -> Table:
    table = Table(title="Labelled texts; confusion is truth > label, where they differ")
    table.add_column("source", no_wrap=True)
    for title in ("texts", "AUROC, negative", "macro-F1, label"):
        table.add_column(title, justify="right")
    table.add_column("confusion")
    for each in behaviour.sources:
        wrong = [
            f"{truth} > {found} {each.confusion[truth, found]}"
            for truth in GROUPS
            for found in GROUPS
            if truth != found and (truth, found) in each.confusion
        ]
        numbers = (str(each.texts), "" if each.auroc is None else f"{each.auroc:.3f}", f"{each.macro_f1:.3f}")
        table.add_row(each.source, *numbers, ", ".join(wrong))
    return table


def _counts(tally: Tally) -> str:
    return f"{tally.passed}/{tally.total}" if tally.total else ""
