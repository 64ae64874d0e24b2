from datetime import timedelta
from typing import Any

import pytest
from builders import NOW, a_reply
from fakes import FakeClock, ListTelemetry
from reading_markdown import above_the_footer
from reddit_town import LINK, ME, Fate, Town

from bot.adapters.reddit.footer import Footer
from bot.adapters.reddit.refusals import (
    AccessRefused,
    AuthorBlockedUs,
    BannedFromSubreddit,
    ParentDeleted,
    ParentRemoved,
    ThreadArchived,
    ThreadLocked,
)
from bot.adapters.reddit.sender import RedditSender
from bot.adapters.reddit.values import REDDIT, ref_of
from bot.domain.errors import (
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    ReplyForbidden,
    ReplyRejected,
    ReplyUnconfirmed,
    SettingsError,
    StoreError,
)
from bot.domain.messages import ChannelKey
from bot.domain.replies import OutgoingReply

PARENT = "t1_parent"
MINUTE = timedelta(minutes=1)


class Refused:
    def __init__(self) -> None:
        self.chats: list[tuple[ChannelKey, str]] = []
        self.fails = False

    async def refused(self, chat: ChannelKey, reason: str) -> None:
        if self.fails:
            raise StoreError("the disk is full")
        self.chats.append((chat, reason))


class World:
    def __init__(self) -> None:
        self.clock, self.telemetry, self.refused = FakeClock(), ListTelemetry(), Refused()
        self.town = Town(self.clock)
        self.town.say(PARENT, LINK, "Ann")
        self.sender = RedditSender(
            account="reddit:solace_bot",
            api=self.town,
            footer=Footer.of(ME),
            refusals=self.refused,
            clock=self.clock,
            telemetry=self.telemetry,
        )

    @property
    def wrote(self) -> int:
        return len(self.town.wrote)


def reply(**changes: Any) -> OutgoingReply:
    values: dict[str, Any] = {"ref": ref_of("Place", PARENT), "deadline": NOW + 10 * MINUTE}
    return a_reply(**(values | changes))


@pytest.fixture
def world() -> World:
    return World()


async def test_one_look_and_one_urgent_write_make_a_reply(world: World) -> None:
    receipt = await world.sender.send(reply(text="That *hurts*."))
    assert [path for path, _ in world.town.asked] == ["api/info", "comments/link/_/parent"]
    assert [(path, data["thing_id"]) for path, data in world.town.wrote] == [("api/comment", PARENT)]
    assert world.town.urgent == [True, True, True], "both looks, and the write"
    assert world.town.until == NOW + 10 * MINUTE, "it does not leave later than that"
    mine = world.town.ours(PARENT)
    assert receipt.message_id == mine[0].name
    assert above_the_footer(mine[0].body) == "That *hurts*."
    assert f"%21delete%20{PARENT}" in mine[0].body


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"author": "[deleted]", "body": "[deleted]"}, ParentDeleted),
        ({"author": "[deleted]"}, ParentDeleted),
        ({"author": None}, ParentDeleted),
        ({"author": "[deleted]", "body": "[removed]"}, ParentRemoved),
        ({"body": "[removed]"}, ParentRemoved),
        ({"removed": True}, ParentRemoved),
        ({"spam": True}, ParentRemoved),
        ({"banned_by": "AutoModerator"}, ParentRemoved),
        ({"banned_by": True}, ParentRemoved),
        ({"locked": True}, ThreadLocked),
        ({"archived": True}, ThreadArchived),
    ],
)
async def test_a_comment_that_cannot_be_answered_is_not(
    world: World, more: dict[str, Any], error: type[ReplyRejected]
) -> None:
    world.town.things[PARENT].more = more
    with pytest.raises(error) as caught:
        await world.sender.send(reply())
    assert type(caught.value) is error
    assert world.wrote == 0


@pytest.mark.parametrize("answered", [True, False])
async def test_a_comment_that_moderators_removed_is_not_answered_though_its_words_are_told(
    world: World, answered: bool
) -> None:
    world.town.things[PARENT].removed = True
    if answered:
        world.town.say("t1_below", PARENT, "Bob")
    await world.clock.advance(MINUTE)
    with pytest.raises(ParentRemoved):
        await world.sender.send(reply())
    assert world.wrote == 0


async def test_a_comment_that_is_too_young_for_its_page_is_looked_at_again(world: World) -> None:
    world.town.things[PARENT].removed = True
    await world.clock.advance(MINUTE - timedelta(seconds=1))
    with pytest.raises(PlatformUnavailable):
        await world.sender.send(reply())
    world.town.things[PARENT].removed = False
    await world.sender.send(reply())
    assert world.wrote == 1


