"""From the outbox to a Telegram that speaks real HTTP and goes wrong on demand."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from assembly import LIVE, Assembly, rows
from botapi.server import FakeTelegram
from botapi.world import World
from fakes import FakeClock
from telegram_world import BOT, Telegram, channel_of

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.client import BotApi
from bot.adapters.telegram.texts.sending import FIRST_REPLY
from bot.adapters.telegram.values import TELEGRAM, Act, Edit, Say
from bot.adapters.telemetry import StructlogTelemetry, configure_logging
from bot.application.delivery import Delivery
from bot.domain.channels import Answer
from bot.domain.messages import IncomingMessage

SECOND = timedelta(seconds=1)
SECRET = "sad sad words that nobody logs"


class Chats:
    """A bot, its chats, and its Telegram."""

    def __init__(self, store: SqlStore, world: World, api: BotApi) -> None:
        self.world, self.store = world, store
        self.bot = Assembly(store, replace(LIVE, deadline=timedelta(minutes=5)))
        self.telegram = Telegram(store, api, clock=self.bot.clock)
        self.ann, self.eve = world.user("Ann"), world.user("Eve")
        self.chat = world.supergroup("Friends", owner=self.eve, members=[self.ann])
        world.add_bot(self.chat, by=self.eve, admin=True)
        world.private(self.eve)
        self.deliveries: list[Delivery] = []

    async def choose(self, answer: Answer | None) -> None:
        await self.telegram.chat(key=(TELEGRAM, str(self.chat)), answer=answer, contact=str(self.eve))

    def said(self, text: str = "sad sad", *, chat: int | None = None) -> IncomingMessage:
        """Ann writes, in the group or elsewhere."""
        where = self.chat if chat is None else chat
        message = self.world.write(where, self.ann, text)
        address = {"chat": str(where), "message": str(message["message_id"]), "user": str(self.ann)}
        made = self.bot.message(
            text,
            channel_id=channel_of(where),
            message_id=str(message["message_id"]),
            address=address,
            account=f"telegram:{BOT}",
            private=where > 0,
        )
        return replace(made, ref=replace(made.ref, platform=TELEGRAM))

    async def deliver(self) -> None:
        """One look at the outbox, a second later."""
        await self.bot.clock.advance(4 * SECOND)
        delivery = Delivery(
            store=self.store,
            sender=self.telegram.sender,
            pacer=self.telegram.pacer,
            defaults=self.bot.defaults,
            doorbell=self.bot.doorbell,
            clock=self.bot.clock,
            telemetry=self.bot.telemetry,
            run_id="run-1",
        )
        delivery.stop()
        await delivery.run()

    async def answer(self, *messages: IncomingMessage) -> None:
        """Judge and deliver."""
        await self.bot.judge(*messages)
        await self.deliver()

    def states(self, database: Path) -> list[Any]:
        return rows(database, "SELECT state, detail FROM replies ORDER BY id")


@pytest.fixture
async def chats(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chats]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    clocks = [FakeClock()]
    world = World(now=lambda: clocks[-1].now().timestamp())
    async with (
        FakeTelegram.serving(world) as fake,
        BotApi(token=world.token, api_url=fake.url) as api,
    ):
        await api.call("getMe")
        made = Chats(store, world, api)
        clocks.append(made.bot.clock)
        yield made


async def test_a_reply_in_public_with_its_buttons(chats: Chats, database: Path) -> None:
    await chats.choose(Answer.PUBLIC)
    message = chats.said()
    await chats.answer(message)
    (shown,) = chats.world.by_bot(chats.chat)
    assert shown["reply_to_message"]["message_id"] == int(message.ref.message_id)
    buttons = [each["callback_data"] for row in shown["reply_markup"]["inline_keyboard"] for each in row]
    assert buttons == ["fb:1:helped", "fb:1:not_needed", "fb:1:leave_me_alone"]
    assert rows(database, "SELECT state, address, sent_message_id FROM replies") == [
        ("sent", None, str(shown["message_id"]))
    ]


@pytest.mark.parametrize("answer", [None, Answer.WHISPER])
async def test_a_whisper_is_seen_by_nobody_else(chats: Chats, database: Path, answer: Answer | None) -> None:
    await chats.choose(answer)
    await chats.answer(chats.said())
    assert chats.world.by_bot(chats.chat) == []
    (whisper,) = chats.world.whispers(chats.chat, chats.ann)
    assert rows(database, "SELECT sent_message_id FROM replies") == [f"e{whisper['ephemeral_message_id']}"]


async def test_the_card_asks_for_no_mark_and_the_first_phrase_says_what_wrote_it(chats: Chats) -> None:
    await chats.choose(Answer.PUBLIC)
    await chats.answer(chats.said("crisis words"))
    await chats.answer(chats.said())
    card, phrase = chats.world.by_bot(chats.chat)
    buttons = [each["callback_data"] for row in card["reply_markup"]["inline_keyboard"] for each in row]
    assert buttons == ["fb:1:not_needed", "fb:1:leave_me_alone"]
    assert FIRST_REPLY not in card["text"]
    assert phrase["text"].endswith(FIRST_REPLY)


@pytest.mark.parametrize("how", ["refused", "ignored", "not an administrator"])
async def test_a_whisper_that_the_server_does_not_take_leads_to_no_public_send(
    chats: Chats, database: Path, how: str
) -> None:
    await chats.choose(Answer.WHISPER)
    if how == "not an administrator":
        chats.world.demote_bot(chats.chat, by=chats.eve)
    else:
        chats.world.switch(ephemeral=how)
    for _ in range(3):
        await chats.answer(chats.said())
    assert chats.world.sent(chats.chat) == []
    assert chats.states(database) == [("failed", "WhisperRefused")] * 3


async def test_a_basic_group_whispers_too_and_a_private_chat_needs_not(chats: Chats) -> None:
    group = chats.world.group("Small", owner=chats.eve, members=[chats.ann])
    chats.world.add_bot(group, by=chats.eve, admin=True)
    chats.world.private(chats.ann)
    await chats.answer(chats.said(chat=group), chats.said(chat=chats.ann))
    assert len(chats.world.whispers(group, chats.ann)) == 1
    assert len(chats.world.by_bot(chats.ann)) == 1


@pytest.mark.parametrize("kind", ["store_then_error", "store_then_drop", "malformed", "cut"])
async def test_what_was_stored_and_then_failed_stands_there_once(
    chats: Chats, database: Path, kind: str
) -> None:
    await chats.choose(Answer.PUBLIC)
    chats.world.fault(kind, "sendMessage")
    await chats.answer(chats.said())
    for _ in range(3):
        await chats.deliver()
    assert len(chats.world.by_bot(chats.chat)) == 1
    assert chats.states(database) == [("unconfirmed", "ReplyUnconfirmed")]


async def test_a_429_holds_everything_and_the_reply_goes_after_it(chats: Chats, database: Path) -> None:
    await chats.choose(Answer.PUBLIC)
    chats.world.fault("error", "sendMessage", code=429, retry_after=30)
    await chats.answer(chats.said())
    await chats.deliver()
    assert len(chats.world.calls("sendMessage")) == 1, "nothing goes before the thirty seconds are over"
    await chats.bot.clock.advance(30 * SECOND)
    await chats.deliver()
    assert len(chats.world.by_bot(chats.chat)) == 1
    assert rows(database, "SELECT state FROM replies") == ["sent"]


async def test_a_deleted_message_gets_no_answer(chats: Chats, database: Path) -> None:
    await chats.choose(Answer.PUBLIC)
    message = chats.said()
    chats.world.vanish(chats.chat, int(message.ref.message_id))
    await chats.answer(message)
    await chats.deliver()
    assert len(chats.world.calls("sendMessage")) == 1
    assert chats.states(database) == [("failed", "MessageGone")]


async def test_after_a_kick_one_attempt_is_made_and_the_contact_told_once(
    chats: Chats, database: Path
) -> None:
    await chats.choose(Answer.PUBLIC)
    waiting = [chats.said() for _ in range(3)]
    chats.world.remove_bot(chats.chat, by=chats.eve)
    await chats.bot.judge(*waiting)
    for _ in range(3):
        await chats.deliver()
    assert len(chats.world.calls("sendMessage")) == 1
    assert chats.states(database) == [("failed", "ChatSilenced"), ("cancelled", None), ("cancelled", None)]
    assert (await chats.telegram.tidings.next()).to == str(chats.eve)
    assert chats.telegram.tidings._waiting.empty()


async def test_a_group_that_became_a_supergroup_gets_its_reply_tried_there(
    chats: Chats, database: Path
) -> None:
    chats.chat = chats.world.group("Small", owner=chats.eve, members=[chats.ann])
    chats.world.add_bot(chats.chat, by=chats.eve, admin=True)
    await chats.choose(Answer.PUBLIC)
    message = chats.said()
    new = chats.world.migrate(chats.chat)
    await chats.answer(message)
    assert rows(database, "SELECT state, channel_id FROM replies") == [("pending", str(new))]
    await chats.deliver()
    assert [call["params"]["chat_id"] for call in chats.world.calls("sendMessage")][-1] in {new, str(new)}
    assert rows(database, "SELECT channel_id FROM chats") == [str(new)]


async def test_nothing_about_people_or_the_token_reaches_the_log(
    chats: Chats, capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logging("json", "debug")
    telemetry = StructlogTelemetry(version="test")
    for part in (chats.bot, chats.telegram.sender, chats.telegram.speaker, chats.telegram.messenger):
        for name in ("telemetry", "_telemetry"):
            if hasattr(part, name):
                setattr(part, name, telemetry)
    await chats.choose(Answer.WHISPER)
    chats.world.fault("error", code=400, description=f"Bad Request: {SECRET}", times=4)
    chats.world.fault("store_then_drop", times=4)
    await chats.answer(chats.said(SECRET), chats.said(SECRET))
    acts: list[Act] = [
        Say(chat_id=chats.ann, text=SECRET),
        Edit(chat_id=chats.ann, message_id=1, text=SECRET),
    ]
    acting = asyncio.create_task(chats.telegram.speaker.act(acts))
    await chats.bot.pass_time_until(acting.done)
    told = capfd.readouterr()
    for secret in (SECRET, str(chats.ann), chats.world.token, chats.world.token.partition(":")[2], "Ann"):
        assert secret not in told.out + told.err
    assert "act_failed" in told.err
    assert all(json.loads(line) for line in told.err.splitlines())
