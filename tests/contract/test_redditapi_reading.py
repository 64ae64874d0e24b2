"""The fake Reddit as praw reads it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import praw
import pytest
from redditapi.by_praw import START, Praw, a_thread
from redditapi.state import REFRESH_TOKEN, USERNAME


@pytest.fixture
async def it() -> AsyncIterator[Praw]:
    async with Praw.talking() as talking:
        yield talking


async def test_who_the_bot_is(it: Praw) -> None:
    assert str(await it.run(lambda reddit: reddit.user.me())) == USERNAME
    changes = {"username": None, "password": None, "refresh_token": REFRESH_TOKEN}
    assert str(await it.run(lambda reddit: reddit.user.me(), **changes)) == USERNAME


async def test_wrong_credentials_are_refused_as_reddit_refuses_them(it: Praw) -> None:
    def me(reddit: praw.Reddit) -> Any:
        return reddit.user.me()

    assert await it.refused(me, password="wrong") == "OAuthException"
    assert await it.refused(me, client_secret="wrong") == "ResponseException"
    changes = {"username": None, "password": None, "refresh_token": "wrong"}
    assert await it.refused(me, **changes) == "ResponseException"
    assert "wrong" not in str(it.world.requests())


async def test_a_listing_pages_through_its_depth_and_not_beyond(it: Praw) -> None:
    link, _ = a_thread(it.world)
    written = [it.world.write(link, "Bob", f"number {number}") for number in range(250)]
    it.world.switch(depth=230)

    def read(reddit: praw.Reddit) -> list[str]:
        return [one.fullname for one in reddit.subreddit("one").comments(limit=None)]

    assert await it.run(read) == written[::-1][:230]
    assert len(it.world.requests("r/one/comments")) == 3, "a page holds a hundred, whatever is asked for"
    assert it.world.seen() == sorted(written[20:])


async def test_listings_of_several_subreddits_lag_and_drop_what_is_gone(it: Praw) -> None:
    world = it.world
    link, first = a_thread(world)
    world.community("two")
    second = world.write(world.submit("two", "Ann", "Other"), "Carl", "here")
    gone = world.write(link, "Bob", "never mind")
    world.delete(gone)
    world.switch(lag=30.0)

    def read(reddit: praw.Reddit) -> list[str]:
        return [one.fullname for one in reddit.subreddit("one+two").comments()]

    assert await it.run(read) == []
    it.clock.at += 30
    late = world.write(link, "Bob", "late", late=100.0)
    assert await it.run(read) == [second, first]
    it.clock.at += 129
    assert await it.run(read) == [second, first]
    it.clock.at += 1
    assert await it.run(read) == [late, second, first]


async def test_texts_are_escaped_unless_they_are_asked_for_raw(it: Praw) -> None:
    _, comment = a_thread(it.world)
    async with it.plain() as http:

        async def body(raw: int) -> str:
            told = (await http.get("/api/info", params={"id": comment, "raw_json": raw})).json()
            return str(told["data"]["children"][0]["data"]["body"])

        assert await body(1) == "so sad <today> & tomorrow"
        assert await body(0) == "so sad &lt;today&gt; &amp; tomorrow"


async def test_what_is_deleted_or_removed_looks_so(it: Praw) -> None:
    link, comment = a_thread(it.world)
    removed = it.world.write(link, "Carl", "rude")
    below = it.world.write(removed, "Dora", "indeed")
    it.world.delete(comment)
    it.world.remove(removed)

    def look(reddit: praw.Reddit) -> list[tuple[Any, str]]:
        return [(one.author, one.body) for one in reddit.info(fullnames=[comment, removed, below])]

    assert [(str(author), body) for author, body in await it.run(look)] == [
        ("None", "[deleted]"),
        ("Carl", "rude"),
        ("Dora", "indeed"),
    ]
    assert await it.run(lambda reddit: reddit.comment(removed.removeprefix("t1_")).refresh().body) == (
        "[removed]"
    )
    it.world.delete(below)
    assert await it.refused(lambda reddit: reddit.comment(removed.removeprefix("t1_")).refresh()) == (
        "ClientException"
    )
    assert await it.refused(lambda reddit: reddit.comment(comment.removeprefix("t1_")).refresh()) == (
        "ClientException"
    )


async def test_who_moderates(it: Praw) -> None:
    a_thread(it.world)

    def look(reddit: praw.Reddit) -> tuple[list[str], list[str], bool]:
        place = reddit.subreddit("one")
        return (
            [str(one) for one in place.moderator()],
            [str(one) for one in place.moderator("bob")],
            (place.user_is_banned),
        )

    assert await it.run(look) == (["Mod"], [], False)


@pytest.mark.parametrize(("kind", "error"), [("private", "Forbidden"), ("banned", "NotFound")])
async def test_closed_subreddits_refuse_alone_and_spoil_a_combined_listing(
    it: Praw, kind: Any, error: str
) -> None:
    _, comment = a_thread(it.world)
    it.world.community("closed", kind=kind)

    def read(name: str) -> Callable[[praw.Reddit], list[str]]:
        return lambda reddit: [one.fullname for one in reddit.subreddit(name).comments()]

    assert await it.refused(read("closed")) == await it.refused(read("one+closed")) == error
    assert await it.refused(lambda reddit: reddit.subreddit("closed").created_utc) == error
    assert await it.refused(read("nowhere")) == "Redirect"
    it.world.switch(combined="skip")
    assert await it.run(read("one+closed")) == [comment]


async def test_an_expired_token_is_renewed_by_praw(it: Praw) -> None:
    def twice(reddit: praw.Reddit) -> None:
        reddit.user.me(use_cache=False)
        it.world.expire_tokens()
        reddit.user.me(use_cache=False)

    await it.run(twice)
    codes = [one["code"] for one in it.world.requests("api/v1/me")]
    assert codes == [200, 401, 200]
    assert len(it.world.requests("api/v1/access_token")) == 2


async def test_the_quota_is_counted_and_told(it: Praw) -> None:
    it.world.switch(requests=3, seconds=60.0, per_minute=2, shown=True)
    async with it.plain() as http:
        told = [await http.get("/api/v1/me") for _ in range(3)]
        assert [one.headers["x-ratelimit-remaining"] for one in told] == ["2.0", "1.0", "0.0"]
        assert (told[2].headers["x-ratelimit-used"], told[2].headers["x-ratelimit-reset"]) == ("3", "60")
        assert it.world.beyond() == {"window": 0, "minute": 1, "most_in_a_minute": 3}
        assert (await http.get("/api/v1/me")).status_code == 429
        assert it.world.beyond()["window"] == 1
        it.clock.at += 60
        assert (await http.get("/api/v1/me")).status_code == 200


async def test_faults_meet_the_requests_that_they_were_ordered_for(it: Praw) -> None:
    _, comment = a_thread(it.world)
    form = {"api_type": "json", "thing_id": comment, "text": "With you."}
    async with it.plain() as http:

        async def post() -> httpx.Response:
            return await http.post("/api/comment/", data=form)

        it.world.fault("store_then_error", "api/comment", code=503)
        assert (await post()).status_code == 503
        it.world.fault("error", "api/comment", verb="POST", code=429, retry_after=4)
        limited = await post()
        assert (limited.status_code, limited.headers["retry-after"]) == (429, "4")
        for kind in ("drop", "store_then_drop", "cut"):
            it.world.fault(kind, "api/comment")
            with pytest.raises(httpx.RemoteProtocolError):
                await post()
        it.world.fault("truncated", "api/comment")
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            (await post()).json()
        it.world.fault("malformed", "api/comment")
        assert (await post()).headers["content-type"].startswith("text/html")
        it.world.fault("no_things", "api/comment")
        assert (await post()).json() == {"json": {"errors": [], "data": {"things": []}}}
        it.world.fault("error", "r/.*/comments", start=START + 10, end=START + 20, times=None)
        codes = []
        for _ in range(3):
            codes.append((await http.get("/r/one/comments")).status_code)
            it.clock.at += 10
        assert codes == [200, 503, 200]
        it.world.clear_faults()
        it.world.fault("store_then_hang", "api/comment")
        hanging = asyncio.create_task(post())
        await it.fake.until(lambda: len(it.world.by_bot(comment)) == 7)
        assert not hanging.done()
        it.world.release()
        assert (await hanging).status_code == 200
        it.world.fault("expired", "api/v1/me")
        assert (await http.get("/api/v1/me")).status_code == 401
    assert it.world.faults_left() == 0
    assert len(it.world.by_bot(comment)) == 7
