import typer

from bot.cli.terminal import load

app = typer.Typer(name="db", help="The database.", no_args_is_help=True)


@app.command()
def migrate() -> None:
    """Create the database, or bring it to what this version needs; does nothing when it is there already."""
    settings = load()
    from bot import bootstrap  # noqa: PLC0415

    before, after = bootstrap.migrate(settings)
    if before == after:
        typer.echo(f"The database is at revision {after} already.")
    else:
        typer.echo(f"The database went from {before or 'nothing'} to revision {after}.")


@app.callback()
def _group() -> None:
    pass
