import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from assembly import FINE, KEY, SAD, Assembly, rows
from http_world import KEYS, Served, served

from bot.adapters.durations import spoken
from bot.adapters.http.words import explain
from bot.adapters.phrasefile import load_crisis_card
from bot.adapters.storage import SqlStore
from bot.domain.decisions import Reason
from bot.domain.messages import Platform


@pytest.fixture
async def api(store: SqlStore) -> AsyncIterator[Served]:
    async with served(Assembly(store)) as running:
        yield running


class Page:
    """What the script of one open page does."""

    def __init__(self, api: Served, **options: Any) -> None:
        self.conversation = str(uuid4())
        self._http = api.http
        self._options = options

    async def say(self, text: str) -> dict[str, Any]:
        body = {"conversation": self.conversation, "text": text}
        answer = await self._http.post("/try/messages", json=body, **self._options)
        assert answer.status_code == 200
        verdict: dict[str, Any] = answer.json()
        return verdict

    async def hear(self, message_id: str, wait: float = 10) -> dict[str, Any]:
        query: dict[str, str | float] = {"conversation": self.conversation, "wait": wait}
        answer = await self._http.get(f"/try/replies/{message_id}", params=query, **self._options)
        found: dict[str, Any] = answer.json()
        return found | {"status": answer.status_code}

    async def optout(self, method: str) -> int:
        answer = await self._http.request(
            method, "/try/optout", json={"conversation": self.conversation}, **self._options
        )
        return answer.status_code


async def test_a_sad_comment_gets_a_reply_and_its_reasons(api: Served) -> None:
    page = Page(api)
    verdict = await page.say(SAD)
    assert verdict["reply_pending"]
    assert (verdict["label"], verdict["reason"], verdict["model"]) == ("negative", "support", "words")
    assert verdict["scores"].keys() == {"positive", "negative", "neutral", "ambiguous"}
    assert verdict["emotions"] == [{"name": "sadness", "score": 1.0}]
    assert verdict["explanation"] == "This sounds like a hard moment, so the bot says something."
    reply = await page.hear(verdict["message_id"])
    assert reply["state"] == "sent"
    assert "I am a bot" in reply["text"]


async def test_a_happy_comment_gets_none_and_hears_why(api: Served) -> None:
    page = Page(api)
    verdict = await page.say(FINE)
    assert not verdict["reply_pending"]
    assert verdict["explanation"] == "This sounds good, so there is nothing to comfort."
    assert (await page.hear(verdict["message_id"]))["status"] == 404


async def test_a_serious_comment_gets_the_card_and_no_phrase(api: Served) -> None:
    page = Page(api)
    verdict = await page.say("a crisis that is sad sad sad sad sad")
    assert (verdict["reason"], verdict["reply_pending"]) == ("crisis", True)
    assert (verdict["scores"], verdict["emotions"], verdict["model"]) == (None, [], None)
    assert (await page.hear(verdict["message_id"]))["text"] == load_crisis_card(None).text
    again = await page.say("a crisis, still")
    assert (again["reason"], again["reply_pending"]) == ("crisis_card_given", False)


async def test_no_cooldown_holds_a_conversation_up(api: Served) -> None:
    page = Page(api)
    assert [(await page.say(SAD))["reason"] for _ in range(8)] == ["support"] * 8


async def test_a_reply_is_for_its_own_conversation_only(store: SqlStore) -> None:
    async with served(Assembly(store), keys=KEYS) as api:
        page = Page(api, headers=api.by("shop"))
        verdict = await page.say(SAD)
        assert (await Page(api, headers=api.by("shop")).hear(verdict["message_id"]))["status"] == 404
        stranger = Page(api, headers=api.by("forum"))
        stranger.conversation = page.conversation
        assert (await stranger.hear(verdict["message_id"]))["status"] == 404
        assert (await page.hear(verdict["message_id"]))["status"] == 200


async def test_who_waits_in_vain_is_told_that_it_is_pending(store: SqlStore) -> None:
    async with served(Assembly(store), delivers=False) as api:
        page = Page(api)
        verdict = await page.say(SAD)
        assert await page.hear(verdict["message_id"], wait=0.05) == {
            "state": "pending",
            "text": None,
            "status": 200,
        }


async def test_a_reply_that_came_too_late_has_no_text(store: SqlStore) -> None:
    bot = Assembly(store)
    async with served(bot, delivers=False) as api:
        page = Page(api)
        verdict = await page.say(SAD)
        await bot.clock.advance(timedelta(minutes=1))
    async with served(bot) as api:
        page_again = Page(api)
        page_again.conversation = page.conversation
        reply = await page_again.hear(verdict["message_id"])
    assert (reply["state"], reply["text"]) == ("expired", None)


