from datetime import timedelta

import pytest
from builders import AUTHOR
from fakes import FakeClock, ListTelemetry
from scripted_api import ScriptedApi

from bot.adapters.telegram.rights import FRESH, MOST, ApiRights
from bot.adapters.telegram.values import Person, Place
from bot.domain.errors import PlatformUnavailable, ReplyRejected

GROUP = Place(chat_id=-1001, channel_id="-1001", private=False)
OTHER = Place(chat_id=-1002, channel_id="-1002", private=False)
OWN = Place(chat_id=5, channel_id="hash", private=True)
SOMEBODY = Person(author=AUTHOR, user_id=5)


class World:
    """Rights, and what can be seen of their questions."""

    def __init__(self) -> None:
        self.api, self.clock, self.telemetry = ScriptedApi(), FakeClock(), ListTelemetry()
        self.rights = ApiRights(api=self.api, bot_id=99, clock=self.clock, telemetry=self.telemetry)

    @property
    def asked(self) -> int:
        return len(self.api.of("getChatMember"))


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("status", "admin"),
    [("creator", True), ("administrator", True), ("member", False), ("restricted", False), ("left", False)],
)
async def test_who_administers_a_group(world: World, status: str, admin: bool) -> None:
    world.api.next("getChatMember", {"status": status})
    assert await world.rights.is_admin(GROUP, SOMEBODY) is admin


async def test_who_writes_as_the_group_is_an_admin_and_in_private_everybody_is(world: World) -> None:
    assert await world.rights.is_admin(GROUP, None)
    assert await world.rights.is_admin(OWN, SOMEBODY)
    assert world.asked == 0


async def test_an_answer_holds_for_a_minute(world: World) -> None:
    for _ in range(3):
        await world.rights.is_admin(GROUP, SOMEBODY)
    assert world.asked == 1
    await world.clock.advance(FRESH)
    await world.rights.is_admin(GROUP, SOMEBODY)
    assert world.asked == 2


async def test_what_is_forgotten_is_asked_again_in_that_chat_alone(world: World) -> None:
    for place in (GROUP, OTHER):
        await world.rights.is_admin(place, SOMEBODY)
    world.rights.forget(GROUP)
    for place in (GROUP, OTHER):
        await world.rights.is_admin(place, SOMEBODY)
    assert world.asked == 3


@pytest.mark.parametrize("fate", [PlatformUnavailable("down"), ReplyRejected("no"), {"status": None}, []])
async def test_a_chat_that_cannot_be_asked_has_no_admins_and_is_asked_again(
    world: World, fate: object
) -> None:
    world.api.next("getChatMember", fate, fate, {"status": "administrator"})
    assert not await world.rights.is_admin(GROUP, SOMEBODY)
    assert await world.rights.own_status(GROUP) == "unknown"
    assert await world.rights.is_admin(GROUP, SOMEBODY)


async def test_the_bots_own_status(world: World) -> None:
    world.api.next("getChatMember", {"status": "administrator"})
    assert await world.rights.own_status(GROUP) == "administrator"
    assert world.api.of("getChatMember") == [{"chat_id": -1001, "user_id": 99}]


async def test_not_more_is_kept_than_there_is_room_for(world: World) -> None:
    for number in range(MOST + 10):
        await world.rights.status(-1001, number)
    assert len(world.rights._known) == MOST
    await world.clock.advance(FRESH + timedelta(seconds=1))
    await world.rights.status(-1001, 1)
    assert len(world.rights._known) == 1
