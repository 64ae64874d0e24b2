"""A report as one HTML file: nothing is loaded from elsewhere, and nothing in it tells about anybody."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

_STYLE: Final = """
:root { --page: #faf6ef; --ink: #2b2a27; --soft: #6a655c; --line: #e6ddcf; --track: #ece5d8;
  --reply: #2f6f73; --shadow: #6f74ac; --silence: #c9bfae; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --page: #15191b; --ink: #e9e4da; --soft: #a39d91;
  --line: #2d3639; --track: #21282b; --reply: #7cc0bd; --shadow: #9fa3dd; --silence: #56605f; } }
* { box-sizing: border-box; }
body { width: min(100% - 2rem, 46rem); margin: 2.5rem auto; background: var(--page); color: var(--ink);
  font: 1rem/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1, h2 { font-family: "Iowan Old Style", Palatino, Georgia, serif; font-weight: 500; line-height: 1.2; }
h1 { margin: 0 0 .5rem; font-size: 2rem; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.375rem; }
p { margin: .35rem 0; }
.soft { color: var(--soft); font-size: .9375rem; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); text-align: start; }
th { color: var(--soft); font-size: .875rem; font-weight: 500; }
th.number, td.number { padding-right: 0; padding-left: .9rem; text-align: end; }
td.name { white-space: nowrap; }
td.bar { width: 100%; padding-right: 0; }
tfoot td { border-bottom: 0; font-weight: 600; }
svg { display: block; width: 100%; height: .8rem; border-radius: .2rem; background: var(--track); }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-bottom: .5rem; font-size: .9375rem; }
.key svg { display: inline-block; width: .8rem; margin-right: .4rem; vertical-align: -.05rem; }
.reply { fill: var(--reply); }
.shadow { fill: var(--shadow); }
.silence { fill: var(--silence); }
"""
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_WIDTH: Final = 1000
_WORDS: Final = frozenset({"Day", "Platform", "Reason", ""})


def page(report: Mapping[str, Any], *, actions: Mapping[str, str], title: str, period: str) -> str:
    """The whole file.

    Args:
        report: what `report.summed` gives.
        actions: what each action is called, in the order of its columns.
        title: what is counted.
        period: of which time.
    """
    parts = [f"<h1>{escape(title)}</h1>", f'<p class="soft">{escape(period)}</p>']
    if report["decisions"]:
        states = ", ".join(
            f"{count:,} {escape(state)}" for state, count in report["replies"].items() if count
        )
        said = " + ".join(f"{report['actions'][action]:,} {escape(name)}" for action, name in actions.items())
        parts += [
            f"<p>{report['decisions']:,} comments judged = {said}.</p>",
            f"<p>Replies by state: {states or 'none'}.</p>",
            f"<h2>By day</h2>{_key(actions)}{_days(report)}",
            f"<h2>Why</h2>{_reasons(report)}",
            f"<h2>By day and platform</h2>{_platforms(report, actions)}",
        ]
    else:
        parts.append("<p>Nothing was judged in that time.</p>")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _days(report: Mapping[str, Any]) -> str:
    days = _counted(report, "day")
    most = max(counts.total() for counts in days.values())
    return _table(
        ("Day", "", "comments"),
        [(_name(day[0]), _bar(counts, most), _number(counts.total())) for day, counts in days.items()],
    )


def _reasons(report: Mapping[str, Any]) -> str:
    reasons, total = _counted(report, "reason"), report["decisions"]
    most = max(counts.total() for counts in reasons.values())
    ordered = sorted(reasons.items(), key=lambda each: -each[1].total())
    return _table(
        ("Reason", "", "comments", "share"),
        [
            (
                _name(reason[0]),
                _bar(counts, most),
                _number(counts.total()),
                _number(f"{counts.total() / total:.1%}"),
            )
            for reason, counts in ordered
        ],
    )


def _platforms(report: Mapping[str, Any], actions: Mapping[str, str]) -> str:
    rows = [
        (*map(_name, where), *(_number(counts[action]) for action in actions), _number(counts.total()))
        for where, counts in _counted(report, "day", "platform").items()
    ]
    total = ("<td>Total</td>", "<td></td>", *(_number(report["actions"][action]) for action in actions))
    return _table(("Day", "Platform", *actions.values(), "all"), rows, (*total, _number(report["decisions"])))


def _counted(report: Mapping[str, Any], *fields: str) -> dict[tuple[str, ...], Counter[str]]:
    """How often each action followed, by the values of some fields."""
    found: dict[tuple[str, ...], Counter[str]] = {}
    for each in report["days"]:
        found.setdefault(tuple(each[field] for field in fields), Counter())[each["action"]] += each["count"]
    return found


def _key(actions: Mapping[str, str]) -> str:
    swatch = '<svg viewBox="0 0 1 1" aria-hidden="true"><rect class="{}" width="1" height="1"/></svg>'
    named = (
        f"<span>{swatch.format(escape(action))}{escape(name)}</span>" for action, name in actions.items()
    )
    return f'<p class="key">{"".join(named)}</p>'


def _bar(counts: Mapping[str, int], most: int) -> str:
    """One bar, as long as its share of the longest, in the colours of its actions."""
    drawn, at = [], 0.0
    for action, count in sorted(counts.items()):
        width = _WIDTH * count / most
        drawn.append(f'<rect class="{escape(action)}" x="{at:.1f}" width="{width:.1f}" height="1"/>')
        at += width
    box = f'viewBox="0 0 {_WIDTH} 1" preserveAspectRatio="none"'
    return f'<td class="bar"><svg {box} aria-hidden="true">{"".join(drawn)}</svg></td>'


def _name(value: str) -> str:
    return f'<td class="name">{escape(value)}</td>'


def _number(value: int | str) -> str:
    return f'<td class="number">{value if isinstance(value, str) else format(value, ",")}</td>'


def _table(heads: Sequence[str], rows: Iterable[Iterable[str]], foot: Iterable[str] = ()) -> str:
    """A table whose columns hold numbers, except for `_WORDS`."""
    named = (("" if each in _WORDS else ' class="number"', escape(each)) for each in heads)
    head = "".join(f'<th{kind} scope="col">{each}</th>' for kind, each in named)
    body = "".join(f"<tr>{''.join(row)}</tr>\n" for row in rows)
    last = "".join(foot)
    end = f"<tfoot><tr>{last}</tr></tfoot>" if last else ""
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody>{end}</table></div>'
    )
