"""Our client at the Reddit of our own: what the server knows about a reply, and what we do."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from fakes import ListTelemetry
from redditapi.server import FakeReddit
from redditapi.state import CLIENT, PASSWORD, USERNAME
from redditapi.world import World
from scripted_reddit import AGENT

from bot.adapters.clock import SystemClock
from bot.adapters.reddit.client import Credentials, RedditApi
from bot.adapters.reddit.quota import RedditQuota
from bot.adapters.reddit.refusals import AccessRefused, ParentDeleted, ThreadArchived, ThreadLocked
from bot.domain.errors import (
    BotError,
    PlatformUnavailable,
    RateLimited,
    ReplyForbidden,
    ReplyUnconfirmed,
    SettingsError,
)

IN_TIME = 1.0


class Town:
    """A comment of somebody's, and a client that may answer it."""

    def __init__(self, fake: FakeReddit, *, password: str = PASSWORD) -> None:
        self.world: World = fake.world
        self.world.community("One")
        self.link = self.world.submit("One", "Host", "Talk")
        self.comment = self.world.write(self.link, "Ann", "I feel so alone")
        self.telemetry = ListTelemetry()
        self.quota = RedditQuota(clock=SystemClock())
        self.api = RedditApi(
            credentials=Credentials(
                client_id=CLIENT[0], client_secret=CLIENT[1], username=USERNAME, password=password
            ),
            user_agent=AGENT,
            reddit_url=fake.url,
            oauth_url=fake.url,
            quota=self.quota,
            clock=SystemClock(),
            telemetry=self.telemetry,
            read_timeout=IN_TIME,
        )

    @property
    def form(self) -> Mapping[str, str]:
        return {"thing_id": self.comment, "text": "It gets lighter."}

    @property
    def stored(self) -> int:
        return len(self.world.by_bot(self.comment))

    def posts(self) -> int:
        return sum(each["path"] == "api/comment" for each in self.world.asked)

    async def reply(self) -> Any:
        return await self.api.post("api/comment", self.form, urgent=True)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with FakeReddit.serving() as fake:
        town = Town(fake)
        async with town.api:
            await town.api.get("api/v1/me")
            yield town
        fake.world.release()


async def test_a_reply_stands_there_once_and_its_name_comes_back(town: Town) -> None:
    answer = await town.reply()
    [written] = town.world.by_bot(town.comment)
    assert answer["json"]["data"]["things"][0]["data"]["name"] == written["name"]


@pytest.mark.parametrize(
    "fault", ["store_then_error", "store_then_hang", "store_then_drop", "malformed", "cut", "truncated"]
)
async def test_a_reply_that_was_stored_before_the_server_failed_is_unconfirmed_and_there_once(
    town: Town, fault: str
) -> None:
    town.world.fault(fault, "api/comment", times=9)
    with pytest.raises(ReplyUnconfirmed):
        await town.reply()
    assert (town.stored, town.posts()) == (1, 1)


@pytest.mark.parametrize("fault", ["error", "hang", "drop"])
async def test_a_reply_that_was_not_stored_looks_the_same_and_is_not_sent_again(
    town: Town, fault: str
) -> None:
    town.world.fault(fault, "api/comment", times=9)
    with pytest.raises(ReplyUnconfirmed):
        await town.reply()
    assert (town.stored, town.posts()) == (0, 1)


async def test_a_reply_with_no_things_is_there(town: Town) -> None:
    town.world.fault("no_things", "api/comment")
    assert (await town.reply())["json"]["data"]["things"] == []
    assert town.stored == 1


async def test_a_reply_with_a_token_that_is_over_is_there_once(town: Town) -> None:
    town.world.expire_tokens()
    await town.reply()
    assert town.stored == 1
    assert town.telemetry.events == ["reddit_token_renewed"]


async def test_too_many_replies_are_put_off(town: Town) -> None:
    town.world.fault("denied", "api/comment", error="RATELIMIT", retry_after=300)
    with pytest.raises(RateLimited) as raised:
        await town.reply()
    assert raised.value.retry_after.total_seconds() == 300
    assert town.stored == 0


@pytest.mark.parametrize("retry_after", [None, 7])
async def test_too_many_requests_are_put_off(town: Town, retry_after: float | None) -> None:
    town.world.fault("error", "api/comment", code=429, retry_after=retry_after)
    with pytest.raises(RateLimited):
        await town.reply()
    assert town.stored == 0


@pytest.mark.parametrize(
    ("deed", "kind"),
    [("delete", ParentDeleted), ("lock", ThreadLocked), ("archive", ThreadArchived), ("ban", ReplyForbidden)],
)
async def test_what_people_and_moderators_did_is_final_with_its_reason(
    town: Town, deed: str, kind: type[BotError]
) -> None:
    about = {"delete": town.comment, "lock": town.link, "archive": town.link, "ban": "One"}
    getattr(town.world, deed)(about[deed])
    with pytest.raises(kind):
        await town.reply()
    assert (town.stored, town.posts()) == (0, 1)


async def test_a_subreddit_that_is_private_refuses(town: Town) -> None:
    town.world.set_kind("One", "private")
    with pytest.raises(AccessRefused) as raised:
        await town.api.get("r/one/about")
    assert (raised.value.status, raised.value.reason) == (403, "private")


@pytest.mark.parametrize("fault", ["error", "hang", "drop", "malformed", "cut", "truncated"])
async def test_a_listing_that_does_not_come_is_asked_for_once(town: Town, fault: str) -> None:
    town.world.fault(fault, "r/one/comments")
    with pytest.raises(PlatformUnavailable):
        await town.api.get("r/one/comments", {"limit": 100})
    listing = await town.api.get("r/one/comments", {"limit": 100})
    assert [each["data"]["name"] for each in listing["data"]["children"]] == [town.comment]


async def test_our_count_of_the_quota_is_the_server_s(town: Town) -> None:
    for _ in range(3):
        await town.api.get("r/one/comments", {"limit": 100})
    assert (town.quota.used, town.quota.remaining) == (4, 596)
    assert town.telemetry.measures["reddit_quota_remaining"] == 596


async def test_a_wrong_password_is_a_matter_of_settings() -> None:
    async with FakeReddit.serving() as fake:
        town = Town(fake, password="wrong")
        async with town.api:
            with pytest.raises(SettingsError):
                await town.reply()
        assert town.posts() == 0
