import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli.terminal import console, load, printable, run_async
from bot.domain.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.application.ports import Transaction
    from bot.application.rehearsal import Rehearsed
    from bot.application.watch_status import WatchedChat, WatchStatus
    from bot.domain.messages import ChannelKey
    from bot.settings import Settings

app = typer.Typer(name="reddit", help="The subreddits that are watched.", no_args_is_help=True)
T = TypeVar("T")
_Subreddit = Annotated[str, typer.Argument(metavar="SUB", help="A subreddit, with or without r/.")]
_AsJson = Annotated[bool, typer.Option("--json", help="The same as JSON.")]


@app.command()
def status(as_json: _AsJson = False) -> None:
    """Each subreddit with its mode, pause and refusal; how far was read; what waits.

    From the database alone: nothing asks Reddit, and a bot may run beside it.
    """
    found = run_async(_status(load(quiet=True)))
    if as_json:
        typer.echo(json.dumps(_status_json(found), allow_nan=False))
    else:
        _show_status(found)


@app.command()
def pause(
    subreddit: _Subreddit,
    span: Annotated[
        str | None,
        typer.Option("--for", metavar="2h", help="How long, at most 30d; without it, until it is resumed."),
    ] = None,
) -> None:
    """Read nothing and say nothing in a subreddit for a while. A running bot heeds it at once."""
    settings = load(quiet=True)
    from bot.application import pauses  # noqa: PLC0415

    key, wanted, now = _watched(settings, subreddit), _span(span), _now()
    until = run_async(_changed(settings, lambda tx: pauses.pause(tx, key, wanted, at=now)))
    typer.echo(f"r/{key[1]} is paused until {_moment(until)}.")


@app.command()
def resume(subreddit: _Subreddit) -> None:
    """End a pause, and try again where Reddit had refused us."""
    settings = load(quiet=True)
    from bot.application import pauses  # noqa: PLC0415

    key, now = _watched(settings, subreddit), _now()
    ended = run_async(_changed(settings, lambda tx: pauses.resume(tx, key, at=now)))
    typer.echo(f"r/{key[1]} is watched again." if ended else f"r/{key[1]} was neither paused nor refused.")


@app.command("dry-run")
def dry_run(
    permalink: Annotated[str, typer.Argument(metavar="PERMALINK", help="A comment or a submission.")],
    as_json: _AsJson = False,
) -> None:
    """Fetch one comment and show what would be decided, had it just been written. Nothing follows from it."""
    settings = load(quiet=True)
    from bot.bootstrap.reddit_inspection import dry_run as rehearse  # noqa: PLC0415

    found = run_async(rehearse(settings, permalink))
    if as_json:
        typer.echo(json.dumps(_decision_json(found), allow_nan=False))
    else:
        _show_decision(found)


# ------------------------------------------------------------------ what is asked


async def _status(settings: "Settings") -> "WatchStatus":
    from bot import bootstrap  # noqa: PLC0415
    from bot.bootstrap.inspection import configured, reddit_status  # noqa: PLC0415

    async with bootstrap.reading(configured(settings)) as store:
        return await reddit_status(settings, store)


async def _changed(settings: "Settings", work: "Callable[[Transaction], T]") -> T:
    from bot import bootstrap  # noqa: PLC0415

    async with bootstrap.reading(settings) as store:
        return await store.transact(work)


def _watched(settings: "Settings", subreddit: str) -> "ChannelKey":
    from bot.adapters.reddit.values import chat_key  # noqa: PLC0415

    key, watched = chat_key(subreddit), settings.reddit.subreddits
    if key[1] not in watched:
        raise SettingsError(
            f"SUB: should be one of those that are watched: {', '.join(watched) or 'none is'}"
        )
    return key


def _span(written: str | None) -> timedelta | None:
    from bot.adapters.durations import typed  # noqa: PLC0415
    from bot.application.pauses import LONGEST  # noqa: PLC0415

    if written is None:
        return None
    span = typed(written)
    if span is None or not timedelta() < span <= LONGEST:
        raise SettingsError("--for: should be a duration up to 30d, such as 2h or 7d")
    return span


