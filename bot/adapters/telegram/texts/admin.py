"""What admins are told: modes, pauses, what was taken away."""

from typing import Final

from bot.adapters.telegram.texts.spans import counted

ADMINS_ONLY: Final = "Only the admins of this group can do that."
UNKNOWN: Final = "I do not know that one. /help shows what I can do."
OLD_BUTTON: Final = "This button does nothing any more."
FIRST_THE_NOTICE: Final = (
    "Before I read anybody here, my notice has to stand in the group, and I could not post it. Please "
    "allow me to send messages."
)
FIRST_START: Final = "Write /start first: it says what I read and keep."

MODE_USAGE: Final = "Like this: /mode live, /mode shadow or /mode off."
PAUSE_USAGE: Final = "Like this: /pause 30 min, /pause 2 h or /pause 1 day. At most 30 days."

MODES: Final = {
    "live": "Live: I read here and answer.",
    "shadow": "Shadow: I read here, and answer nobody.",
    "off": "Off: I read nobody here.",
}
LIVE: Final = "Live"
SHADOW: Final = "Shadow"
OFF: Final = "Off"
PAUSE_2H: Final = "Pause 2 h"
PAUSE_8H: Final = "Pause 8 h"
RESUME: Final = "Resume"

RESUMED: Final = "The pause is over."
NOT_PAUSED: Final = "There was no pause."

NOTHING_TO_UNDO: Final = "There is no reply of mine here to take away."
TAKEN_AWAY: Final = "Taken away."
REMOVED: Final = "(removed)"

EXAMPLES_ARE_PRIVATE: Final = "Some examples go to your private chat with me, if you have one."
ANSWER: Final = "answer"
SILENCE: Final = "silence"
MOST_CHARACTERS: Final = 200


def paused(until: str) -> str:
    """A pause began."""
    return f"I pause until {until}, and read nobody meanwhile. /resume ends it sooner."


def shadowed(*, since: str, read: int, answers: int, days: float) -> str:
    """What would have been said over the time in shadow; of a crisis nothing, as the whole group reads it.

    Args:
        since: a moment in words.
        read: messages judged.
        answers: replies that would have gone out, cards not counted.
        days: how long it watched.
    """
    if read == 0:
        return f"I watched since {since}, and saw no message."
    a_day = f", about {answers / days:.1f} a day" if days >= 2 and answers else ""  # noqa: PLR2004
    return (
        f"I watched since {since}: {counted(read, 'message')} read. "
        f"I would have answered {counted(answers, 'time')}{a_day}."
    )


def examples(shown: list[tuple[str, bool]]) -> str:
    """A few texts without authors, and whether they would have been answered; answered and not, mixed."""
    lines = [f"{ANSWER if answered else SILENCE}: {_short(text)}" for text, answered in shown]
    heading = "What people wrote lately, and what I would have done. Who wrote it stays out."
    return "\n\n".join([heading, *lines])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1].rstrip()}…"
