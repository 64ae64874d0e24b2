"""Reddit behind a proxy that lets bytes through badly: what is known of a request; how a reader lives on."""

import threading
from datetime import timedelta

import pytest
from reddit_world import MemoryStore, Subreddits
from scripted_reddit import Says, ScriptedReddit, client
from tcp_proxy import Kind, TcpProxy, proxying

from bot.adapters.backoff import LONGEST
from bot.adapters.reddit.client import TIMEOUT, RedditApi
from bot.adapters.reddit.requestor import CONNECT
from bot.domain.errors import BotError, PlatformUnavailable, RateLimited, ReplyUnconfirmed

REPLY = {"thing_id": "t1_abc", "text": "hello"}
STORED = {"json": {"errors": [], "data": {"things": [{"kind": "t1", "data": {"name": "t1_def"}}]}}}
HOUR = timedelta(hours=1)


def behind(proxy: TcpProxy, reddit: ScriptedReddit) -> RedditApi:
    return client(reddit, reddit_url=proxy.url, oauth_url=proxy.url, read_timeout=0.3)


def test_no_time_out_and_no_pause_add_up_to_more_than_a_minute() -> None:
    """A request that began just before Reddit came back, and then the longest pause."""
    assert CONNECT + 2 * TIMEOUT + LONGEST.total_seconds() < 60


@pytest.mark.parametrize(
    ("kind", "error", "arrived"),
    [
        ("refuse", PlatformUnavailable, 0),
        ("blackhole", ReplyUnconfirmed, 0),
        ("truncate", ReplyUnconfirmed, 1),
        ("cut", ReplyUnconfirmed, 1),
    ],
)
async def test_what_is_known_of_a_reply_on_a_bad_way(kind: Kind, error: type[BotError], arrived: int) -> None:
    async with ScriptedReddit.serving() as reddit:
        reddit.says.extend([Says(json={}), *[Says(json=STORED)] * 2])
        with proxying(reddit.url) as proxy:
            async with behind(proxy, reddit) as api:
                await api.get("api/v1/me")
                with proxy.during(kind), pytest.raises(error) as caught:
                    await api.post("api/comment", REPLY)
                assert type(caught.value) is error
                posts = [asked for asked in reddit.heard if asked.method == "POST"]
                assert len(posts) == arrived
                assert await api.post("api/comment", REPLY) == STORED


@pytest.mark.parametrize("kind", ["refuse", "blackhole", "truncate", "cut", "freeze"])
async def test_a_question_on_a_bad_way_may_be_asked_again(kind: Kind) -> None:
    async with ScriptedReddit.serving() as reddit:
        with proxying(reddit.url) as proxy:
            async with behind(proxy, reddit) as api:
                with proxy.during(kind), pytest.raises(PlatformUnavailable):
                    await api.get("api/v1/me")
                assert await api.get("api/v1/me") == {}


async def test_threads_that_were_left_behind_end() -> None:
    before = threading.active_count()
    async with ScriptedReddit.serving() as reddit:
        with proxying(reddit.url) as proxy:
            api = client(reddit, reddit_url=proxy.url, oauth_url=proxy.url, read_timeout=0.3, patience=0.05)
            async with api:
                for _ in range(5):
                    with proxy.during("blackhole"), pytest.raises(PlatformUnavailable):
                        await api.get("api/v1/me")
            workers = [thread for thread in threading.enumerate() if thread.name == "reddit-reader"]
            for worker in workers:
                worker.join(20)
    assert len(workers) <= 6
    assert threading.active_count() <= before


async def test_a_storm_of_429_is_sat_out_for_as_long_as_reddit_says() -> None:
    one = Subreddits(MemoryStore())
    one.reddit.fates.extend([RateLimited(HOUR)] * 3)
    async with one.running():
        await one.pass_(3 * HOUR.total_seconds() - 1)
        assert len(one.reddit.calls) == 3
        await one.pass_(31)
    assert len(one.reddit.calls) > 3


async def test_a_long_outage_costs_few_requests_and_is_over_within_a_minute() -> None:
    one = Subreddits(MemoryStore())
    async with one.running():
        one.reddit.fates.extend([PlatformUnavailable("gone")] * 30)
        asked, began = len(one.reddit.calls), one.clock.now()
        [name] = one.reddit.write()
        while one.reddit.fates:
            await one.pass_(10)
        lasted = one.clock.now() - began
        assert len(one.reddit.calls) - asked <= lasted / LONGEST + 7
        await one.pass_(60)
    assert name in one.inbox.names
