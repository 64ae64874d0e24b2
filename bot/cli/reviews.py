from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal import load, run_async
from bot.domain.errors import BotError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.application.reviews import Lesson
    from bot.settings import Settings

app = typer.Typer(name="reviews", help="What admins labelled.", no_args_is_help=True)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the JSON lines go.")],
) -> None:
    """Write the labelled texts that may be used for training, of all chats, for `export train --extra`.

    Without authors, and without people who do not want to be read. Links and mentions are masked.
    """
    settings = load(quiet=True)
    from bot.application.reviews import feedback_file, teachable  # noqa: PLC0415
    from model.preprocess import preprocess  # noqa: PLC0415

    lessons = teachable(run_async(_lessons(settings)), preprocess)
    if not lessons:
        raise BotError("no labelled text may be used for training; admins label with /review in Telegram")
    file.write_bytes(feedback_file(lessons))
    typer.echo(f"{len(lessons):,} labelled texts are in {file}.", err=True)


@app.callback()
def _group() -> None:
    pass


async def _lessons(settings: "Settings") -> "Sequence[Lesson]":
    from bot import bootstrap  # noqa: PLC0415
    from bot.adapters.clock import SystemClock  # noqa: PLC0415

    now = SystemClock().now()
    async with bootstrap.reading(settings) as store:
        return await store.read(lambda queries: queries.lessons(None, now=now))
