"""The fake Bot API: ephemeral messages, which one member of a group sees, and nobody else."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from botapi.plain import PlainBot, a_group
from botapi.world import World

NOW = 1_800_000_000.0


@pytest.fixture
async def bot() -> AsyncIterator[PlainBot]:
    async with PlainBot.talking(World(now=lambda: NOW)) as bot:
        yield bot


def to(user: int, **more: Any) -> dict[str, Any]:
    return {"receiver_user_id": user, **more}


async def test_a_whisper_is_seen_by_one_person_only(bot: PlainBot) -> None:
    group, ann, bob = a_group(bot.world)
    before = bot.world.visible(group)
    sent = await bot.ask("sendMessage", chat_id=group, text="psst", ephemeral_message_parameters=to(bob))
    assert (sent["message_id"], sent["receiver_user"]["id"]) == (0, bob)
    assert bot.world.visible(group) == bot.world.visible(group, to=ann) == before
    assert bot.world.visible(group, to=bob) == [*before, sent]
    assert bot.world.by_bot(group) == []
    assert bot.world.whispers(group) == bot.world.whispers(group, bob) == bot.world.sent(group) == [sent]
    theirs = {"chat_id": group, "receiver_user_id": bob, "ephemeral_message_id": sent["ephemeral_message_id"]}
    assert (await bot.refused("deleteEphemeralMessage", **theirs | {"receiver_user_id": ann}))[0] == 400
    assert (await bot.refused("deleteMessage", chat_id=group, message_id=0))[0] == 400
    await bot.ask("editEphemeralMessageText", **theirs, text="psst, psst")
    assert [one["text"] for one in bot.world.whispers(group)] == ["psst, psst"]
    await bot.ask("deleteEphemeralMessage", **theirs)
    assert bot.world.whispers(group) == []


async def test_a_plain_member_may_whisper_only_in_answer_and_soon(bot: PlainBot) -> None:
    group, ann, bob = a_group(bot.world, admin=False)
    keys = {"inline_keyboard": [[{"text": "Why?", "callback_data": "why"}]]}
    number = (await bot.ask("sendMessage", chat_id=group, text="x", reply_markup=keys))["message_id"]
    press = bot.world.press(group, bob, number, "why")
    command = bot.world.whisper(group, bob, "/why")["ephemeral_message_id"]
    bot.world.switch(burst=9)

    async def tries(**parameters: Any) -> int:
        return (await bot.raw("sendMessage", chat_id=group, text="x", **parameters)).status_code

    pressed, asked = to(bob, callback_query_id=press), {"ephemeral_message_id": command}
    assert await tries(ephemeral_message_parameters=to(bob)) == 400
    assert await tries(ephemeral_message_parameters=to(ann, callback_query_id=press)) == 400
    assert await tries(ephemeral_message_parameters=pressed) == 200
    assert await tries(ephemeral_message_parameters=to(bob), reply_parameters=asked) == 200
    bot.world.advance(16)
    assert await tries(ephemeral_message_parameters=pressed) == 400
    assert await tries(ephemeral_message_parameters=to(bob), reply_parameters=asked) == 400
    assert len(bot.world.whispers(group)) == 2


async def test_a_whisper_stands_in_the_topic_of_what_it_answers(bot: PlainBot) -> None:
    group, ann, bob = a_group(bot.world, forum=True)
    topic = bot.world.topic(group, "Evenings", by=ann)
    said = bot.world.write(group, bob, "sad", topic=topic)["message_id"]
    whisper = {"chat_id": group, "text": "x", "ephemeral_message_parameters": to(bob)}
    sent = await bot.ask("sendMessage", **whisper, reply_parameters={"message_id": said})
    assert (sent["message_thread_id"], sent["reply_to_message"]["message_id"]) == (topic, said)
    bot.world.vanish(group, said)
    told = await bot.refused("sendMessage", **whisper, reply_parameters={"message_id": said})
    assert told == (400, "Bad Request: message to be replied not found")


async def test_a_whisper_can_stand_in_the_place_of_what_was_pressed(bot: PlainBot) -> None:
    group, ann, bob = a_group(bot.world)
    keys = {"inline_keyboard": [[{"text": "Why?", "callback_data": "why"}]]}
    public = await bot.ask("sendMessage", chat_id=group, text="public", reply_markup=keys)
    press = bot.world.press(group, bob, public["message_id"], "why")
    instead = to(bob, callback_query_id=press, replace_callback_query_message=True)
    await bot.ask("sendMessage", chat_id=group, text="for you", ephemeral_message_parameters=instead)
    assert [one["text"] for one in bot.world.visible(group, to=bob) if "text" in one] == ["for you"]
    assert [one["text"] for one in bot.world.visible(group, to=ann) if "text" in one] == ["public"]


async def test_a_server_can_refuse_whispers_or_not_know_them(bot: PlainBot) -> None:
    group, _, bob = a_group(bot.world)
    whisper = {"chat_id": group, "text": "psst", "ephemeral_message_parameters": to(bob)}
    bot.world.switch(ephemeral="refused")
    assert (await bot.refused("sendMessage", **whisper))[0] == 400
    assert bot.world.sent() == []
    bot.world.switch(ephemeral="ignored")
    sent = await bot.ask("sendMessage", **whisper)
    assert sent["message_id"] > 0
    assert bot.world.by_bot(group) == [sent], "everybody reads it: that is what such a server does"
    theirs = {"chat_id": group, "receiver_user_id": bob, "ephemeral_message_id": 1}
    assert (await bot.refused("deleteEphemeralMessage", **theirs))[0] == 404


@pytest.mark.parametrize("who", ["a stranger", "a bot"])
async def test_nobody_else_can_be_whispered_to(bot: PlainBot, who: str) -> None:
    group, _, _ = a_group(bot.world)
    other = bot.world.user(is_bot=who == "a bot")
    if who == "a bot":
        bot.world.join(group, other)
    told = await bot.refused("sendMessage", chat_id=group, text="x", ephemeral_message_parameters=to(other))
    assert told == (400, "Bad Request: USER_NOT_PARTICIPANT")
