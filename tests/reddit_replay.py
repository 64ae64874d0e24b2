"""Our client over recordings of the real Reddit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import recordings
from fakes import ListTelemetry
from scripted_reddit import AGENT, CREDENTIALS

from bot.adapters.clock import SystemClock
from bot.adapters.reddit.client import RedditApi
from bot.adapters.reddit.quota import RedditQuota

EXACT = ("method", "host", "path")
LOOSE = ("method", "host")


class Replay:
    """One recording under a client of ours.

    Attributes:
        api: the client; it believes that it talks to reddit.com.
        recorded: what went to and fro then, sign-ins among it.
        played: vcrpy's cassette.
        quota: what the client learnt.
        telemetry: what it told.
    """

    def __init__(self, recorded: list[tuple[recordings.Request, recordings.Response]], played: Any) -> None:
        self.recorded = recorded
        self.played = played
        self.quota = RedditQuota(clock=SystemClock(), patience=timedelta())
        self.telemetry = ListTelemetry()
        self.api = RedditApi(
            credentials=CREDENTIALS,
            user_agent=AGENT,
            reddit_url="https://www.reddit.com",
            oauth_url="https://oauth.reddit.com",
            quota=self.quota,
            clock=SystemClock(),
            telemetry=self.telemetry,
        )

    def path(self, index: int) -> str:
        """Where the recorded request went."""
        return urlsplit(self.recorded[index][0].uri).path

    def answer(self, index: int) -> Any:
        """What it brought."""
        return self.recorded[index][1].json()


@asynccontextmanager
async def replaying(package: str, name: str, *, match_on: tuple[str, ...] = EXACT) -> AsyncIterator[Replay]:
    """Our client over one recording.

    Args:
        package, name: which one.
        match_on: what of a request has to be as it was recorded; each is answered once, in order.
    """
    recorded = recordings.cassette(package, name)
    with recordings.replayed(package, name, match_on=match_on) as played:
        replay = Replay(recorded, played)
        async with replay.api:
            yield replay


def assert_same(ours: Any, recorded: Any) -> None:
    """Without a word about where they differ: it would be somebody's."""
    same = ours == recorded
    assert same
