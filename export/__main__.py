"""The command line of the training side: `python -m export --help`."""

import sys
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from export.commands import measuring, reports, training
from export.errors import ExportError
from model.errors import ModelError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="From labelled comments to a released model: look at the data, train, export to ONNX, evaluate.",
)
for part in (reports, training, measuring):
    app.add_typer(part.commands)


def main() -> None:
    """Run the command line; errors end with one clear line: bad input 2, a poor model or a full disk 1."""
    try:
        app()
    except ExportError as error:
        _fail(str(error), error.exit_code)
    except ModelError as error:
        _fail(str(error), 2)
    except ModuleNotFoundError as error:
        _fail(
            f"{error.name} is not installed: make test TRAIN=1, or pip install -e '.[train]'",
            2,
        )
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}." if error.filename else str(error), 1)


def _fail(message: str, code: int) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(f"[bold red]Error:[/] {escape(message)}", highlight=False)
    sys.exit(code)


if __name__ == "__main__":
    main()
