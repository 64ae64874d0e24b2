"""Notices hold up nobody but the chat that never had one, and that one not for long."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from assembly import SAD
from conversation_world import World, group, texts
from telegram_wire import Wire, until

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.conversation.notices import AGAIN_AFTER, HELD_FOR
from bot.adapters.telegram.values import Act, Place
from bot.domain.channels import Mode
from bot.domain.errors import StoreError


class SlowSpeaker:
    """Posts nothing before it is let.

    Attributes:
        begun: what it was asked to post.
    """

    def __init__(self, world: World) -> None:
        self.begun: list[Act] = []
        self.most = self.under_way = 0
        self.let = asyncio.Event()
        self._post = world.speaker.post
        world.speaker.post = self.post  # type: ignore[method-assign]

    async def post(self, act: Act) -> int | None:
        self.begun.append(act)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.let.wait()
        self.under_way -= 1
        return await self._post(act)


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


@pytest.fixture(autouse=True)
def timedelta_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


GROUPS = [group(-number) for number in range(2001, 2061)]


async def test_messages_of_other_chats_are_judged_before_a_first_notice_stands(store: SqlStore) -> None:
    wire, let = Wire(store), asyncio.Event()
    other = wire.world.supergroup("Others", owner=wire.ann)
    wire.world.add_bot(other, by=wire.ann)
    wire.world.updates.drop_all()
    wire.conversation.known = {("telegram", str(other))}  # type: ignore[arg-type]

    async def posting(places: Sequence[Place]) -> None:
        wire.conversation.introduced_to += places
        await let.wait()

    wire.conversation.introduced = posting  # type: ignore[method-assign]
    wire.say("new")
    wire.world.write(other, wire.ann, "known")
    wire.say("new too")
    async with wire.running():
        await until(lambda: wire.judged() == ["known"])
        assert [place.channel_id for place in wire.conversation.introduced_to] == [str(wire.chat)]
        assert not wire.settled()
        let.set()
        await until(wire.settled)
    assert wire.judged() == ["known", "new", "new too"]
    assert wire.conversation.finished


async def test_repeats_of_old_notices_are_not_waited_for_and_go_one_by_one(world: World) -> None:
    for place in GROUPS[:5]:
        await world.becomes("member", place=place)
    await world.clock.advance(AGAIN_AFTER)
    slow = SlowSpeaker(world)
    for _ in range(2):
        assert await world.conversation.unintroduced(GROUPS[:5]) == set()
        await world.conversation.introduced(GROUPS[:5])
    await until(lambda: slow.begun)
    slow.let.set()
    await world.repeated()
    assert (slow.most, len(slow.begun)) == (1, 5)
    chats = [await world.chat(place) for place in GROUPS[:5]]
    assert {chat.noticed_at for chat in chats if chat} == {world.clock.now()}


async def test_first_notices_of_many_groups_go_beside_each_other(world: World) -> None:
    slow = SlowSpeaker(world)
    waiting = asyncio.create_task(world.conversation.introduced(GROUPS))
    await until(lambda: len(slow.begun) == len(GROUPS))
    assert not waiting.done()
    slow.let.set()
    await waiting
    assert {(await world.settings(place)).mode for place in GROUPS} == {Mode.SHADOW}
    assert len(texts(world.speaker.said)) == len(GROUPS)


async def test_a_first_notice_that_takes_long_holds_its_chat_up_for_seconds_and_nobody_is_read_till_then(
    world: World,
) -> None:
    slow, place = SlowSpeaker(world), GROUPS[0]
    waiting = asyncio.create_task(world.conversation.introduced([place]))
    await until(lambda: slow.begun)
    await world.clock.advance(HELD_FOR)
    await waiting
    assert await world.judge.judge(world.message(SAD, place=place))
    assert world.judge.classifier.seen == []
    again = asyncio.create_task(world.conversation.introduced([place]))
    joined = asyncio.create_task(world.becomes("member", place=place))
    slow.let.set()
    await again
    await joined
    assert len(slow.begun) == 1
    assert await world.reads(world.message(SAD, place=place), place=place) == ["support"]


async def test_a_bot_that_is_removed_before_its_notice_is_recorded_stays_off(world: World) -> None:
    slow, place = SlowSpeaker(world), GROUPS[0]
    waiting = asyncio.create_task(world.conversation.introduced([place]))
    await until(lambda: slow.begun)
    await world.becomes("left", place=place, may_write=False)
    slow.let.set()
    await waiting
    assert (await world.settings(place)).mode is Mode.OFF
    await world.becomes("member", place=place)
    assert len(slow.begun) == 2
    assert (await world.settings(place)).mode is Mode.SHADOW


async def test_what_fails_unawaited_is_told_and_tried_with_the_next_message(world: World) -> None:
    await world.becomes("member", place=GROUPS[0])
    await world.clock.advance(AGAIN_AFTER + timedelta(days=1))
    transact, failing = world.store.transact, True

    async def broken(work: object) -> object:
        if failing:
            raise StoreError("no")
        return await transact(work)  # type: ignore[arg-type]

    world.store.transact = broken  # type: ignore[method-assign,assignment]
    await world.conversation.introduced(GROUPS[:1])
    await world.repeated()
    assert world.telemetry.events == ["introduction_failed"]
    failing = False
    await world.conversation.introduced(GROUPS[:1])
    await world.repeated()
    chat = await world.chat(GROUPS[0])
    assert chat is not None
    assert chat.noticed_at == world.clock.now()


async def test_what_is_under_way_is_given_up_at_the_end(world: World) -> None:
    await world.becomes("member", place=GROUPS[0])
    await world.clock.advance(AGAIN_AFTER)
    slow = SlowSpeaker(world)
    waiting = asyncio.create_task(world.conversation.introduced(GROUPS[:2]))
    await until(lambda: len(slow.begun) == 2)
    await world.conversation.finish()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await world.settings(GROUPS[1])).mode is Mode.OFF
