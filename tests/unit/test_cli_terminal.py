import subprocess
import sys

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli.app import app
from bot.cli.terminal import SolaceGroup, printable
from bot.domain.errors import BotError, LeaseHeld, SettingsError, StoreError

COMMANDS = ["run", "chat", "classify", "replay", "doctor", "report", "db", "model"]


def failing(error: BaseException) -> typer.Typer:
    broken = typer.Typer(cls=SolaceGroup)

    @broken.command()
    def first() -> None:
        raise error

    @broken.command()
    def second() -> None:
        pass

    return broken


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("SOLACE_MODEL: no such model"), 2),
        (BotError("it did not work"), 1),
        (StoreError("disk full"), 1),
        (LeaseHeld("another process"), 1),
        (OSError(28, "No space left on device"), 1),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(error: Exception, code: int) -> None:
    said = error.strerror if isinstance(error, OSError) else error

    result = CliRunner().invoke(failing(error), ["first"])

    assert (result.exit_code, result.stdout, result.stderr) == (code, "", f"Error: {said}\n")


def test_an_error_cannot_steer_the_terminal() -> None:
    result = CliRunner().invoke(failing(BotError("a\x1b[2Jb\nc")), ["first"])

    assert result.stderr == "Error: a\ufffd[2Jb\nc\n"


def test_ctrl_c_ends_quietly_with_130() -> None:
    result = CliRunner().invoke(failing(KeyboardInterrupt()), ["first"])

    assert (result.exit_code, result.output) == (130, "")


def test_a_bug_is_not_hidden() -> None:
    assert isinstance(
        CliRunner().invoke(failing(ZeroDivisionError()), ["first"]).exception, ZeroDivisionError
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_help_and_has_its_own(command: str) -> None:
    assert command in CliRunner().invoke(app, ["--help"]).stdout
    assert CliRunner().invoke(app, [command, "-h"]).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["classify", "--no-such-option"],
        ["classify", "/no/such/file"],
        ["replay"],
        ["replay", "/no/such/file"],
        ["replay", "/"],
        ["report", "activity", "--days", "0"],
        ["report", "activity", "--origin", "elsewhere"],
        ["db", "no-such-command"],
    ],
)
def test_bad_usage_ends_with_2(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", ["--help", "--version", "classify --help", "report --help"])
def test_nothing_heavy_is_imported_to_say_what_there_is(arguments: str) -> None:
    code = (
        "import sys; from bot.cli.app import app\n"
        f"try: app({arguments.split()!r})\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "heavy = {'onnxruntime', 'sqlalchemy', 'fastapi', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )

    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout.startswith("solace ")


@given(st.text())
def test_printable_text_is_one_line_without_controls(text: str) -> None:
    shown = printable(text)

    assert len(shown) == len(text)
    assert shown.isprintable()


@pytest.mark.parametrize("text", ["plain", "größe 😊", ""])
def test_printable_leaves_what_people_write(text: str) -> None:
    assert printable(text) == text
