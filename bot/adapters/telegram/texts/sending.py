"""What goes along with replies, and what the admin who set the bot up is told in private."""

from typing import Final

FIRST_REPLY: Final = "(I'm a bot here, and this was written in advance. /privacy)"

HELPED: Final = "helped"
NOT_NEEDED: Final = "not needed"
LEAVE_ME_ALONE: Final = "leave me alone"

REMOVED: Final = "(removed)"


def somebody_may_need_a_person(chat: str) -> str:
    """To admins who asked for it: never who, and nothing that was said."""
    return f"Somebody may need a person in {chat}. I can't say more than that."


def silenced(chat: str, why: str) -> str:
    """To the contact, once."""
    return (
        f"I can't write in {chat} any more ({why}), so I stopped reading there: it is off now. "
        "When I'm back with the right to write, turn me on with /mode live."
    )


def no_whispers(chat: str) -> str:
    """To the contact, once, where nobody chose who sees replies."""
    return (
        f"In {chat} Telegram doesn't let me answer so that only the person sees it. What I had to say stayed "
        "unsaid; replies are public there from now on. To change that, make me an administrator, or choose "
        "in /settings who sees them."
    )


def whisper_refused(chat: str) -> str:
    """To the contact, once, where replies are for the person alone."""
    return (
        f"In {chat} Telegram refused a reply that only the person would have seen. I never send it in public "
        "instead, so nobody saw it. Make me an administrator there, or choose public answers in /settings."
    )
