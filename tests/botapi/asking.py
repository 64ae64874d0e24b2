"""Methods that ask who and what there is, answer presses, and set menus and the webhook."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from botapi import entities, writing
from botapi.chats import PRESENT, Member, Webhook
from botapi.parameters import Parameters
from botapi.refusals import Json, bad
from botapi.world import World

LONGEST_ANSWER: Final = 200
"""Characters of `answerCallbackQuery`'s text."""

MOST_COMMANDS: Final = 100


def get_me(world: World, _: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getme."""
    told = {
        "can_join_groups": True,
        "can_read_all_group_messages": world.switches.reads_all,
        "supports_inline_queries": False,
        "supports_guest_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_join_request_queries": False,
    }
    return world.users[world.bot] | told


def get_chat(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getchat."""
    chat = writing.place(world, given)
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    told: Json = {
        "accent_color_id": 3,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, True),
    }
    linked = {"linked_chat_id": chat.linked} if chat.linked is not None else {}
    return world.chat_json(chat) | told | linked


def get_chat_member(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getchatmember."""
    chat = writing.place(world, given)
    user = world.person(given.get("user_id"))
    if chat.kind == "private":
        return Member(status="member").json(user)
    return world.member(chat, user["id"]).json(user)


def get_chat_administrators(world: World, given: Parameters) -> list[Json]:
    """https://core.telegram.org/bots/api#getchatadministrators: other bots are left out."""
    chat = writing.place(world, given)
    if chat.kind == "private":
        raise bad("there are no administrators in the private chat")
    return [
        member.json(world.users[user])
        for user, member in chat.members.items()
        if member.status in {"creator", "administrator"}
        and (user == world.bot or not world.users[user]["is_bot"])
    ]


def get_chat_member_count(world: World, given: Parameters) -> int:
    """https://core.telegram.org/bots/api#getchatmembercount."""
    chat = writing.place(world, given)
    return 2 if chat.kind == "private" else sum(one.status in PRESENT for one in chat.members.values())


def leave_chat(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#leavechat."""
    chat = writing.place(world, given)
    if chat.kind == "private":
        raise bad("chat member status can't be changed in private chats")
    world.set_bot(chat.id, "left", by=world.bot)
    return True


def send_chat_action(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#sendchataction."""
    writing.place(world, given)
    return True


def answer_callback_query(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#answercallbackquery."""
    query = world.queries.get(given.text("callback_query_id"))
    if query is None or not world.recent(query.at):
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if entities.utf16(given.text("text")) > LONGEST_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    query.answers.append({"text": given.text("text"), "show_alert": given.flag("show_alert")})
    return True


# ------------------------------------------------------------------ menus


def set_my_commands(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#setmycommands."""
    commands = given.data("commands") or []
    if len(commands) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", "")).removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= entities.utf16(str(command.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    kept = [one | {"command": one["command"].removeprefix("/")} for one in commands]
    world.menus[_scope(world, given)] = kept
    return True


def get_my_commands(world: World, given: Parameters) -> list[Json]:
    """https://core.telegram.org/bots/api#getmycommands."""
    return world.menus.get(_scope(world, given), [])


def delete_my_commands(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemycommands."""
    world.menus.pop(_scope(world, given), None)
    return True


SCOPES: Final = {
    "default": 0,
    "all_private_chats": 0,
    "all_group_chats": 0,
    "all_chat_administrators": 0,
    "chat": 1,
    "chat_administrators": 1,
    "chat_member": 2,
}
"""Kinds of BotCommandScope, and whether they name a chat (1), and a person in it (2)."""


def _scope(world: World, given: Parameters) -> str:
    scope = given.mapping("scope") or {"type": "default"}
    kind = scope.get("type")
    if kind not in SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    names = [str(kind)]
    if SCOPES[kind] >= 1:
        names.append(str(writing.place(world, Parameters(values=scope)).id))
    if SCOPES[kind] >= 2:
        names.append(str(world.person(scope.get("user_id"))["id"]))
    return f"{':'.join(names)}/{given.text('language_code')}"


# ------------------------------------------------------------------ webhook


def set_webhook(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#setwebhook; plain http is let through, for loopback."""
    secret = given.text("secret_token")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad("secret token contains unallowed characters")
    world.updates.allow(given.data("allowed_updates"))
    if given.flag("drop_pending_updates"):
        world.updates.drop_all()
    connections = given.integer("max_connections", 40)
    world.webhook = Webhook(url=given.text("url"), secret=secret or None, connections=connections)
    world.updates.wake()
    return True


def delete_webhook(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletewebhook."""
    if given.flag("drop_pending_updates"):
        world.updates.drop_all()
    world.webhook = Webhook()
    world.updates.wake()
    return True


def get_webhook_info(world: World, _: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getwebhookinfo."""
    hook = world.webhook
    told: Json = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(world.pending()),
    }
    if hook.failed_at is not None:
        told |= {"last_error_date": hook.failed_at, "last_error_message": hook.failure}
    return told | ({"max_connections": hook.connections} if hook.url else {})


def yes(_: World, __: Parameters) -> bool:
    """`close` and `logOut` are heard, and mean nothing here."""
    return True


METHODS: Final[Mapping[str, Callable[[World, Parameters], Any]]] = {
    "getMe": get_me,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "sendChatAction": send_chat_action,
    "answerCallbackQuery": answer_callback_query,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "close": yes,
    "logOut": yes,
}
