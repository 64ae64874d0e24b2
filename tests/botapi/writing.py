"""Where a bot may write, and what it may write there: the checks before a message is stored."""

from typing import Final

from botapi import entities
from botapi.chats import PRESENT, Chat
from botapi.parameters import Parameters
from botapi.refusals import Json, Refused, bad, forbidden
from botapi.world import World

LONGEST: Final = 4096
LONGEST_CAPTION: Final = 1024
"""Characters, in UTF-16 units: the strictest reading of "1-4096 characters after entities parsing"."""

LONGEST_DATA: Final = 64
"""Bytes of `callback_data`."""

_NAMES: Final = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}


def place(world: World, given: Parameters) -> Chat:
    """The chat that a call means, where the bot is.

    Raises:
        Refused: 400 (no such chat, became a supergroup), 403 (kicked, never there, blocked, never spoken to).
    """
    chat_id = given.get("chat_id")
    if chat_id in {None, ""}:
        raise bad("chat_id is empty")
    if str(chat_id) not in map(str, world.chats) and _as_user(world, chat_id):
        raise _unknown_person(world, int(str(chat_id)))
    chat = world.chat(chat_id)
    if chat.migrated_to is not None:
        raise Refused(
            code=400,
            description="Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to=chat.migrated_to,
        )
    if chat.kind == "private":
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat
    status = world.member(chat, world.bot).status
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {_NAMES[chat.kind]}")
    if status not in PRESENT:
        raise forbidden(f"bot is not a member of the {_NAMES[chat.kind]}")
    return chat


def _as_user(world: World, chat_id: object) -> bool:
    return str(chat_id).isdigit() and int(str(chat_id)) in world.users


def _unknown_person(world: World, user: int) -> Refused:
    if world.users[user]["is_bot"]:
        return forbidden("bot can't send messages to bots")
    return forbidden("bot can't initiate conversation with a user")


def may_write(world: World, chat: Chat) -> None:
    """Whether the bot may send there.

    Raises:
        Refused: 400 without the right; 429 where it is one too many.
    """
    mine = world.member(chat, world.bot)
    if mine.status == "restricted" and not mine.rights.get("can_send_messages", True):
        raise bad("not enough rights to send text messages to the chat")
    if chat.kind == "channel" and mine.status != "administrator":
        raise bad("need administrator rights in the channel chat")
    world.floods.charge(chat.id, group=chat.is_group)


def words(given: Parameters, name: str = "text", most: int = LONGEST) -> Json:
    """The text or caption of a call, with its entities, as a Message has them.

    Raises:
        Refused: 400: empty, too long, or with marks outside of it.
    """
    text = given.text(name).strip()
    if not text and name == "text":
        raise bad("message text is empty")
    if entities.utf16(text) > most:
        raise bad("message is too long" if name == "text" else "message caption is too long")
    if given.text("parse_mode"):
        raise bad("unsupported parse_mode")  # this server reads no markup
    marks_name = "entities" if name == "text" else "caption_entities"
    own = given.data(marks_name) or []
    if any(mark["offset"] < 0 or mark["offset"] + mark["length"] > entities.utf16(text) for mark in own):
        raise bad("entity beyond the end of the text")
    marks = entities.all_of(text, own)
    return ({name: text} if text else {}) | ({marks_name: marks} if marks else {})


def keyboard(given: Parameters) -> Json:
    """`reply_markup`, where it is an inline keyboard with buttons in it.

    Raises:
        Refused: 400, a button that Telegram would not take.
    """
    rows = given.mapping("reply_markup").get("inline_keyboard") or []
    for button in (button for row in rows for button in row):
        if not button.get("text"):
            raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if len(str(button.get("callback_data", "-")).encode()) not in range(1, LONGEST_DATA + 1):
            raise bad("BUTTON_DATA_INVALID")
        if sum(kind in button for kind in ("callback_data", "url", "web_app", "switch_inline_query")) != 1:
            raise bad("can't parse inline keyboard button: exactly one action expected")
        if "url" in button and not button["url"].startswith(("https://", "http://", "tg://", "t.me/")):
            raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return {"reply_markup": {"inline_keyboard": rows}} if any(rows) else {}


def hung_on(world: World, chat: Chat, given: Parameters) -> Json:
    """What a message answers, and in which topic it stands.

    Raises:
        Refused: 400: nothing there to answer, no such topic.
    """
    asked = given.mapping("reply_parameters")
    number = asked.get("message_id") or given.integer("reply_to_message_id")
    lenient = asked.get("allow_sending_without_reply") or given.flag("allow_sending_without_reply")
    answered = chat.messages.get(int(number or 0))
    if number and answered is None and not lenient:
        raise bad("message to be replied not found")
    topic = given.integer("message_thread_id")
    if topic and topic not in chat.topics:
        raise bad("message thread not found")
    hung: Json = {}
    if answered is not None:
        hung["reply_to_message"] = world.brief(answered)
        topic = topic or (answered.get("message_thread_id", 0) if chat.forum else 0)
        if asked.get("quote") and str(asked["quote"]) not in str(
            answered.get("text") or answered.get("caption")
        ):
            raise bad("message quote not found")
    return hung | ({"message_thread_id": topic, "is_topic_message": True} if topic else {})
