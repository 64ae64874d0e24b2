"""The fake Bot API: updates, chats and messages, as https://core.telegram.org/bots/api has them."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from botapi.plain import PlainBot, a_group
from botapi.world import World

NOW = 1_800_000_000.0
HOUR = 3600.0
FOR_EVER = 3600


@pytest.fixture
async def bot() -> AsyncIterator[PlainBot]:
    async with PlainBot.talking(World(now=lambda: NOW)) as bot:
        yield bot


def texts(updates: list[Any]) -> list[str]:
    return [one["message"]["text"] for one in updates]


# ------------------------------------------------------------------ addresses and bodies


async def test_only_the_bots_own_token_opens_the_door(bot: PlainBot) -> None:
    for address, code in [
        ("/bot4242:someone-elses-token/getMe", 401),
        ("/botnonsense/getMe", 404),
        (f"/bot{bot.world.token}/noSuchMethod", 404),
        ("/", 404),
    ]:
        answer = await bot.http.get(address)
        assert (answer.status_code, answer.json()["error_code"]) == (code, code)


async def test_every_form_of_body_is_read_and_methods_know_no_case(bot: PlainBot) -> None:
    ann = bot.world.private(bot.world.user())
    keys = {"inline_keyboard": [[{"text": "ok", "callback_data": "x"}]]}
    address, text = f"/bot{bot.world.token}/SENDMESSAGE", "a & b = ü"
    written: dict[str, Any] = {"chat_id": str(ann), "text": text, "reply_markup": json.dumps(keys)}
    await bot.http.get(address, params=written)
    await bot.http.post(address, data=written)
    await bot.http.post(address, data=written, files={"unused": ("a.bin", b"\r\n--\x00")})
    bot.world.switch(burst=9)
    await bot.http.post(address, json={"chat_id": ann, "text": text, "reply_markup": keys})
    assert [one["text"] for one in bot.world.sent()] == [text] * 4
    assert [one["reply_markup"] for one in bot.world.sent()] == [keys] * 4
    assert bot.world.counts() == {"sendMessage": 4}


async def test_a_file_arrives_byte_by_byte(bot: PlainBot) -> None:
    ann = bot.world.private(bot.world.user())
    content = bytes(range(256)) + b"\r\n--\r\n"
    await bot.http.post(
        f"/bot{bot.world.token}/sendDocument", data={"chat_id": ann}, files={"document": ("a.csv", content)}
    )
    [sent] = bot.world.sent(ann)
    assert sent["document"]["file_name"] == "a.csv"
    assert bot.world.file(sent["document"]["file_id"]).encode("latin-1") == content


# ------------------------------------------------------------------ updates


async def test_what_is_not_acknowledged_comes_again(bot: PlainBot) -> None:
    ann = bot.world.user()
    for text in ("one", "two", "three"):
        bot.world.write(ann, ann, text)
    first = await bot.ask("getUpdates")
    assert texts(first) == ["one", "two", "three"]
    assert await bot.ask("getUpdates") == first
    ids = [one["update_id"] for one in first]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]
    assert texts(await bot.ask("getUpdates", offset=ids[1], limit=1)) == ["two"]
    assert texts(bot.world.pending()) == ["two", "three"]
    assert texts(await bot.ask("getUpdates", offset=-1)) == ["three"]
    assert texts(bot.world.pending()) == ["three"], "a negative offset forgets what lies before"


async def test_unread_updates_are_kept_for_a_day(bot: PlainBot) -> None:
    ann = bot.world.user()
    bot.world.write(ann, ann, "old")
    bot.world.advance(23 * HOUR)
    bot.world.write(ann, ann, "new")
    bot.world.advance(2 * HOUR)
    assert texts(await bot.ask("getUpdates")) == ["new"]
    assert bot.world.updates.expired == 1


async def test_only_the_allowed_kinds_are_kept_from_then_on(bot: PlainBot) -> None:
    ann = bot.world.user()
    said = bot.world.write(ann, ann, "before")
    await bot.ask("getUpdates", allowed_updates=["edited_message"])
    bot.world.write(ann, ann, "not wanted")
    bot.world.edit(ann, said["message_id"], "changed")
    kinds = [set(one) - {"update_id"} for one in await bot.ask("getUpdates")]
    assert kinds == [{"message"}, {"edited_message"}]
    await bot.ask("getUpdates", allowed_updates=[])
    bot.world.write(ann, ann, "wanted again")
    assert len(bot.world.pending()) == 3


async def test_changes_of_others_come_only_to_an_administrator_that_asks(bot: PlainBot) -> None:
    group, ann, bob = a_group(bot.world)
    bot.world.promote(group, bob, by=ann)
    assert bot.world.pending() == []
    await bot.ask("getUpdates", allowed_updates=["chat_member"])
    bot.world.demote(group, bob, by=ann)
    assert [one["chat_member"]["new_chat_member"]["status"] for one in bot.world.pending()] == ["member"]


async def test_a_poll_ends_as_soon_as_something_is_queued(bot: PlainBot) -> None:
    ann = bot.world.user()
    polling = asyncio.create_task(bot.ask("getUpdates", timeout=FOR_EVER))
    await bot.telegram.until(bot.world.counts)
    bot.world.write(ann, ann, "hello")
    assert texts(await polling) == ["hello"]


async def test_a_second_poller_ends_the_first(bot: PlainBot) -> None:
    first = asyncio.create_task(bot.refused("getUpdates", timeout=FOR_EVER))
    await bot.telegram.until(bot.world.counts)
    second = asyncio.create_task(bot.ask("getUpdates", timeout=FOR_EVER))
    code, words = await first
    assert (code, words.startswith("Conflict: terminated by other getUpdates request")) == (409, True)
    bot.world.inject({"message": {}})
    assert len(await second) == 1


async def test_a_poller_that_dies_takes_nothing_with_it(bot: PlainBot) -> None:
    dying = asyncio.create_task(bot.raw("getUpdates", timeout=FOR_EVER))
    await bot.telegram.until(bot.world.counts)
    dying.cancel()
    await asyncio.wait({dying})
    ann = bot.world.user()
    bot.world.write(ann, ann, "still here")
    assert texts(await bot.ask("getUpdates", timeout=FOR_EVER)) == ["still here"]


async def test_a_poll_need_not_take_the_time_that_was_asked(bot: PlainBot) -> None:
    bot.world.switch(poll_seconds=0)
    assert await bot.ask("getUpdates", timeout=FOR_EVER) == []
    with pytest.raises(ValueError, match="no switch"):
        bot.world.switch(patience=1)


async def test_privacy_mode_hides_what_is_not_for_the_bot(bot: PlainBot) -> None:
    group, _, bob = a_group(bot.world, admin=False)
    bot.world.switch(reads_all=False)
    own = await bot.ask("sendMessage", chat_id=group, text="hi")
    for text in ("sad", "/help", "/help@other_bot", "hey @solace_bot"):
        bot.world.write(group, bob, text)
    bot.world.write(group, bob, "an answer", reply_to=own["message_id"])
    assert texts(bot.world.pending()) == ["/help", "hey @solace_bot", "an answer"]
    bot.world.promote_bot(group, by=bob)
    bot.world.write(group, bob, "seen by an administrator")
    assert texts(bot.world.pending()[-1:]) == ["seen by an administrator"]
    assert (await bot.ask("getMe"))["can_read_all_group_messages"] is False


async def test_an_injected_update_is_delivered_as_it_is(bot: PlainBot) -> None:
    odd = {"message": {"message_id": "x", "chat": None}, "unheard_of": [1]}
    number = bot.world.inject(odd)
    assert await bot.ask("getUpdates") == [{"update_id": number, **odd}]


# ------------------------------------------------------------------ messages


async def test_an_answer_goes_into_the_topic_of_what_it_answers(bot: PlainBot) -> None:
    group, ann, bob = a_group(bot.world, forum=True)
    topic = bot.world.topic(group, "Evenings", by=ann)
    said = bot.world.write(group, bob, "sad", topic=topic)
    sent = await bot.ask(
        "sendMessage", chat_id=group, text="x", reply_parameters={"message_id": said["message_id"]}
    )
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic, True)


async def test_an_answer_to_what_is_gone_needs_leave(bot: PlainBot) -> None:
    group, _, bob = a_group(bot.world)
    said = bot.world.write(group, bob, "sad")["message_id"]
    bot.world.vanish(group, said)
    gone = {"message_id": said, "allow_sending_without_reply": False}
    refusal = await bot.refused("sendMessage", chat_id=group, text="x", reply_parameters=gone)
    assert refusal == (400, "Bad Request: message to be replied not found")
    assert bot.world.sent() == []
    sent = await bot.ask(
        "sendMessage", chat_id=group, text="x", reply_parameters=gone | {"allow_sending_without_reply": True}
    )
    assert "reply_to_message" not in sent


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"text": " \n"}, "message text is empty"),
        ({"text": "🫂" * 2049}, "message is too long"),
        ({"text": "x", "parse_mode": "HTML"}, "unsupported parse_mode"),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "ü" * 33}]]}},
            "BUTTON_DATA_INVALID",
        ),
        ({"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]}, "entity beyond"),
    ],
)
async def test_what_telegram_would_not_take_is_not_stored(
    bot: PlainBot, parameters: dict[str, Any], words: str
) -> None:
    group, _, _ = a_group(bot.world)
    code, told = await bot.refused("sendMessage", chat_id=group, **parameters)
    assert (code, words in told) == (400, True)
    assert bot.world.sent() == []


async def test_a_message_can_be_deleted_for_48_hours_and_edited_for_ever(bot: PlainBot) -> None:
    group, _, bob = a_group(bot.world, admin=False)
    sent = [(await bot.ask("sendMessage", chat_id=group, text="x"))["message_id"] for _ in range(2)]
    bot.world.advance(48 * HOUR - 1)
    assert await bot.ask("deleteMessage", chat_id=group, message_id=sent[0])
    bot.world.advance(1)
    told = await bot.refused("deleteMessage", chat_id=group, message_id=sent[1])
    assert told == (400, "Bad Request: message can't be deleted for everyone")
    await bot.ask("editMessageText", chat_id=group, message_id=sent[1], text="(removed)")
    assert [one["text"] for one in bot.world.by_bot(group)] == ["(removed)"]
    assert [one["text"] for one in bot.world.deleted()] == ["x"]
    theirs = bot.world.write(group, bob, "mine")["message_id"]
    assert (await bot.refused("deleteMessage", chat_id=group, message_id=theirs))[0] == 400
    assert (await bot.refused("editMessageText", chat_id=group, message_id=theirs, text="x"))[0] == 400


async def test_a_press_can_be_answered_for_a_while(bot: PlainBot) -> None:
    group, _, bob = a_group(bot.world)
    keys = {"inline_keyboard": [[{"text": "Helped", "callback_data": "fb:1"}]]}
    sent = await bot.ask("sendMessage", chat_id=group, text="x", reply_markup=keys)
    first, second = [bot.world.press(group, bob, sent["message_id"], "Helped") for _ in range(2)]
    assert [one["callback_query"]["data"] for one in bot.world.pending()] == ["fb:1", "fb:1"]
    await bot.ask("answerCallbackQuery", callback_query_id=first, text="Noted")
    assert bot.world.answers(first) == [{"text": "Noted", "show_alert": False}]
    bot.world.advance(16)
    assert (await bot.refused("answerCallbackQuery", callback_query_id=second))[0] == 400
    assert bot.world.unanswered() == [second]
    with pytest.raises(ValueError, match="no button"):
        bot.world.press(group, bob, sent["message_id"], "other")


# ------------------------------------------------------------------ chats


async def test_a_group_that_became_a_supergroup_names_its_new_id(bot: PlainBot) -> None:
    ann = bot.world.user()
    old = bot.world.group(owner=ann)
    bot.world.add_bot(old, by=ann)
    new = bot.world.migrate(old)
    answer = (await bot.raw("sendMessage", chat_id=old, text="x")).json()
    assert (answer["error_code"], answer["parameters"]) == (400, {"migrate_to_chat_id": new})
    assert (await bot.ask("sendMessage", chat_id=new, text="x"))["chat"]["type"] == "supergroup"
    told = [one["message"] for one in bot.world.pending()[-2:]]
    assert [one["chat"]["id"] for one in told] == [old, new]
    assert told[1]["migrate_from_chat_id"] == old
    assert bot.world.status(new) == "member"


async def test_start_takes_a_block_back(bot: PlainBot) -> None:
    ann = bot.world.private(bot.world.user())
    bot.world.block(ann)
    assert (await bot.refused("sendMessage", chat_id=ann, text="x"))[0] == 403
    bot.world.write(ann, ann, "nobody hears this")
    bot.world.start(ann, "why")
    assert [set(one) - {"update_id"} for one in bot.world.pending()] == [
        {"my_chat_member"},
        {"my_chat_member"},
        {"message"},
    ]
    assert texts(bot.world.pending()[-1:]) == ["/start why"]
    assert await bot.ask("sendMessage", chat_id=ann, text="x")


async def test_whoever_threw_the_bot_out_hears_nothing_more(bot: PlainBot) -> None:
    group, ann, bob = a_group(bot.world)
    bot.world.remove_bot(group, by=ann)
    for method in ("sendMessage", "getChat", "getChatAdministrators"):
        told = await bot.refused(method, chat_id=group, text="x")
        assert told == (403, "Forbidden: bot was kicked from the supergroup chat")
    bot.world.write(group, bob, "nobody listens")
    assert [set(one) - {"update_id"} for one in bot.world.pending()] == [{"my_chat_member"}]
    bot.world.add_bot(group, by=ann)
    assert await bot.ask("leaveChat", chat_id=group)
    told = await bot.refused("sendMessage", chat_id=group, text="x")
    assert told == (403, "Forbidden: bot is not a member of the supergroup chat")


async def test_menus_are_kept_by_scope_and_language(bot: PlainBot) -> None:
    group, _, bob = a_group(bot.world)
    command = {"command": "why", "description": "Why?", "is_ephemeral": True}
    for scope in ({"type": "all_group_chats"}, {"type": "chat_member", "chat_id": group, "user_id": bob}):
        await bot.ask("setMyCommands", commands=[command], scope=scope)
    await bot.ask("setMyCommands", commands=[command], language_code="de")
    assert bot.world.menu("all_group_chats") == bot.world.menu(f"chat_member:{group}:{bob}") == [command]
    assert (bot.world.menu(), bot.world.menu(language="de")) == ([], [command])
    wrong = [{"command": "Not-a-command", "description": "x"}]
    assert await bot.refused("setMyCommands", commands=wrong) == (400, "Bad Request: BOT_COMMAND_INVALID")
