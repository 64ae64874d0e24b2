"""The comparison as a table, as JSON, and as a picture."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table

from benchmarks.systems import NAIVE, SOLACE, SYSTEMS, TORCH
from benchmarks.timings import Timings

_COMMENTS, _POSTS = "comments", "posts"


def targets(timings: Timings) -> list[tuple[str, float, float, bool]]:
    """Name, value, bound, and whether it is met."""
    solace, naive = (timings.one_by_one(_COMMENTS, name) for name in (SOLACE, NAIVE))
    pipeline = timings.one_by_one(_COMMENTS, TORCH)
    if solace is None or naive is None or pipeline is None:
        return []
    one, two = (timings.per_second(_COMMENTS, SOLACE, cores) for cores in (1, 2))
    most = [
        ("one comment, p50, ms", solace.p50, 1.8),
        ("one comment, p99, ms", solace.p99, 4.0),
        ("memory of the process, MB", timings.megabytes[SOLACE], 180.0),
    ]
    least = [
        ("one comment a run, times naive int8 (p50)", naive.p50 / solace.p50, 1.25),
        (
            "many at once, times naive int8 in batches of 32",
            one / timings.per_second(_COMMENTS, NAIVE, 1),
            1.25,
        ),
        ("two cores, times one", two / one, 1.9),
        ("times the transformers pipeline, one comment", pipeline.p50 / solace.p50, 6.0),
    ]
    return [(*each, each[1] <= each[2]) for each in most] + [(*each, each[1] >= each[2]) for each in least]


def tables(timings: Timings, machine: Mapping[str, Any]) -> Group:
    """Everything for the terminal."""
    table = Table(title=", ".join(f"{name} {value}" for name, value in machine.items()), title_justify="left")
    for title in (
        "system",
        "p50 ms",
        "p99 ms",
        "cpu p50 ms",
        "1 core /s",
        "2 cores /s",
        "post p50 ms",
        "p99 ms",
        "MB",
    ):
        table.add_column(title, justify="left" if title == "system" else "right")
    for name in SYSTEMS:
        one, post = (timings.one_by_one(kind, name) for kind in (_COMMENTS, _POSTS))
        cells: list[float | None] = [one.p50, one.p99, one.processor_p50] if one else [None] * 3
        cells += [timings.per_second(_COMMENTS, name, 1), timings.per_second(_COMMENTS, name, 2)]
        cells += [post.p50, post.p99] if post else [None, None]
        table.add_row(name, *(_cell(value) for value in [*cells, timings.megabytes[name]]))
    aims = Table(title="Targets", title_justify="left")
    for title in ("what", "value", "bound", ""):
        aims.add_column(title, justify="left" if title == "what" else "right")
    for name, value, bound, met in targets(timings):
        aims.add_row(name, f"{value:.2f}", f"{bound:g}", "[green]met" if met else "[red]missed")
    return Group(table, "Posts: Solace reads up to 8 windows, the others the first 128 tokens.", aims)


def write(timings: Timings, machine: Mapping[str, Any], folder: Path) -> None:
    """`classifier.json` and `classifier.png`."""
    systems = {
        name: {
            kind: asdict(single)
            for kind in (_COMMENTS, _POSTS)
            if (single := timings.one_by_one(kind, name)) is not None
        }
        | {f"per_second_{cores}": timings.per_second(_COMMENTS, name, cores) for cores in (1, 2)}
        | {
            f"processor_ms_{cores}": timings.processor_milliseconds(_COMMENTS, name, cores)
            for cores in (1, 2)
        }
        | {"megabytes": timings.megabytes[name]}
        for name in SYSTEMS
    }
    aims = [dict(zip(("name", "value", "bound", "met"), each, strict=True)) for each in targets(timings)]
    whole = {"machine": dict(machine), "systems": systems, "targets": aims}
    (folder / "classifier.json").write_text(json.dumps(whole, indent=2) + "\n", "utf-8")
    _picture(timings, folder / "classifier.png")


def _picture(timings: Timings, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    names = list(SYSTEMS)[::-1]
    colours = ["#2a7f62" if name == SOLACE else "#b9c4c9" for name in names]
    singles = [single for name in names if (single := timings.one_by_one(_COMMENTS, name))]
    panels = [
        ("One comment, ms (bar: p50, line: p99)", [single.p50 for single in singles]),
        ("Comments a second, one core", [timings.per_second(_COMMENTS, name, 1) for name in names]),
        ("Comments a second, two cores", [timings.per_second(_COMMENTS, name, 2) for name in names]),
        ("Memory, MB", [timings.megabytes[name] for name in names]),
    ]
    figure, axes = plt.subplots(1, len(panels), figsize=(15, 2.8), sharey=True, layout="constrained")
    ends = [single.p99 for single in singles]
    for axis, (title, values) in zip(axes, panels, strict=True):
        axis.barh(names, values, color=colours)
        axis.set_title(title, fontsize=10, loc="left")
        axis.spines[["top", "right"]].set_visible(False)
        for place, value in enumerate(values):
            at = ends[place] if axis is axes[0] else value
            text = f" {value:,.2f}" if value < 10 else f" {value:,.0f}"
            axis.text(at, place, text, va="center", fontsize=9)
        axis.margins(x=0.2)
    axes[0].hlines(range(len(names)), [single.p50 for single in singles], ends, colors="#555")
    figure.savefig(path, dpi=150)
    plt.close(figure)


def _cell(value: float | None) -> str:
    if value is None:
        return "–"  # noqa: RUF001 - a dash stands for "not measured"
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
