import asyncio
import gc
import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from assembly import FINE, Assembly, rows
from http_world import KEYS, Served, a_comment, served

from bot.adapters.storage import SqlStore


@pytest.fixture
async def api(store: SqlStore) -> AsyncIterator[Served]:
    async with served(Assembly(store)) as running:
        yield running


@pytest.fixture
async def keyed(store: SqlStore) -> AsyncIterator[Served]:
    async with served(Assembly(store), keys=KEYS) as running:
        yield running


async def test_each_comment_gets_its_verdict_in_order(api: Served) -> None:
    answer = await api.bring(a_comment("sad"), a_comment("fine", text=FINE))
    assert answer.status_code == 200
    sad, fine = answer.json()["messages"]
    assert sad["ref"] == {"platform": "http", "channel_id": "lounge", "message_id": "sad"}
    assert (sad["status"], sad["action"], sad["reason"], sad["label"]) == (
        "judged",
        "reply",
        "support",
        "negative",
    )
    assert sad["scores"]["negative"] == 1
    assert sad["reply"]["id"] > 0
    assert (fine["action"], fine["reason"], fine["reply"]) == ("silence", "below_threshold", None)


async def test_a_single_comment_needs_no_list(api: Served) -> None:
    answer = await api.http.post("/v1/messages", json=a_comment())
    assert [each["status"] for each in answer.json()["messages"]] == ["judged"]
    wrong = await api.http.post("/v1/messages", json=a_comment(author_id=""))
    assert wrong.json()["errors"] == [{"field": "messages[0].author_id", "detail": "is empty"}]


async def test_asking_again_changes_nothing(api: Served, database: Path) -> None:
    (first,) = (await api.bring(a_comment())).json()["messages"]
    (again,) = (await api.bring(a_comment(text=FINE))).json()["messages"]
    assert (first["status"], again["status"]) == ("judged", "known")
    assert (again["action"], again["reply"]["id"]) == ("reply", first["reply"]["id"])
    assert rows(database, "SELECT count(*) FROM decisions") == [1]
    assert rows(database, "SELECT count(*) FROM replies") == [1]


async def test_a_comment_twice_in_one_request_is_judged_once(api: Served) -> None:
    twice = (await api.bring(a_comment(), a_comment())).json()["messages"]
    assert [each["status"] for each in twice] == ["judged", "known"]


async def test_the_answer_comes_after_the_commit(api: Served, database: Path) -> None:
    await api.bring(a_comment())
    assert rows(database, "SELECT platform, channel_id, message_id FROM decisions") == [
        ("http", "lounge", "m1")
    ]


async def test_a_chat_belongs_to_the_key_that_created_it(keyed: Served, database: Path) -> None:
    assert (await keyed.bring(a_comment("m1"), headers=keyed.by("shop"))).status_code == 200
    stolen = await keyed.bring(a_comment("m2", channel_id="mine"), a_comment("m3"), headers=keyed.by("forum"))
    assert stolen.status_code == 422
    assert stolen.json()["errors"] == [
        {"field": "messages[1].channel_id", "detail": "belongs to another API key"}
    ]
    assert rows(database, "SELECT message_id FROM decisions") == ["m1"]
    known = await keyed.bring(a_comment("m1"), headers=keyed.by("forum"))
    assert known.status_code == 422, "another key's decision is not shown either"


async def test_one_id_under_two_keys_is_two_people(keyed: Served) -> None:
    gone = await keyed.http.put("/v1/optouts", json={"author_id": "u-1"}, headers=keyed.by("shop"))
    assert gone.status_code == 204
    (of_shop,) = (await keyed.bring(a_comment(), headers=keyed.by("shop"))).json()["messages"]
    mine = a_comment(channel_id="other")
    (of_forum,) = (await keyed.bring(mine, headers=keyed.by("forum"))).json()["messages"]
    assert (of_shop["reason"], of_forum["reason"]) == ("opted_out", "support")


