"""From the outbox to a Reddit that speaks real HTTP and goes wrong on demand, and back again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from assembly import LIVE, Assembly, rows
from reading_markdown import above_the_footer
from redditapi.server import FakeReddit
from redditapi.state import CLIENT, PASSWORD, USERNAME
from redditapi.world import World

from bot.adapters.pace import Pace
from bot.adapters.reddit.blocks import Blocks
from bot.adapters.reddit.client import Credentials, RedditApi
from bot.adapters.reddit.footer import Footer
from bot.adapters.reddit.looking import Search
from bot.adapters.reddit.paced import PacedApi, reddit_pacer
from bot.adapters.reddit.quota import RedditQuota
from bot.adapters.reddit.remover import Remover
from bot.adapters.reddit.resolver import Resolver
from bot.adapters.reddit.sender import RedditSender
from bot.adapters.reddit.sweeper import Sweeper
from bot.adapters.reddit.values import account_of, ref_of
from bot.adapters.storage import SqlStore
from bot.application.alerts import Alerts
from bot.application.delivery import Delivery
from bot.domain.messages import ChannelKey

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
ACCOUNT = account_of(USERNAME)
LOST = [
    ("store_then_error", 1),
    ("store_then_drop", 1),
    ("store_then_hang", 1),
    ("cut", 1),
    ("truncated", 1),
    ("malformed", 1),
    ("error", 0),
    ("drop", 0),
]
"""What goes wrong with a reply, and how many comments stand there then; nobody can tell from outside."""


class _Refusals:
    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks

    async def refused(self, chat: ChannelKey, reason: str) -> None:
        await self._blocks.refused(chat[1], reason)


class Bot:
    """Everything that writes on Reddit, over a real store, two real clients and a thread of comments."""

    def __init__(self, bot: Assembly, world: World, reading: RedditApi, writing: RedditApi) -> None:
        self.bot, self.world, self.store = bot, world, bot.store
        self.clock, self.telemetry, self.alerts = self.bot.clock, self.bot.telemetry, Alerts()
        world.community("Place")
        self.thread = world.submit("Place", "Eve", "How are you?")
        self.pacer = reddit_pacer(10 * SECOND)
        paced = PacedApi(api=writing, pace=Pace(pacer=self.pacer, clock=self.clock))
        search = Search(api=reading, username=USERNAME)
        given: dict[str, Any] = {"store": self.store, "clock": self.clock, "telemetry": self.telemetry}
        self.resolver = Resolver(account=ACCOUNT, search=search, **given)
        self.sweeper = Sweeper(api=reading, erased=lambda: None, alerts=Alerts(), **given)
        self.remover = Remover(api=paced, search=search, **given)
        self.sender = RedditSender(
            account=ACCOUNT,
            api=writing,
            footer=Footer.of(USERNAME),
            refusals=_Refusals(Blocks(api=reading, alerts=self.alerts, **given)),
            clock=self.clock,
            telemetry=self.telemetry,
        )

    async def said(self, text: str = "sad sad", *, author: str = "Ann") -> str:
        """Somebody writes, and is judged; the comment's full name."""
        name = self.world.write(self.thread, author, text)
        made = self.bot.message(text, account=ACCOUNT, address={})
        await self.bot.judge(replace(made, ref=ref_of("Place", name)))
        return name

    async def deliver(self) -> None:
        """One pass over the outbox."""
        delivery = Delivery(
            store=self.store,
            sender=self.sender,
            pacer=self.pacer,
            defaults=self.bot.defaults,
            doorbell=self.bot.doorbell,
            clock=self.clock,
            telemetry=self.telemetry,
            run_id="run-1",
        )
        delivery.stop()
        await self.done(delivery.run())

    async def done(self, work: Awaitable[object]) -> None:
        """Wait for something; time goes on where it waits for its turn."""
        task = asyncio.ensure_future(work)
        await self.bot.pass_time_until(task.done)
        await task

    async def go_on(self, duration: timedelta) -> None:
        """Deliver, and look for what is in doubt, every fifteen seconds."""
        for _ in range(duration // (15 * SECOND)):
            await self.deliver()
            await self.done(self.resolver.step())
            await self.clock.advance(15 * SECOND)

    async def tidy_up(self) -> None:
        """Look once at everything, and remove what has to go."""
        await self.done(self.sweeper.step())
        await self.done(self.remover.step())

    def standing(self, parent: str) -> list[str]:
        """What the bot said under a comment, and what still stands there."""
        return [above_the_footer(each["text"]) for each in self.world.by_bot(parent, gone=False)]


@pytest.fixture
async def bot(store: SqlStore) -> AsyncIterator[Bot]:
    made = Assembly(store, replace(LIVE, deadline=10 * MINUTE))
    world = World(now=lambda: made.clock.now().timestamp())
    credentials = Credentials(
        client_id=CLIENT[0], client_secret=CLIENT[1], username=USERNAME, password=PASSWORD
    )
    async with FakeReddit.serving(world) as fake:
        given: dict[str, Any] = {
            "credentials": credentials,
            "user_agent": "linux:solace.test:v1 (by /u/tester)",
            "reddit_url": fake.url,
            "oauth_url": fake.url,
            "quota": RedditQuota(clock=made.clock),
            "clock": made.clock,
            "telemetry": made.telemetry,
            "read_timeout": 0.3,
        }
        async with (
            RedditApi(name="reader", **given) as reading,
            RedditApi(name="writer", **given) as writing,
        ):
            yield Bot(made, world, reading, writing)
            world.release()


async def test_a_reply_stands_there_once_with_its_footer(bot: Bot, database: Path) -> None:
    comment = await bot.said()
    await bot.deliver()
    (mine,) = bot.world.by_bot(comment)
    [(state, said, sent)] = rows(database, "SELECT state, text, sent_message_id FROM replies")
    assert (state, sent) == ("sent", mine["name"])
    assert above_the_footer(mine["text"]) == said
    assert f"%21delete%20{comment}" in mine["text"]


@pytest.mark.parametrize(("kind", "stored"), LOST, ids=[kind for kind, _ in LOST])
async def test_a_reply_that_was_lost_on_its_way_ends_as_one_reply(
    bot: Bot, database: Path, kind: str, stored: int
) -> None:
    bot.world.switch(own_lag=20.0, tree_lag=25.0)
    bot.world.fault(kind, "api/comment")
    comment = await bot.said()
    await bot.deliver()
    assert rows(database, "SELECT state FROM replies") == ["unconfirmed"]
    assert len(bot.world.by_bot(comment)) == stored
    await bot.go_on(4 * MINUTE)
    [(state, sent)] = rows(database, "SELECT state, sent_message_id FROM replies")
    assert [each["name"] for each in bot.world.by_bot(comment)] == [sent]
    assert state == "sent"
    assert bot.world.answered_twice() == []


async def test_one_that_reddit_took_without_a_name_counts_as_sent_and_its_name_is_found(
    bot: Bot, database: Path
) -> None:
    bot.world.fault("no_things", "api/comment")
    comment = await bot.said()
    await bot.deliver()
    assert rows(database, "SELECT state, sent_message_id FROM replies") == [("sent", None)]
    await bot.go_on(3 * MINUTE)
    [ours] = bot.world.by_bot(comment)
    assert rows(database, "SELECT state, sent_message_id FROM replies") == [("sent", ours["name"])]


async def test_a_ban_ends_the_reply_and_the_owner_hears_of_it(bot: Bot, database: Path) -> None:
    bot.world.ban("Place")
    await bot.said()
    await bot.deliver()
    assert rows(database, "SELECT state FROM replies") == ["failed"]
    assert rows(database, "SELECT channel_id, reason, times FROM blocks") == [("place", "forbidden", 1)]
    assert "r/place" in await bot.alerts.next()


@pytest.mark.parametrize(
    ("deed", "error"),
    [("delete", "ParentDeleted"), ("remove", "ParentRemoved"), ("lock", "ThreadLocked")],
)
async def test_what_nobody_can_answer_any_more_costs_no_write(
    bot: Bot, database: Path, deed: str, error: str
) -> None:
    comment = await bot.said()
    getattr(bot.world, deed)(comment)
    await bot.clock.advance(MINUTE)  # a younger one might only not be on its page yet
    await bot.deliver()
    assert rows(database, "SELECT state, detail FROM replies") == [("failed", error)]
    assert bot.world.requests("api/comment") == []


async def test_what_is_deleted_there_is_gone_here_and_our_reply_goes_too(bot: Bot, database: Path) -> None:
    comment, other = await bot.said("sad sad zq7"), await bot.said(author="Bob")
    await bot.deliver()
    await bot.clock.advance(MINUTE)
    await bot.deliver()
    bot.world.delete(comment)
    await bot.tidy_up()
    assert (len(bot.standing(comment)), len(bot.standing(other))) == (0, 1)
    assert rows(database, "SELECT wish, found FROM removals") == [("parent_deleted", 1)]
    assert rows(database, "SELECT count(*) FROM texts WHERE text LIKE '%zq7%'") == [0]
    assert rows(database, "SELECT count(*) FROM texts") == [1]


async def test_a_reply_that_readers_vote_down_goes(bot: Bot, database: Path) -> None:
    comment = await bot.said()
    await bot.deliver()
    bot.world.vote(bot.world.by_bot(comment)[0]["name"], -1)
    await bot.tidy_up()
    assert bot.standing(comment) == []
    assert rows(database, "SELECT kind FROM feedback") == ["downvoted"]
    assert rows(database, "SELECT wish, found FROM removals") == [("low_score", 1)]


async def test_a_reply_that_reddit_did_not_name_goes_too_when_it_is_voted_down(
    bot: Bot, database: Path
) -> None:
    bot.world.fault("no_things", "api/comment")
    comment = await bot.said()
    await bot.deliver()
    assert rows(database, "SELECT state, sent_message_id FROM replies") == [("sent", None)]
    bot.world.vote(bot.world.by_bot(comment)[0]["name"], -1)
    await bot.go_on(MINUTE)
    await bot.tidy_up()
    assert bot.standing(comment) == []


async def test_a_reply_in_doubt_whose_comment_is_deleted_is_found_and_removed(
    bot: Bot, database: Path
) -> None:
    bot.world.fault("store_then_drop", "api/comment")
    comment = await bot.said()
    await bot.deliver()
    bot.world.delete(comment)
    await bot.tidy_up()
    assert bot.standing(comment) == []
    assert rows(database, "SELECT found FROM removals") == [1]
    await bot.go_on(3 * MINUTE)
    assert len(bot.world.by_bot(comment)) == 1
