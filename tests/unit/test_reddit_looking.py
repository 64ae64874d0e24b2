from datetime import timedelta
from typing import Any

import pytest
from fakes import FakeClock
from reddit_town import LINK, ME, Town, listing

from bot.adapters.reddit.looking import MOST_HIDDEN, Search, Sight
from bot.domain.errors import PlatformUnavailable, RateLimited

SECOND = timedelta(seconds=1)
PARENT = "t1_parent"
NOWHERE = Sight(comment=None, everywhere=True, parent_gone=False)
UNCERTAIN = Sight(comment=None, everywhere=False, parent_gone=False)


class World:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.town = Town(self.clock)
        self.town.say(PARENT, LINK, "Ann")

    async def said_later(self, name: str, parent: str = PARENT, author: str = ME, **more: Any) -> None:
        await self.clock.advance(SECOND)
        self.town.say(name, parent, author, **more)

    async def look(self, parent: str = PARENT) -> Sight:
        return (await Search(api=self.town, username=ME).under([parent]))[parent]


@pytest.fixture
def world() -> World:
    return World()


async def test_nothing_is_there(world: World) -> None:
    await world.said_later("t1_other", author="Bob")
    await world.said_later("t1_elsewhere", LINK)
    assert await world.look() == NOWHERE


async def test_our_comment_is_found_in_our_own_listing_without_asking_for_the_page(world: World) -> None:
    await world.said_later("t1_mine")
    assert (await world.look()).comment == "t1_mine"
    assert [path for path, _ in world.town.asked] == ["api/info", f"user/{ME}/comments"]


async def test_it_is_found_on_the_page_where_the_listing_lags(world: World) -> None:
    world.town.own_lag = timedelta(hours=1)
    await world.said_later("t1_other", author="Bob")
    await world.said_later("t1_mine")
    world.town.things["t1_mine"].author = ME.upper()
    assert (await world.look()).comment == "t1_mine"


async def test_our_comment_deeper_down_is_none_under_the_parent(world: World) -> None:
    await world.said_later("t1_other", author="Bob")
    await world.said_later("t1_mine", "t1_other")
    assert await world.look() == NOWHERE


@pytest.mark.parametrize("folded", [0, 1, 5])
async def test_replies_that_are_folded_away_are_unfolded(world: World, folded: int) -> None:
    world.town.own_lag, world.town.folded = timedelta(hours=1), folded
    for number in range(10):
        await world.said_later(f"t1_other{number}", author="Bob")
    assert await world.look() == NOWHERE
    await world.said_later("t1_mine")
    assert (await world.look()).comment == "t1_mine"


async def test_too_many_folded_replies_prove_nothing(world: World) -> None:
    world.town.folded = 0
    for number in range(MOST_HIDDEN + 1):
        world.town.say(f"t1_other{number}", PARENT, "Bob")
    assert await world.look() == UNCERTAIN


async def test_our_listing_is_read_back_to_the_parent_and_no_further(world: World) -> None:
    world.town.page = 10
    for number in range(200):
        world.town.say(f"t1_old{number}", f"t1_p{number}", ME).at -= timedelta(days=1)
    for number in range(25):
        await world.said_later(f"t1_new{number}", f"t1_q{number}")
    assert await world.look() == NOWHERE
    assert sum(path.startswith("user/") for path, _ in world.town.asked) == 3


async def test_a_listing_that_does_not_reach_back_to_the_parent_proves_nothing(world: World) -> None:
    for number in range(1100):
        world.town.say(f"t1_new{number}", f"t1_q{number}", ME).at += SECOND
    await world.clock.advance(SECOND)
    assert await world.look() == UNCERTAIN


async def test_under_a_submission_its_own_comments_are_looked_at(world: World) -> None:
    world.town.own_lag = timedelta(hours=1)
    assert await world.look(LINK) == NOWHERE
    await world.said_later("t1_mine", LINK)
    assert (await world.look(LINK)).comment == "t1_mine"


@pytest.mark.parametrize("words", ["[deleted]", "[removed]"])
async def test_a_parent_that_is_gone_says_so(world: World, words: str) -> None:
    world.town.things[PARENT].body = words
    assert await world.look() == Sight(comment=None, everywhere=True, parent_gone=True)
    await world.said_later("t1_mine")
    assert await world.look() == Sight(comment="t1_mine", everywhere=True, parent_gone=True)


async def test_a_parent_that_nobody_shows_is_gone(world: World) -> None:
    del world.town.things[PARENT]
    assert await world.look() == Sight(comment=None, everywhere=True, parent_gone=True)
    await world.said_later("t1_mine")
    assert (await world.look()).comment == "t1_mine"


class Strange(Town):
    """Shows its page or listing as a test says."""

    page_shown: Any = None
    own_shown: Any = None

    async def get(self, path: str, params: Any = None, **how: bool) -> Any:
        usual = await super().get(path, params, **how)
        if path.startswith("comments/"):
            return usual if self.page_shown is None else self.page_shown
        if path.startswith("user/"):
            return usual if self.own_shown is None else self.own_shown
        return usual


def the_parent_with(*replies: Any) -> Any:
    return [listing([]), listing([{"kind": "t1", "data": {"name": PARENT, "replies": listing(replies)}}])]


@pytest.mark.parametrize(
    "page",
    [
        {},
        [],
        [listing([])],
        [listing([]), {"kind": "Listing"}],
        [listing([]), listing([])],
        [listing([]), listing([{"kind": "t1", "data": {"name": "t1_another"}}])],
        the_parent_with({"kind": "t1", "data": {"author": 7}}),
        the_parent_with({"kind": "t1"}),
        the_parent_with({"kind": "t1", "data": {"author": ME}}),
        the_parent_with({"kind": "more", "data": {"children": []}}),
        the_parent_with({"kind": "more", "data": {"children": ["unknown"]}}),
        the_parent_with({"kind": "t9", "data": {}}),
    ],
)
async def test_a_page_in_a_shape_that_nobody_knows_proves_nothing(page: Any) -> None:
    town = Strange(FakeClock())
    town.say(PARENT, LINK, "Ann")
    town.page_shown = page
    assert (await Search(api=town, username=ME).under([PARENT]))[PARENT] == UNCERTAIN


async def test_something_unreadable_among_our_own_comments_proves_nothing() -> None:
    town = Strange(FakeClock())
    town.say(PARENT, LINK, "Ann")
    town.own_shown = listing([{"kind": "t1", "data": {"name": "t1_a"}}])
    assert (await Search(api=town, username=ME).under([PARENT]))[PARENT] == UNCERTAIN


async def test_what_is_no_listing_at_all_is_an_error() -> None:
    town = Strange(FakeClock())
    town.say(PARENT, LINK, "Ann")
    town.own_shown = {"message": "Forbidden"}
    with pytest.raises(PlatformUnavailable):
        await Search(api=town, username=ME).under([PARENT])


async def test_being_told_to_wait_is_passed_on(world: World) -> None:
    world.town.failing = lambda path: RateLimited(SECOND) if path.startswith("comments/") else None
    with pytest.raises(RateLimited):
        await world.look()