async def test_who_opted_out_is_not_read_until_they_opt_in(api: Served, database: Path) -> None:
    await api.http.put("/v1/optouts", json={"author_id": "u-1"})
    (silent,) = (await api.bring(a_comment("m1"))).json()["messages"]
    assert (silent["reason"], silent["label"], silent["scores"]) == ("opted_out", None, None)
    assert rows(database, "SELECT count(*) FROM texts") == [0]
    assert api.bot.classifier.seen == []
    back = await api.http.request("DELETE", "/v1/optouts", json={"author_id": "u-1"})
    assert (back.status_code, back.content) == (204, b"")
    (read,) = (await api.bring(a_comment("m2"))).json()["messages"]
    assert read["reason"] == "support"


async def test_a_time_to_come_is_now_and_an_old_one_is_late(api: Served) -> None:
    now = api.bot.clock.now()
    ahead, late = (
        await api.bring(
            a_comment("ahead", sent_at=(now + timedelta(days=400)).isoformat()),
            a_comment("late", sent_at=(now - timedelta(minutes=1)).isoformat()),
        )
    ).json()["messages"]
    assert (ahead["reason"], late["reason"]) == ("support", "late")


async def test_a_text_too_long_to_be_judged_is_recorded_as_that(api: Served, database: Path) -> None:
    """As long as a body may be, and in one with others: they are judged as ever."""
    body = {"messages": [a_comment("long", text="secret sad " * 90_000), a_comment("sad")]}
    long, sad = (await api.http.post("/v1/messages", json=body)).json()["messages"]
    assert (long["action"], long["reason"], long["scores"]) == ("silence", "too_long", None)
    assert sad["reason"] == "support"
    assert len(api.bot.classifier.seen) == 1
    assert rows(database, "SELECT reason, json_extract(facts, '$.too_long') FROM decisions") == [
        ("too_long", 1),
        ("support", 0),
    ]


WRONG_FIELDS: list[Any] = [
    ({"channel_id": ""}, "channel_id", "is empty"),
    ({"message_id": "a\x00b"}, "message_id", "holds a NUL character or half of a surrogate pair"),
    ({"author_id": "\ud800"}, "author_id", "holds a NUL character or half of a surrogate pair"),
    ({"thread_id": "\udfff"}, "thread_id", "holds a NUL character or half of a surrogate pair"),
    ({"channel_id": "x" * 201}, "channel_id", "is longer than 200 characters"),
    ({"author_id": "x" * 201}, "author_id", "is longer than 200 characters"),
    ({"message_id": 7}, "message_id", "must be a text"),
    ({"text": None}, "text", "must be a text"),
    ({"platform": "telegram"}, "platform", "must be 'http'"),
    ({"sent_at": "yesterday"}, "sent_at", "must be a time in ISO 8601, such as 2026-01-31T12:00:00Z"),
    ({"sent_at": 1700000000}, "sent_at", "must be a time in ISO 8601, such as 2026-01-31T12:00:00Z"),
    ({"sent_at": "2026-01-31T12:00:00"}, "sent_at", "needs a time zone, such as a Z at its end"),
    ({"sent_at": "0001-01-01T00:00:00+14:00"}, "sent_at", "lies outside the calendar"),
    ({"secret": 1}, "", "has a field that is not known here"),
    ({"\ud800secret": 1}, "", "holds half of a surrogate pair"),
]


