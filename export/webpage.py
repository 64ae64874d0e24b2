"""One self-contained HTML page: no script, no external file, light and dark, readable on a phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from export.palette import DARK, LIGHT

_CSS = """
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
header,main{max-width:1160px;margin:0 auto;padding:1rem}
h1{font-size:1.7rem;line-height:1.2;margin:1rem 0 .3rem}
h2{font-size:1.25rem;margin:0 0 .4rem}
p{margin:.3rem 0 .8rem;max-width:72ch;overflow-wrap:anywhere}
.lead,.note{color:var(--muted)}.note{font-size:.87rem}
nav{display:flex;flex-wrap:wrap;gap:.4rem;margin:1rem 0}
nav a{color:var(--ink);text-decoration:none;padding:.15rem .65rem;border:1px solid var(--line);
border-radius:1rem;font-size:.87rem;background:var(--paper)}
nav a:hover,nav a:focus-visible{border-color:var(--series-1)}
section{background:var(--paper);border:1px solid var(--line);border-radius:.7rem;padding:1.1rem;
margin:0 0 1.1rem;scroll-margin-top:1rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.6rem;margin:.7rem 0}
.tile{border:1px solid var(--line);border-radius:.5rem;padding:.5rem .7rem}
.tile b{display:block;font-size:1.25rem;font-variant-numeric:tabular-nums}
.tile span{color:var(--muted);font-size:.82rem;line-height:1.3;display:block}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr));gap:1rem 1.6rem;
align-items:start;margin:.6rem 0}
figure{margin:0;min-width:0;max-width:44rem}
figcaption{font-size:.9rem;line-height:1.4;margin-bottom:.3rem}
.grid>*{min-width:0}
.scroll{overflow-x:auto;max-width:100%}
svg{display:block;width:100%;height:auto}
svg text{font-family:system-ui,sans-serif!important}
table{border-collapse:collapse;font-size:.87rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding-bottom:.3rem}
th,td{text-align:right;padding:.22rem .55rem;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--muted);font-weight:600}
th:first-child,td:first-child{text-align:left;padding-left:0}
@media(max-width:40rem){header,main{padding:.7rem}section{padding:.8rem}h1{font-size:1.35rem}}
@media print{section{break-inside:avoid;border:0}nav{display:none}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a report.

    Attributes:
        key: names it in links and in the JSON file.
        title: its heading.
        lead: what there is to see, as plain text.
        parts: HTML from `table`, `tiles`, `grid` and `figures.inline`.
        numbers: the same in numbers, for the JSON file.
    """

    key: str
    title: str
    lead: str
    parts: Sequence[str]
    numbers: Mapping[str, Any]


def page(title: str, lead: str, sections: Sequence[Section]) -> str:
    """The whole page, with links to its sections on top."""
    links = "".join(f'<a href="#{part.key}">{escape(part.title)}</a>' for part in sections)
    body = "\n".join(_section(part) for part in sections)
    themes = f":root{{{_variables(LIGHT)}}}@media(prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{themes}{_CSS}</style></head>\n"
        f'<body><header><h1>{escape(title)}</h1><p class="lead">{escape(lead)}</p>'
        f"<nav>{links}</nav></header>\n"
        f"<main>\n{body}\n</main></body></html>\n"
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> str:
    """A table that scrolls by itself where it is too wide; every cell is plain text."""
    caption = f"<caption>{escape(title)}</caption>" if title else ""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    inner = f"{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="scroll"><table>{inner}</table></div>'


def tiles(numbers: Sequence[tuple[str, str]]) -> str:
    """A few numbers in large type, each with what it counts."""
    inner = "".join(
        f'<div class="tile"><b>{escape(number)}</b><span>{escape(what)}</span></div>'
        for number, what in numbers
    )
    return f'<div class="tiles">{inner}</div>'


def grid(parts: Sequence[str]) -> str:
    """Parts side by side where there is room, else one below the other."""
    return f'<div class="grid">{"".join(parts)}</div>'


def note(text: str) -> str:
    """A remark in small type."""
    return f'<p class="note">{escape(text)}</p>'


def _section(part: Section) -> str:
    inner = "\n".join(part.parts)
    return (
        f'<section id="{part.key}"><h2>{escape(part.title)}</h2><p>{escape(part.lead)}</p>\n{inner}</section>'
    )


def _variables(theme: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in theme.items())
