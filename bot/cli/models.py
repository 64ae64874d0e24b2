import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal import FAILED, console, load, printable
from bot.domain.errors import SettingsError

if TYPE_CHECKING:
    from bot.application.doctor import ModelStatus
    from bot.application.releases import ModelChange
    from bot.settings import Settings

app = typer.Typer(name="model", help="The models.", no_args_is_help=True)


@app.command("list")
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="A list, as JSON.")] = False,
) -> None:
    """Show every model there is, which one is used, and whether its files are whole."""
    settings = load()
    from bot import bootstrap  # noqa: PLC0415

    models = bootstrap.models(settings)
    if as_json:
        typer.echo(json.dumps([{**asdict(model), "metrics": dict(model.metrics)} for model in models]))
    else:
        _show(models)


@app.command()
def card(
    version: Annotated[str | None, typer.Argument(help="[default: the one that is used]")] = None,
) -> None:
    """Print a model's card: what it is for, its limits and its numbers; as Markdown into a pipe or a file."""
    settings = load()
    from bot import bootstrap  # noqa: PLC0415

    text = printable(bootstrap.card(settings, version), lines=True)
    out = console()
    if out.is_terminal:
        from rich.markdown import Markdown  # noqa: PLC0415

        out.print(Markdown(text))
    else:
        typer.echo(text, nl=False)


@app.command()
def verify(version: Annotated[str | None, typer.Argument(help="[default: all of them]")] = None) -> None:
    """Check the files of a model, or of all, against their checksums; ends with 1 where one is not whole."""
    settings = load()
    from bot import bootstrap  # noqa: PLC0415

    found = [each for each in bootstrap.models(settings) if version in (None, each.version)]
    if not found:
        raise SettingsError(f"there is no model {version!r}; `solace model list` shows those there are")
    for model in found:
        typer.echo(f"{model.version}: {printable(model.problem or 'verified')}")
    if any(model.problem is not None for model in found):
        raise typer.Exit(FAILED)


@app.command()
def promote(
    folder: Annotated[Path, typer.Argument(help="A release, as `python -m export` writes it.")],
    force: Annotated[
        bool, typer.Option("--force", help="Even if it does worse; that is recorded with the numbers.")
    ] = False,
    probes: Annotated[
        Path | None,
        typer.Option(help="Other cases of the behavioural suite than the bundled ones.", hidden=True),
    ] = None,
) -> None:
    """Use another model, if it is whole and not worse than the one in use.

    Worse is: more than chance explains, on the development set or in the behavioural suite, which is run
    on both. It takes effect at the next start, where SOLACE_MODEL does not name another.
    """
    settings = load()
    from bot import bootstrap  # noqa: PLC0415

    change = bootstrap.promote(settings, folder, force=force, probes=probes)
    for objection in change.forced_despite:
        typer.echo(f"Forced, although {printable(objection)}", err=True)
    _announce(change, settings)


@app.command()
def rollback() -> None:
    """Use the model again that was in use before the last promotion."""
    settings = load()
    from bot import bootstrap  # noqa: PLC0415

    _announce(bootstrap.roll_back(settings), settings)


def _announce(change: "ModelChange", settings: "Settings") -> None:
    typer.echo(f"The model in use is {change.version}; before, it was {change.previous}.")
    if settings.model is not None and settings.model != change.version:
        typer.echo(f"But SOLACE_MODEL names {settings.model}, and that goes before: remove it first.")
    typer.echo("A running bot keeps the model that it has until it is started again.")


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