async def test_a_wrong_field_is_named_and_not_repeated(api: Served, subtests: pytest.Subtests) -> None:
    for changes, field, detail in WRONG_FIELDS:
        with subtests.test(changes=changes):
            body = json.dumps({"messages": [a_comment("fine"), a_comment() | changes]})
            answer = await api.http.post(
                "/v1/messages", content=body, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code == 422
            assert answer.headers["content-type"] == "application/problem+json"
            place = f"messages[1].{field}".rstrip(".")
            assert answer.json()["errors"] == [{"field": place, "detail": detail}]
            assert "secret" not in answer.text


async def test_odd_characters_in_a_text_are_replaced(api: Served, database: Path) -> None:
    body = json.dumps(a_comment(text="sad sad \ud800 sad\x00"))
    answer = await api.http.post("/v1/messages", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert rows(database, "SELECT text FROM texts") == ["sad sad \ufffd sad\ufffd"]


async def test_a_batch_has_its_bounds(api: Served) -> None:
    fits = await api.bring(*[a_comment(str(number)) for number in range(256)])
    assert len(fits.json()["messages"]) == 256
    over = await api.bring(*[a_comment(str(number)) for number in range(257)])
    assert over.json()["errors"] == [{"field": "messages", "detail": "is longer than 256"}]
    none = await api.bring()
    assert none.json()["errors"] == [{"field": "messages", "detail": "is shorter than 1"}]


async def test_of_many_errors_the_first_are_listed(api: Served) -> None:
    answer = (await api.bring(*[{} for _ in range(30)])).json()
    assert len(answer["errors"]) == 20
    assert answer["detail"] == "Some fields cannot be used. The first 20 of 120 are listed."


async def test_a_full_intake_says_when_to_come_back(store: SqlStore, database: Path) -> None:
    async with served(Assembly(store), judges=False) as api:
        waiting = api.bot.intake.offer([api.bot.message() for _ in range(256)])
        answer = await api.bring(a_comment())
        assert isinstance(waiting, asyncio.Future)
        waiting.cancel()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["detail"] == "Too much is waiting already; nothing was taken. Try again in 1 s."
    assert rows(database, "SELECT count(*) FROM decisions") == [0]
    assert rows(database, "SELECT count(*) FROM channels") == [0], "refused is refused: no chat was claimed"


async def test_a_new_chat_has_its_owner_before_its_first_verdict(store: SqlStore, database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute(
            "CREATE TRIGGER owned BEFORE INSERT ON decisions WHEN NOT EXISTS (SELECT 1 FROM channels AS c "
            "WHERE c.platform = NEW.platform AND c.channel_id = NEW.channel_id) "
            "BEGIN SELECT RAISE(ABORT, 'nobody would see the reply'); END"
        )
    async with served(Assembly(store)) as api:
        answers = [await api.bring(a_comment(channel_id=f"c{number}")) for number in range(20)]
    assert {answer.status_code for answer in answers} == {200}


async def test_of_two_keys_that_bring_one_new_chat_one_gets_it(keyed: Served, database: Path) -> None:
    answers = await asyncio.gather(
        *(
            keyed.bring(a_comment(f"{name}-{number}", channel_id=f"c{number}"), headers=keyed.by(name))
            for number in range(20)
            for name in KEYS
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 20 + [422] * 20
    foreign = (
        "SELECT count(*) FROM decisions AS d JOIN channels AS c USING (platform, channel_id) "
        "WHERE d.message_id NOT LIKE c.owner || '-%'"
    )
    assert rows(database, foreign) == [0]


async def test_a_chat_that_cannot_be_created_acknowledges_nothing(
    store: SqlStore, database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TRIGGER no BEFORE INSERT ON channels BEGIN SELECT RAISE(ABORT, 'no'); END")
    async with served(Assembly(store)) as api:
        refused = await api.bring(a_comment())
        with sqlite3.connect(database) as connection:
            connection.execute("DROP TRIGGER no")
        again = await api.bring(a_comment())
    gc.collect()
    assert (refused.status_code, again.status_code) == (503, 200)
    assert caplog.records == [], "nobody forgot a verdict"


async def test_a_database_that_fails_acknowledges_nothing(store: SqlStore, database: Path) -> None:
    async with served(Assembly(store)) as api:
        with sqlite3.connect(database) as connection:
            connection.execute("DROP TABLE texts")
        answer = await api.bring(a_comment())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "texts" not in answer.text
