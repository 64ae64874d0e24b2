"""How the project's plots look, and how they get into a page or a file. Needs matplotlib (training extra).

A figure is drawn in the colours of the light theme. In a page each becomes a CSS variable, so that one SVG
follows the reader's theme; in a file they stay. Figures are narrow: a phone shows them nearly unscaled.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from export.palette import LIGHT
from model.labels import GROUPS

INK, MUTED, LINE, PAPER = (LIGHT[name] for name in ("ink", "muted", "line", "paper"))
GROUP_COLOURS = {group: LIGHT[group] for group in GROUPS}
SERIES = tuple(colour for name, colour in LIGHT.items() if name.startswith("series-"))
"""For splits and for whatever else has no colour of its own."""

WIDTH = 4.9  # inches of 72 units: about a phone's width in CSS pixels
_STYLE: dict[str, Any] = {
    "font.size": 9.5,
    "font.family": "DejaVu Sans",
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": LINE,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "svg.fonttype": "none",
}


@contextmanager
def drawing(height: float, *, width: float = WIDTH) -> Iterator[tuple[Figure, Axes]]:
    """A new figure of that many inches with one pair of axes, in the project's style."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, figure.add_subplot()


def inline(figure: Figure, name: str, title: str, note: str = "") -> str:
    """The figure as HTML to stand in a page: `name` is unique there, `title` is read out and shown."""
    svg = _svg(figure, name)
    svg = re.sub(r'\b(id="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    for variable, colour in LIGHT.items():
        svg = svg.replace(colour, f"var(--{variable})")
    width = figure.get_figwidth() * 72
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{escape(title)}" ', 1)
    wide = f' style="min-width:{width:.0f}px"' if figure.get_figwidth() > WIDTH else ""
    caption = f"<strong>{escape(title)}</strong>{' ' + escape(note) if note else ''}"
    return (
        f'<figure><figcaption>{caption}</figcaption><div class="scroll"><div{wide}>{svg}</div></div></figure>'
    )


def save(figure: Figure, path: Path) -> Path:
    """Write the figure to a PNG or SVG file, on white; the same drawing gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context({**_STYLE, "svg.hashsalt": path.stem}):
        metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
        figure.savefig(path, facecolor=PAPER, dpi=160, metadata=metadata)
    return path


def bars(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float], str]],
    *,
    unit: str,
    percent: bool = False,
    scale: str = "linear",
) -> Figure:
    """Horizontal bars, the first label on top; each series has a name, a value per label, and a colour."""
    thick = 0.8 / len(series)
    height = 0.75 + len(labels) * max(0.2, 0.115 * len(series) + 0.06)
    with drawing(height) as (figure, axes):
        for number, (name, values, colour) in enumerate(series):
            places = [place + (number - (len(series) - 1) / 2) * thick for place in range(len(labels))]
            axes.barh(places, list(values), height=thick * 0.92, color=colour, label=name)
        axes.set_yticks(range(len(labels)), list(labels))
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.set_xscale(scale)
        _finish(axes, unit=unit, percent=percent, legend=len(series) > 1)
    return figure


def steps(
    edges: Sequence[float],
    series: Sequence[tuple[str, Sequence[float], str]],
    *,
    unit: str,
    mark: tuple[float, str] | None = None,
) -> Figure:
    """Histograms as outlines: for each series the share of its comments between the edges."""
    with drawing(2.75) as (figure, axes):
        for name, shares, colour in series:
            axes.stairs(list(shares), list(edges), color=colour, linewidth=1.6, label=name)
        if mark is not None:
            axes.axvline(mark[0], color=INK, linewidth=1, linestyle=(0, (3, 3)))
            axes.text(mark[0], axes.get_ylim()[1], f" {mark[1]}", va="top", fontsize=8)
        axes.set_xlim(edges[0], edges[-1])
        axes.yaxis.set_major_formatter(_percent)
        axes.set_xlabel(unit)
        _legend(axes)
    return figure


def heat(
    matrix: Sequence[Sequence[float]],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    colour: str = SERIES[0],
    written: Literal["percent", "count", "no"] = "percent",
    top: float | None = None,
) -> Figure:
    """A table of numbers as shades of one colour: `written` says how they stand in it, `top` is darkest."""
    most = top or max(max(row) for row in matrix) or 1.0
    small = len(columns) > 12  # noqa: PLR2004 - from there on the labels stand upright
    cell = 0.195 if small else 0.34
    with drawing(len(rows) * cell + 1.3, width=max(WIDTH, len(columns) * cell + 1.6)) as (figure, axes):
        for row, values in enumerate(matrix):
            for column, value in enumerate(values):
                shade = min(value / most, 1.0)
                axes.fill(*_square(row, column), facecolor=colour, alpha=0.04 + 0.96 * shade, linewidth=0)
                if written != "no":
                    text = f"{value:.0%}" if written == "percent" else f"{value:,.0f}"
                    ink = PAPER if shade > 0.55 else INK  # noqa: PLR2004 - where either can be read
                    axes.text(column, row, text, ha="center", va="center", fontsize=8, color=ink)
        axes.set_yticks(range(len(rows)), list(rows), fontsize=7.5 if small else 9)
        axes.set_xticks(range(len(columns)), list(columns), rotation=90 if small else 0)
        axes.tick_params(axis="x", labelsize=7.5 if small else 9, labeltop=True, labelbottom=False, length=0)
        axes.set_xlim(-0.5, len(columns) - 0.5)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
    return figure


def dots(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float], str]],
    *,
    unit: str,
    limit: float | None = None,
) -> Figure:
    """A dot for each label and series around 0; dashed lines at plus and minus `limit`."""
    with drawing(0.8 + 0.2 * len(labels)) as (figure, axes):
        axes.axvline(0, color=MUTED, linewidth=1)
        for line in (-limit, limit) if limit else ():
            axes.axvline(line, color=MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
        for name, values, colour in series:
            axes.scatter(list(values), range(len(labels)), s=22, color=colour, label=name, zorder=3)
        axes.set_yticks(range(len(labels)), list(labels))
        axes.set_ylim(len(labels) - 0.4, -0.6)
        _finish(axes, unit=unit, percent=False, legend=len(series) > 1)
    return figure


def _finish(axes: Axes, *, unit: str, percent: bool, legend: bool) -> None:
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(unit)
    if percent:
        axes.xaxis.set_major_formatter(_percent)
    if legend:
        _legend(axes)


def _legend(axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    axes.figure.legend(handles, labels, loc="outside lower center", ncols=4, columnspacing=1.2)


def _percent(value: float, _: object = None) -> str:
    return f"{value:.0%}" if round(100 * value, 6).is_integer() else f"{value:.1%}"


def _square(row: int, column: int) -> tuple[list[float], list[float]]:
    left, top, side = column - 0.47, row - 0.47, 0.94
    return [left, left + side, left + side, left], [top, top, top + side, top + side]


def _svg(figure: Figure, name: str) -> str:
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        buffer = StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    svg = text[text.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    return re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg))
