import asyncio
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from builders import NOW
from fakes import FakeClock
from hypothesis import given
from hypothesis import strategies as st
from reddit_town import Fate, Town

from bot.adapters.pace import Manner, Pace
from bot.adapters.reddit.paced import OUTSIDE, PacedApi, reddit_pacer
from bot.domain.errors import PlatformError, PlatformUnavailable, RateLimited, ReplyRejected, ReplyUnconfirmed

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
INTERVAL = 10 * SECOND


class World:
    def __init__(self) -> None:
        self.clock = FakeClock(auto=True)
        self.town = Town(self.clock)
        self.pacer = reddit_pacer(INTERVAL)
        self.pace = Pace(pacer=self.pacer, clock=self.clock)
        self.api = PacedApi(api=self.town, pace=self.pace)
        self.went: list[tuple[str, timedelta]] = []

    async def turn(self, channel: str) -> None:
        await self.pace.turn(channel, patience=timedelta(hours=10))
        self.went.append((channel, self.clock.now() - NOW))


@given(st.lists(st.sampled_from(["one", "two", "three", OUTSIDE]), min_size=1, max_size=80))
def test_no_subreddit_hears_twice_within_the_interval_and_no_minute_holds_more_than_thirty(
    channels: list[str],
) -> None:
    async def simulate() -> World:
        world = World()
        await asyncio.gather(*[world.turn(channel) for channel in channels])
        return world

    went = asyncio.run(simulate()).went
    assert Counter(channel for channel, _ in went) == Counter(channels)
    times = [at for _, at in went]
    assert all(later - earlier >= MINUTE for earlier, later in zip(times, times[30:], strict=False))
    for channel in ("one", "two", "three"):
        own = [at for each, at in went if each == channel]
        assert all(later - earlier >= INTERVAL for earlier, later in pairwise(own))


async def test_what_says_nothing_in_a_subreddit_waits_for_the_account_alone() -> None:
    world = World()
    for _ in range(5):
        await world.turn(OUTSIDE)
    assert [at for _, at in world.went] == [timedelta()] * 5


async def test_without_an_interval_the_accounts_pace_holds_alone() -> None:
    pacer = reddit_pacer(timedelta())
    pacer.record("one", NOW)
    assert pacer.earliest("one", NOW) == NOW


@pytest.mark.parametrize("failure", [PlatformUnavailable("no connection"), RateLimited(5 * SECOND)])
async def test_what_was_not_done_is_tried_again_three_times_in_all(failure: PlatformError) -> None:
    world = World()
    world.town.fates.extend([Fate(stored=False, error=failure)] * 2)
    assert await world.api.post("api/del", {"id": "t1_a"}) == {}
    assert len(world.town.wrote) == 3
    world.town.fates.extend([Fate(stored=False, error=failure)] * 3)
    with pytest.raises(type(failure)):
        await world.api.post("api/del", {"id": "t1_a"})
    assert len(world.town.wrote) == 6


@pytest.mark.parametrize("failure", [ReplyUnconfirmed("cut off"), ReplyRejected("no")])
async def test_what_may_have_been_done_is_never_tried_again(failure: PlatformError) -> None:
    world = World()
    world.town.fates.append(Fate(stored=False, error=failure))
    with pytest.raises(type(failure)):
        await world.api.post("api/compose", {"to": "Ann"})
    assert len(world.town.wrote) == 1


async def test_nothing_goes_before_reddit_allows_it() -> None:
    world = World()
    world.pace.hold(3 * MINUTE)
    with pytest.raises(PlatformUnavailable):
        await world.api.post("api/del", {"id": "t1_a"}, manner=Manner(patience=MINUTE))
    assert world.town.wrote == []
