"""What every kind of update means to the bot."""

from datetime import timedelta
from typing import Any

import pytest
from builders import NOW
from raw_updates import (
    ANN,
    GROUP,
    ME,
    MYSELF,
    OTHER_BOT,
    PRIVATE,
    a_message,
    admitted,
    an_update,
    commanded,
    hash_of,
    pressed,
    said,
    understood,
)

from bot.adapters.telegram.updates import ALLOWED, BadUpdate, date_of
from bot.adapters.telegram.values import Command, Ignored, Membership, Moved, Press, Talk, Update
from bot.domain.messages import Sender

CHANNEL = {"id": -100900, "type": "channel", "title": "News"}
FORWARD = {"type": "user", "sender_user": {"id": 5, "is_bot": False, "first_name": "Eve"}, "date": 1}


def talk(raw: object, **changes: Any) -> Talk:
    found = understood(raw, **changes)
    assert isinstance(found, Talk)
    return found


def command(raw: object) -> Command:
    found = understood(raw)
    assert isinstance(found, Command)
    return found


def test_a_message_in_a_group() -> None:
    found = talk(said("I feel awful", message_id=17))
    message = found.message
    assert (message.ref.platform, message.ref.channel_id, message.ref.message_id) == (
        "telegram",
        "-100500",
        "17",
    )
    assert (message.author, message.sender) == (hash_of(ANN), Sender.PERSON)
    assert (message.text, message.thread_id, message.private, message.edited) == (
        "I feel awful",
        None,
        False,
        False,
    )
    assert (message.sent_at, message.received_at, message.account) == (NOW, NOW, "telegram:4242")
    assert message.address == {"chat": "-100500", "message": "17", "user": "71"}
    assert (found.place.chat_id, found.place.channel_id, found.place.title) == (-100500, "-100500", "Lounge")


def test_a_private_chat_is_known_by_its_persons_hash_alone() -> None:
    found = talk(said("I feel awful", chat=PRIVATE))
    assert found.place.channel_id == found.message.ref.channel_id == hash_of(ANN)
    assert found.place.private
    assert found.message.private
    assert found.message.address["chat"] == "71"
    shown = f"{found!r} {found.message!r} {found.place!r}"
    assert "71" not in shown.replace(hash_of(ANN), "")
    assert "awful" not in shown


def test_a_caption_is_read_like_a_text() -> None:
    assert talk(said(None, caption="so alone", photo=[{"file_id": "x"}])).message.text == "so alone"


def test_an_edited_message_is_the_same_one_again() -> None:
    raw = a_message("now I feel awful", message_id=17, edit_date=int(NOW.timestamp()) + 3)
    message = talk(an_update(edited_message=raw)).message
    assert (message.edited, message.ref.message_id, message.sent_at) == (True, "17", NOW)


def test_a_topic_is_a_thread_and_a_chain_of_replies_is_none() -> None:
    inside = talk(said(message_thread_id=9, is_topic_message=True))
    assert (inside.message.thread_id, inside.place.topic_id) == ("9", 9)
    assert inside.message.address["topic"] == "9"
    chain = talk(said(message_thread_id=9))
    assert (chain.message.thread_id, chain.place.topic_id) == (None, None)


@pytest.mark.parametrize(
    "entity",
    [
        {"type": "spoiler", "offset": 0, "length": 3},
        {"type": "bold", "offset": 0, "length": 3},
        {"type": "text_link", "offset": 0, "length": 3, "url": "https://example.org/sad"},
        {"type": "text_mention", "offset": 0, "length": 3, "user": ANN},
        {"type": "custom_emoji", "offset": -5, "length": 10**9},
        {"type": None},
        {"type": "blockquote", "offset": "0", "length": None},
        {"type": "blockquote", "offset": 2, "length": 99},
        "nonsense",
    ],
)
def test_spoilers_and_formatting_are_read_as_plain_text(entity: object) -> None:
    assert talk(said("I am 🫂 sad", entities=[entity])).message.text == "I am 🫂 sad"


