import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from assembly import FINE, Assembly
from http_world import KEYS, Served, a_comment, served

from bot.adapters.http import Bell, HttpFeedSender, TryItSender
from bot.adapters.storage import SqlStore


@pytest.fixture
async def api(store: SqlStore) -> AsyncIterator[Served]:
    async with served(Assembly(store)) as running:
        yield running


async def feed(api: Served, query: str = "wait=10", **options: Any) -> dict[str, Any]:
    answer = await api.http.get(f"/v1/replies?{query}", **options)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_a_reply_comes_out_with_the_message_it_answers(api: Served) -> None:
    await api.bring(a_comment("fine", text=FINE), a_comment("sad"))
    found = await feed(api)
    (reply,) = found["replies"]
    assert reply["message"] == {"platform": "http", "channel_id": "lounge", "message_id": "sad"}
    assert reply["state"] == "sent"
    assert reply["text"]
    assert reply["phrase_id"]
    assert found["next"] == reply["sequence"]


async def test_next_leads_through_the_feed(api: Served) -> None:
    await api.bring(*[a_comment(f"m{number}", author_id=f"u{number}") for number in range(5)])
    seen: list[str] = []
    after = 0
    while len(seen) < 5:
        page = await feed(api, f"after={after}&limit=2&wait=10")
        seen += [reply["message"]["message_id"] for reply in page["replies"]]
        after = page["next"]
    assert sorted(seen) == ["m0", "m1", "m2", "m3", "m4"]
    assert await feed(api, f"after={after}") == {"replies": [], "next": after}


async def test_who_waits_gets_a_reply_that_comes_later(api: Served) -> None:
    waiting = asyncio.create_task(feed(api, "wait=20"))
    await feed(api, "wait=0.1")  # by now the other request waits too
    assert not waiting.done()
    await api.bring(a_comment())
    assert len((await waiting)["replies"]) == 1


async def test_every_key_has_a_feed_of_its_own(store: SqlStore) -> None:
    async with served(Assembly(store), keys=KEYS) as api:
        await api.bring(a_comment(), headers=api.by("shop"))
        await api.bring(a_comment(channel_id="other"), headers=api.by("forum"))
        shop = await feed(api, headers=api.by("shop"))
        forum = await feed(api, headers=api.by("forum"))
    assert [reply["message"]["channel_id"] for reply in shop["replies"]] == ["lounge"]
    assert [reply["message"]["channel_id"] for reply in forum["replies"]] == ["other"]


async def test_a_reply_that_was_not_sent_is_not_in_the_feed(store: SqlStore) -> None:
    bot = Assembly(store)
    async with served(bot, delivers=False) as api:
        await api.bring(a_comment("late"))
        await bot.clock.advance(timedelta(minutes=1))
    async with served(bot) as api:
        await api.bring(a_comment("in-time"))
        found = await feed(api)
        (late,) = (await api.bring(a_comment("late"))).json()["messages"]
    assert [reply["message"]["message_id"] for reply in found["replies"]] == ["in-time"]
    assert late["reply"]["state"] == "expired"


async def test_the_end_of_the_server_ends_the_waiting(store: SqlStore) -> None:
    async with served(Assembly(store)) as api:
        waiting = asyncio.create_task(feed(api, "wait=20"))
        await feed(api, "wait=0.1")
    assert await waiting == {"replies": [], "next": 0}


WRONG_QUESTIONS: list[Any] = [
    ("after=-1", "after", "must be at least 0"),
    ("after=9223372036854775808", "after", "must be at most 9223372036854775807"),
    ("after=soon", "after", "must be a whole number"),
    ("limit=0", "limit", "must be at least 1"),
    ("limit=501", "limit", "must be at most 500"),
    ("wait=21", "wait", "must be at most 20.0"),
    ("wait=nan", "wait", "must be at most 20.0"),
]


async def test_a_wrong_question_is_named(api: Served, subtests: pytest.Subtests) -> None:
    for query, field, detail in WRONG_QUESTIONS:
        with subtests.test(query=query):
            answer = await api.http.get(f"/v1/replies?{query}")
            assert answer.status_code == 422
            assert answer.json()["errors"] == [{"field": field, "detail": detail}]


def test_the_senders_name_their_outboxes() -> None:
    bell = Bell()
    senders = (HttpFeedSender(bell), TryItSender(bell))
    assert [(each.platform, each.account) for each in senders] == [("http", "http"), ("try-it", "try-it")]
