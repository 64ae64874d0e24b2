"""The reader, the sender and the inbox over what Reddit really answered, as far as it was recorded.

The recordings hold real people's comments: a test counts and compares, and shows none of them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import pytest
import recordings
from assembly import KEY
from builders import NOW, a_reply
from fakes import FakeClock, ListTelemetry
from reddit_replay import LOOSE, replaying
from reddit_world import ACCOUNT, MemoryStore, Subreddits

from bot.adapters.reddit.footer import Footer
from bot.adapters.reddit.letters import letter
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.refusals import ParentDeleted, ParentRemoved
from bot.adapters.reddit.sender import RedditSender
from bot.adapters.reddit.standing import DELETED_WORDS
from bot.adapters.reddit.things import Ignored, Reading, Said, read
from bot.adapters.reddit.values import channel_of, number_of, ref_of
from bot.application.ports import Transaction
from bot.domain.messages import ChannelKey, Sender
from bot.domain.replies import OutgoingReply

T = TypeVar("T")
ME = "solace_bot"
LISTINGS = ["TestSubredditStreams.test_comments", "TestSubredditStreams.test_comments__with_pause"]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


def recorded_things(raw: Any, *kinds: str) -> Iterator[Mapping[str, Any]]:
    """Every thing of these kinds in an answer, however deep."""
    look = [raw]
    while look:
        each = look.pop()
        if isinstance(each, dict):
            if each.get("kind") in kinds and isinstance(each.get("data"), dict):
                yield each
            look += each.values()
        elif isinstance(each, list):
            look += each


# ------------------------------------------------------------------ reading


class Noting(MemoryStore):
    """Says when a cursor moved onto something."""

    def __init__(self) -> None:
        super().__init__()
        self.moved = asyncio.Event()

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        result = await super().transact(work)
        if any(cursor.recent for cursor in self.shelf.kept.values()):
            self.moved.set()
        return result


@asynccontextmanager
async def watching(api: Api, store: Noting, channels: list[str]) -> AsyncIterator[Subreddits]:
    """A reader that has polled once; time stands still, so it polls no more."""
    world = Subreddits(store)
    world.reddit = cast("Any", api)
    world.subreddits = channels
    task = asyncio.create_task(world.a_reader().run())
    moved = asyncio.create_task(store.moved.wait())
    try:
        await asyncio.wait({task, moved}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        yield world
    finally:
        task.cancel()
        moved.cancel()
        await asyncio.gather(task, moved, return_exceptions=True)


@pytest.mark.parametrize("name", LISTINGS)
async def test_every_comment_of_a_recorded_page_is_brought_in_once_the_oldest_first(name: str) -> None:
    async with replaying("praw", name, match_on=LOOSE) as replay:
        page = [each["data"] for each in replay.answer(1)["data"]["children"]]
        channels = sorted({channel_of(each["subreddit"]) for each in page if "<" not in each["subreddit"]})
        store = Noting()
        async with watching(replay.api, store, channels) as world:
            given = world.inbox.given
            wanted = [
                each["name"]
                for each in reversed(page)
                if each["author"] != DELETED_WORDS and channel_of(each["subreddit"]) in channels
            ]
            assert len(wanted) > 10
            assert [message.ref.message_id for message in given] == wanted
            texts = {each["name"]: each["body"] for each in page}
            kept = all(texts[message.ref.message_id] == message.text for message in given)
            assert kept
            assert store.shelf.failed == {}
            assert world.telemetry.events == []
        assert replay.played.play_count == 2


def test_whatever_comment_or_submission_of_a_subreddit_was_ever_recorded_can_be_read() -> None:
    counts = dict.fromkeys(("t1", "t3"), 0)
    people = 0
    for file in sorted(recordings.folder("praw").glob("TestSubreddit*.json")):
        for asked, answer in recordings.cassette("praw", file.stem):
            if asked.method == "GET" and answer.body.startswith(("{", "[")):
                for raw in recorded_things(answer.json(), *counts):
                    found = read(raw, reading(raw["data"]["subreddit"]))
                    counts[raw["kind"]] += 1
                    people += isinstance(found, Said) and found.message.sender is Sender.PERSON
    assert min(counts.values()) > 1_000
    assert people > 1_000


def reading(subreddit: str) -> Reading:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    return Reading(key=KEY, account=ACCOUNT, username=ME, subreddits={channel_of(subreddit)}, now=now)


async def test_a_comment_that_its_author_deleted_is_not_read() -> None:
    async with replaying("praw", "TestComment.test_refresh__deleted_comment") as replay:
        info = await replay.api.get(replay.path(1), {"id": "t1_abc"})
        [raw] = info["data"]["children"]
        assert isinstance(read(raw, reading(raw["data"]["subreddit"])), Ignored)


# ------------------------------------------------------------------ answering


class Unasked:
    """Nobody refuses us in a recording."""

    async def refused(self, chat: ChannelKey, reason: str) -> None:
        raise AssertionError((chat, reason))


class Standing:
    """The recorded reply, under a comment that stands; it was not looked at then. Implements `ports.Api`."""

    def __init__(self, recorded: Api) -> None:
        self.post = recorded.post

    async def get(self, path: str, params: Mapping[str, str | int] | None = None, **_: bool) -> Any:
        assert params is not None
        name = params["id"] if path == "api/info" else f"t1_{path.rpartition('/')[2]}"
        data = {"name": name, "author": "ann", "body": "sad", "link_id": "t3_link"}
        shown = {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": data}]}}
        return shown if path == "api/info" else [shown, shown]


def sender(api: Api) -> RedditSender:
    return RedditSender(
        account=ACCOUNT,
        api=api,
        footer=Footer.of(ME),
        refusals=Unasked(),
        clock=FakeClock(),
        telemetry=ListTelemetry(),
    )


def answer_to(fullname: str) -> OutgoingReply:
    return a_reply(ref=ref_of("one", fullname), deadline=NOW.replace(year=NOW.year + 1))


async def test_a_recorded_comment_that_moderators_removed_is_not_answered() -> None:
    async with replaying("praw", "TestComment.test_refresh__removed_comment", match_on=LOOSE) as replay:
        [info] = replay.answer(1)["data"]["children"]
        with pytest.raises(ParentRemoved):
            await sender(replay.api).send(answer_to(info["data"]["name"]))
        assert replay.played.all_played


async def test_a_recorded_reply_is_known_by_its_name() -> None:
    async with replaying("praw", "TestComment.test_reply", match_on=LOOSE) as replay:
        receipt = await sender(Standing(replay.api)).send(answer_to("t1_abc"))
        assert receipt.message_id == replay.answer(1)["json"]["data"]["things"][0]["data"]["name"]
        assert replay.played.all_played


async def test_a_recorded_reply_with_no_things_counts_as_sent() -> None:
    async with replaying("praw", "TestComment.test_reply__none", match_on=LOOSE) as replay:
        receipt = await sender(Standing(replay.api)).send(answer_to("t1_abc"))
        assert receipt.message_id is None
        assert replay.played.all_played


async def test_a_comment_that_was_deleted_gets_no_reply() -> None:
    async with replaying("praw", "TestComment.test_refresh__deleted_comment", match_on=LOOSE) as replay:
        parent = replay.answer(1)["data"]["children"][0]["data"]["name"]
        with pytest.raises(ParentDeleted):
            await sender(replay.api).send(answer_to(parent))
        assert replay.played.play_count == 2


# ------------------------------------------------------------------ letters


async def test_recorded_letters_can_all_be_read_and_ask_for_nothing_that_they_do_not_say() -> None:
    async with replaying("praw", "TestInbox.test_unread") as replay:
        inbox = await replay.api.get("message/unread/", {"limit": 64})
    found = [letter(each, me=ME) for each in inbox["data"]["children"]]
    assert len(found) == 64
    assert len({number_of(each.fullname) for each in found}) == 64
    wrong = [each for each in found if getattr(each, "wrong", "")]
    assert len(wrong) == 0
