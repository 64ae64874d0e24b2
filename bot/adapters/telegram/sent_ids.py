"""The ids under which the store knows messages of the bot's."""

from typing import Final

WHISPER: Final = "e"
"""How the id of a message begins that one member alone can see: whispers are numbered by themselves."""


def sent_id(message_id: int | None, ephemeral_id: int | None) -> str | None:
    """What the store calls a message that somebody pointed at; None = at none."""
    if ephemeral_id is not None:
        return f"{WHISPER}{ephemeral_id}"
    return str(message_id) if message_id else None
