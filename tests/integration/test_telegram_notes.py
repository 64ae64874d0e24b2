import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from assembly import LIVE, Assembly
from scripted_api import ScriptedApi
from telegram_world import ADMIN, GROUP, KEY_OF_GROUP, PERSON, Telegram

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.tidings import MOST, Tiding
from bot.adapters.telegram.values import TELEGRAM
from bot.application.noteboard import NoteBoard
from bot.domain.crisis import CrisisAction
from bot.domain.errors import PlatformUnavailable, ReplyRejected
from bot.domain.messages import IncomingMessage, Platform

OTHER_ADMIN = 778
WORDS = "crisis words that nobody quotes"


class World:
    """An intake, and the messenger behind it."""

    def __init__(self, store: SqlStore) -> None:
        self.bot = Assembly(store, replace(LIVE, crisis=CrisisAction.SILENCE_AND_NOTE))
        self.api = ScriptedApi()
        self.telegram = Telegram(store, self.api)
        self.telegram.messenger._notes = self.bot.notes

    def said(self, **changes: object) -> IncomingMessage:
        message = self.bot.message(WORDS, channel_id=str(GROUP), **changes)
        return replace(message, ref=replace(message.ref, platform=TELEGRAM))

    async def carried(self, writes: int) -> None:
        """Until so many writes were made, and then as many turns as another one would take."""
        async with asyncio.timeout(10):
            while len(self.api.writes) < writes:  # noqa: ASYNC110  # the store's threads ring no bell
                await asyncio.sleep(0)
        for _ in range(200):
            await asyncio.sleep(0)


@pytest.fixture
async def world(store: SqlStore) -> AsyncIterator[World]:
    made = World(store)
    task = asyncio.create_task(made.telegram.messenger.run())
    yield made
    task.cancel()
    await asyncio.wait({task})


async def test_admins_who_asked_for_it_hear_that_somebody_may_need_a_person_and_never_who(
    world: World,
) -> None:
    await world.telegram.chat(notes_to=(str(ADMIN), str(OTHER_ADMIN)))
    world.api.next("getChatMember", {"status": "administrator"}, {"status": "creator"})
    await world.bot.judge(world.said(address={"user": str(PERSON)}))
    await world.carried(2)
    notes = world.api.of("sendMessage")
    assert [note["chat_id"] for note in notes] == [ADMIN, OTHER_ADMIN]
    assert {note["text"] for note in notes} == {
        "Somebody may need a person in the lounge. I can't say more than that."
    }
    assert not any(secret in str(notes) for secret in (WORDS, str(PERSON)))


async def test_once_a_person_and_day(world: World) -> None:
    await world.telegram.chat(notes_to=(str(ADMIN),))
    world.api.next("getChatMember", {"status": "administrator"})
    first = world.said()
    await world.bot.judge(first)
    await world.bot.judge(world.said(author=first.author))
    await world.carried(1)
    assert len(world.api.of("sendMessage")) == 1


async def test_where_nobody_switched_it_on_only_the_log_tells(world: World) -> None:
    await world.telegram.chat()
    await world.bot.judge(world.said())
    await world.carried(0)
    assert world.api.writes == []
    assert world.bot.telemetry.events == ["crisis_note_due"]


async def test_who_is_no_admin_any_more_hears_nothing(world: World) -> None:
    await world.telegram.chat(notes_to=(str(ADMIN), str(OTHER_ADMIN)))
    world.api.next("getChatMember", {"status": "member"}, {"status": "administrator"})
    await world.bot.judge(world.said())
    await world.carried(1)
    assert [note["chat_id"] for note in world.api.of("sendMessage")] == [OTHER_ADMIN]


async def test_a_note_goes_out_although_telegram_tells_neither_the_name_nor_the_rights(world: World) -> None:
    await world.telegram.chat(notes_to=(str(ADMIN),))
    world.api.next("getChatMember", PlatformUnavailable("down"))
    world.api.next("getChat", PlatformUnavailable("down"))
    await world.bot.judge(world.said())
    await world.carried(1)
    (note,) = world.api.of("sendMessage")
    assert f"the chat {GROUP}" in note["text"]


async def test_a_note_that_fails_takes_the_next_one_along_to_nobody(world: World) -> None:
    await world.telegram.chat(notes_to=(str(ADMIN),))
    for status in ("administrator",):
        world.api.next("getChatMember", {"status": status})
    world.api.next("sendMessage", ReplyRejected("Forbidden: bot was blocked by the user"))
    await world.bot.judge(world.said())
    await world.bot.judge(world.said())
    await world.carried(2)
    assert len(world.api.of("sendMessage")) == 2, "one attempt a note"


async def test_a_private_chat_has_no_admins(world: World) -> None:
    await world.telegram.chat(private=True, notes_to=(str(ADMIN),))
    world.bot.notes.due(KEY_OF_GROUP)
    await world.carried(0)
    assert world.api.writes == []


async def test_the_contact_hears_a_tiding_with_the_name_of_the_chat(world: World) -> None:
    world.telegram.tidings.put(Tiding(about=KEY_OF_GROUP, to=str(ADMIN), words="Off in {}.".format))
    world.telegram.tidings.put(None)
    await world.carried(1)
    assert [(each["chat_id"], each["text"]) for each in world.api.of("sendMessage")] == [
        (ADMIN, "Off in the lounge.")
    ]


async def test_what_waits_is_bounded() -> None:
    board, one, other = NoteBoard(), Platform("one"), Platform("other")
    for number in range(200):
        board.due((one, str(number)))
    board.due((other, "x"))
    assert await board.next(other) == (other, "x")
    assert await board.next(one) == (one, "0")
    assert board._waiting[one].qsize() == MOST - 1
