"""The fake Bot API keeps Telegram's word, as a strict client that nobody here wrote reads it: aiogram."""

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from botapi.server import FakeTelegram
from botapi.world import World

STRICT = Path(os.environ.get("STRICT_PYTHON", Path(sys.prefix) / "strict" / "bin" / "python"))
"""Of a venv that holds aiogram 3.31.0; `make test` creates it."""

SCRIPT = Path(__file__).parents[1] / "botapi" / "strict.py"
NOW = 1_800_000_000.0
EVERY_KIND = ["message", "edited_message", "channel_post", "callback_query", "my_chat_member", "chat_member"]

pytestmark = pytest.mark.skipif(
    not STRICT.exists(), reason=f"needs aiogram 3.31.0 in a venv of its own ({STRICT}): make test creates it"
)


def a_busy_world(world: World) -> dict[str, int]:
    """Every kind of thing that people do, waiting for the bot; who and where it was."""
    world.updates.allow(EVERY_KIND)
    world.switch(burst=100, per_minute=100)
    ann, bob = world.user("Ann", username="ann_a"), world.user("Bob", last_name="B", language_code="en")
    carl, dora = world.user("Carl"), world.user("Dora")
    group = world.supergroup("Friends", owner=ann, members=[bob], forum=True, username="friends")
    for change in (world.add_bot, world.promote_bot, world.demote_bot, world.restrict_bot, world.promote_bot):
        change(group, by=ann)
    said = what_people_say(world, group, ann, bob)
    topic = world.topic(group, "Evenings", by=ann)
    world.write(group, bob, "in a topic", topic=topic)
    world.join(group, carl)
    world.promote(group, bob, by=ann)
    world.ban(group, carl, by=ann)
    world.join(group, world.user("Guest"), by=ann)
    world.leave(group, bob)
    world.join(group, bob)
    channel = world.channel("News", owner=ann, linked=group)
    world.add_bot(channel, by=ann, admin=True)
    world.post(channel, "news")
    old = world.group("Old", owner=ann, members=[bob])
    world.add_bot(old, by=ann)
    world.migrate(old)
    other = world.supergroup("Other", owner=bob)
    world.add_bot(other, by=bob)
    world.start(ann, "hello")
    places = {"group": group, "topic": topic, "old": old, "other": other, "said": said, "me": world.bot}
    return places | {"ann": ann, "bob": bob, "carl": carl, "dora": dora}


def what_people_say(world: World, group: int, ann: int, bob: int) -> int:
    """Messages of every form, one of each; the first one's id."""
    said = int(world.write(group, bob, "so sad 😢 /help@solace_bot https://example.org @ann_a")["message_id"])
    spoiler = {"type": "spoiler", "offset": 0, "length": 4}
    world.write(group, ann, "hush, quoted", reply_to=said, quote="so sad", marks=[spoiler])
    for media in ("photo", "document", "voice"):
        world.write(group, bob, "a caption", media=media)
    world.write(group, bob, None, media="sticker")
    world.edit(group, said, "so very sad")
    for origin in (ann, "Somebody hidden", world.channel("Far", owner=ann)):
        world.forward(group, bob, "not mine", origin=origin)
    robot = world.user("Robot", is_bot=True, username="robot_bot")
    world.write_via(group, bob, "by a bot", bot=robot)
    world.write(group, robot, "I am a bot")
    world.write_as_group(group, "an admin speaks")
    world.write(group, bob, "odd", invented=True)
    return said


