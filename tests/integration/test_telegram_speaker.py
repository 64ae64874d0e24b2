from datetime import timedelta
from typing import Any

import pytest
from scripted_api import ScriptedApi
from telegram_world import ADMIN, GROUP, PERSON, Telegram

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.values import Act, Begin, Button, Edit, File, Popup, Remove, Say
from bot.domain.errors import ChannelMoved, PlatformUnavailable, RateLimited, ReplyRejected, ReplyUnconfirmed

SECOND = timedelta(seconds=1)
WORDS = "words for one person"


@pytest.fixture
def api() -> ScriptedApi:
    return ScriptedApi()


@pytest.fixture
def telegram(store: SqlStore, api: ScriptedApi) -> Telegram:
    return Telegram(store, api)


def said(**changes: Any) -> Say:
    values: dict[str, Any] = {"chat_id": GROUP, "text": "Done."} | changes
    return Say(**values)


async def test_a_text_with_all_that_belongs_to_it(telegram: Telegram, api: ScriptedApi) -> None:
    await telegram.speaker.act(
        [said(reply_to=5, topic_id=3, keyboard=[[Button(text="on", data="mode:live")]])]
    )
    assert api.of("sendMessage") == [
        {
            "chat_id": GROUP,
            "text": "Done.",
            "message_thread_id": 3,
            "reply_parameters": {"message_id": 5, "allow_sending_without_reply": True},
            "reply_markup": {"inline_keyboard": [[{"text": "on", "callback_data": "mode:live"}]]},
            "link_preview_options": {"is_disabled": True},
        }
    ]


async def test_a_long_text_comes_in_pieces_the_buttons_under_the_last(
    telegram: Telegram, api: ScriptedApi
) -> None:
    text = "\n\n".join(["x" * 3000, "y" * 3000])
    posted = await telegram.speaker.post(
        said(text=text, reply_to=5, keyboard=[[Button(text="on", data="m:")]])
    )
    first, last = api.of("sendMessage")
    assert (first["text"], last["text"]) == ("x" * 3000, "y" * 3000)
    assert ("reply_parameters" in first, "reply_markup" in first) == (True, False)
    assert ("reply_parameters" in last, "reply_markup" in last) == (False, True)
    assert posted == 1, "the id of the first"


@pytest.mark.parametrize(
    ("picture", "method", "name"), [(False, "sendDocument", "document"), (True, "sendPhoto", "photo")]
)
async def test_a_file_has_its_text_as_a_caption(
    telegram: Telegram, api: ScriptedApi, picture: bool, method: str, name: str
) -> None:
    file = File(name="a.csv", content=b"1", picture=picture)
    await telegram.speaker.act([said(chat_id=PERSON, file=file)])
    assert [call.method for call in api.calls] == [method]
    assert (api.calls[0].params["caption"], api.calls[0].files) == ("Done.", {name: file})


async def test_a_text_too_long_for_a_caption_comes_before_its_file(
    telegram: Telegram, api: ScriptedApi
) -> None:
    await telegram.speaker.act([said(text="x" * 1025, file=File(name="a", content=b""))])
    assert api.writes == ["sendMessage", "sendDocument"]
    assert "caption" not in api.calls[1].params


async def test_messages_are_edited_and_removed_whispers_by_their_own_methods(
    telegram: Telegram, api: ScriptedApi
) -> None:
    await telegram.speaker.act(
        [
            Edit(chat_id=GROUP, message_id=5, text="new"),
            Edit(chat_id=GROUP, message_id=6, text="new", whisper_to=PERSON),
            Remove(chat_id=GROUP, message_id=5),
            Remove(chat_id=GROUP, message_id=6, whisper_to=PERSON),
        ]
    )
    whisper = {"chat_id": GROUP, "receiver_user_id": PERSON, "ephemeral_message_id": 6}
    assert api.writes == [
        "editMessageText",
        "editEphemeralMessageText",
        "deleteMessage",
        "deleteEphemeralMessage",
    ]
    assert api.calls[0].params.items() >= {"chat_id": GROUP, "message_id": 5, "text": "new"}.items()
    assert api.calls[1].params.items() >= whisper.items()
    assert api.of("deleteEphemeralMessage") == [whisper]


