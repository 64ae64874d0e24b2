import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from bot.cli.inputs import STDIN, opened
from bot.cli.terminal import FAILED, console, load, run_async

if TYPE_CHECKING:
    from rich.console import Console

    from bot.adapters.lines import Readable
    from bot.adapters.replay.player import ReplaySummary
    from bot.adapters.replay.recording import BadLine
    from bot.settings import Settings

MOST_BAD_LINES: Final = 20
"""So many are reported one by one; the others are counted."""


def replay(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.jsonl",
            help="One comment a line, with platform, channel_id, message_id, author_id, text and sent_at; "
            "- is the standard input.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="The summary as JSON.")] = False,
) -> None:
    """Push recorded comments through the whole pipeline. Nobody is answered: replies are simulated.

    A comment that was replayed before is not judged again.
    """
    settings = load(quiet=True)
    with opened(file) as stream, _display(_size(file)) as display:
        summary, seconds = run_async(_replay(settings, stream, display))
    display.close(summary)
    report = _report(summary, seconds)
    if as_json:
        typer.echo(json.dumps(report, allow_nan=False))
    else:
        _show(report)
    if summary.bad and not summary.judged and not summary.known:
        raise typer.Exit(FAILED)


def _size(file: Path) -> int | None:
    """Bytes to read; None where nobody knows beforehand."""
    return file.stat().st_size if file != STDIN and file.is_file() else None


async def _replay(
    settings: "Settings", stream: "Readable", display: "Display"
) -> tuple["ReplaySummary", float]:
    from bot import bootstrap  # noqa: PLC0415
    from bot.adapters.replay.player import Player  # noqa: PLC0415
    from bot.adapters.replay.recording import Recording  # noqa: PLC0415
    from bot.domain.messages import Origin  # noqa: PLC0415

    async with bootstrap.pipeline(settings, origin=Origin.REPLAY) as solace:
        player = Player(
            inbox=solace.inbox, key=solace.author_key, refused=display.refused, advanced=display.advanced
        )
        display.begin()
        summary = await player.play(Recording(stream))
        return summary, display.seconds


class Display:
    """The progress bar and the bad lines, on stderr."""

    def __init__(self, out: "Console", progress: Any, total: int | None) -> None:
        self._out = out
        self._progress = progress
        self._started = perf_counter()
        self._task = progress.add_task("Replaying", total=total, rate="")
        self._bad = 0

    def begin(self) -> None:
        """The model is loaded: from here on time is measured."""
        self._started = perf_counter()

    def refused(self, line: "BadLine") -> None:
        """Report a bad line, unless there were many."""
        self._bad += 1
        if self._bad <= MOST_BAD_LINES:
            self._out.print(f"Line {line.number}: {line.problem}", soft_wrap=True)

    def advanced(self, position: int, comments: int) -> None:
        """Move the bar."""
        rate = comments / max(self.seconds, 0.001)
        self._progress.update(self._task, completed=position, rate=f"{comments:,} comments, {rate:,.0f}/s")

    @property
    def seconds(self) -> float:
        """Since `begin`."""
        return perf_counter() - self._started

    def close(self, summary: "ReplaySummary") -> None:
        """Say how many bad lines were not named."""
        if summary.bad > MOST_BAD_LINES:
            self._out.print(f"… and {summary.bad - MOST_BAD_LINES:,} more bad lines.")


@contextmanager
def _display(total: int | None) -> Iterator[Display]:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    out = console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=out, disable=not out.is_terminal) as progress:
        yield Display(out, progress, total)


def _report(summary: "ReplaySummary", seconds: float) -> dict[str, Any]:
    comments = summary.judged + summary.known
    return {
        **asdict(summary),
        "seconds": round(seconds, 3),
        "comments_per_second": round(comments / seconds, 1) if seconds > 0 else 0.0,
    }


def _show(report: dict[str, Any]) -> None:
    from rich.table import Table  # noqa: PLC0415

    out = console()
    out.print(
        f"{report['lines']:,} lines: {report['judged']:,} judged, {report['known']:,} known before, "
        f"{report['bad']:,} bad, {report['blank']:,} blank.",
        soft_wrap=True,
    )
    out.print(
        f"{report['replies']:,} would have been answered (simulated: nobody got anything).", soft_wrap=True
    )
    if report["reasons"]:
        table = Table("Reason", title="Why", title_justify="left")
        table.add_column("Comments", justify="right")
        for reason, count in report["reasons"].items():
            table.add_row(reason, f"{count:,}")
        out.print(table)
    out.print(f"{report['seconds']:.1f} s, {report['comments_per_second']:,.0f} comments/s.")
