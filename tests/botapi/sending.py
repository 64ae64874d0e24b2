"""Methods that send, change and delete what everybody in a chat can see."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from botapi import whispering, writing
from botapi.chats import Chat
from botapi.parameters import Parameters, Upload
from botapi.refusals import Json, bad
from botapi.world import World

Method = Callable[[World, Parameters], Any]

DELETABLE: Final = 48 * 3600.0
"""Seconds: "A message can only be deleted if it was sent less than 48 hours ago"
(https://core.telegram.org/bots/api#deletemessage)."""


def send_message(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#sendmessage."""
    chat = writing.place(world, given)
    return _send(world, chat, given, writing.words(given))


def send_document(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#senddocument."""
    chat, file = writing.place(world, given), given.upload("document")
    name = file.name if isinstance(file, Upload) else "file"
    shown = _keep(world, file) | {"file_name": name}
    return _send(world, chat, given, _caption(given) | {"document": shown})


def send_photo(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#sendphoto."""
    chat = writing.place(world, given)
    shown = _keep(world, given.upload("photo")) | {"width": 800, "height": 600}
    return _send(world, chat, given, _caption(given) | {"photo": [shown]})


def _caption(given: Parameters) -> Json:
    return writing.words(given, "caption", writing.LONGEST_CAPTION)


def _keep(world: World, file: Upload | str) -> Json:
    if isinstance(file, str):
        if file not in world.files:
            raise bad("wrong file identifier/HTTP URL specified")
        number = file
    else:
        number = f"file-{len(world.files) + 1}"
        world.files[number] = file.content
    return {"file_id": number, "file_unique_id": f"u-{number}", "file_size": len(world.files[number])}


def _send(world: World, chat: Chat, given: Parameters, content: Json) -> Json:
    """Check the rest, and store it: for all, or as a whisper."""
    whispered = whispering.wanted(world, given)
    writing.may_write(world, chat)
    content = content | writing.keyboard(given)
    if whispered:
        return whispering.send(world, chat, given, content)
    sent = world.message(chat, world.users[world.bot], **writing.hung_on(world, chat, given), **content)
    world.note("sent", sent)
    return sent


# ------------------------------------------------------------------ afterwards


def edit_message_text(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagetext."""
    chat, old = _own(world, given)
    if "text" not in old:
        raise bad("there is no text in the message to edit")
    writing.may_write(world, chat)
    return _edit(world, chat, old, writing.words(given) | writing.keyboard(given), {"text", "entities"})


def edit_message_caption(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagecaption."""
    chat, old = _own(world, given)
    writing.may_write(world, chat)
    return _edit(world, chat, old, _caption(given) | writing.keyboard(given), {"caption", "caption_entities"})


def edit_message_reply_markup(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagereplymarkup."""
    chat, old = _own(world, given)
    writing.may_write(world, chat)
    return _edit(world, chat, old, writing.keyboard(given), set())


def _own(world: World, given: Parameters) -> tuple[Chat, Json]:
    chat = writing.place(world, given)
    message = chat.messages.get(given.integer("message_id"))
    if message is None:
        raise bad("message to edit not found")
    if message.get("from", {}).get("id") != world.bot:
        raise bad("message can't be edited")
    return chat, message


def _edit(world: World, chat: Chat, old: Json, new: Json, replaced: set[str]) -> Json:
    kept = {name: value for name, value in old.items() if name not in replaced | {"reply_markup"}}
    unchanged = kept | new == old
    if unchanged:
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    chat.messages[old["message_id"]] = changed = kept | new | {"edit_date": world.date}
    world.note("edited", changed)
    return changed


def delete_message(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemessage."""
    chat = writing.place(world, given)
    _delete(world, chat, given.integer("message_id"))
    return True


def delete_messages(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemessages: those that cannot be found are skipped."""
    chat = writing.place(world, given)
    for number in given.data("message_ids") or []:
        if int(number) in chat.messages:
            _delete(world, chat, int(number))
    return True


def _delete(world: World, chat: Chat, number: int) -> None:
    message = chat.messages.get(number)
    if message is None:
        raise bad("message to delete not found")
    mine = world.member(chat, world.bot)
    powerful = mine.status == "administrator" and mine.rights.get("can_delete_messages", True)
    own = message.get("from", {}).get("id") == world.bot
    may = own or chat.kind == "private" or powerful
    if not may or message["date"] <= world.now() - DELETABLE:
        raise bad("message can't be deleted for everyone")
    del chat.messages[number]
    world.note("deleted", message)


METHODS: Final[Mapping[str, Method]] = {
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
}
