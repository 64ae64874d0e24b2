"""What `solace doctor` looks at on Reddit's side. It only asks, and changes nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.reddit.account import same
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.refusals import AccessRefused
from bot.application.doctor import Check, failed, passed, warned
from bot.application.watch_status import WatchStatus
from bot.domain.errors import PlatformError, SettingsError

NAME: Final = "reddit"
MOST_ASKED: Final = 20
"""Subreddits that are asked one by one while somebody waits."""
GAP_TOLD_FOR: Final = timedelta(days=7)
"""Older gaps are history."""


async def account(api: Api, username: str) -> Check:
    """Whether Reddit lets the account in, and whether it is the one that the settings name."""
    try:
        same(username, await api.get("api/v1/me"))
    except SettingsError as error:
        return failed(NAME, str(error), "check the five settings of the account; docs/reddit.md has the way")
    except PlatformError as error:
        return failed(
            NAME, f"does not answer as it should: {error}", "check the network, and try again later"
        )
    return passed(NAME, "the account is let in")


async def doors(api: Api, subreddits: Sequence[str]) -> list[Check]:
    """Whether there are such subreddits, and whether they let the account in; the first `MOST_ASKED`."""
    closed = [name for name in subreddits[:MOST_ASKED] if not await _open(api, name)]
    if not closed:
        return []
    named = ", ".join(f"r/{name}" for name in closed)
    advice = "look at the spelling in SOLACE_REDDIT__SUBREDDITS; a private one has to let the account in"
    return [warned(f"{NAME} names", f"there is no {named}, or it is closed to the account", advice)]


async def _open(api: Api, subreddit: str) -> bool:
    """Where nobody can say, nothing is wrong."""
    try:
        about = await api.get(f"r/{subreddit}/about")
    except AccessRefused:
        return False
    except PlatformError:
        return True
    return isinstance(about, Mapping) and about.get("kind") == "t5"


def community(sensitive: Sequence[str]) -> list[Check]:
    """Whether communities of people in crisis are watched."""
    if not sensitive:
        return []
    advice = "leave them out, unless their moderators asked for this bot"
    return [warned(f"{NAME} communities", f"{len(sensitive)} are of people in crisis", advice)]


def watching(status: WatchStatus, *, now: datetime) -> list[Check]:
    """What the store knows of the subreddits: refusals, gaps, and what waits."""
    counts = ", ".join(
        f"{number} {mode}" for mode in ("off", "shadow", "live") if (number := _in_mode(status, mode))
    )
    return [
        passed(
            f"{NAME} subreddits",
            f"{counts}; {sum(each.paused_until is not None for each in status.chats)} paused",
        ),
        *_refusals(status),
        *_gaps(status, now),
        *_removals(status),
    ]


def _in_mode(status: WatchStatus, mode: str) -> int:
    return sum(each.mode == mode for each in status.chats)


def _refusals(status: WatchStatus) -> list[Check]:
    refused = [f"r/{each.key[1]} ({each.block.reason})" for each in status.chats if each.block is not None]
    if not refused:
        return []
    advice = "ask its moderators, or leave it out; `solace reddit resume SUB` tries again at once"
    return [warned(f"{NAME} refusals", f"Reddit does not let the bot into {', '.join(refused)}", advice)]


def _gaps(status: WatchStatus, now: datetime) -> list[Check]:
    late = [
        cursor
        for cursor in status.cursors.values()
        if cursor.last_gap_at is not None and now - cursor.last_gap_at < GAP_TOLD_FOR
    ]
    if not late:
        return []
    detail = f"comments may have been missed within a week ({sum(each.gaps for each in late)} gaps in all)"
    advice = "keep it running, poll more often (SOLACE_REDDIT__POLL_INTERVAL), or watch fewer subreddits"
    return [warned(f"{NAME} gaps", detail, advice)]


def _removals(status: WatchStatus) -> list[Check]:
    if not status.removals:
        return []
    advice = "they go as long as `solace run` runs"
    return [warned(f"{NAME} removals", f"{status.removals} replies are still to be removed", advice)]
