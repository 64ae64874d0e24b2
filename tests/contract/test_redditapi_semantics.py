"""The fake Reddit as praw, a client that nobody here wrote, meets it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import praw
import prawcore
import pytest
from praw.models import MoreComments
from redditapi.server import FakeReddit
from redditapi.state import CLIENT, PASSWORD, REFRESH_TOKEN, USERNAME
from redditapi.world import World

START = 1_800_000_000.0


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> float:
        return self.at


class Praw:
    """praw and the fake that it talks to."""

    def __init__(self, fake: FakeReddit, clock: Clock) -> None:
        self.fake, self.world, self.clock = fake, fake.world, clock

    def reddit(self, **changes: Any) -> praw.Reddit:
        """An instance with the right credentials."""
        known = {
            "client_id": CLIENT[0],
            "client_secret": CLIENT[1],
            "username": USERNAME,
            "password": PASSWORD,
            "user_agent": "linux:solace.test:v1 (by /u/tester)",
            "reddit_url": self.fake.url,
            "oauth_url": self.fake.url,
            "check_for_updates": False,
            "ratelimit_seconds": 0,
        }
        return praw.Reddit(**{**known, **changes})

    @asynccontextmanager
    async def plain(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client that adds nothing but an access token."""
        token = {"Authorization": f"bearer {self.world.new_token()}"}
        async with httpx.AsyncClient(base_url=self.fake.url, headers=token, trust_env=False) as http:
            yield http

    async def run(self, work: Callable[[praw.Reddit], Any], **changes: Any) -> Any:
        """Let praw work on a thread of its own."""
        reddit = self.reddit(**changes)
        return await asyncio.to_thread(work, reddit)

    async def refused(self, work: Callable[[praw.Reddit], Any], **changes: Any) -> str:
        """What kind of error praw makes of it."""
        try:
            await self.run(work, **changes)
        except (prawcore.PrawcoreException, praw.exceptions.PRAWException) as error:
            items = getattr(error, "items", None)
            return items[0].error_type if items else type(error).__name__
        raise AssertionError("it was not refused")


@pytest.fixture
async def it() -> AsyncIterator[Praw]:
    clock = Clock()
    async with FakeReddit.serving(World(now=clock)) as fake:
        fake.world.switch(shown=False)  # praw would sleep to spread its requests
        yield Praw(fake, clock)


def a_thread(world: World) -> tuple[str, str]:
    """A submission and a comment under it."""
    world.community("one", moderators=["Mod"])
    link = world.submit("one", "Ann", "A title", "a text")
    return link, world.write(link, "Bob", "so sad <today> & tomorrow")


def reply(reddit: praw.Reddit, comment: str) -> praw.models.Comment:
    """The bot's answer to a comment."""
    made = reddit.comment(comment.removeprefix("t1_")).reply("With you.")
    assert isinstance(made, praw.models.Comment)
    return made


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


async def test_an_answer_stands_in_the_tree_at_once_and_in_the_own_listing_later(it: Praw) -> None:
    _, comment = a_thread(it.world)
    it.world.switch(own_lag=30.0)

    def answer(reddit: praw.Reddit) -> tuple[str, list[str], list[str]]:
        made = reply(reddit, comment)
        parent = reddit.comment(comment.removeprefix("t1_")).refresh()
        below = [one.fullname for one in parent.replies.list() if not isinstance(one, MoreComments)]
        return made.fullname, below, [one.fullname for one in reddit.redditor(USERNAME).comments.new()]

    name, below, own = await it.run(answer)
    assert below == [name]
    assert own == []
    it.clock.at += 30
    own = await it.run(lambda reddit: [one.fullname for one in reddit.redditor(USERNAME).comments.new()])
    assert own == [name]
    assert [one["name"] for one in it.world.by_bot(comment)] == [name]
    assert it.world.answered_twice() == []


async def test_two_equal_answers_are_two(it: Praw) -> None:
    _, comment = a_thread(it.world)

    def twice(reddit: praw.Reddit) -> None:
        for _ in range(2):
            reply(reddit, comment)

    await it.run(twice)
    assert it.world.answered_twice() == [comment]


