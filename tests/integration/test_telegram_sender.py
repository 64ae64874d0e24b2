import asyncio
import json
from datetime import timedelta

import pytest
from builders import NOW
from scripted_api import ScriptedApi
from telegram_world import ADMIN, GROUP, KEY_OF_GROUP, PERSON, Telegram, a_group_reply, a_private_reply

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.menu_setter import MenuSetter
from bot.adapters.telegram.refusals import ChatSilenced, MessageGone, PersonOutOfReach, WhisperRefused
from bot.adapters.telegram.silence import restored
from bot.adapters.telegram.values import TELEGRAM
from bot.domain.channels import Answer, Mode
from bot.domain.errors import (
    ChannelMoved,
    PlatformUnavailable,
    RateLimited,
    ReplyForbidden,
    ReplyRejected,
    ReplyUnconfirmed,
    StoreError,
)

NOT_ADMIN = ReplyRejected("Bad Request: CHAT_ADMIN_REQUIRED")
SECOND = timedelta(seconds=1)


@pytest.fixture
def api() -> ScriptedApi:
    return ScriptedApi()


@pytest.fixture
def telegram(store: SqlStore, api: ScriptedApi) -> Telegram:
    return Telegram(store, api)


# ------------------------------------------------------------------ what is sent


async def test_a_public_reply_hangs_on_its_message_and_goes_nowhere_without_it(
    telegram: Telegram, api: ScriptedApi
) -> None:
    await telegram.chat(answer=Answer.PUBLIC)
    receipt = await telegram.sender.send(a_group_reply(7, text="That is a lot.", address={"topic": "3"}))
    (sent,) = api.of("sendMessage")
    assert receipt.message_id == "1"
    assert sent["chat_id"] == GROUP
    assert sent["text"] == "That is a lot."
    assert sent["message_thread_id"] == 3
    assert sent["reply_parameters"] == {"message_id": 10, "allow_sending_without_reply": False}
    assert "ephemeral_message_parameters" not in sent
    assert api.writes == ["sendMessage"]


@pytest.mark.parametrize(
    ("card", "buttons"),
    [
        (False, ["fb:7:helped", "fb:7:not_needed", "fb:7:leave_me_alone"]),
        (True, ["fb:7:not_needed", "fb:7:leave_me_alone"]),
    ],
)
async def test_each_reply_carries_its_buttons(
    telegram: Telegram, api: ScriptedApi, card: bool, buttons: list[str]
) -> None:
    await telegram.sender.send(a_group_reply(7, card=card))
    markup = api.of("sendMessage")[0]["reply_markup"]
    assert [each["callback_data"] for row in markup["inline_keyboard"] for each in row] == buttons
    assert max(len(each.encode()) for each in buttons) <= 64


async def test_a_private_reply_goes_to_the_address_and_is_no_whisper(
    telegram: Telegram, api: ScriptedApi
) -> None:
    await telegram.sender.send(a_private_reply())
    (sent,) = api.of("sendMessage")
    assert sent["chat_id"] == PERSON
    assert api.writes == ["sendMessage"]
    assert "ephemeral_message_parameters" not in sent


async def test_a_reply_without_an_address_is_refused_before_anything_is_asked(
    telegram: Telegram, api: ScriptedApi
) -> None:
    with pytest.raises(ReplyRejected):
        await telegram.sender.send(a_group_reply(address={"message": "no number"}))
    assert api.calls == []


# ------------------------------------------------------------------ whispers


@pytest.mark.parametrize("answer", [None, Answer.WHISPER])
async def test_a_whisper_is_seen_by_its_person_alone_and_the_chat_is_known_to_take_them(
    telegram: Telegram, api: ScriptedApi, answer: Answer | None
) -> None:
    await telegram.chat(answer=answer)
    receipt = await telegram.sender.send(a_group_reply())
    (sent,) = api.of("sendMessage")
    assert sent["ephemeral_message_parameters"] == {"receiver_user_id": PERSON}
    assert sent["receiver_user_id"] == PERSON, "a server of before 10.3 knows it only so"
    assert receipt.message_id == "e1"
    assert (await telegram.known()).whispers is True