def test_a_blockquote_is_marked_as_somebody_elses_words() -> None:
    quote = "🫂 all is lost\nsaid he"
    entity = {"type": "blockquote", "offset": 3, "length": len(quote) + 1}
    text = talk(said(f"so\n{quote}\nI am fine", entities=[entity])).message.text
    assert [line for line in text.split("\n") if line] == ["so", "> 🫂 all is lost", "> said he", "I am fine"]


def test_of_a_reply_with_a_quote_only_the_own_words_count() -> None:
    raw = said(
        "poor you",
        quote={"text": "I want to cry", "position": 0},
        reply_to_message=a_message("I want to cry"),
    )
    assert talk(raw).message.text == "poor you"


def test_an_answer_to_a_bot_is_a_persons_message() -> None:
    for bot in (MYSELF, OTHER_BOT):
        message = talk(said(reply_to_message=a_message(from_=bot))).message
        assert message.sender is Sender.PERSON
        assert message.answers_us is (bot is MYSELF)
    assert not talk(said()).message.answers_us


@pytest.mark.parametrize(
    ("changes", "sender"),
    [
        ({"from_": MYSELF}, Sender.SELF),
        ({"from_": OTHER_BOT}, Sender.BOT),
        ({"from_": OTHER_BOT, "reply_to_message": a_message(from_=MYSELF)}, Sender.BOT),
        ({"via_bot": OTHER_BOT}, Sender.BOT),
        ({"via_bot": MYSELF}, Sender.BOT),
        ({"sender_business_bot": OTHER_BOT}, Sender.BOT),
        ({"sender_chat": GROUP, "from_": {"id": 1087968824, "is_bot": True}}, Sender.ANONYMOUS_ADMIN),
        ({"sender_chat": CHANNEL, "from_": {"id": 136817688, "is_bot": True}}, Sender.LINKED_CHANNEL),
        ({"sender_chat": CHANNEL, "is_automatic_forward": True}, Sender.LINKED_CHANNEL),
        ({"from_": {"id": 777000, "is_bot": False}}, Sender.LINKED_CHANNEL),
    ],
)
def test_only_people_are_people(changes: dict[str, Any], sender: Sender) -> None:
    message = talk(said(**changes)).message
    assert (message.sender, message.author) == (sender, None)
    assert "user" not in message.address


IGNORED: dict[str, object] = {
    "a forward": said(forward_origin=FORWARD),
    "a forward of old": said(forward_date=1),
    "no text": said(None, sticker={"emoji": "😢"}),
    "an empty text": said(""),
    "an empty caption": said(None, caption=""),
    "somebody joined": said(None, new_chat_members=[ANN]),
    "a pinned message": said(None, pinned_message=a_message("sad")),
    "a channel's post": an_update(channel_post=a_message(chat=CHANNEL)),
    "a message in a channel": said(chat=CHANNEL),
    "nobody's message": said(from_=None),
    "a command to another bot": commanded("/why@OtherBot"),
    "a command by a bot": commanded("/why", from_=OTHER_BOT),
    "a command by itself": commanded("/why", from_=MYSELF),
    "a command via a bot": commanded("/why", via_bot=OTHER_BOT),
    "a command by a channel": commanded("/why", sender_chat=CHANNEL),
    "a command that is none": commanded("/mode,live"),
    "a forwarded command": commanded("/mode live", forward_origin=FORWARD),
    "a command that an edit brought": an_update(
        edited_message=a_message("/mode live", entities=[{"type": "bot_command", "offset": 0, "length": 5}])
    ),
    "a whisper that is no command": said(message_id=0, ephemeral_message_id=5),
    "a kind that nobody asked for": an_update(poll={"id": "1"}),
    "nothing": an_update(),
    "a game": pressed(data=None),
    "an inline button": pressed(message=None, inline_message_id="x"),
    "a bot's press": pressed(by=OTHER_BOT),
    "somebody else's membership": admitted(new_chat_member={"status": "member", "user": ANN}),
    "membership in a channel": admitted(chat=CHANNEL),
}


@pytest.mark.parametrize("what", IGNORED)
def test_what_does_not_concern_it_is_ignored(what: str) -> None:
    raw = IGNORED[what]
    assert isinstance(raw, dict)
    assert understood(raw) == Ignored(update_id=raw["update_id"])


