"""Ephemeral messages (https://core.telegram.org/bots/api#ephemeral-messages-and-commands, Bot API 10.3).

One member of a group sees them, and nobody else. "If the bot is a chat administrator, it can send an
ephemeral message to any non-bot member of the chat at any time"; any other bot only in answer to a press
or to an ephemeral command of the same person, within seconds.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from botapi import writing
from botapi.chats import PRESENT, Chat
from botapi.parameters import Parameters
from botapi.refusals import Json, bad, not_found
from botapi.world import World


def wanted(world: World, given: Parameters) -> bool:
    """Whether a call asks for an ephemeral message, and this server knows what that is.

    An older server ignores the parameter: the caller's secret is then read by everybody.

    Raises:
        Refused: 400, this server refuses them.
    """
    asked = bool(_asked(given))
    if asked and world.switches.ephemeral == "refused":
        raise bad("ephemeral messages are not supported")
    return asked and world.switches.ephemeral == "yes"


def _asked(given: Parameters) -> Json:
    """The parameters, as of 10.3, or in the deprecated form of 10.2."""
    asked = given.mapping("ephemeral_message_parameters")
    if not asked and given.get("receiver_user_id") is not None:
        asked = {"receiver_user_id": given.integer("receiver_user_id")}
        asked |= {"callback_query_id": given.text("callback_query_id")}
    return asked


def send(world: World, chat: Chat, given: Parameters, content: Json) -> Json:
    """Show it to one member.

    Raises:
        Refused: 400: not a group, not a member, a bot, or no right and no reason.
    """
    asked = _asked(given)
    if not chat.is_group:
        raise bad("ephemeral messages can be sent only to groups and supergroups")
    receiver = world.person(asked.get("receiver_user_id"))
    if receiver["is_bot"] or world.member(chat, receiver["id"]).status not in PRESENT:
        raise bad("USER_NOT_PARTICIPANT")
    _justified(world, chat, receiver["id"], asked, given)
    hung, number = writing.hung_on(world, chat, given), next(world.whisper_ids)
    sent = {
        "message_id": 0,
        "ephemeral_message_id": number,
        "receiver_user": receiver,
        "from": world.users[world.bot],
        "chat": world.chat_json(chat),
        "date": world.date,
        **hung,
        **content,
    }
    _take_its_place(world, chat, asked, number)
    chat.whispers[number] = sent
    world.note("sent", sent)
    return sent


def _justified(world: World, chat: Chat, receiver: int, asked: Json, given: Parameters) -> None:
    query = world.queries.get(str(asked.get("callback_query_id") or ""))
    pressed = query is not None and query.user == receiver and query.chat == chat.id
    if asked.get("callback_query_id") and not (pressed and query is not None and world.recent(query.at)):
        raise bad("query is too old and response timeout expired or query ID is invalid")
    number = given.mapping("reply_parameters").get("ephemeral_message_id")
    command = chat.asked.get(int(number or 0))
    if number and (command is None or command["from"]["id"] != receiver):
        raise bad("message to be replied not found")
    answers = command is not None and world.recent(command["date"])
    if world.member(chat, world.bot).status != "administrator" and not pressed and not answers:
        raise bad("CHAT_ADMIN_REQUIRED")


def _take_its_place(world: World, chat: Chat, asked: Json, number: int) -> None:
    if not asked.get("replace_callback_query_message"):
        return
    query = world.queries[str(asked["callback_query_id"])]
    if query.message_id == 0:
        raise bad("callback query comes from an ephemeral message")
    world.replaced[(chat.id, number)] = query.message_id


# ------------------------------------------------------------------ afterwards


def _theirs(world: World, given: Parameters, missing: str) -> tuple[Chat, Json]:
    if world.switches.ephemeral == "ignored":
        raise not_found()
    if world.switches.ephemeral == "refused":
        raise bad("ephemeral messages are not supported")
    chat = writing.place(world, given)
    message = chat.whispers.get(given.integer("ephemeral_message_id"))
    if message is None or message["receiver_user"]["id"] != given.integer("receiver_user_id"):
        raise bad(missing)
    return chat, message


def _edit(world: World, given: Parameters, content: Json, replaced: set[str]) -> bool:
    chat, old = _theirs(world, given, "message to edit not found")
    writing.may_write(world, chat)
    kept = {name: value for name, value in old.items() if name not in replaced | {"reply_markup"}}
    changed = kept | content | writing.keyboard(given)
    if changed == old:
        raise bad("message is not modified")
    chat.whispers[old["ephemeral_message_id"]] = changed
    world.note("edited", changed)
    return True


def edit_text(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#editephemeralmessagetext."""
    return _edit(world, given, writing.words(given), {"text", "entities"})


def edit_reply_markup(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#editephemeralmessagereplymarkup."""
    return _edit(world, given, {}, set())


def delete(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deleteephemeralmessage."""
    chat, message = _theirs(world, given, "message to delete not found")
    del chat.whispers[message["ephemeral_message_id"]]
    world.note("deleted", message)
    return True


METHODS: Final[Mapping[str, Callable[[World, Parameters], Any]]] = {
    "editEphemeralMessageText": edit_text,
    "editEphemeralMessageReplyMarkup": edit_reply_markup,
    "deleteEphemeralMessage": delete,
}
