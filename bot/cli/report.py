import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from bot.cli.terminal import console, load, printable, run_async

if TYPE_CHECKING:
    from bot.application.ports import Queries
    from bot.application.records import DayCount
    from bot.settings import Settings

app = typer.Typer(name="report", help="What happened, in tables.", no_args_is_help=True)
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
ACTIONS: Final = {"reply": "answered", "shadow": "watched", "silence": "left alone"}
"""What follows from a verdict, as a column is called; every decision is in exactly one."""


class Which(StrEnum):
    """Whose decisions are counted."""

    LIVE = "live"
    REPLAY = "replay"
    ALL = "all"


_TITLES: Final = {
    Which.LIVE: "live comments",
    Which.REPLAY: "replayed comments",
    Which.ALL: "live and replayed comments",
}


@app.command()
def activity(
    days: Annotated[
        int | None,
        typer.Option(min=1, max=36_500, help="Today and so many days before, less one.", show_default="all"),
    ] = None,
    origin: Annotated[Which, typer.Option(help="Live comments, replayed ones, or both.")] = Which.LIVE,
    as_json: Annotated[bool, typer.Option("--json", help="By day and reason, as JSON.")] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The tables and their bars, as a page of its own.")
    ] = None,
) -> None:
    """Count what was judged, what was answered, and why the rest was not. Days are in UTC."""
    settings = load(quiet=True)
    since = _BEGINNING if days is None else _midnight(datetime.now(UTC)) - timedelta(days=days - 1)
    counts, replies = run_async(_activity(settings, since, origin))
    report = summed(counts, replies)
    if html is not None:
        html.write_text(_page(report, since=None if days is None else since, which=origin), "utf-8")
        typer.echo(f"The report is in {html}.", err=True)
    if as_json:
        typer.echo(json.dumps({"since": since.isoformat(), "origin": origin.value, **report}))
    elif html is None:
        _show(report, origin)


@app.callback()
def _group() -> None:
    pass


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


async def _activity(
    settings: "Settings", since: datetime, which: Which
) -> tuple[Sequence["DayCount"], Mapping[str, int]]:
    from bot import bootstrap  # noqa: PLC0415
    from bot.domain.messages import Origin  # noqa: PLC0415

    origin = None if which is Which.ALL else Origin(which.value)

    def work(queries: "Queries") -> tuple[Sequence["DayCount"], Mapping[str, int]]:
        return (
            queries.activity(since=since, origin=origin),
            queries.reply_counts(since=since, origin=origin),
        )

    async with bootstrap.reading(settings) as store:
        return await store.read(work)


def summed(counts: Sequence["DayCount"], replies: Mapping[str, int]) -> dict[str, Any]:
    """The report: `decisions` is the sum of `actions`, of `reasons`, and of what `days` count."""
    actions: Counter[str] = Counter(dict.fromkeys(ACTIONS, 0))
    reasons: Counter[str] = Counter()
    for each in counts:
        actions[each.action] += each.count
        reasons[each.reason] += each.count
    return {
        "decisions": actions.total(),
        "actions": dict(actions),
        "reasons": dict(reasons.most_common()),
        "replies": dict(replies),
        "days": [
            {
                "day": each.day,
                "platform": each.platform,
                "origin": each.origin,
                "action": each.action,
                "reason": each.reason,
                "count": each.count,
            }
            for each in counts
        ],
    }


def _page(report: Mapping[str, Any], *, since: datetime | None, which: Which) -> str:
    from bot.cli.report_page import page  # noqa: PLC0415

    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    period = f"everything until {now}" if since is None else f"{since:%Y-%m-%d} to {now}"
    return page(report, actions=ACTIONS, title=f"Solace: {_TITLES[which]}", period=f"{period}, days in UTC")


def _show(report: dict[str, Any], origin: Which) -> None:
    out = console()
    if not report["decisions"]:
        out.print(f"Nothing was judged in that time ({origin.value}).")
        return
    out.print(_by_day(report))
    out.print(_by_reason(report))
    parts = " + ".join(f"{report['actions'][action]:,} {name}" for action, name in ACTIONS.items())
    out.print(f"{report['decisions']:,} comments judged = {parts}.", soft_wrap=True)
    states = ", ".join(f"{count:,} {state}" for state, count in report["replies"].items() if count)
    out.print(f"Replies by state: {states or 'none'}.", soft_wrap=True)


def _by_day(report: dict[str, Any]) -> Any:
    from rich.table import Table  # noqa: PLC0415

    table = Table("Day", "Platform", title="Comments judged", title_justify="left", show_footer=True)
    table.columns[0].footer = "Total"
    rows: dict[tuple[str, str], Counter[str]] = {}
    for each in report["days"]:
        rows.setdefault((each["day"], each["platform"]), Counter())[each["action"]] += each["count"]
    for action, name in ACTIONS.items():
        table.add_column(name, justify="right", footer=f"{report['actions'][action]:,}")
    table.add_column("all", justify="right", footer=f"{report['decisions']:,}")
    for (day, platform), actions in rows.items():
        cells = [f"{actions[action]:,}" for action in ACTIONS]
        table.add_row(day, printable(platform), *cells, f"{actions.total():,}")
    return table


def _by_reason(report: dict[str, Any]) -> Any:
    from rich.table import Table  # noqa: PLC0415

    table = Table("Reason", title="Why", title_justify="left", show_footer=True)
    table.columns[0].footer = "Total"
    table.add_column("comments", justify="right", footer=f"{report['decisions']:,}")
    table.add_column("share", justify="right")
    for reason, count in report["reasons"].items():
        table.add_row(reason, f"{count:,}", f"{count / report['decisions']:.1%}")
    return table