# ------------------------------------------------------------------ commands


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("/mode", "mode", ""),
        ("/mode live", "mode", "live"),
        ("/MODE@solacebot  live ", "mode", "live"),
        ("/phrases add\nThat sounds hard.", "phrases", "add\nThat sounds hard."),
        ("/x_1", "x_1", ""),
    ],
)
def test_a_command(text: str, name: str, arguments: str) -> None:
    found = command(commanded(text, message_id=17))
    assert (found.name, found.arguments, found.message_id) == (name, arguments, 17)
    assert found.person is not None
    assert (found.person.author, found.person.user_id) == (hash_of(ANN), 71)
    assert (found.answers, found.answers_ephemeral, found.ephemeral_id) == (None, None, None)


def test_an_anonymous_admin_gives_commands_without_a_name() -> None:
    assert command(commanded("/mode", sender_chat=GROUP, from_=OTHER_BOT)).person is None


def test_a_command_that_answers_a_message_of_the_bot_says_which() -> None:
    mine = a_message(from_=MYSELF, message_id=40)
    assert command(commanded("/why", reply_to_message=mine)).answers == 40
    assert command(commanded("/why", reply_to_message=a_message(message_id=41))).answers is None
    whisper = a_message(from_=MYSELF, message_id=0, ephemeral_message_id=5)
    found = command(commanded("/why", reply_to_message=whisper))
    assert (found.answers, found.answers_ephemeral) == (None, 5)


def test_an_ephemeral_command() -> None:
    found = command(commanded("/why", message_id=0, ephemeral_message_id=8))
    assert (found.message_id, found.ephemeral_id) == (0, 8)


@pytest.mark.parametrize(
    "raw",
    [
        commanded("/s"),
        commanded(" /mode", entities=[{"type": "bot_command", "offset": 1, "length": 5}]),
        said("great, another monday /s"),
        said("/etc/passwd is gone"),
    ],
)
def test_what_only_looks_like_a_command_is_a_message(raw: object) -> None:
    assert isinstance(understood(raw), Talk)


# ------------------------------------------------------------------ the others


def test_a_press() -> None:
    found = understood(pressed("fb:12:helped"))
    assert isinstance(found, Press)
    assert (found.press_id, found.data, found.person.author) == ("777", "fb:12:helped", hash_of(ANN))
    assert (found.place.channel_id, found.ephemeral_id) == ("-100500", None)
    assert found.message_id > 0


def test_a_press_under_a_message_that_is_out_of_reach() -> None:
    found = understood(pressed(message={"chat": GROUP, "message_id": 3, "date": 0}))
    assert isinstance(found, Press)
    assert (found.message_id, found.place.chat_id) == (3, -100500)


def test_a_press_under_a_whisper() -> None:
    found = understood(
        pressed(message={"chat": GROUP, "message_id": 0, "date": 0, "ephemeral_message_id": 6})
    )
    assert isinstance(found, Press)
    assert (found.message_id, found.ephemeral_id) == (0, 6)


@pytest.mark.parametrize(
    ("member", "status", "may_write"),
    [
        ({"status": "member"}, "member", True),
        ({"status": "administrator"}, "administrator", True),
        ({"status": "restricted", "is_member": True, "can_send_messages": True}, "restricted", True),
        ({"status": "restricted", "is_member": True, "can_send_messages": False}, "restricted", False),
        ({"status": "restricted", "is_member": False, "can_send_messages": True}, "left", False),
        ({"status": "left"}, "left", False),
        ({"status": "kicked", "until_date": 0}, "kicked", False),
        ({"status": "something new"}, "something new", False),
    ],
)
def test_membership(member: dict[str, Any], status: str, may_write: bool) -> None:
    found = understood(admitted(new_chat_member=member | {"user": MYSELF}))
    assert isinstance(found, Membership)
    assert (found.status, found.may_write) == (status, may_write)
    assert found.by is not None
    assert found.by.user_id == 71


def test_an_anonymous_admin_who_adds_it_is_nobody() -> None:
    found = understood(admitted(by={"id": 1087968824, "is_bot": True, "first_name": "Group"}))
    assert isinstance(found, Membership)
    assert found.by is None


