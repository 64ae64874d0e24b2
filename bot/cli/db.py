import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.cli.terminal import FAILED, load, printable, run_async

if TYPE_CHECKING:
    from bot.adapters.storage import Restored
    from bot.application.damage import Damage

app = typer.Typer(name="db", help="The database.", no_args_is_help=True)
_MOST_SPANS: Final = 20


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


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file; one that is there stays.")],
) -> None:
    """Copy the database as it is now, and its key into FILE.key. A bot may run beside it.

    Both files can be read by their owner alone. The copy is verified; killed at any moment, FILE is whole or
    is not there.
    """
    settings = load(quiet=True)
    from bot.bootstrap import keeping  # noqa: PLC0415

    key = keeping.back_up(settings, file)
    typer.echo(f"The backup is in {printable(str(file))}, {file.stat().st_size:,} bytes, verified.")
    if key is not None:
        typer.echo(f"Its key is in {printable(str(key))}: keep both, best in different places.")
    elif settings.author_key is not None:
        typer.echo("Its key is your SOLACE_AUTHOR_KEY: without it, the backup cannot be brought back.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `solace db backup` made.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace the database without asking.")] = False,
) -> None:
    """Bring a backup back in place of the database. Stop the bot first.

    What people asked for since stays: opt-outs, and whatever was erased. What waited then is not sent again.
    """
    settings = load(quiet=True)
    from bot.bootstrap import keeping  # noqa: PLC0415

    there = keeping.database_file(settings)
    if there.exists() and not yes:
        typer.confirm(f"Replace {printable(str(there))}? What it holds is gone then", abort=True, err=True)
    _tell(keeping.restore(settings, file))


@app.command()
def purge() -> None:
    """Erase now what has had its time, as a running bot does every hour. A bot may run beside it."""
    settings = load(quiet=True)
    from bot.bootstrap import keeping  # noqa: PLC0415

    erased, clean = run_async(keeping.purge(settings))
    typer.echo(f"Texts erased: {erased}.")
    if not clean:
        typer.echo("Somebody reads just now, so bytes are left in the log; run it again soon.", err=True)
        raise typer.Exit(FAILED)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the JSON goes.")],
) -> None:
    """Write settings, phrases of chats' own and daily counts. Nothing of it tells about a person."""
    settings = load(quiet=True)
    from bot.bootstrap import keeping  # noqa: PLC0415

    content = json.dumps(keeping.export(settings), indent=2) + "\n"
    file.write_text(content, "utf-8")
    typer.echo(f"Settings, phrases and daily counts are in {printable(str(file))}.", err=True)


@app.command()
def check(
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
) -> None:
    """Read the whole database, and name what is lost. Changes nothing; ends with 1 where it is damaged."""
    settings = load(quiet=True)
    from bot.bootstrap import keeping  # noqa: PLC0415

    found = keeping.damage(settings)
    if as_json:
        typer.echo(json.dumps({"whole": not found, "damage": [asdict(each) for each in found]}))
    else:
        _show(found)
    if found:
        raise typer.Exit(FAILED)


@app.callback()
def _group() -> None:
    pass


def _tell(restored: "Restored") -> None:
    done = restored.renewed
    typer.echo("The backup is the database again.")
    typer.echo(
        f"Since it was made: {done.opt_outs} more opted out, {done.people} were forgotten, {done.messages} "
        f"messages were deleted; {done.texts} texts have had their time. All of that stands."
    )
    if done.replies:
        typer.echo(f"{done.replies} replies waited then; nobody knows whether they went out: unconfirmed.")
    if not restored.wishes_known:
        typer.echo(
            "Nothing is known of what people asked for since: neither the database from before nor the file "
            "of wishes beside it was there.",
            err=True,
        )


def _show(found: "Sequence[Damage]") -> None:
    if not found:
        typer.echo("The database is whole.")
        return
    for each in found:
        typer.echo(f"{each.table}: {_lost(each)} ({printable(each.problem)})")
    typer.echo(
        "Bring a backup back with `solace db restore FILE`; opt-outs and erasures since then are heeded."
    )


def _lost(each: "Damage") -> str:
    if each.index_only:
        return "no row is lost"
    if each.count is None:
        return "nobody can say how much is lost"
    spans = [f"{first}-{last}" if first != last else str(first) for first, last in each.rows[:_MOST_SPANS]]
    more = " and more" if len(each.rows) > _MOST_SPANS else ""
    return f"{each.count} rows cannot be read: {', '.join(spans)}{more}"
