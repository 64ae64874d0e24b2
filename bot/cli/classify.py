import json
import sys
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.inputs import STDIN, interactive, opened
from bot.cli.terminal import console, load, printable, run_async
from bot.domain.messages import scrubbed

if TYPE_CHECKING:
    from bot.adapters.lines import Readable
    from bot.application.classify import ClassifiedText
    from bot.settings import Settings

BATCH = 64
Show = Callable[["ClassifiedText"], None]


def classify(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="One text a line; - is the standard input."),
    ] = STDIN,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    why: Annotated[
        bool, typer.Option("--why", help="Name the words that decided; takes about twenty times as long.")
    ] = False,
) -> None:
    """Say what the model reads in each line, and whether it would be answered.

    Nothing is recorded. A row for every line, also for an empty one.
    """
    settings = load(quiet=True)
    with opened(file) as stream:
        if interactive(file):
            typer.echo("One text a line. Ctrl-D ends it.", err=True)
        run_async(_classify(settings, stream, _as_json if as_json else _lines(), why=why))


async def _classify(settings: "Settings", stream: "Readable", show: Show, *, why: bool) -> None:
    from bot import bootstrap  # noqa: PLC0415
    from bot.adapters.background import drawn  # noqa: PLC0415
    from bot.adapters.lines import read_lines  # noqa: PLC0415

    async with (
        bootstrap.classifying(settings, why=why) as classify_texts,
        aclosing(drawn(read_lines(stream), most=BATCH)) as batches,
    ):
        async for lines in batches:
            for cut in (line for line in lines if line.cut):
                typer.echo(f"Line {cut.number} is longer than 1 MiB: only its beginning was read.", err=True)
            texts = [scrubbed(line.content.decode(errors="replace")) for line in lines]
            for row in await classify_texts(texts):
                show(row)
            sys.stdout.flush()


def _as_json(row: "ClassifiedText") -> None:
    sys.stdout.write(json.dumps(row.as_json(), allow_nan=False) + "\n")  # ASCII: any pipe can carry it


def _lines() -> Show:
    """Shows rows as lines of columns; the header stands before the first one."""
    out = console()
    header = f"{'label':<10} {'negative':>8} {'distress':>8}  {'answer':<6} {'reason':<15}  text"
    room = max(20, out.width - len(header) + len("text")) if out.is_terminal else None
    pending = [header]

    def show(row: "ClassifiedText") -> None:
        while pending:
            out.print(pending.pop(), style="bold", soft_wrap=True)
        answer = "yes" if row.would_reply else "no"
        out.print(
            f"{row.label:<10} {row.negative:>8.2f} {row.distress:>8.2f}  {answer:<6} {row.reason:<15}  "
            f"{shortened(printable(row.text), room)}",
            style="green" if row.would_reply else None,
            soft_wrap=True,
        )
        if row.why is not None:
            named = ", ".join(f"{printable(word)} {weight:+.2f}" for word, weight in row.why)
            out.print(f"{'':<10} {named or 'no word changes the score'}", style="dim", soft_wrap=True)

    return show


def shortened(text: str, room: int | None) -> str:
    """`text` in at most `room` characters; None = all of it."""
    return text if room is None or len(text) <= room else text[: room - 1] + "…"
