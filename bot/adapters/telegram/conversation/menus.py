"""The command menus that Telegram shows, by who looks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.adapters.telegram.texts import menus

PERSONAL: Final = frozenset({"why", "mydata", "forget", "optout", "optin", "privacy"})
"""In a group, the command and its answer are for the person alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuCall:
    """One call of `setMyCommands`."""

    parameters: Mapping[str, Any]
    method: str = "setMyCommands"


def menu_calls(*, owners: Collection[int]) -> Sequence[MenuCall]:
    """What to call at start. An owner who never wrote to the bot has no chat with it: that call may fail.

    `owners` are user ids; in their private chats the operator's commands stand beside everybody's.
    """
    private = menus.PRIVATE | menus.EVERYONE
    members = _commands(menus.EVERYONE, personal=PERSONAL)
    admins = _commands(menus.ADMINS | menus.EVERYONE, personal=PERSONAL)
    scopes = (
        ({"type": "default"}, _commands(private)),
        ({"type": "all_group_chats"}, members),
        ({"type": "all_chat_administrators"}, admins),
        ({"type": "all_private_chats"}, _commands(private | _OWN_CHAT)),
        *(
            ({"type": "chat", "chat_id": owner}, _commands(menus.OWNERS | private | _OWN_CHAT))
            for owner in sorted(owners)
        ),
    )
    return [MenuCall(parameters={"commands": commands, "scope": scope}) for scope, commands in scopes]


_OWN_CHAT: Final = {name: menus.ADMINS[name] for name in ("mode", "settings", "pause", "resume", "phrases")}
"""What somebody may change in their own chat."""


def _commands(
    described: Mapping[str, str], *, personal: Collection[str] = frozenset()
) -> list[dict[str, Any]]:
    return [
        {"command": name, "description": words} | ({"is_ephemeral": True} if name in personal else {})
        for name, words in described.items()
    ]
