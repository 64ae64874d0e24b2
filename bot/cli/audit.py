import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from bot.cli.terminal import FAILED, console, load, run_async
from bot.domain.messages import Origin

if TYPE_CHECKING:
    from bot.cli.audit_report import Findings
    from bot.settings import Settings

_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS: Final = re.compile(r"([0-9]{1,6})d")


def audit(
    since: Annotated[
        str | None,
        typer.Option(
            metavar="DATE|7d",
            help="Only decisions from that day on (UTC), or of so many days until now.",
            show_default="all",
        ),
    ] = None,
    origin: Annotated[
        Origin, typer.Option(help="Decisions on live comments, or on replayed ones.")
    ] = Origin.LIVE,
    as_json: Annotated[bool, typer.Option("--json", help="The counts and what differs, as JSON.")] = False,
) -> None:
    """Make recorded decisions again whose text is still kept, and report those that come out otherwise.

    Each by the model, settings and history that it was made by. Nothing is written, and a bot may run
    beside it. A decision is named by its row in the table `decisions`; nothing tells who wrote, where or
    what. Ends with exit code 1 when a decision differs.
    """
    beginning = _BEGINNING if since is None else moment(since, now=datetime.now(UTC))
    settings = load(quiet=True)
    from bot.cli.audit_report import report, show  # noqa: PLC0415

    outcome = run_async(_audit(settings, beginning, origin))
    counts = {"since": beginning.isoformat(), "origin": origin.value, **report(*outcome)}
    if as_json:
        typer.echo(json.dumps(counts, allow_nan=False))
    else:
        show(counts)
    if counts["differ"]:
        raise typer.Exit(FAILED)


def moment(since: str, *, now: datetime) -> datetime:
    """The beginning that `--since` names: a day or a time (in UTC, where it says nothing else), or "7d".

    Raises:
        typer.BadParameter: it is none of them.
    """
    try:
        days = _DAYS.fullmatch(since)
        if days is not None:
            return now - timedelta(days=int(days[1]))
        named = datetime.fromisoformat(since)
        return named.replace(tzinfo=UTC) if named.tzinfo is None else named.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(
            "neither a day such as 2026-01-31 nor a number of days such as 7d", param_hint="--since"
        ) from error


async def _audit(settings: "Settings", since: datetime, origin: Origin) -> tuple[Any, "Findings"]:
    from bot import bootstrap  # noqa: PLC0415
    from bot.cli.audit_report import Findings  # noqa: PLC0415

    findings = Findings()
    async with bootstrap.auditing(settings) as work:
        with _progress() as advanced:
            summary = await work.run(since=since, origin=origin, found=findings.add, advanced=advanced)
    return summary, findings


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    out = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, disable=not out.is_terminal) as progress:
        task = progress.add_task("Making decisions again", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
