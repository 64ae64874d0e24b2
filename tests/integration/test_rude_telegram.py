"""Telegram behind a proxy that lets bytes through badly: what is known of a request, how polling goes on."""

import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest
from botapi.server import FakeTelegram
from tcp_proxy import Kind, proxying
from telegram_wire import LONGEST, Wire, until

from bot.adapters.backoff import LONGEST as LONGEST_BACKOFF
from bot.adapters.storage import SqlStore
from bot.adapters.telegram.client import CONNECT, POOL, TIMEOUT, BotApi
from bot.adapters.telegram.poller import SLACK, WAIT
from bot.domain.errors import BotError, PlatformUnavailable, ReplyUnconfirmed

OUTAGE = timedelta(minutes=5)
HOUR = 3600


@pytest.fixture(autouse=True)
def timedelta_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


def test_no_time_out_and_no_pause_add_up_to_more_than_a_minute() -> None:
    """A poll that began just before Telegram came back, and then the longest pause."""
    assert (WAIT + SLACK + LONGEST_BACKOFF).total_seconds() < 60
    assert 2 * TIMEOUT + CONNECT + POOL + LONGEST_BACKOFF.total_seconds() < 60


@pytest.mark.parametrize(
    ("kind", "error", "stored"),
    [
        ("refuse", PlatformUnavailable, 0),
        ("blackhole", ReplyUnconfirmed, 0),
        ("truncate", ReplyUnconfirmed, 1),
        ("cut", ReplyUnconfirmed, 1),
    ],
)
async def test_what_is_known_of_a_reply_on_a_bad_way(kind: Kind, error: type[BotError], stored: int) -> None:
    async with FakeTelegram.serving() as telegram:
        world = telegram.world
        ann = world.user("Ann")
        chat = world.private(ann)
        world.start(ann)
        with proxying(telegram.url) as proxy:
            async with BotApi(token=world.token, api_url=proxy.url) as api:
                await api.call("getMe")
                with proxy.during(kind), pytest.raises(error) as caught:
                    await api.call("sendMessage", {"chat_id": chat, "text": "hello"}, timeout=0.3)
                assert type(caught.value) is error
                assert len(world.sent(chat)) == stored
                await api.call("sendMessage", {"chat_id": chat, "text": "hello"})
            assert len(world.calls("sendMessage")) == stored + 1


@pytest.mark.parametrize("kind", ["refuse", "truncate", "cut"])
async def test_after_a_long_outage_the_poller_is_back_within_a_minute_and_asked_seldom(
    store: SqlStore, kind: Kind
) -> None:
    wire = Wire(store)
    async with FakeTelegram.serving(wire.world) as telegram:
        with proxying(telegram.url) as proxy:
            async with wire.polling(cast("Any", proxy)):
                wire.say("sad before")
                await until(wire.settled)
                proxy.be(kind)
                began, waits = wire.clock.now(), len(wire.clock.waits)
                wire.say("sad meanwhile", "sad again")
                await until(lambda: wire.clock.now() - began >= OUTAGE)
                tried = len(wire.clock.waits) - waits
                proxy.well()
                back = wire.clock.now()
                await until(wire.settled)
                assert wire.clock.now() - back < timedelta(minutes=1)
                assert tried <= OUTAGE / LONGEST_BACKOFF + 6
    assert wire.judged() == ["sad before", "sad meanwhile", "sad again"]
    assert wire.events.count("telegram_unreachable") == 1


async def test_a_poll_in_a_black_hole_is_given_up_and_the_next_one_works(store: SqlStore) -> None:
    wire = Wire(store)
    async with FakeTelegram.serving(wire.world) as telegram:
        with proxying(telegram.url) as proxy:
            async with wire.polling(cast("Any", proxy)):
                wire.say("sad before")
                await until(wire.settled)
                proxy.be("blackhole")
                await until(lambda: proxy.open and wire.clock.sleepers)
                wire.say("sad meanwhile")
                proxy.well()
                await wire.clock.advance(LONGEST)
                await until(wire.settled)
    assert wire.judged() == ["sad before", "sad meanwhile"]


async def test_a_storm_of_429_is_sat_out_for_as_long_as_telegram_says(store: SqlStore) -> None:
    wire = Wire(store)
    storm = {"code": 429, "retry_after": HOUR}
    wire.world.fault("error", "deleteWebhook", **storm)
    wire.world.fault("error", "getUpdates", times=3, **storm)
    wire.say("sad one")
    async with wire.running():
        await until(wire.settled)
    assert wire.judged() == ["sad one"]
    assert wire.clock.waits[:4] == [HOUR] * 4
    assert [call["code"] for call in wire.world.calls("getUpdates")[:4]] == [429, 429, 429, 200]
    assert "telegram_client_rebuilt" not in wire.events


async def test_many_requests_that_die_in_silence_leave_no_connection_behind() -> None:
    async with FakeTelegram.serving() as telegram:
        world = telegram.world
        with proxying(telegram.url) as proxy:
            async with BotApi(token=world.token, api_url=proxy.url) as api:
                with proxy.during("blackhole"):
                    calls = [api.call("getMe", timeout=0.2) for _ in range(20)]
                    ends = await asyncio.gather(*calls, return_exceptions=True)
                assert {type(end) for end in ends} == {ReplyUnconfirmed}
                proxy.reset()
                assert (await api.call("getMe"))["is_bot"]
                assert proxy.open == 1
            assert proxy.accepted == 21
