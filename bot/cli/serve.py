from typing import TYPE_CHECKING

import typer

from bot.cli.terminal import load, run_async

if TYPE_CHECKING:
    from bot.bootstrap.serving import Started


def run() -> None:
    """Start everything that is configured.

    With nothing configured: the pages with a try-it chat on http://127.0.0.1:8080, a database in ./data
    and the bundled model. Ctrl-C ends it, after what is on its way has been settled.
    """
    settings = load()
    from bot.bootstrap.serving import run as serve  # noqa: PLC0415  # --help needs no web server

    run_async(serve(settings, started=_announce))


def _announce(started: "Started") -> None:
    typer.echo(
        "Solace is running.\n"
        f"  page      {started.url or 'none'}\n"
        f"  telegram  {started.telegram or 'none: set SOLACE_TELEGRAM__TOKEN'}\n"
        f"  reddit    {started.reddit or 'none: docs/reddit.md has the way'}\n"
        f"  data      {started.data_dir.absolute()}\n"
        f"  model     {started.model}\n"
        "  mode      live on the page and over HTTP; each group begins in shadow\n"
        "Ctrl-C ends it."
    )