def _now() -> datetime:
    from bot.adapters.clock import SystemClock  # noqa: PLC0415

    return SystemClock().now()


# ------------------------------------------------------------------ what is shown


def _status_json(found: "WatchStatus") -> dict[str, Any]:
    return {
        "subreddits": [_chat_json(chat) for chat in found.chats],
        "streams": [
            {
                "stream": cursor.stream,
                "polled_at": cursor.polled_at.isoformat(),
                "seen": cursor.seen,
                "gaps": cursor.gaps,
                "last_gap_at": _iso(cursor.last_gap_at),
            }
            for cursor in found.cursors.values()
        ],
        "pending": found.pending,
        "unconfirmed": found.unconfirmed,
        "removals": found.removals,
        "removed": dict(found.removed),
        "feedback": dict(found.feedback),
    }


def _chat_json(chat: "WatchedChat") -> dict[str, Any]:
    block = chat.block
    refused = block and {
        "reason": block.reason,
        "times": block.times,
        "since": block.since.isoformat(),
        "until": block.until.isoformat(),
    }
    return {
        "subreddit": chat.key[1],
        "mode": chat.mode,
        "paused_until": _iso(chat.paused_until),
        "refused": refused,
    }


def _show_status(found: "WatchStatus") -> None:
    out = console()
    for chat in found.chats:
        paused = f", paused until {_moment(chat.paused_until)}" if chat.paused_until else ""
        block = chat.block
        refused = f", refused ({block.reason}) until {_moment(block.until)}" if block else ""
        out.print(f"r/{chat.key[1]}: {chat.mode}{paused}{refused}", soft_wrap=True)
    for cursor in found.cursors.values():
        gap = f", the last {_moment(cursor.last_gap_at)}" if cursor.last_gap_at else ""
        read = f"{cursor.seen:,} read, last looked at {_moment(cursor.polled_at)}, gaps: {cursor.gaps}{gap}"
        out.print(f"{cursor.stream}: {read}", soft_wrap=True)
    if not found.cursors:
        out.print("Nothing was read yet.")
    gone = ", ".join(f"{number} {_words(wish)}" for wish, number in sorted(found.removed.items())) or "none"
    waiting = f"{found.pending} wait, {found.unconfirmed} unconfirmed, {found.removals} to be removed"
    out.print(f"replies: {waiting}; removed within 30 days: {gone}", soft_wrap=True)
    said = (
        ", ".join(f"{number} {_words(kind)}" for kind, number in sorted(found.feedback.items())) or "nothing"
    )
    out.print(f"said of replies within 30 days: {said}", soft_wrap=True)


def _decision_json(found: "Rehearsed") -> dict[str, Any]:
    verdict, recorded = found.verdict, found.recorded
    before = recorded and {
        "action": recorded.action,
        "reason": recorded.reason,
        "decided_at": recorded.decided_at.isoformat(),
        "reply_state": recorded.reply_state,
    }
    return {
        "subreddit": verdict.message.ref.channel_id,
        "id": verdict.message.ref.message_id,
        "action": verdict.outcome.action,
        "reason": verdict.outcome.reason,
        "label": verdict.prediction.label if verdict.prediction else None,
        "score": verdict.score,
        "reply": verdict.reply_text,
        "recorded": before,
    }


def _show_decision(found: "Rehearsed") -> None:
    out, shown = console(), _decision_json(found)
    out.print(f"r/{shown['subreddit']} {shown['id']}: {shown['action']} ({shown['reason']})")
    if shown["label"] is not None:
        out.print(f"reads as {shown['label']}, score {shown['score']:.3f}")
    if shown["reply"] is not None:
        out.print(f"would say: {printable(shown['reply'])}", soft_wrap=True)
    before = shown["recorded"]
    if before is not None:
        state = f", reply {before['reply_state']}" if before["reply_state"] else ""
        out.print(f"when it came in: {before['action']} ({before['reason']}){state}")
    else:
        out.print("It never came in.")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _moment(at: datetime) -> str:
    from bot.application.pauses import OPEN_END  # noqa: PLC0415

    return "it is resumed" if at >= OPEN_END else f"{at:%Y-%m-%d %H:%M} UTC"
