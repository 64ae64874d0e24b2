from datetime import timedelta

import typer

from bot.adapters.durations import spoken
from bot.cli.terminal import load, run_async


def chat() -> None:
    """Talk to the bot in the terminal, through the same pipeline as everywhere else.

    Every line is a comment; below a reply stands why. From a pipe it reads until the end, without a prompt.
    /help names the commands.
    """
    settings = load(quiet=True)
    typer.echo(f"This is a bot, not a crisis service. {kept(settings.policy.retention)}", err=True)
    from bot.cli.conversation import converse  # noqa: PLC0415

    run_async(converse(settings))


def kept(retention: timedelta) -> str:
    """What is stored of what is typed here, and for how long."""
    if retention <= timedelta():
        return "It keeps none of your words, only what it decided."
    return f"Your words are kept for {spoken(retention)}; decisions stay longer, without your words."
