"""A day of watching on a clock of its own: the quota holds, memory stays flat, what could be seen is read.

All that asks Reddit shares the real quota; the count is Reddit's own.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import islice
from typing import Any, cast

from reddit_people import RedditPeople
from reddit_world import ACCOUNT, ME, MemoryStore, Shelf, Subreddits, a_listing
from redditapi.quota import Allowance

from bot.adapters.reddit.listing import MOST_KNOWN, MOST_SUBMITTED
from bot.adapters.reddit.looking import Search
from bot.adapters.reddit.quota import RedditQuota
from bot.adapters.reddit.reception import MOST_OWN
from bot.adapters.reddit.resolver import Resolver
from bot.adapters.reddit.sweeper import Sweeper
from bot.application.alerts import Alerts
from bot.application.watching import Doubt, Trace
from bot.domain.errors import PlatformUnavailable
from bot.domain.messages import ChannelKey, MessageRef

DAY = timedelta(days=1)
CALM, BUSY = 0.08, 12.0
"""Comments a second."""
RUSH = (timedelta(hours=19), timedelta(hours=19, minutes=10))
OUTAGE = (timedelta(hours=19, minutes=5), timedelta(hours=19, minutes=8))
PER_MINUTE = 100


class Desk(Shelf):
    """A shelf that also remembers what was judged, for whoever sweeps and looks for replies."""

    def __init__(self) -> None:
        super().__init__()
        self.judged: Mapping[MessageRef, object] = {}
        self.refs: list[MessageRef] = []
        self.known: dict[ChannelKey, Any] = {}

    def traces(self, _platform: str, *, after: int, limit: int) -> Sequence[Trace]:
        self.refs += islice(self.judged, len(self.refs), None)
        behind = enumerate(self.refs[after : after + limit], start=after + 1)
        return [Trace(decision_id=number, ref=ref) for number, ref in behind]

    def doubts(self, _account: str, *, limit: int) -> Sequence[Doubt]:
        assert limit
        return ()

    def unnamed(self, _account: str, *, since: Any, limit: int) -> Sequence[Doubt]:
        assert since
        assert limit
        return ()

    def chats(self, keys: Collection[ChannelKey]) -> Mapping[ChannelKey, Any]:
        return {key: self.known[key] for key in keys if key in self.known}

    def keep_chat(self, chat: Any) -> None:
        self.known[chat.key] = chat


class Day:
    """People who write, more of them in the evening, and a Reddit that is gone for a while just then.

    Attributes:
        allowance: Reddit's count of all requests.
        paths: how often each was asked for.
    """

    def __init__(self) -> None:
        store = MemoryStore()
        store.shelf = desk = Desk()
        self.people = RedditPeople(store)
        self.clock = self.people.clock
        self.world = world = Subreddits(store, clock=self.clock)
        world.submissions = True
        world.poll_interval = timedelta(seconds=10)
        desk.judged = world.inbox.judged
        self.store = store
        self.began = self.clock.now()
        self.written = 0
        self.shown: set[str] = set()
        self.paths: dict[str, int] = {}
        self.quota = RedditQuota(clock=self.clock)
        self.allowance = Allowance(lambda: self.clock.now().timestamp())
        self.allowance.enforced = False
        self._until = self.began
        self._get = world.reddit.get
        world.reddit.written = self.write
        world.reddit.get = self.get  # type: ignore[method-assign, assignment]
        self.people.api = cast("Any", self)
        self.people.assemble()

    def write(self) -> None:
        """Everything that was written since the last request."""
        now = self.clock.now()
        while self._until < now:
            busy = RUSH[0] <= self._until - self.began < RUSH[1]
            subreddit = ("One", "two", "three")[self.written % 3]
            author = "solace_bot" if self.written % 7 == 0 else "ann"
            self.world.reddit.write(1, at=self._until, subreddit=subreddit, author=author)
            self.written += 1
            self._until += timedelta(seconds=1 / (BUSY if busy else CALM))

    async def get(self, path: str, params: Any = None, *, urgent: bool = False, spare: bool = False) -> Any:
        await self._passed(path, urgent=urgent, spare=spare)
        answer = await self._answer(path, params)
        if OUTAGE[0] <= self.clock.now() - self.began < OUTAGE[1]:
            raise PlatformUnavailable("503")
        if path.endswith("/comments"):
            self.shown |= {child["data"]["name"] for child in answer["data"]["children"]}
        return answer

    async def post(self, path: str, _data: Any, *, urgent: bool = False, **_: Any) -> Any:
        await self._passed(path, urgent=urgent)
        return {}

    async def _passed(self, path: str, *, urgent: bool, spare: bool = False) -> None:
        await self.quota.turn(urgent=urgent, spare=spare)
        self.paths[path] = self.paths.get(path, 0) + 1
        self.allowance.count()
        self.quota.told(self.allowance.headers())

    async def _answer(self, path: str, params: Any) -> Any:
        if path == "api/info":
            names = str(params["id"]).split(",")
            return a_listing(
                [{"kind": "t1", "data": {"name": name, "author": "ann", "body": "sad"}} for name in names]
            )
        if path == "message/unread":
            return a_listing([])
        if path == "api/mod/conversations":
            return {"conversations": {}, "messages": {}, "conversationIds": []}
        return ME if path == "api/v1/me" else await self._get(path, params)

    @asynccontextmanager
    async def everybody(self) -> AsyncIterator[None]:
        """The reader, and all that works beside it."""
        shared: dict[str, Any] = {
            "store": self.store,
            "clock": self.clock,
            "telemetry": self.world.telemetry,
        }
        services: list[Any] = [
            Sweeper(api=cast("Any", self), erased=lambda: None, alerts=Alerts(), **shared),
            Resolver(
                account=ACCOUNT,
                search=Search(api=cast("Any", self), username="solace_bot"),
                look_after=timedelta(minutes=2),
                **shared,
            ),
            self.people.inbox,
            self.people.modmail,
            self.people.postman,
        ]
        tasks = [asyncio.create_task(service.run()) for service in services]
        try:
            async with self.world.running():
                yield
            assert [task.exception() for task in tasks if task.done()] == []
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


async def test_a_day_of_watching() -> None:
    day = Day()
    world, allowance = day.world, day.allowance
    largest: dict[str, int] = {}
    async with day.everybody():
        while day.clock.now() - day.began < DAY:
            await world.pass_(120)
            for name, size in sizes(world.reader).items():
                largest[name] = max(size, largest.get(name, 0))
    assert (allowance.over_window, allowance.over_minute) == (0, 0), "by Reddit's own count"
    assert allowance.most_in_a_minute <= PER_MINUTE
    asked = {"r/one+two+three/comments", "r/one+two+three/new", "api/info", "message/unread"}
    assert asked <= day.paths.keys(), "and all of them had their turn"
    assert day.paths["message/unread"] > 2000
    assert day.paths["api/info"] > 500
    assert {ref.message_id for ref in world.inbox.judged} == day.shown
    cursor = await world.cursor()
    assert (cursor.seen, cursor.gaps) == (len(day.shown), 1), "180 s at 12 a second are more than a listing"
    assert 900 <= day.written - len(day.shown) <= (180 + 60) * BUSY - 1000, (
        "the next try comes a minute later"
    )
    assert largest["submitted"] == MOST_SUBMITTED
    assert largest["own"] <= MOST_OWN
    assert largest["heard"] == 3
    assert len(cursor.recent) == MOST_KNOWN
    assert len(world.inbox.given) == len(world.inbox.judged), "nothing was brought in twice"


def sizes(reader: Any) -> dict[str, int]:
    """Everything in which the reader remembers comments."""
    comments = reader._watches[0]
    return {
        "submitted": len(comments._submitted),
        "own": len(comments._reception._own),
        "heard": len(comments._doors._heard_at),
    }
