"""Who may ask Reddit when: the headers' word, our own count, and a share that is kept for replies."""

import asyncio
from bisect import bisect_left
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from fakes import FakeClock

from bot.adapters.reddit.quota import KEPT, MINUTE, PER_MINUTE, WINDOW, RedditQuota
from bot.domain.errors import RateLimited

DAY = timedelta(days=1)


def headers(*, used: float, remaining: float, reset: float) -> dict[str, str]:
    return {
        "X-Ratelimit-Used": str(int(used)),
        "x-ratelimit-remaining": f"{remaining:.1f}",
        "x-ratelimit-reset": str(int(reset)),
    }


class CountingReddit:
    """Counts as Reddit does: so many requests in a window; whatever goes beyond is `beyond`."""

    def __init__(self, clock: FakeClock, *, grants: int = 600, window: timedelta = WINDOW) -> None:
        self._clock = clock
        self._grants = grants
        self._window = window
        self._ends = clock.now() + window
        self.used = self.beyond = 0
        self.asked: list[datetime] = []

    def asks(self) -> dict[str, str]:
        now = self._clock.now()
        if now >= self._ends:
            self.used, self._ends = 0, now + self._window
        self.used += 1
        self.beyond += self.used > self._grants
        self.asked.append(now)
        left = (self._ends - now).total_seconds()
        return headers(used=self.used, remaining=self._grants - self.used, reset=left)


def most_in_a_minute(asked: list[datetime]) -> int:
    """`asked` is in order of time."""
    return max(bisect_left(asked, each + MINUTE) - index for index, each in enumerate(asked))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(auto=True)


async def asking(quota: RedditQuota, reddit: CountingReddit, clock: FakeClock, *, until: datetime) -> int:
    """Ask as often as it goes; how often one was told to come back later."""
    put_off = 0
    while clock.now() < until:
        try:
            await quota.turn()
        except RateLimited as error:
            put_off += 1
            await clock.sleep(error.retry_after)
        else:
            quota.told(reddit.asks())
    return put_off


async def test_nothing_is_known_before_the_first_headers(clock: FakeClock) -> None:
    quota = RedditQuota(clock=clock)
    assert (quota.used, quota.remaining, quota.reset_at) == (None, None, None)
    await quota.turn()
    assert quota.remaining is None


async def test_without_any_headers_no_minute_holds_more_than_our_own_limit(clock: FakeClock) -> None:
    quota = RedditQuota(clock=clock, patience=DAY)
    asked = []
    for number in range(400):
        await quota.turn(urgent=number % 2 == 0)
        asked.append(clock.now())
    assert most_in_a_minute(asked) <= PER_MINUTE


async def test_whoever_asks_all_day_never_exceeds_what_reddit_grants(clock: FakeClock) -> None:
    reddit, quota = CountingReddit(clock), RedditQuota(clock=clock)
    await asking(quota, reddit, clock, until=clock.now() + timedelta(hours=3))
    assert reddit.beyond == 0
    assert most_in_a_minute(reddit.asked) <= PER_MINUTE
    assert len(reddit.asked) > 0.8 * 600 * 18  # nor is it wasted


async def test_what_others_use_of_the_same_account_counts(clock: FakeClock) -> None:
    reddit, quota = CountingReddit(clock), RedditQuota(clock=clock)
    end = clock.now() + timedelta(hours=1)
    while clock.now() < end:
        await asking(quota, reddit, clock, until=clock.now() + timedelta(seconds=20))
        for _ in range(15):
            reddit.asks()
    assert reddit.beyond == 0


async def test_a_spent_window_is_waited_for_where_its_end_is_near(clock: FakeClock) -> None:
    quota = RedditQuota(clock=clock)
    start = clock.now()
    quota.told(headers(used=600, remaining=0, reset=20))
    await quota.turn(urgent=True)
    assert clock.now() == start + timedelta(seconds=20)
    assert quota.remaining is None


async def test_and_told_to_the_caller_where_it_is_far(clock: FakeClock) -> None:
    quota = RedditQuota(clock=clock)
    start = clock.now()
    quota.told(headers(used=600, remaining=0, reset=400))
    with pytest.raises(RateLimited) as raised:
        await quota.turn(urgent=True)
    assert raised.value.retry_after == timedelta(seconds=400)
    assert clock.now() == start


async def test_the_last_tenth_of_a_window_is_for_replies(clock: FakeClock) -> None:
    quota = RedditQuota(clock=clock)
    quota.told(headers(used=540, remaining=600 * KEPT, reset=300))
    with pytest.raises(RateLimited):
        await quota.turn()
    for _ in range(60):
        await quota.turn(urgent=True)
    assert quota.remaining == 0
    with pytest.raises(RateLimited):
        await quota.turn(urgent=True)