@pytest.mark.parametrize("answer", [None, Answer.WHISPER])
async def test_a_refused_whisper_is_seen_by_nobody_and_the_contact_hears_of_it_once(
    telegram: Telegram, api: ScriptedApi, answer: Answer | None
) -> None:
    await telegram.chat(answer=answer)
    api.next("sendMessage", *[NOT_ADMIN] * 3)
    for number in range(3):
        with pytest.raises(WhisperRefused):
            await telegram.sender.send(a_group_reply(number))
    assert all("ephemeral_message_parameters" in sent for sent in api.of("sendMessage"))
    assert (await telegram.known()).whispers is False
    tiding = await telegram.tidings.next()
    assert (tiding.to, tiding.about) == (str(ADMIN), KEY_OF_GROUP)
    assert telegram.tidings._waiting.empty()


async def test_where_nobody_chose_replies_to_later_messages_are_public_once_whispers_are_known_not_to_work(
    telegram: Telegram, api: ScriptedApi
) -> None:
    await telegram.chat()
    api.next("sendMessage", NOT_ADMIN)
    waiting, later = a_group_reply(2), a_group_reply(3, received_at=NOW + SECOND)
    with pytest.raises(WhisperRefused):
        await telegram.sender.send(a_group_reply(1))
    api.next("sendMessage", NOT_ADMIN)
    with pytest.raises(WhisperRefused):
        await telegram.sender.send(waiting)
    assert (await telegram.sender.send(later)).message_id == "1"
    assert ["ephemeral_message_parameters" in sent for sent in api.of("sendMessage")] == [True, True, False]


async def test_where_whispers_were_chosen_nothing_is_ever_public(
    telegram: Telegram, api: ScriptedApi
) -> None:
    await telegram.chat(answer=Answer.WHISPER, whispers=False)
    api.next("sendMessage", *[NOT_ADMIN] * 5)
    for number in range(5):
        with pytest.raises(WhisperRefused):
            await telegram.sender.send(a_group_reply(number, received_at=NOW + number * SECOND))
    assert all("ephemeral_message_parameters" in sent for sent in api.of("sendMessage"))
    assert (await telegram.sender.send(a_group_reply(9))).message_id == "e1", (
        "made an administrator meanwhile"
    )
    assert (await telegram.known()).whispers is True


async def test_where_whispers_worked_a_refusal_makes_none_public(
    telegram: Telegram, api: ScriptedApi
) -> None:
    await telegram.chat(whispers=True)
    api.next("sendMessage", NOT_ADMIN, NOT_ADMIN)
    for number in range(2):
        with pytest.raises(WhisperRefused):
            await telegram.sender.send(a_group_reply(number, received_at=NOW + number * SECOND))
    assert (await telegram.known()).whispers is True


@pytest.mark.parametrize(
    "fate",
    [
        ReplyRejected("Bad Request: USER_NOT_PARTICIPANT"),
        ReplyRejected("Bad Request: user is deactivated"),
        ReplyForbidden("Forbidden: bot was blocked by the user"),
        ReplyForbidden("Forbidden: user is deactivated"),
        ReplyForbidden("Forbidden: user is not a participant of the chat"),
    ],
    ids=str,
)
async def test_who_cannot_be_whispered_to_says_nothing_about_the_group(
    telegram: Telegram, api: ScriptedApi, fate: ReplyRejected
) -> None:
    await telegram.chat()
    api.next("sendMessage", fate)
    with pytest.raises(PersonOutOfReach):
        await telegram.sender.send(a_group_reply())
    known = await telegram.known()
    assert (known.whispers, known.silenced) == (None, None)
    assert "mode" not in await telegram.settings()
    assert telegram.tidings._waiting.empty()


async def test_a_server_that_would_show_a_whisper_to_all_is_found_out_before(store: SqlStore) -> None:
    api = ScriptedApi(knows_whispers=False)
    telegram = Telegram(store, api)
    await telegram.chat(answer=Answer.WHISPER)
    for number in range(2):
        with pytest.raises(WhisperRefused):
            await telegram.sender.send(a_group_reply(number))
    assert api.writes == ["deleteEphemeralMessage"], "asked once, and nothing was sent"


