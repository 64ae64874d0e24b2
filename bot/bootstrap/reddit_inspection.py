"""What looks at the account on Reddit, or at one comment there, without running it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

from bot.adapters.clock import SystemClock
from bot.adapters.reddit import examination
from bot.adapters.reddit.client import RedditApi
from bot.adapters.reddit.permalinks import fullname_in, subreddit_in
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.quota import RedditQuota
from bot.adapters.reddit.rules import Threads
from bot.adapters.reddit.things import BadThing, Ignored, Reading, Said, read
from bot.adapters.reddit.values import account_of, ref_of
from bot.adapters.telemetry import StructlogTelemetry, configure_logging
from bot.application.doctor import Check, Status
from bot.application.rehearsal import Rehearsed
from bot.bootstrap.inspection import configured, examine_database, reading, reddit_status, username_in
from bot.bootstrap.parts import author_key
from bot.bootstrap.pipeline import rehearsing
from bot.bootstrap.reddit import client, rules
from bot.domain.communities import sensitive
from bot.domain.errors import BotError, SettingsError
from bot.settings import Settings

_QUICKLY: Final = 5.0
"""Seconds that one who waits in front of a screen gives Reddit to answer."""


async def examine_reddit(settings: Settings) -> list[Check]:
    """What `solace doctor` finds there; nothing without an account."""
    if not settings.reddit.wanted:
        return []
    async with _asking(settings) as api:
        checks = [await examination.account(api, username_in(settings.reddit))]
        if checks[0].status is Status.OK:
            checks += await examination.doors(api, settings.reddit.subreddits)
    checks += examination.community(sensitive(settings.reddit.subreddits))
    if examine_database(settings)[0].status is not Status.OK:
        return checks
    async with reading(settings) as store:
        return checks + examination.watching(await reddit_status(settings, store), now=SystemClock().now())


async def dry_run(settings: Settings, permalink: str) -> Rehearsed:
    """What would be decided about a comment or a submission, had it just been written. Nothing is kept.

    Raises:
        SettingsError: the link leads to none, or there is no account.
        BotError: there is nothing to read behind it, or Reddit does not answer.
    """
    fullname = fullname_in(permalink)
    if fullname is None:
        raise SettingsError("PERMALINK: should be the link of a comment or a submission on Reddit")
    named = subreddit_in(permalink)
    if named is not None and named not in settings.reddit.subreddits:
        raise SettingsError(f"PERMALINK: leads to r/{named}, which SOLACE_REDDIT__SUBREDDITS does not name")
    async with _asking(configured(settings)) as api, reading(settings) as store:
        said = await _said(settings, api, fullname)
        skipped = await Threads(api=api, rules=rules(settings.reddit), clock=SystemClock()).skipped([said])
        parents = [] if said.parent is None else [ref_of(said.message.ref.channel_id, said.parent)]
        async with rehearsing(settings, store) as rehearse:
            return await rehearse(replace(said.message, skipped=said.thread in skipped), parents)


@asynccontextmanager
async def _asking(settings: Settings) -> AsyncIterator[RedditApi]:
    configure_logging(settings.log_format, settings.log_level)
    clock, telemetry = SystemClock(), StructlogTelemetry()
    quota = RedditQuota(clock=clock)
    async with client(
        settings.reddit, quota, clock=clock, telemetry=telemetry, name="look", read_timeout=_QUICKLY
    ) as api:
        yield api


async def _said(settings: Settings, api: Api, fullname: str) -> Said:
    username = username_in(settings.reddit)
    ours = Reading(
        key=author_key(settings),
        account=account_of(username),
        username=username,
        subreddits=frozenset(settings.reddit.subreddits),
        now=SystemClock().now(),
    )
    raw = _first(await api.get("api/info", {"id": fullname, "raw_json": 1}))
    try:
        found = read(raw, ours)
    except BadThing as bad:
        raise BotError(f"Reddit's answer cannot be read: {bad.error}") from bad
    if isinstance(found, Ignored):
        raise BotError(
            "there is nothing to read: deleted, removed, without text, or of a subreddit off the list"
        )
    return found


def _first(answer: Any) -> Any:
    data = answer.get("data") if isinstance(answer, Mapping) else None
    children = data.get("children") if isinstance(data, Mapping) else None
    if not isinstance(children, list) or not children:
        raise BotError("Reddit knows nothing by this name")
    return children[0]