async def test_opting_out_and_in_again(api: Served) -> None:
    page = Page(api)
    assert await page.optout("PUT") == 204
    verdict = await page.say(SAD)
    assert (verdict["reason"], verdict["scores"]) == ("opted_out", None)
    assert api.bot.classifier.seen == []
    assert await page.optout("DELETE") == 204
    assert (await page.say(SAD))["reason"] == "support"


async def test_a_private_chat_is_called_by_its_persons_hash(api: Served, database: Path) -> None:
    page = Page(api)
    await page.say(SAD)
    person = KEY.author(Platform("try-it"), page.conversation)
    assert rows(database, "SELECT channel_id, author FROM decisions") == [(person, person)]
    assert page.conversation not in str(rows(database, "SELECT * FROM replies"))


async def test_what_is_not_read_is_kept_without_person_and_words(api: Served, database: Path) -> None:
    page = Page(api)
    person = KEY.author(Platform("try-it"), page.conversation)
    await api.http.put("/try/optout", json={"conversation": page.conversation})
    verdict = await page.say(SAD)
    assert "neither looked at nor kept" in verdict["explanation"]
    assert rows(database, "SELECT count(*) FROM texts") == [0]
    assert person not in str(rows(database, "SELECT * FROM decisions"))


BAD: list[Any] = [
    ({"text": ""}, "text", "is shorter than 1"),
    ({"text": "x" * 40_001}, "text", "is longer than 40000"),
    (
        {"conversation": "short"},
        "conversation",
        "holds characters that do not belong there, or has the wrong length",
    ),
    (
        {"conversation": "a b" * 10},
        "conversation",
        "holds characters that do not belong there, or has the wrong length",
    ),
    ({"conversation": 7}, "conversation", "must be a text"),
]


async def test_what_the_page_would_never_send_is_a_problem(api: Served, subtests: pytest.Subtests) -> None:
    for changes, field, detail in BAD:
        with subtests.test(field=field, detail=detail):
            body = {"conversation": str(uuid4()), "text": SAD} | changes
            answer = await api.http.post("/try/messages", json=body)
            assert answer.status_code == 422
            assert answer.json()["errors"] == [{"field": field, "detail": detail}]
    for path in ("nothing", "0" * 31, "%00", "0" * 32):
        with subtests.test(path=path):
            answer = await api.http.get(f"/try/replies/{path}", params={"conversation": str(uuid4())})
            assert answer.status_code in {404, 422}
            assert answer.headers["content-type"] == "application/problem+json"


def test_every_outcome_has_plain_words() -> None:
    for reason in Reason:
        for label in ("positive", "negative", "neutral", "ambiguous", None):
            words = explain(reason, label)
            assert words.endswith(".")
            assert "_" not in words
    assert explain(Reason.BELOW_THRESHOLD, "positive") != explain(Reason.BELOW_THRESHOLD, "negative")


async def test_the_page_is_made_of_its_own_files_only(api: Served) -> None:
    page = await api.http.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "in the database of this installation for 30 days" in page.text
    assert "{{" not in page.text
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert set(loaded) == {"/assets/icon.svg", "/assets/try-it.css", "/assets/try-it.js"}
    assert not re.search(r"<style|style=|\son\w+=|<script>", page.text)
    for address in loaded:
        asset = await api.http.get(address)
        assert asset.status_code == 200
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|url\(", asset.text)
        again = await api.http.get(address, headers={"If-None-Match": asset.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_the_page_says_how_long_texts_are_kept(store: SqlStore) -> None:
    said = "Texts read here stay in the database of this installation for 6 hours."
    async with served(Assembly(store), retention=timedelta(hours=6)) as api:
        assert said in (await api.http.get("/")).text
    async with served(Assembly(store), retention=timedelta()) as api:
        assert "Texts typed here are not kept." in (await api.http.get("/")).text


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(days=30), "30 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(hours=6), "6 hours"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=90), "90 seconds"),
    ],
)
def test_a_duration_is_said_without_fractions(duration: timedelta, words: str) -> None:
    assert spoken(duration) == words


async def test_no_other_file_is_served(api: Served) -> None:
    for path in ("try-it.html", "../app.py", "..%2fapp.py", "%2e%2e/app.py", "__init__.py", ""):
        assert (await api.http.get(f"/assets/{path}")).status_code == 404
