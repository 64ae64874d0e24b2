"""What `/status`, `/doctor` and `/experiment` say."""

from typing import Final

from bot.adapters.telegram.texts.notice import reading_steps
from bot.adapters.telegram.texts.spans import counted, span

READS: Final = "Reading: every message of this group reaches me."
READS_UNKNOWN: Final = "Reading: Telegram did not say whether privacy mode is on. Try again in a minute."
NO_NOTICE: Final = (
    "Notice: it does not stand here, so I read nobody. Allow me to send messages; I try again with the next "
    "message after an hour."
)
WHISPERS: Final = "Whispers: they work here."
WHISPERS_NOT: Final = (
    "Whispers: Telegram refused one here. Make me an administrator, or choose public answers under "
    "/settings; until then I say nothing to anybody."
)
WHISPERS_NOT_WANTED: Final = "Whispers: I cannot make them here, so my answers are public."
WHISPERS_UNKNOWN: Final = "Whispers: not tried here yet."
MEMBER_ONLY: Final = (
    "Rights: I am a plain member. As an administrator (no special right is needed) I could answer so "
    "that only one person sees it."
)
ADMINISTRATOR: Final = "Rights: I am an administrator."
PRIVATE: Final = "This is a private chat: I read what you write here, once you said /start."

STATUSES: Final = {
    "administrator": "an administrator",
    "member": "a member",
    "restricted": "a member who may not do everything",
    "left": "not in the group",
    "kicked": "banned here",
}
UNKNOWN: Final = "unknown, Telegram did not say"

NO_EXPERIMENT: Final = (
    "No experiment runs here, and none can yet. What is planned: two ways of deciding are compared on "
    "the same messages, and a part of the answers is left to the simpler one. It begins only in groups "
    "whose admins agreed, and the notice says so."
)
CONSENTED: Final = "An admin agreed that this group takes part once there is one."
NOT_CONSENTED: Final = "No admin agreed to it."
AGREE: Final = "Agree"
WITHDRAW: Final = "Withdraw"


def status(
    *,
    mode: str,
    since: str | None,
    rights: str,
    reads_all: bool | None,
    answer: str,
    counts: str,
) -> str:
    """How the bot stands in a chat.

    Args:
        mode: in words.
        since: when the shadow began, in words.
        rights: Telegram's word for the bot in the group; empty in a private chat.
        reads_all: whether every message arrives; None = could not be found out.
        answer: who sees an answer, in words.
        counts: today's.
    """
    lines = [f"{mode} Since {since}." if since else mode]
    if rights:
        lines.append(f"I am {STATUSES.get(rights, UNKNOWN)}. {_reading(reads_all)}")
        lines.append(f"Who sees an answer: {answer}.")
    return "\n".join([*lines, counts])


def _reading(reads_all: bool | None) -> str:
    if reads_all is None:
        return "Whether every message reaches me is not known right now."
    return (
        "Every message reaches me."
        if reads_all
        else "Privacy mode is on: only commands and answers to me reach me. /doctor says what to do."
    )


def today(*, read: int, answered: int, watched: int) -> str:
    """Today's counts, UTC. No crisis is among them: in a small group everybody would know whose it was.

    Args:
        read: messages judged.
        answered: answers, cards not counted.
        watched: answers that would have gone out, were the chat live.
    """
    parts = [f"{counted(read, 'message')} read", f"{answered:,} answered"]
    if watched:
        parts.append(f"{watched:,} would have been answered")
    return f"Today (UTC): {', '.join(parts)}."


def reads_not() -> str:
    """Privacy mode is on, and what to do."""
    return f"Reading: {reading_steps()}"


def skew(seconds: float) -> str:
    """Our clock and Telegram's differ."""
    return (
        f"Clock: mine and Telegram's differ by {span(abs(seconds))}. The operator should set the "
        "machine's clock; until then I may answer late, or not at all."
    )


def clock_well(seconds: float) -> str:
    """They agree."""
    return f"Clock: right to {abs(seconds):.1f} s."


def failed(number: int, *, more: bool) -> str:
    """Updates that could not be read, in any chat."""
    if number == 0:
        return "Updates: all of the last 48 hours could be read."
    over = "at least " if more else ""
    return (
        f"Updates: {over}{number:,} of the last 48 hours could not be read, in all chats. "
        "The operator's log names them."
    )
