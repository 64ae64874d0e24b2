"""What is said in a chat before anybody is read there, and to the admin who brought the bot."""

from typing import Final

from bot.adapters.telegram.texts.spans import span

IN_PRIVATE: Final = "I answer this in private."
OPEN_PRIVATE: Final = "Open a private chat"

CANNOT_READ: Final = (
    "For the admins: I cannot read messages here yet. Make me an administrator (no special right is needed), "
    "or switch my privacy mode off. /doctor says how."
)
CANNOT_WRITE: Final = (
    "I could not post my notice in the group, so I read nobody there. Please allow me to send messages; "
    "I try again with the next message after an hour, or when my rights change."
)
PROMOTED: Final = (
    "Thank you. As an administrator I can read every message of the group, and answer so that only one "
    "person sees it. Whether I do is in /status there; /mode live switches me on."
)
NOTES_ON: Final = (
    "From now on, admins of this group who asked for it get a note when somebody may need a person. It never "
    "says who."
)
NOTES_OFF: Final = "From now on, no admin gets a note from me when somebody may need a person."


def notice(*, keeps_seconds: float, notes: bool, live: bool) -> str:
    """Posted before anybody is read, and once a month.

    Args:
        keeps_seconds: how long texts are kept; 0 = never.
        notes: admins may hear that somebody may need a person.
        live: it answers; else it only watches.
    """
    does = (
        "When somebody seems to have a hard time, I may answer with a few words of support, written in "
        "advance."
        if live
        else "For now I only watch and answer nobody. Once an admin switches me on, I may answer "
        "somebody who seems to have a hard time with a few words of support, written in advance."
    )
    asked = (
        "\n\nAdmins who asked for it get a note when somebody may need a person. It never says who."
        if notes
        else ""
    )
    return (
        f"I am a bot, and I read the messages in this group. {does} I am no crisis service, and I can be "
        f"wrong.\n\n{kept(keeps_seconds)} An experiment may run here if an admin agrees to it: two ways "
        f"of deciding are compared, on the same messages.{asked}"
        "\n\nIf you do not want to be read, write /optout: it holds in every chat and never expires. More is "
        "under /privacy. Questions go to the admins of this group."
    )


def kept(seconds: float) -> str:
    """What is stored, and for how long."""
    if seconds <= 0:
        return (
            "The texts of messages are not stored. What I decided stays, with a code in place of the name of "
            "who wrote."
        )
    return (
        f"The texts of messages are stored for {span(seconds)}, then erased. What I decided stays, with "
        "a code in place of the name of who wrote."
    )


def retention_changed(seconds: float) -> str:
    """Said in the group when an admin changed how long texts are kept."""
    return f"A change for the messages from now on. {kept(seconds)}"


def added(*, title: str, can_read: bool | None, administrator: bool) -> str:
    """To the admin who added the bot, in private.

    Args:
        title: the group's name.
        can_read: whether every message arrives; None = could not be found out.
        administrator: whether the bot is one, and so may whisper.
    """
    lines = [f"Thank you for adding me to {title or 'your group'}. I watch there and answer nobody yet."]
    if can_read is False:
        lines.append(reading_steps())
    if not administrator:
        lines.append(
            "As an administrator I can answer so that only the person concerned sees it. Otherwise my "
            "answers are public."
        )
    lines.append(
        "In the group: /status shows how I stand, /settings what can be changed. After a day or two, "
        "/mode shows how often I would have answered; /mode live switches me on."
    )
    return "\n\n".join(lines)


def reading_steps() -> str:
    """How to let the bot read a group."""
    return (
        "Not every message of the group reaches me yet. One of two steps is enough:\n"
        "1. Group, Edit, Administrators, Add administrator: choose me. No special right is needed.\n"
        "2. @BotFather, /setprivacy, choose me, Disable. Then remove me from the group and add me again."
    )