def test_both_ends_of_a_move_tell_of_the_same_one() -> None:
    old = {"id": -500, "type": "group", "title": "Lounge"}
    moves = [
        understood(said(None, chat=old, migrate_to_chat_id=-100500)),
        understood(said(None, migrate_from_chat_id=-500)),
    ]
    for move in moves:
        assert isinstance(move, Moved)
        assert (move.place.chat_id, move.place.channel_id, move.new_chat_id) == (-500, "-500", -100500)


# ------------------------------------------------------------------ time


def test_dates_are_corrected_by_the_skew_and_never_beyond_now() -> None:
    raw = said()
    assert talk(raw, skew=timedelta(seconds=30)).message.sent_at == NOW
    assert talk(raw, now=NOW + timedelta(seconds=31), skew=timedelta(seconds=30)).message.sent_at == (
        NOW + timedelta(seconds=30)
    )
    assert talk(raw, skew=timedelta(seconds=-30)).message.sent_at == NOW - timedelta(seconds=30)


def test_dates_of_updates() -> None:
    when = int(NOW.timestamp())
    assert date_of(said()) == when
    assert date_of(an_update(edited_message=a_message(edit_date=when + 9))) == when + 9
    assert date_of(admitted()) == when
    wrong = [pressed(), said(date=0), said(date="x"), said(date=2**40), an_update(message=[]), 5, None]
    assert [date_of(raw) for raw in wrong] == [None] * len(wrong)


# ------------------------------------------------------------------ what cannot be read


BAD: list[tuple[object, str, str]] = [
    (5, "", "WrongType: update"),
    ([], "", "WrongType: update"),
    ({"message": a_message()}, "message", "Missing: update_id"),
    ({"update_id": "7", "message": a_message()}, "message", "WrongType: update_id"),
    ({"update_id": True, "message": a_message()}, "message", "WrongType: update_id"),
    ({"update_id": 2**70, "message": a_message()}, "message", "WrongType: update_id"),
    (an_update(message="zq7x"), "message", "WrongType: message"),
    (said(chat=None), "message", "Missing: chat"),
    (said(chat={"id": "zq7x", "type": "group"}), "message", "WrongType: id"),
    (said(chat={"id": 1, "type": "zq7x"}), "message", "WrongType: type"),
    (said(chat={"id": 1}), "message", "Missing: type"),
    (said(message_id=None), "message", "Missing: message_id"),
    (said(date=None), "message", "Missing: date"),
    (said(date=-1), "message", "WrongType: date"),
    (said(date=2**60), "message", "WrongType: date"),
    (said(["zq7x"]), "message", "WrongType: text"),
    (said(from_={"id": "zq7x"}), "message", "WrongType: id"),
    (said(from_={"id": 1, "is_bot": "no"}), "message", "WrongType: is_bot"),
    (said(via_bot="zq7x"), "message", "WrongType: via_bot"),
    (said(is_topic_message=True), "message", "Missing: message_thread_id"),
    (pressed("z" * 65), "callback_query", "WrongType: data"),
    (pressed(id=None), "callback_query", "Missing: id"),
    (admitted(new_chat_member=None), "my_chat_member", "Missing: new_chat_member"),
]


@pytest.mark.parametrize(("raw", "kind", "error"), BAD)
def test_what_cannot_be_read_is_told_by_kind_and_field_and_never_by_value(
    raw: object, kind: str, error: str
) -> None:
    with pytest.raises(BadUpdate) as caught:
        understood(raw)
    assert (caught.value.kind, caught.value.error) == (kind, error)
    assert "zq7x" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_what_is_asked_for_is_what_is_read() -> None:
    assert ALLOWED == ("message", "edited_message", "callback_query", "my_chat_member")


def test_every_update_keeps_its_id() -> None:
    raws = [said(), commanded("/help"), pressed(), admitted(), said(None, migrate_to_chat_id=-1)]
    found: list[Update] = [understood(raw) for raw in raws]
    assert [each.update_id for each in found] == [raw["update_id"] for raw in raws]
    assert ME.account == "telegram:4242"
