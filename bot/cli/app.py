"""`solace`: one module per command group. What is heavy is imported inside the commands."""

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from bot.cli import audit, chat, classify, db, doctor, models, reddit, replay, report, reviews, serve
from bot.cli.terminal import SolaceGroup

HELP = """
Notices when somebody in a chat is in a bad way and answers with a phrase of support.

Start with [bold]solace run[/bold] and open the page it names, or with [bold]solace chat[/bold] right here.
Settings come from the environment or from .env, and every name begins with SOLACE_.
"""


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            number = version("solace-bot")
        except PackageNotFoundError:
            number = "(not installed)"
        typer.echo(f"solace {number}")
        raise typer.Exit


def _solace(
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version.")
    ] = False,
) -> None:
    """Nothing of its own: what is asked for is a command."""


app = typer.Typer(
    name="solace",
    cls=SolaceGroup,
    help=HELP,
    callback=_solace,
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,  # its frames show local variables, and those hold people's words
)
_TRY, _KEEP = "Talk to it", "Look after it"
app.command(rich_help_panel=_TRY)(serve.run)
app.command(rich_help_panel=_TRY)(chat.chat)
app.command(rich_help_panel=_TRY)(classify.classify)
app.command(rich_help_panel=_TRY)(replay.replay)
app.command(rich_help_panel=_KEEP)(doctor.doctor)
app.command(rich_help_panel=_KEEP)(audit.audit)
app.add_typer(reddit.app, rich_help_panel=_KEEP)
app.add_typer(report.app, rich_help_panel=_KEEP)
app.add_typer(reviews.app, rich_help_panel=_KEEP)
app.add_typer(db.app, rich_help_panel=_KEEP)
app.add_typer(models.app, rich_help_panel=_KEEP)