async def test_what_is_too_old_to_be_deleted_is_emptied(telegram: Telegram, api: ScriptedApi) -> None:
    api.next("deleteMessage", ReplyRejected("Bad Request: message can't be deleted for everyone"))
    await telegram.speaker.act([Remove(chat_id=GROUP, message_id=5, instead="(removed)")])
    (edited,) = api.of("editMessageText")
    assert (edited["text"], edited["reply_markup"]) == ("(removed)", {"inline_keyboard": []})


@pytest.mark.parametrize(
    ("act", "method", "description"),
    [
        (
            Remove(chat_id=GROUP, message_id=5, instead="(removed)"),
            "deleteMessage",
            "message to delete not found",
        ),
        (Edit(chat_id=GROUP, message_id=5, text="x"), "editMessageText", "message is not modified: same"),
    ],
)
async def test_what_is_done_already_is_no_failure(
    telegram: Telegram, api: ScriptedApi, act: Act, method: str, description: str
) -> None:
    api.next(method, ReplyRejected(f"Bad Request: {description}"))
    await telegram.speaker.act([act])
    assert (api.writes, telegram.telemetry.events) == ([method], [])


async def test_a_press_is_answered_without_waiting_for_a_turn(telegram: Telegram, api: ScriptedApi) -> None:
    telegram.pacer.hold(telegram.clock.now() + timedelta(hours=1))
    await telegram.speaker.act([Popup(press_id="p", text="x" * 300, alert=True), Popup(press_id="q")])
    full, empty = api.of("answerCallbackQuery")
    assert (len(full["text"]), full["show_alert"]) == (200, True)
    assert empty == {"callback_query_id": "q"}


async def test_what_begins_is_started_in_its_turn_and_asks_nothing_of_telegram(
    telegram: Telegram, api: ScriptedApi
) -> None:
    before: list[int] = []
    await telegram.speaker.act([said(), Begin(start=lambda: before.append(len(api.writes)))])
    assert before == [1]
    assert api.writes == ["sendMessage"]


# ------------------------------------------------------------------ whispers


async def test_a_whisper_says_which_press_it_answers(telegram: Telegram, api: ScriptedApi) -> None:
    await telegram.speaker.act([said(whisper_to=PERSON, press_id="p")])
    (sent,) = api.of("sendMessage")
    assert sent["ephemeral_message_parameters"] == {"receiver_user_id": PERSON, "callback_query_id": "p"}


@pytest.mark.parametrize("file", [None, File(name="a", content=b"")])
async def test_a_refused_whisper_is_said_to_nobody(
    telegram: Telegram, api: ScriptedApi, file: File | None
) -> None:
    await telegram.chat()
    for method in ("sendMessage", "sendDocument"):
        api.next(method, *[ReplyRejected("Bad Request: CHAT_ADMIN_REQUIRED")] * 2)
    assert await telegram.speaker.post(said(text=WORDS, whisper_to=PERSON, file=file)) is None
    await telegram.speaker.act([said(text=WORDS, whisper_to=PERSON, file=file)])
    assert len(api.writes) == 3, "a question, and twice the whisper"
    assert all("ephemeral_message_parameters" in call.params for call in api.calls[1:])
    assert (await telegram.known()).whispers is False


async def test_a_server_without_whispers_hears_none(store: SqlStore) -> None:
    api = ScriptedApi(knows_whispers=False)
    telegram = Telegram(store, api)
    await telegram.speaker.act([said(text=WORDS, whisper_to=PERSON)])
    assert api.writes == ["deleteEphemeralMessage"]


async def test_a_server_without_whispers_is_noted_and_says_where_the_words_can_be_had(
    store: SqlStore,
) -> None:
    api = ScriptedApi(knows_whispers=False)
    telegram = Telegram(store, api)
    await telegram.chat()
    link = said(text="in private", keyboard=[[Button(text="open", url="https://t.me/b?start=mydata")]])
    await telegram.speaker.act([said(text=WORDS, whisper_to=PERSON, otherwise=link)])
    (shown,) = api.of("sendMessage")
    assert (shown["text"], "ephemeral_message_parameters" in shown) == ("in private", False)
    assert (await telegram.known()).whispers is False


