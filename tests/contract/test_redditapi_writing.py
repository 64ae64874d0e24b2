"""The fake Reddit as praw writes to it: answers, letters and modmail."""

from collections.abc import AsyncIterator

import praw
import pytest
from praw.models import MoreComments
from redditapi.by_praw import Praw, a_thread, reply
from redditapi.state import USERNAME


@pytest.fixture
async def it() -> AsyncIterator[Praw]:
    async with Praw.talking() as talking:
        yield talking


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