@pytest.mark.parametrize("page", [{}, [], [{}, {}], [{}, {"data": {"children": None}}]])
async def test_where_the_page_says_nothing_nothing_is_written(page: Any) -> None:
    town = Answering(FakeClock())
    town.say(PARENT, LINK, "Ann")
    town.page_shown = page
    with pytest.raises(PlatformUnavailable):
        await sender_in(town).send(reply())
    assert town.wrote == []


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"removed_by_category": "deleted", "author": "[deleted]"}, ParentDeleted),
        ({"removed_by_category": "author"}, ParentDeleted),
        ({"selftext": "[deleted]"}, ParentDeleted),
        ({"removed_by_category": "moderator"}, ParentRemoved),
        ({"removed_by_category": "automod_filtered"}, ParentRemoved),
        ({"locked": True}, ThreadLocked),
    ],
)
async def test_the_same_holds_for_a_submission(
    world: World, more: dict[str, Any], error: type[ReplyRejected]
) -> None:
    world.town.things[LINK].more = more
    with pytest.raises(error):
        await world.sender.send(reply(ref=ref_of("place", LINK)))
    assert world.wrote == 0


async def test_a_comment_that_nobody_shows_is_deleted(world: World) -> None:
    del world.town.things[PARENT]
    with pytest.raises(ParentDeleted):
        await world.sender.send(reply())


async def test_a_comment_in_a_shape_that_nobody_knows_is_answered_and_reddit_has_the_last_word(
    world: World,
) -> None:
    world.town.things[PARENT].more = {"locked": "perhaps"}
    await world.sender.send(reply())
    assert world.wrote == 1


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (RateLimited(MINUTE), RateLimited),
        (PlatformUnavailable("503"), PlatformUnavailable),
        (AccessRefused(403), PlatformUnavailable),
        (PlatformError("what?"), PlatformUnavailable),
        (SettingsError("401"), PlatformUnavailable),
    ],
)
async def test_where_the_look_fails_nothing_is_written(
    world: World, failure: Exception, error: type[PlatformError]
) -> None:
    world.town.failing = lambda _: failure
    with pytest.raises(error):
        await world.sender.send(reply())
    assert world.wrote == 0


async def test_where_the_look_took_too_long_nothing_is_written(world: World) -> None:
    with pytest.raises(PlatformUnavailable):
        await world.sender.send(reply(deadline=NOW - timedelta(microseconds=1)))
    assert world.wrote == 0


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (RateLimited(9 * MINUTE), RateLimited),
        (PlatformUnavailable("no connection"), PlatformUnavailable),
        (SettingsError("401"), PlatformUnavailable),
        (ReplyUnconfirmed("cut off"), ReplyUnconfirmed),
        (ThreadLocked("locked"), ThreadLocked),
        (AuthorBlockedUs("blocked"), AuthorBlockedUs),
    ],
)
async def test_how_a_write_ends_is_passed_on_and_blames_no_subreddit(
    world: World, failure: Exception, error: type[PlatformError]
) -> None:
    world.town.fates.append(Fate(stored=False, error=failure))
    with pytest.raises(error):
        await world.sender.send(reply())
    assert world.wrote == 1
    assert world.refused.chats == []


@pytest.mark.parametrize(
    ("failure", "reason"), [(BannedFromSubreddit("banned"), "banned"), (ReplyForbidden("403"), "forbidden")]
)
async def test_a_ban_is_noted_for_the_subreddit(world: World, failure: ReplyForbidden, reason: str) -> None:
    world.town.fates.append(Fate(stored=False, error=failure))
    with pytest.raises(type(failure)):
        await world.sender.send(reply())
    assert world.refused.chats == [((REDDIT, "place"), reason)]


async def test_a_ban_stands_where_the_database_cannot_note_it(world: World) -> None:
    world.refused.fails = True
    world.town.fates.append(Fate(stored=False, error=BannedFromSubreddit("banned")))
    with pytest.raises(BannedFromSubreddit):
        await world.sender.send(reply())
    assert world.telemetry.events == ["refusal_not_noted"]


class Answering(Town):
    """Takes every comment, and answers what a test says."""

    answer: Any = None
    page_shown: Any = None

    async def get(self, path: str, params: Any = None, **how: bool) -> Any:
        usual = await super().get(path, params, **how)
        return self.page_shown if path.startswith("comments/") and self.page_shown is not None else usual

    async def post(self, path: str, data: Any, **how: Any) -> Any:
        await super().post(path, data, **how)
        return self.answer


def answering(answer: Any) -> RedditSender:
    town = Answering(FakeClock())
    town.say(PARENT, LINK, "Ann")
    town.answer = answer
    return sender_in(town)


def sender_in(town: Town) -> RedditSender:
    return RedditSender(
        account="reddit:solace_bot",
        api=town,
        footer=Footer.of(ME),
        refusals=Refused(),
        clock=town.clock,
        telemetry=ListTelemetry(),
    )


@pytest.mark.parametrize("things", [[], [{}], [7], [{"data": {}}], [{"data": {"name": "nonsense"}}]])
async def test_what_reddit_took_counts_as_sent_also_where_it_names_nothing(things: Any) -> None:
    receipt = await answering({"json": {"errors": [], "data": {"things": things}}}).send(reply())
    assert receipt.message_id is None


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"json": {}}, {"json": {"data": None}}, {"json": {"data": []}}, {"json": []}]
)
async def test_an_answer_that_says_nothing_leaves_it_in_doubt(answer: Any) -> None:
    with pytest.raises(ReplyUnconfirmed):
        await answering(answer).send(reply())