async def test_many_whispers_at_once_ask_the_server_once(telegram: Telegram, api: ScriptedApi) -> None:
    await telegram.chat(answer=Answer.WHISPER)
    await asyncio.gather(*[telegram.sender.send(a_group_reply(number)) for number in range(5)])
    assert len(api.of("deleteEphemeralMessage")) == 1


async def test_the_question_whether_a_server_knows_whispers_keeps_the_pace_and_the_deadline(
    telegram: Telegram, api: ScriptedApi
) -> None:
    await telegram.chat(answer=Answer.WHISPER)
    telegram.pacer.hold(NOW + 5 * SECOND)
    with pytest.raises(PlatformUnavailable):
        await telegram.sender.send(a_group_reply(deadline=NOW + 4 * SECOND))
    assert api.calls == []
    assert (await telegram.sender.send(a_group_reply(deadline=NOW + 9 * SECOND))).message_id == "e1"
    assert telegram.clock.now() == NOW + 5 * SECOND


async def test_a_server_that_says_to_wait_holds_the_account(telegram: Telegram, api: ScriptedApi) -> None:
    await telegram.chat(answer=Answer.WHISPER)
    api.next("deleteEphemeralMessage", RateLimited(3 * SECOND))
    with pytest.raises(RateLimited):
        await telegram.sender.send(a_group_reply())
    assert telegram.pacer.held_until(NOW) == NOW + 3 * SECOND
    assert api.writes == ["deleteEphemeralMessage"]


async def test_taking_a_whisper_back_keeps_the_pace(telegram: Telegram, api: ScriptedApi) -> None:
    await telegram.chat(answer=Answer.WHISPER)
    await telegram.whispers.possible(GROUP, PERSON)
    telegram.pacer.record(str(GROUP), NOW)  # as its delivery does before it sends
    api.next("sendMessage", {"message_id": 55})
    with pytest.raises(WhisperRefused):
        await telegram.sender.send(a_group_reply())
    assert telegram.clock.now() > NOW, "one request a second in a chat"


async def test_menus_are_set_at_the_accounts_pace(telegram: Telegram, api: ScriptedApi) -> None:
    telegram.pacer.hold(NOW + 5 * SECOND)
    api.next("setMyCommands", RateLimited(7 * SECOND))
    await MenuSetter(api=telegram.paced, owners=[ADMIN], telemetry=telegram.telemetry).run()
    assert telegram.clock.now() >= NOW + 12 * SECOND
    assert len(api.of("setMyCommands")) == 6, "five menus, one of them twice"
    assert telegram.telemetry.events == []


async def test_a_whisper_that_was_shown_to_all_is_taken_back(telegram: Telegram, api: ScriptedApi) -> None:
    await telegram.chat(answer=Answer.WHISPER)
    api.next("sendMessage", {"message_id": 55})
    with pytest.raises(WhisperRefused):
        await telegram.sender.send(a_group_reply())
    assert api.of("deleteMessage") == [{"chat_id": GROUP, "message_id": 55}]
    assert telegram.telemetry.events == ["whisper_was_public"]


async def test_a_card_is_whispered_too(telegram: Telegram, api: ScriptedApi) -> None:
    await telegram.chat(answer=Answer.WHISPER)
    assert (await telegram.sender.send(a_group_reply(card=True))).message_id == "e1"
    assert "ephemeral_message_parameters" in api.of("sendMessage")[0]


# ------------------------------------------------------------------ errors


@pytest.mark.parametrize(
    "fate", [RateLimited(SECOND), PlatformUnavailable("down"), ReplyUnconfirmed("cut off")]
)
async def test_what_says_nothing_about_the_chat_passes_through(
    telegram: Telegram, api: ScriptedApi, fate: Exception
) -> None:
    await telegram.chat(answer=Answer.PUBLIC)
    api.next("sendMessage", fate)
    with pytest.raises(type(fate)):
        await telegram.sender.send(a_group_reply())
    assert api.writes == ["sendMessage"]
    assert (await telegram.known()).silenced is None