REFUSALS = {
    "banned": ("ban", ["one"], "Forbidden"),
    "private": ("set_kind", ["one", "private"], "Forbidden"),
    "deleted": ("delete", ["<comment>"], "DELETED_COMMENT"),
    "submission deleted": ("delete", ["<link>"], "DELETED_LINK"),
    "locked": ("lock", ["<link>"], "THREAD_LOCKED"),
    "comment locked": ("lock", ["<comment>"], "THREAD_LOCKED"),
    "archived": ("archive", ["<link>"], "TOO_OLD"),
    "blocked": ("block_bot", ["Bob"], "USER_BLOCKED"),
    "too fast": ("fault", ["denied", "api/comment"], "RATELIMIT"),
}
"""What happens before the bot answers, as a method of `World` and its arguments, and what it is told then."""


@pytest.mark.parametrize("why", REFUSALS)
async def test_answers_are_refused_where_reddit_refuses_them(it: Praw, why: str) -> None:
    link, comment = a_thread(it.world)
    deed, given, expected = REFUSALS[why]
    getattr(it.world, deed)(*({"<link>": link, "<comment>": comment}.get(one, one) for one in given))
    assert await it.refused(lambda reddit: reply(reddit, comment)) == expected
    assert it.world.by_bot() == []


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
        ("None", "[removed]"),
        ("Dora", "indeed"),
    ]
    assert await it.refused(lambda reddit: reddit.comment(comment.removeprefix("t1_")).refresh()) == (
        "ClientException"
    )


async def test_the_bot_can_delete_its_own_only(it: Praw) -> None:
    _, comment = a_thread(it.world)

    def work(reddit: praw.Reddit) -> str:
        made = reply(reddit, comment)
        made.delete()
        reddit.comment(comment.removeprefix("t1_")).delete()
        return str(made.fullname)

    name = await it.run(work)
    assert it.world.see(name)["deleted"] is True
    assert it.world.see(comment)["deleted"] is False
    assert it.world.by_bot(gone=False) == []


async def test_letters_and_answers_lie_in_the_inbox_until_they_are_read(it: Praw) -> None:
    world = it.world
    _, comment = a_thread(world)
    answer = await it.run(lambda reddit: reply(reddit, comment).fullname)
    world.write(answer, "Bob", "good bot")
    world.tell("Ann", "!optout", "!optout")
    world.tell_from("one", "about your bot", "!pause", by=None)

    def read(reddit: praw.Reddit) -> list[tuple[str, str]]:
        found = list(reddit.inbox.unread(limit=None))
        reddit.inbox.mark_read(found)
        found[1].reply("Done.")
        return [(str(one.author), one.body) for one in found]

    assert await it.run(read) == [("None", "!pause"), ("Ann", "!optout"), ("Bob", "good bot")]
    assert world.unread() == []
    assert [one["text"] for one in world.letters_to("Ann")] == ["Done."]


async def test_letters_to_people_and_to_moderators(it: Praw) -> None:
    world = it.world
    a_thread(world)

    def write(reddit: praw.Reddit) -> None:
        reddit.redditor("Bob").message(subject="About", message="Hello")
        reddit.subreddit("one").message(subject="A bot", message="I watch here")

    await it.run(write)
    assert [one["subject"] for one in world.letters_to("bob")] == ["About"]
    [thread] = world.threads("one")
    assert [one["author"] for one in thread["said"]] == [USERNAME]
    world.mail_back(thread["id"], "Mod", "!pause")
    told = await it.run(lambda reddit: [(str(one.author), one.subject) for one in reddit.inbox.unread()])
    assert told == [("Mod", "re: A bot")]
    assert await it.refused(lambda reddit: reddit.redditor("Zoe").message(subject="a", message="b")) == (
        "USER_DOESNT_EXIST"
    )


async def test_modmail_is_for_moderators(it: Praw) -> None:
    world = it.world
    a_thread(world)
    thread = world.mail("one", "Mod", "the bot", "!pause 2h")

    def read(reddit: praw.Reddit) -> list[str]:
        return [one.messages[-1].body_markdown for one in reddit.subreddit("one").modmail.conversations()]

    assert await it.refused(read) == "Forbidden"
    world.appoint("one", USERNAME)
    assert await it.run(read) == ["!pause 2h"]

    def answer(reddit: praw.Reddit) -> None:
        reddit.subreddit("one").modmail(thread).reply(body="Paused.")
        reddit.subreddit("one").modmail(thread).read()

    await it.run(answer)
    [seen] = world.threads("one")
    assert (seen["unread"], [one["text"] for one in seen["said"]]) == (False, ["!pause 2h", "Paused."])


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
