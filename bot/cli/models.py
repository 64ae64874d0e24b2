import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal import console, load, printable

if TYPE_CHECKING:
    from bot.application.doctor import ModelStatus

app = typer.Typer(name="model", help="The models.", no_args_is_help=True)


@app.command("list")
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="A list, as JSON.")] = False,
) -> None:
    """Show every model there is, which one SOLACE_MODEL names, and whether its files are whole."""
    settings = load()
    from bot import bootstrap  # noqa: PLC0415

    models = bootstrap.models(settings)
    if as_json:
        typer.echo(json.dumps([{**asdict(model), "metrics": dict(model.metrics)} for model in models]))
    else:
        _show(models)


@app.callback()
def _group() -> None:
    pass


def _show(models: Sequence["ModelStatus"]) -> None:
    from rich.table import Table  # noqa: PLC0415

    table = Table("", "Version", "From", "Files", "On the development set")
    for model in models:
        metrics = "\n".join(f"{name} {value:.3f}" for name, value in model.metrics.items())
        table.add_row(
            "▸" if model.active else "",
            printable(model.version),
            model.source,
            "verified" if model.problem is None else printable(model.problem),
            metrics or "-",
            style="bold" if model.active else None,
        )
    console().print(table)