async def a_run() -> dict[str, Any]:
    """Let the strict client work on a busy world; its report."""
    world = World(now=lambda: NOW)
    places = a_busy_world(world)
    async with FakeTelegram.serving(world) as telegram:
        client = await asyncio.create_subprocess_exec(
            STRICT,
            SCRIPT,
            telegram.url,
            world.token,
            json.dumps(places),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, errors = await client.communicate()
    assert client.returncode == 0, errors.decode()
    report: dict[str, Any] = json.loads(out)
    return report | {"places": places}


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return asyncio.run(a_run())


@pytest.fixture
def told(report: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = report["told"]
    return found


def of(told: dict[str, Any], step: str, kind: str) -> list[dict[str, Any]]:
    """What came in with a step, of one kind."""
    return [event for one, event in told[step] if one == kind]


def test_every_type_is_as_documented_and_what_is_not_would_be_seen(report: dict[str, Any]) -> None:
    assert report["odd"] == ["updates.message.invented"]


def test_every_kind_of_update_arrives(told: dict[str, Any]) -> None:
    assert {kind for kind, _ in told["updates"]} == set(EVERY_KIND) - {"callback_query"}
    seen = Counter(name for event in of(told, "updates", "message") for name in event)
    everything = (
        "text entities caption photo document voice sticker quote reply_to_message forward_origin via_bot "
    )
    everything += "sender_chat is_automatic_forward forum_topic_created new_chat_members left_chat_member "
    everything += "migrate_to_chat_id migrate_from_chat_id message_thread_id is_topic_message"
    assert {name for name in everything.split() if not seen[name]} == set()


def test_memberships_tell_what_was_and_what_is(told: dict[str, Any], report: dict[str, Any]) -> None:
    changes = of(told, "updates", "my_chat_member")
    ours = [one for one in changes if one["chat"]["id"] == report["places"]["group"]]
    steps = [(one["old_chat_member"]["status"], one["new_chat_member"]["status"]) for one in ours]
    assert steps == [
        ("left", "member"),
        ("member", "administrator"),
        ("administrator", "member"),
        ("member", "restricted"),
        ("restricted", "administrator"),
    ]
    assert ours[3]["new_chat_member"]["can_send_messages"] is False
    later = [one["new_chat_member"]["status"] for one in of(told, "changes", "my_chat_member")]
    assert later == ["kicked", "restricted", "kicked"], (
        "blocked in private, then restricted and kicked in the group"
    )


def test_a_migration_is_told_from_both_sides(told: dict[str, Any], report: dict[str, Any]) -> None:
    messages = of(told, "updates", "message")
    [left] = [one for one in messages if "migrate_to_chat_id" in one]
    [came] = [one for one in messages if "migrate_from_chat_id" in one]
    assert left["chat"]["id"] == came["migrate_from_chat_id"] == report["places"]["old"]
    assert came["chat"]["id"] == left["migrate_to_chat_id"] == told["migrated"][2]
    assert told["migrated"][0] == "TelegramMigrateToChat"


def test_offsets_count_utf_16(told: dict[str, Any]) -> None:
    marks = next(one for one in of(told, "updates", "message") if one.get("text", "").startswith("so sad"))
    found = {mark["type"]: (mark["offset"], mark["length"]) for mark in marks["entities"]}
    assert found == {"bot_command": (10, 16), "url": (27, 19), "mention": (47, 6)}


def test_who_is_who(told: dict[str, Any], report: dict[str, Any]) -> None:
    assert told["me"]["can_read_all_group_messages"] is True
    standing = {name: told[f"member {name}"]["status"] for name in ("ann", "bob", "carl", "dora", "me")}
    assert standing == {
        "ann": "creator",
        "bob": "member",
        "carl": "kicked",
        "dora": "left",
        "me": "administrator",
    }
    places = report["places"]
    assert [one["user"]["id"] for one in told["administrators"]] == [places["ann"], places["me"]]
    assert (told["chat"]["type"], told["private chat"]["type"]) == ("supergroup", "private")
    assert told["commands"] == [{"command": "why", "description": "Why did you write?", "is_ephemeral": True}]
    assert told["other commands"] == told["no commands"] == []


def test_sent_changed_deleted(told: dict[str, Any], report: dict[str, Any]) -> None:
    assert told["reply"]["reply_to_message"]["message_id"] == report["places"]["said"]
    assert told["topic"]["message_thread_id"] == report["places"]["topic"]
    assert told["edit"]["text"] == "Thank you."
    assert told["edit"]["message_id"] == told["reply"]["message_id"]
    assert told["keys"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "fb:1:helped"
    assert told["document"]["document"]["file_size"] == len(b"\x00\r\n--x\xff")
    assert told["photo"]["photo"][0]["file_size"] == 4
    assert told["delete"] is told["answer"] is True


def test_presses(told: dict[str, Any]) -> None:
    [press] = of(told, "press", "callback_query")
    assert (press["data"], press["message"]["message_id"]) == ("fb:1:helped", told["reply"]["message_id"])
    [late] = of(told, "press on what is gone", "callback_query")
    assert late["message"]["date"] == 0, "an InaccessibleMessage"
    [secret] = of(told, "press of a whisper", "callback_query")
    assert (secret["message"]["message_id"], secret["message"]["ephemeral_message_id"]) == (
        0,
        told["whisper"]["ephemeral_message_id"],
    )


def test_whispers(told: dict[str, Any], report: dict[str, Any]) -> None:
    for step in ("whisper", "whisper back"):
        assert told[step]["message_id"] == 0
        assert told[step]["receiver_user"]["id"] == report["places"]["ann"]
    assert told["whisper edit"] is told["whisper keys"] is told["whisper delete"] is True
    [command] = of(told, "ephemeral command", "message")
    assert (command["message_id"], command["text"]) == (0, "/why")


REFUSALS = {
    "reply to nothing": ("TelegramBadRequest", "message to be replied not found"),
    "no topic": ("TelegramBadRequest", "message thread not found"),
    "too long": ("TelegramBadRequest", "message is too long"),
    "same": ("TelegramBadRequest", "message is not modified"),
    "edit nothing": ("TelegramBadRequest", "message to edit not found"),
    "answer nothing": ("TelegramBadRequest", "query is too old"),
    "delete again": ("TelegramBadRequest", "message to delete not found"),
    "whisper delete again": ("TelegramBadRequest", "message to delete not found"),
    "whisper to nobody": ("TelegramBadRequest", "USER_NOT_PARTICIPANT"),
    "no chat": ("TelegramBadRequest", "chat not found"),
    "restricted": ("TelegramBadRequest", "not enough rights to send text messages to the chat"),
    "stranger": ("TelegramForbiddenError", "bot can't initiate conversation with a user"),
    "blocked": ("TelegramForbiddenError", "bot was blocked by the user"),
    "kicked": ("TelegramForbiddenError", "bot was kicked from the supergroup chat"),
    "fault 500": ("TelegramServerError", "Internal Server Error"),
    "fault 502": ("TelegramServerError", "Bad Gateway"),
    "fault 401": ("TelegramUnauthorizedError", "Unauthorized"),
    "fault 409": ("TelegramConflictError", "terminated by other getUpdates request"),
    "poll beside a webhook": ("TelegramConflictError", "can't use getUpdates method while webhook is active"),
}


@pytest.mark.parametrize("step", REFUSALS)
def test_refusals_are_of_the_kind_that_telegram_gives(told: dict[str, Any], step: str) -> None:
    kind, words = REFUSALS[step]
    assert told[step][0] == kind
    assert words in told[step][1]


def test_too_fast_is_told_how_long_to_wait(told: dict[str, Any]) -> None:
    assert told["fast 0"]["text"] == "x"
    for late in (told["fast 1"], told["fast 2"]):
        assert (late[0], late[2]) == ("TelegramRetryAfter", 1)
