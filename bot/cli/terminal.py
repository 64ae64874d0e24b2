"""What every command shares: consoles, errors, and how text of strangers is shown."""

import errno
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeVar

import typer
from typer.core import TyperGroup

from bot.domain.errors import BotError, SettingsError

if TYPE_CHECKING:
    from rich.console import Console

    from bot.settings import Settings

T = TypeVar("T")
FAILED: Final = 1
BAD_USAGE: Final = 2


class SolaceGroup(TyperGroup):
    """Turns our errors into one line on stderr and an exit code: 1 failed, 2 bad usage or settings."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            complain(error)
            raise typer.Exit(BAD_USAGE) from error
        except BotError as error:
            complain(error)
            raise typer.Exit(FAILED) from error
        except OSError as error:  # a full disk, a missing right: what the system says is clear enough
            if error.errno == errno.EPIPE:
                raise  # typer knows: whoever read us has seen enough
            where = f"{error.filename}: " if error.filename else ""
            complain(BotError(f"{where}{error.strerror or type(error).__name__}"))
            raise typer.Exit(FAILED) from error


def complain(error: BotError) -> None:
    """Say what is wrong, on stderr."""
    typer.echo(f"Error: {printable(str(error), lines=True)}", err=True)


def load(*, quiet: bool = False) -> "Settings":
    """The settings, from the environment and `.env`.

    Args:
        quiet: log no line a message between what the command itself shows, unless a level was set.

    Raises:
        SettingsError: one of them is wrong.
    """
    from bot.settings import LogLevel, load_settings  # noqa: PLC0415  # pydantic is not needed for --help

    settings = load_settings()
    if quiet and "log_level" not in settings.model_fields_set:
        return settings.model_copy(update={"log_level": LogLevel.WARNING})
    return settings


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on an event loop of its own; Ctrl-C cancels it."""
    import asyncio  # noqa: PLC0415  # nor is this

    return asyncio.run(work)


def console(*, stderr: bool = False) -> "Console":
    """A rich console that neither guesses at numbers to colour nor reads markup in other people's words."""
    from rich.console import Console  # noqa: PLC0415

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def printable(text: str, *, lines: bool = False) -> str:
    """`text` without anything that could steer a terminal, on one line unless it may keep its `lines`."""
    keep = "\n" if lines else ""
    return "".join(
        each if each.isprintable() or each in keep else _SHOWN.get(each, "\ufffd") for each in text
    )


_SHOWN: Final = {"\t": " ", "\n": " ", "\r": " "}
