import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.application.doctor import Check, Status, failed, healthy, passed
from bot.cli.terminal import FAILED, console, load, printable
from bot.domain.errors import BotError, SettingsError

if TYPE_CHECKING:
    from bot.settings import Settings

_STYLES: Final = {Status.OK: "green", Status.WARN: "yellow", Status.FAIL: "bold red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="The checks, as JSON.")] = False,
) -> None:
    """Look at everything that Solace needs, and say what to do where something is wrong.

    Changes nothing. Ends with exit code 1 when a check failed.
    """
    checks = examined()
    if as_json:
        typer.echo(json.dumps({"healthy": healthy(checks), "checks": [asdict(check) for check in checks]}))
    else:
        _show(checks)
    if not healthy(checks):
        raise typer.Exit(FAILED)


def examined() -> list[Check]:
    """All checks; without usable settings there is only the one that says so."""
    try:
        settings = load()
    except SettingsError as error:
        return [failed("settings", str(error), "correct these in the environment or in .env")]
    from bot import bootstrap  # noqa: PLC0415
    from bot.adapters.phrasefile import load_phrase_book  # noqa: PLC0415
    from bot.cli import examination  # noqa: PLC0415

    today = datetime.now(UTC).date()
    return [
        passed("settings", "understood"),
        examination.data_folder(settings.data_dir),
        examination.disk(settings.data_dir),
        *_told("database", lambda: bootstrap.examine_database(settings)),
        *_told("model", lambda: [examination.model(bootstrap.models(settings))]),
        examination.language_filter(bootstrap.language_detector),
        examination.phrase_book(load_phrase_book),
        *_told("crisis card", lambda: examination.crisis_card(settings.crisis, today=today)),
        examination.clock(settings.data_dir),
        *_told("telegram", lambda: asyncio.run(bootstrap.examine_telegram(settings))),
        *_told("reddit", lambda: _reddit(settings)),
        examination.address(settings.http.host, settings.http.port, wanted=settings.http.enabled),
    ]


def _reddit(settings: "Settings") -> Sequence[Check]:
    if not settings.reddit.wanted:
        return []
    from bot.bootstrap.reddit_inspection import examine_reddit  # noqa: PLC0415  # praw is slow to import

    return asyncio.run(examine_reddit(settings))


def _told(name: str, look: Callable[[], Sequence[Check]]) -> Sequence[Check]:
    """What was found; where looking itself was not possible, why."""
    try:
        return look()
    except BotError as error:
        return [failed(name, str(error), "put this right first")]


def _show(checks: Sequence[Check]) -> None:
    out = console()
    for check in checks:
        out.print(f"{check.status:<5}", style=_STYLES[check.status], end="")
        out.print(f"{check.name}: {printable(check.detail, lines=True)}", soft_wrap=True)
        if check.advice:
            out.print(f"     → {printable(check.advice, lines=True)}", soft_wrap=True)
    warnings = sum(check.status is Status.WARN for check in checks)
    well = f"Nothing is broken; warnings: {warnings}." if warnings else "All is well."
    out.print(well if healthy(checks) else "Something is wrong: see above.")
