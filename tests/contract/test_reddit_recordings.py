"""What Reddit really answered once, replayed through our client: the shapes are not of our own making.

The recordings hold real people's comments, so nothing here shows them: a test compares, and says how many.
"""

from datetime import timedelta
from typing import Any

import pytest
from reddit_replay import assert_same, replaying

from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.values import is_fullname
from bot.domain.errors import BotError, PlatformError, PlatformUnavailable, RateLimited, ReplyRejected

REPLY = {"thing_id": "t1_abc", "text": "Comment reply"}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


async def test_a_listing_of_comments() -> None:
    async with replaying("praw", "TestSubredditStreams.test_comments") as replay:
        listing = await replay.api.get(replay.path(1), {"limit": 100})
        assert_same(listing, replay.answer(1))
        things = [each["data"] for each in listing["data"]["children"]]
        assert len(things) == 100
        assert all(is_fullname(each["name"], "t1") for each in things)
        assert replay.played.play_count == 2


async def test_a_reply() -> None:
    async with replaying("praw", "TestComment.test_reply") as replay:
        answer = await replay.api.post("api/comment/", REPLY)
        [thing] = answer["json"]["data"]["things"]
        assert is_fullname(thing["data"]["name"], "t1")
        assert thing["data"]["body"] == REPLY["text"]
        assert (replay.quota.used, replay.quota.remaining) == (1, 599)
        assert replay.played.all_played


async def test_a_reply_with_no_things() -> None:
    async with replaying("praw", "TestComment.test_reply__none") as replay:
        answer = await replay.api.post("api/comment/", REPLY)
        assert answer["json"]["data"]["things"] == []
        assert replay.played.all_played


async def test_a_comment_that_its_author_deleted() -> None:
    async with replaying("praw", "TestComment.test_refresh__deleted_comment") as replay:
        info = await replay.api.get(replay.path(1), {"id": "t1_abc"})
        [found] = info["data"]["children"]
        assert_same((found["data"]["author"], found["data"]["body"]), ("[deleted]", "[deleted]"))
        thread = await replay.api.get(replay.path(2), {"context": 100})
        assert found["data"]["name"] not in names_in(thread)
        assert replay.played.all_played


async def test_a_removed_comment_is_missing_from_its_thread_though_its_text_is_told() -> None:
    async with replaying("praw", "TestComment.test_refresh__removed_comment") as replay:
        info = await replay.api.get(replay.path(1), {"id": "t1_abc"})
        [found] = info["data"]["children"]
        assert found["data"]["author"] != "[deleted]"
        thread = await replay.api.get(replay.path(2), {"context": 100})
        names = names_in(thread)
        assert len(names) > 100
        assert found["data"]["name"] not in names
        assert replay.played.all_played


def names_in(thread: Any) -> set[str]:
    """The full names of the comments in a thread, however deep."""
    found, look = set(), [thread]
    while look:
        each = look.pop()
        if isinstance(each, dict):
            found |= {each["data"]["name"]} if each.get("kind") == "t1" else set()
            look += each.values()
        elif isinstance(each, list):
            look += each
    return found


async def test_the_inbox() -> None:
    async with replaying("praw", "TestInbox.test_unread") as replay:
        inbox = await replay.api.get("message/unread/", {"limit": 64})
        assert_same(inbox, replay.answer(1))
        assert {each["kind"] for each in inbox["data"]["children"]} <= {"t1", "t4"}
        assert replay.played.all_played


async def test_a_letter_that_is_not_for_us() -> None:
    async with replaying("praw", "TestInbox.test_message__unauthorized") as replay:
        with pytest.raises(AccessRefused) as raised:
            await replay.api.get(replay.path(1))
        assert (raised.value.status, raised.value.reason) == (403, "")


async def test_a_token_that_is_over_is_renewed_once() -> None:
    async with replaying("prawcore", "TestSession.test_request__with_invalid_access_token__retry") as replay:
        assert_same(await replay.api.get("/"), replay.answer(3))
        assert replay.played.all_played
        assert replay.telemetry.events == ["reddit_token_renewed"]


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("forbidden", 403, ""),
        ("with_insufficient_scope", 403, "insufficient_scope"),
        ("not_found", 404, "PAGE_NOT_CREATED"),
        ("unavailable_for_legal_reasons", 403, ""),
        ("redirect", 404, "redirected"),
        ("redirect_301", 404, "redirected"),
    ],
)
async def test_a_place_that_is_not_for_us(name: str, status: int, reason: str) -> None:
    async with replaying("prawcore", f"TestSession.test_request__{name}") as replay:
        with pytest.raises(AccessRefused) as raised:
            await replay.api.get(replay.path(1))
        assert (raised.value.status, raised.value.reason) == (status, reason)
        assert replay.played.play_count == 2


async def test_too_many_requests_with_a_time_to_wait() -> None:
    async with replaying(
        "prawcore", "TestSession.test_request__too__many_requests__with_retry_headers"
    ) as replay:
        with pytest.raises(RateLimited) as raised:
            await replay.api.get(replay.path(1))
        assert raised.value.retry_after == timedelta(seconds=4)
        with pytest.raises(RateLimited):
            await replay.api.get(replay.path(1))
        assert replay.played.play_count == 2


async def test_too_many_requests_without_one() -> None:
    """The token was refused: a reply would not have left."""
    name = "TestSession.test_request__too__many_requests__without_retry_headers"
    async with replaying("prawcore", name) as replay:
        with pytest.raises(RateLimited) as raised:
            await replay.api.post("api/comment", REPLY)
        assert raised.value.retry_after == timedelta(minutes=1)
        assert replay.played.play_count == 1


@pytest.mark.parametrize(
    "name",
    [
        "internal_server_error",
        "bad_gateway",
        "service_unavailable",
        "gateway_timeout",
        "cloudflare_unknown_error",
        "cloudflare_connection_timed_out",
        "bad_json",
    ],
)
async def test_a_server_in_trouble_is_asked_once(name: str) -> None:
    async with replaying("prawcore", f"TestSession.test_request__{name}") as replay:
        with pytest.raises(PlatformUnavailable):
            await replay.api.get("/")
        assert replay.played.play_count == 2  # a token, and the question


@pytest.mark.parametrize(
    ("name", "method", "kind"),
    [
        ("conflict", "post", ReplyRejected),
        ("too_large", "post", ReplyRejected),
        ("unsupported_media_type", "post", ReplyRejected),
        ("uri_too_long", "get", PlatformError),
    ],
)
async def test_a_request_that_reddit_turned_down(name: str, method: str, kind: type[BotError]) -> None:
    async with replaying("prawcore", f"TestSession.test_request__{name}") as replay:
        with pytest.raises(kind) as raised:
            await getattr(replay.api, method)(replay.path(1), {})
        assert type(raised.value) is kind
        assert replay.played.all_played