async def test_a_refused_whisper_says_where_its_words_can_be_had(
    telegram: Telegram, api: ScriptedApi
) -> None:
    api.next("sendMessage", ReplyRejected("Bad Request: CHAT_ADMIN_REQUIRED"))
    await telegram.speaker.act([said(text=WORDS, whisper_to=PERSON, otherwise=said(text="in private"))])
    assert [sent["text"] for sent in api.of("sendMessage")] == [WORDS, "in private"]
    assert "ephemeral_message_parameters" in api.of("sendMessage")[0]
    assert telegram.telemetry.events == []


async def test_a_whisper_to_a_person_in_their_own_chat_is_a_plain_message(
    telegram: Telegram, api: ScriptedApi
) -> None:
    await telegram.speaker.act(
        [said(chat_id=PERSON, whisper_to=PERSON), said(chat_id=ADMIN, whisper_to=PERSON)]
    )
    assert [sent["chat_id"] for sent in api.of("sendMessage")] == [PERSON], "and never in another's"
    assert "ephemeral_message_parameters" not in api.calls[0].params


async def test_a_whisper_that_worked_is_remembered_but_not_where_a_press_allowed_it(
    telegram: Telegram,
) -> None:
    await telegram.chat()
    await telegram.speaker.act([said(whisper_to=PERSON, press_id="p")])
    assert (await telegram.known()).whispers is None
    await telegram.speaker.act([said(whisper_to=PERSON)])
    assert (await telegram.known()).whispers is True


async def test_a_whisper_that_was_shown_to_all_is_taken_back(telegram: Telegram, api: ScriptedApi) -> None:
    api.next("sendMessage", {"message_id": 55})
    assert await telegram.speaker.post(said(text=WORDS, whisper_to=PERSON)) is None
    assert api.of("deleteMessage") == [{"chat_id": GROUP, "message_id": 55}]


# ------------------------------------------------------------------ what goes wrong


@pytest.mark.parametrize("fate", [RateLimited(SECOND), PlatformUnavailable("down")])
async def test_what_was_not_stored_is_tried_again(
    telegram: Telegram, api: ScriptedApi, fate: Exception
) -> None:
    api.next("sendMessage", fate, fate)
    await telegram.speaker.act([said()])
    assert len(api.of("sendMessage")) == 3
    assert telegram.telemetry.events == []


@pytest.mark.parametrize(
    "fate", [ReplyUnconfirmed("cut off"), ReplyRejected("Bad Request: odd")], ids=["unconfirmed", "rejected"]
)
async def test_what_may_stand_there_or_never_will_is_not(
    telegram: Telegram, api: ScriptedApi, fate: Exception
) -> None:
    api.next("sendMessage", fate)
    await telegram.speaker.act([said(), said(text="next")])
    assert [sent["text"] for sent in api.of("sendMessage")] == ["Done.", "next"]
    assert telegram.telemetry.events == ["act_failed"]


async def test_who_waits_for_the_outcome_hears_it_at_once(telegram: Telegram, api: ScriptedApi) -> None:
    api.next("sendMessage", PlatformUnavailable("down"))
    with pytest.raises(PlatformUnavailable):
        await telegram.speaker.post(said())
    api.next("sendMessage", ReplyRejected("Forbidden: bot was kicked"))
    assert await telegram.speaker.post(said()) is None
    assert await telegram.speaker.post(said()) == 1


async def test_a_429_holds_everything_of_the_account(telegram: Telegram, api: ScriptedApi) -> None:
    start = telegram.clock.now()
    api.next("sendMessage", RateLimited(30 * SECOND))
    with pytest.raises(RateLimited):
        await telegram.speaker.post(said())
    assert telegram.pacer.earliest("another", start) == start + 30 * SECOND
    with pytest.raises(PlatformUnavailable):  # longer than anybody waits
        await telegram.speaker.post(said())


async def test_a_group_that_moved_hears_it_at_its_new_place(telegram: Telegram, api: ScriptedApi) -> None:
    api.next("sendMessage", ChannelMoved("upgraded", migrate_to_chat_id=-1002))
    await telegram.speaker.act([said()])
    assert [sent["chat_id"] for sent in api.of("sendMessage")] == [GROUP, -1002]
