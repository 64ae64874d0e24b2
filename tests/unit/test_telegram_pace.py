import asyncio
from datetime import timedelta

import pytest
from fakes import FakeClock
from hypothesis import given
from hypothesis import strategies as st
from strict_limits import Floods

from bot.adapters.pace import Pace
from bot.adapters.telegram.pace import telegram_pacer
from bot.domain.errors import PlatformUnavailable

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
Wishes = list[tuple[int, bool]]


def channel_of(chat_id: int) -> str:
    return str(chat_id) if chat_id < 0 else f"hash-{chat_id}"


class World:
    """A pace, and the server's view of it."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock, self.floods, self.pacer = clock, Floods(), telegram_pacer()
        self.pace = Pace(pacer=self.pacer, clock=clock)
        self.went: list[object] = []

    async def write(self, chat_id: int, name: object = None, *, urgent: bool = False) -> None:
        await self.pace.turn(channel_of(chat_id), urgent=urgent, patience=timedelta(hours=10))
        self.floods.write(chat_id, self.clock.now())
        self.went.append(name)


@pytest.fixture
def world() -> World:
    return World(FakeClock(auto=True))


@given(
    st.lists(
        st.tuples(st.sampled_from([*range(-50, 0), *range(1, 6)]), st.booleans()), min_size=1, max_size=120
    )
)
def test_whatever_is_wished_for_nothing_is_refused_and_all_of_it_goes(wishes: Wishes) -> None:
    async def simulate() -> World:
        world = World(FakeClock(auto=True))
        await asyncio.gather(*[world.write(chat, urgent=urgent) for chat, urgent in wishes])
        return world

    world = asyncio.run(simulate())
    assert (world.floods.refused, world.floods.count) == (0, len(wishes))


async def test_a_group_gets_twenty_a_minute_and_nearly_that_for_ever(world: World) -> None:
    start = world.clock.now()
    for _ in range(100):
        await world.write(-1)
    assert world.floods.refused == 0
    minutes = (world.clock.now() - start) / MINUTE
    assert 100 / minutes > 15


async def test_a_private_chat_gets_one_a_second_and_no_minute_holds_it_up(world: World) -> None:
    start = world.clock.now()
    for _ in range(100):
        await world.write(7)
    assert world.floods.refused == 0
    assert world.clock.now() - start <= 110 * SECOND


async def test_turns_in_a_chat_come_in_the_order_of_asking(world: World) -> None:
    await asyncio.gather(*[world.write(-1, number) for number in range(10)])
    assert world.went == list(range(10))


async def test_a_busy_chat_holds_up_no_other(world: World) -> None:
    await asyncio.gather(*[world.write(-1, "busy") for _ in range(5)], world.write(-2, "quiet"))
    assert world.went.index("quiet") <= 1


async def test_the_account_holds_for_all_chats_together(world: World) -> None:
    await asyncio.gather(*[world.write(chat) for chat in range(1, 200)])
    assert world.floods.refused == 0


async def test_what_is_urgent_goes_before_what_waits(world: World) -> None:
    await world.write(7, "first")
    await asyncio.gather(*[world.write(7, "waits") for _ in range(3)], world.write(7, "urgent", urgent=True))
    assert world.went.index("urgent") < 3
    assert world.floods.refused == 0


@pytest.mark.parametrize("waiting", ["-1", "-2"], ids=["in the same chat", "for the account alone"])
async def test_nothing_goes_while_a_reply_that_may_go_waits(waiting: str) -> None:
    world = World(FakeClock())
    world.pacer.expect([waiting])
    turn = asyncio.create_task(world.write(-1))
    await world.clock.advance(MINUTE)
    assert world.floods.count == 0
    world.pacer.expect([])
    await world.clock.advance(5 * SECOND)
    assert world.floods.count == 1
    await turn


async def test_a_note_need_not_wait_for_replies(world: World) -> None:
    world.pacer.expect(["-1"])
    await world.write(7, urgent=True)
    assert world.floods.count == 1


async def test_whoever_gets_no_turn_in_time_hears_it_and_takes_no_place(world: World) -> None:
    world.pace.hold(timedelta(hours=1))
    with pytest.raises(PlatformUnavailable):
        await world.pace.turn("-1")
    assert world.pacer.earliest(
        "-1", world.clock.now() + 2 * timedelta(hours=1)
    ) == world.clock.now() + 2 * timedelta(hours=1)


async def test_a_429_holds_everybody(world: World) -> None:
    start = world.clock.now()
    world.pace.hold(30 * SECOND)
    await asyncio.gather(*[world.write(chat) for chat in (-1, -2, 7)])
    assert min(at for times in world.floods.times.values() for at in times) == start + 30 * SECOND


async def test_no_chat_is_remembered_for_ever(world: World) -> None:
    for chat in range(1, 50):
        await world.pace.turn(str(chat))
    assert len(world.pace._queues) <= 1