async def test_the_last_tenth_of_our_own_limit_is_for_replies_too(clock: FakeClock) -> None:
    quota = RedditQuota(clock=clock, per_minute=10, patience=timedelta())
    for _ in range(9):
        await quota.turn()
    with pytest.raises(RateLimited):
        await quota.turn()
    await quota.turn(urgent=True)
    with pytest.raises(RateLimited):
        await quota.turn(urgent=True)


async def test_what_is_left_is_spread_over_the_window_once_half_was_used_ahead_of_time(
    clock: FakeClock,
) -> None:
    quota = RedditQuota(clock=clock, per_minute=1000)
    quota.told(headers(used=300, remaining=300, reset=600))
    gone = []
    for _ in range(20):
        await quota.turn()
        gone.append(clock.now())
    assert {round((later - earlier) / timedelta(seconds=1), 3) for earlier, later in pairwise(gone)} == {1.0}


async def test_requests_on_their_way_count_though_an_answer_does_not_know_of_them(clock: FakeClock) -> None:
    quota = RedditQuota(clock=clock)
    quota.told(headers(used=500, remaining=100, reset=100))
    for _ in range(3):
        await quota.turn()
    quota.told(headers(used=501, remaining=99, reset=100))
    assert quota.remaining == 97


async def test_a_new_window_is_believed(clock: FakeClock) -> None:
    quota = RedditQuota(clock=clock)
    quota.told(headers(used=600, remaining=0, reset=3))
    quota.told(headers(used=1, remaining=599, reset=600))
    assert (quota.used, quota.remaining) == (1, 599)
    assert quota.reset_at == clock.now() + WINDOW


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"x-ratelimit-used": "1"},
        {"x-ratelimit-used": "1", "x-ratelimit-remaining": "many", "x-ratelimit-reset": "600"},
        {"x-ratelimit-used": "1", "x-ratelimit-remaining": "nan", "x-ratelimit-reset": "600"},
        {"x-ratelimit-used": "1", "x-ratelimit-remaining": "-5", "x-ratelimit-reset": "600"},
        {"x-ratelimit-used": "1", "x-ratelimit-remaining": "inf", "x-ratelimit-reset": "600"},
    ],
)
async def test_headers_that_make_no_sense_say_nothing(said: dict[str, str], clock: FakeClock) -> None:
    quota = RedditQuota(clock=clock)
    quota.told(headers(used=10, remaining=590, reset=500))
    quota.told(said)
    assert quota.remaining == 590


async def test_a_reset_that_lies_far_away_stops_us_for_an_hour_at_most(clock: FakeClock) -> None:
    quota = RedditQuota(clock=clock)
    quota.told(headers(used=600, remaining=0, reset=999_999))
    assert quota.reset_at == clock.now() + timedelta(hours=1)


async def test_nobody_waits_longer_than_a_caller_should_though_others_go_before() -> None:
    clock = FakeClock()
    quota = RedditQuota(clock=clock, per_minute=2)
    start = clock.now()
    for _ in range(2):
        await quota.turn(urgent=True)
    await clock.advance(timedelta(seconds=40))
    waiting = asyncio.create_task(quota.turn(urgent=True))
    await clock.advance(timedelta(seconds=19))
    assert not waiting.done()
    await clock.advance(timedelta(seconds=1))
    await waiting
    assert clock.now() == start + MINUTE


async def test_a_429_holds_though_the_next_answer_speaks_of_plenty(clock: FakeClock) -> None:
    quota = RedditQuota(clock=clock)
    start = clock.now()
    quota.told(headers(used=10, remaining=590, reset=500))
    quota.hold(timedelta(seconds=25))
    quota.hold(timedelta(seconds=5))
    quota.told(headers(used=11, remaining=589, reset=500))
    await quota.turn(urgent=True)
    assert clock.now() == start + timedelta(seconds=25)


async def test_a_hold_that_ends_far_away_stops_us_for_an_hour_at_most(clock: FakeClock) -> None:
    quota = RedditQuota(clock=clock, patience=timedelta())
    quota.hold(DAY)
    with pytest.raises(RateLimited) as raised:
        await quota.turn()
    assert raised.value.retry_after == timedelta(hours=1)


@pytest.mark.parametrize("headed", [False, True])
async def test_what_can_wait_leaves_polls_their_share(clock: FakeClock, headed: bool) -> None:
    reddit, quota = CountingReddit(clock), RedditQuota(clock=clock, patience=timedelta())
    end = clock.now() + timedelta(hours=1)
    polls = 0
    while clock.now() < end:
        await quota.turn()  # never raises: a poll every two seconds finds its turn at once
        polls += 1
        told = [reddit.asks()]
        for _ in range(100):
            try:
                await quota.turn(spare=True)
            except RateLimited:
                break
            told.append(reddit.asks())
        for each in told if headed else ():
            quota.told(each)
        await clock.sleep(timedelta(seconds=2))
    assert (polls, reddit.beyond) == (1800, 0)
    assert len(reddit.asked) - polls > 1000, "and what they leave is used"
