"""A day of watching on a clock of its own: the quota holds, memory stays flat, what could be seen is read."""

from datetime import datetime, timedelta
from typing import Any

from reddit_world import MemoryStore, Subreddits

from bot.adapters.reddit.listing import MOST_KNOWN, MOST_SUBMITTED
from bot.adapters.reddit.reception import MOST_OWN
from bot.domain.errors import PlatformUnavailable

DAY = timedelta(days=1)
CALM, BUSY = 0.08, 12.0
"""Comments a second."""
RUSH = (timedelta(hours=19), timedelta(hours=19, minutes=10))
OUTAGE = (timedelta(hours=19, minutes=5), timedelta(hours=19, minutes=8))
MINUTE = timedelta(minutes=1)
PER_MINUTE = 100


class Day:
    """People who write, more of them in the evening, and a Reddit that is gone for a while just then."""

    def __init__(self, world: Subreddits) -> None:
        self.world = world
        self.began = world.clock.now()
        self.written = 0
        self.shown: set[str] = set()
        self._until = self.began
        self._get = world.reddit.get
        world.reddit.written = self.write
        world.reddit.get = self.get  # type: ignore[method-assign]

    def write(self) -> None:
        """Everything that was written since the last request."""
        now = self.world.clock.now()
        while self._until < now:
            busy = RUSH[0] <= self._until - self.began < RUSH[1]
            subreddit = ("One", "two", "three")[self.written % 3]
            author = "solace_bot" if self.written % 7 == 0 else "ann"
            self.world.reddit.write(1, at=self._until, subreddit=subreddit, author=author)
            self.written += 1
            self._until += timedelta(seconds=1 / (BUSY if busy else CALM))

    async def get(self, path: str, params: Any = None, **_: bool) -> Any:
        answer = await self._get(path, params)
        if OUTAGE[0] <= self.world.clock.now() - self.began < OUTAGE[1]:
            raise PlatformUnavailable("503")
        if path.endswith("/comments"):
            self.shown |= {child["data"]["name"] for child in answer["data"]["children"]}
        return answer


def most_in_a_minute(times: list[datetime]) -> int:
    most = start = 0
    for end, at in enumerate(times):
        while at - times[start] >= MINUTE:
            start += 1
        most = max(most, end - start + 1)
    return most


async def test_a_day_of_watching() -> None:
    world = Subreddits(MemoryStore())
    world.submissions = True
    day = Day(world)
    largest: dict[str, int] = {}
    async with world.running():
        while world.clock.now() - day.began < DAY:
            await world.pass_(120)
            for name, size in sizes(world.reader).items():
                largest[name] = max(size, largest.get(name, 0))
    assert most_in_a_minute(world.reddit.times) <= PER_MINUTE
    assert len(world.reddit.times) < 2 * 2880 + 1200, "twice a minute and listing, more only in the rush"
    assert {ref.message_id for ref in world.inbox.judged} == day.shown
    cursor = await world.cursor()
    assert (cursor.seen, cursor.gaps) == (len(day.shown), 1), "180 s at 12 a second are more than a listing"
    assert 900 <= day.written - len(day.shown) <= 180 * BUSY - 900
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