async def test_a_deleted_message_is_final_and_no_fault_of_the_chat(
    telegram: Telegram, api: ScriptedApi
) -> None:
    await telegram.chat(answer=Answer.PUBLIC)
    api.next("sendMessage", ReplyRejected("Bad Request: message to be replied not found"))
    with pytest.raises(MessageGone):
        await telegram.sender.send(a_group_reply())
    assert "mode" not in await telegram.settings()


@pytest.mark.parametrize(
    ("description", "why"),
    [
        ("Forbidden: bot was kicked from the supergroup chat", "kicked"),
        ("Forbidden: bot is not a member of the supergroup chat", "kicked"),
        ("Bad Request: not enough rights to send text messages to the chat", "no right to write"),
        ("Bad Request: chat not found", "chat not found"),
    ],
)
async def test_a_chat_that_cannot_be_written_to_is_off_and_its_contact_hears_of_it_once(
    telegram: Telegram, api: ScriptedApi, description: str, why: str
) -> None:
    await telegram.chat(answer=Answer.PUBLIC)
    api.next("sendMessage", *[ReplyRejected(description)] * 3)
    for number in range(3):
        with pytest.raises(ChatSilenced):
            await telegram.sender.send(a_group_reply(number))
    assert (await telegram.known()).silenced == why
    assert (await telegram.settings())["mode"] is Mode.OFF
    assert why in (await telegram.tidings.next()).words("the lounge")
    assert telegram.tidings._waiting.empty()


async def test_the_next_silence_is_told_again(telegram: Telegram, api: ScriptedApi) -> None:
    await telegram.chat(answer=Answer.PUBLIC)
    for _ in range(2):
        api.next("sendMessage", ReplyRejected("Forbidden: bot was kicked from the group chat"))
        with pytest.raises(ChatSilenced):
            await telegram.sender.send(a_group_reply())
        await telegram.tidings.next()
        back = restored(await telegram.known())
        await telegram.store.transact(lambda tx, chat=back: tx.keep_chat(chat))  # type: ignore[misc]
        assert (await telegram.known()).silenced is None


async def test_a_person_who_blocked_the_bot_is_left_in_peace(telegram: Telegram, api: ScriptedApi) -> None:
    reply = a_private_reply()
    key = TELEGRAM, reply.ref.channel_id
    api.next("sendMessage", ReplyRejected("Forbidden: bot was blocked by the user"))
    with pytest.raises(ChatSilenced):
        await telegram.sender.send(reply)
    assert (await telegram.known(key)).silenced == "blocked"
    assert telegram.tidings._waiting.empty()


async def test_a_group_that_moved_takes_everything_along_and_the_reply_is_tried_again(
    telegram: Telegram, api: ScriptedApi
) -> None:
    await telegram.chat(answer=Answer.PUBLIC)
    api.next("sendMessage", ChannelMoved("upgraded", migrate_to_chat_id=-1002))
    with pytest.raises(PlatformUnavailable):
        await telegram.sender.send(a_group_reply())
    assert (await telegram.settings((TELEGRAM, "-1002")))["answer"] is Answer.PUBLIC
    assert await telegram.settings() == {}


class Broken:
    """A store that is not there."""

    async def read(self, _work: object) -> None:
        raise StoreError("no disk")


async def test_without_the_database_nobody_knows_who_may_see_it_so_nothing_is_sent(api: ScriptedApi) -> None:
    telegram = Telegram(Broken(), api)  # type: ignore[arg-type]
    with pytest.raises(PlatformUnavailable):
        await telegram.sender.send(a_group_reply())
    assert api.calls == []


async def test_no_error_names_anybody_or_quotes_anything(telegram: Telegram, api: ScriptedApi) -> None:
    await telegram.chat(answer=Answer.PUBLIC)
    reply = a_group_reply(text="words of ours")
    api.next("sendMessage", ReplyRejected("Bad Request: chat not found"), ReplyRejected("odd"))
    for _ in range(2):
        with pytest.raises(ReplyRejected) as caught:
            await telegram.sender.send(reply)
        told = json.dumps([str(caught.value), repr(reply)])
        assert str(PERSON) not in told
        assert "words of ours" not in str(caught.value)
