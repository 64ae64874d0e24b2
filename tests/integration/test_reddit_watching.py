"""The reader over real HTTP, praw and the real store: comments become verdicts, whatever lies in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from assembly import KEY, LIVE, SAD, Assembly, rows
from fakes import FakeClock
from redditapi.server import FakeReddit
from redditapi.state import CLIENT, PASSWORD, USERNAME
from redditapi.world import World

from bot.adapters.reddit.blocks import Blocks
from bot.adapters.reddit.client import Credentials, RedditApi
from bot.adapters.reddit.quota import RedditQuota
from bot.adapters.reddit.reader import Reader
from bot.adapters.reddit.values import REDDIT, account_of, chat_key
from bot.adapters.storage import SqlStore
from bot.application.alerts import Alerts
from bot.application.watching import Cursor
from bot.domain.channels import ChannelDefaults

ACCOUNT = account_of(USERNAME)
JUDGED = "SELECT message_id FROM decisions"
STATES = "SELECT state FROM replies"
SEEN = "SELECT seen FROM cursors"
CHANNEL = replace(LIVE, deadline=timedelta(minutes=10))
PLACES = ["one", "two", "three"]


class QuickClock(FakeClock):
    """Waits pass at once; what works in threads and over sockets has its turn meanwhile."""

    async def sleep(self, duration: timedelta) -> None:
        self._now += max(duration, timedelta())
        await asyncio.sleep(0.001)


class Watched:
    """Three subreddits of a fake Reddit, and all that it takes to read them."""

    def __init__(self, store: SqlStore) -> None:
        self.bot = Assembly(store, CHANNEL)
        self.clock = self.bot.clock = QuickClock()
        self.bot.intake._clock = self.clock
        self.store = store
        self.world = World(now=lambda: self.clock.now().timestamp())
        self.links = []
        for name in PLACES:
            self.world.community(name)
            self.links.append(self.world.submit(name, "host", "A quiet day"))
        self.alerts = Alerts()

    def write(self, number: int, text: str = SAD) -> list[str]:
        """So many comments, in one subreddit after the other."""
        return [self.world.write(self.links[each % 3], f"person {each}", text) for each in range(number)]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Reader]:
        """Fake, client, intake and reader."""
        async with FakeReddit.serving(self.world) as fake, self._api(fake.url) as api, self.bot.judging():
            reader = self._reader(api)
            task = asyncio.create_task(reader.run())
            try:
                yield reader
                assert not task.done()
            finally:
                task.cancel()
                await asyncio.wait({task})

    def _api(self, url: str) -> RedditApi:
        return RedditApi(
            credentials=Credentials(
                client_id=CLIENT[0], client_secret=CLIENT[1], username=USERNAME, password=PASSWORD
            ),
            user_agent="linux:solace.test:v1 (by /u/tester)",
            reddit_url=url,
            oauth_url=url,
            quota=RedditQuota(clock=self.clock),
            clock=self.clock,
            telemetry=self.bot.telemetry,
            read_timeout=0.3,
        )

    def _reader(self, api: RedditApi) -> Reader:
        shared: dict[str, Any] = {
            "api": api,
            "store": self.store,
            "clock": self.clock,
            "telemetry": self.bot.telemetry,
        }
        return Reader(
            **shared,
            inbox=self.bot.intake,
            key=KEY,
            account=ACCOUNT,
            username=USERNAME,
            subreddits=PLACES,
            submissions=False,
            rules={},
            poll_interval=timedelta(seconds=5),
            defaults=ChannelDefaults(otherwise=CHANNEL),
            blocks=Blocks(**shared, alerts=self.alerts),
            alerts=self.alerts,
        )

    async def cursor(self) -> Cursor:
        return (await self.store.read(lambda queries: queries.cursors(ACCOUNT)))["comments"]


@pytest.fixture
def watched(store: SqlStore) -> Watched:
    return Watched(store)


async def until(done: Callable[[], Any]) -> None:
    """Let everybody work until this holds."""
    async with asyncio.timeout(10):
        while not done():  # noqa: ASYNC110  # what is waited for happens at many places
            await asyncio.sleep(0.002)


async def test_comments_become_verdicts_and_the_cursor_follows(watched: Watched, database: Path) -> None:
    names = watched.write(60)
    watched.world.delete(names.pop())
    watched.world.remove(names.pop())
    async with watched.running():
        await until(lambda: len(rows(database, JUDGED)) == 58)
        names += watched.write(30)
        await until(lambda: rows(database, SEEN) == [88])
    names += watched.write(400)
    async with watched.running() as reader:
        await until(lambda: len(rows(database, JUDGED)) == len(names))
        polls = len(watched.world.requests("r/one+two+three/comments"))
        await until(lambda: len(watched.world.requests("r/one+two+three/comments")) > polls + 2)
        assert reader.trouble is None
    assert sorted(rows(database, JUDGED)) == sorted(names)
    assert rows(database, STATES) == ["pending"] * len(names)
    cursor = await watched.cursor()
    assert (cursor.seen, cursor.gaps, cursor.recent[0]) == (len(names), 0, names[-1])
    assert watched.world.beyond()["minute"] == 0


async def test_a_listing_that_overflowed_is_read_to_its_end_and_counted(
    watched: Watched, database: Path
) -> None:
    watched.write(10)
    async with watched.running():
        await until(lambda: rows(database, SEEN) == [10])
    names = watched.write(1200)
    async with watched.running():
        await until(lambda: rows(database, SEEN) == [1010])
    assert set(names[-1000:]) <= set(rows(database, JUDGED))
    assert (await watched.cursor()).gaps == 1


async def test_an_edit_takes_back_the_reply_that_is_on_its_way(watched: Watched, database: Path) -> None:
    (name,) = watched.write(1)
    async with watched.running():
        await until(lambda: rows(database, STATES) == ["pending"])
        watched.world.edit(name, "all is well today")
        await until(lambda: rows(database, STATES) == ["cancelled"])
    assert rows(database, JUDGED) == [name]


@pytest.mark.parametrize("kind", ["error", "hang", "drop", "malformed", "cut", "truncated", "expired"])
async def test_whatever_fails_on_the_way_nothing_is_lost(watched: Watched, database: Path, kind: str) -> None:
    watched.write(5)
    async with watched.running():
        await until(lambda: len(rows(database, JUDGED)) == 5)
        watched.world.fault(kind, "r/.*/comments", times=2, after=1)
        watched.write(250)
        await until(lambda: len(rows(database, JUDGED)) == 255)
        watched.world.release()
    assert (await watched.cursor()).gaps == 0


@pytest.mark.parametrize("combined", ["refuse", "skip"])
async def test_a_subreddit_that_closes_is_found_and_the_rest_goes_on(
    watched: Watched, database: Path, combined: str
) -> None:
    watched.world.switch(combined=combined)
    watched.write(6)
    async with watched.running():
        await until(lambda: len(rows(database, JUDGED)) == 6)
        watched.world.set_kind("two", "private")
        await until(lambda: "subreddit_refused" in watched.bot.telemetry.events)
        watched.write(3)
        await until(lambda: len(rows(database, JUDGED)) == 8)
    (block,) = (await watched.store.read(lambda queries: queries.blocks(REDDIT))).values()
    assert (block.chat, block.reason, block.times) == (chat_key("two"), "private", 1)
    assert (await watched.alerts.next()).startswith("r/two refuses the bot (private).")
    watched.clock._now = block.until
    watched.world.set_kind("two", "public")
    async with watched.running():
        await until(lambda: "subreddit_open_again" in watched.bot.telemetry.events)
        await until(lambda: len(rows(database, JUDGED)) == 9)
    assert await watched.store.read(lambda queries: queries.blocks(REDDIT)) == {}


async def test_a_ban_shows_on_the_subreddits_page(watched: Watched) -> None:
    watched.world.ban("two")
    async with FakeReddit.serving(watched.world) as fake, watched._api(fake.url) as api:
        assert await watched._reader(api).blocks.refuses("two")
        assert not await watched._reader(api).blocks.refuses("one")
