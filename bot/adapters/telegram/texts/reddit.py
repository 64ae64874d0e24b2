"""What the operator reads about Reddit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.adapters.telegram.texts.spans import counted, moment
from bot.application.pauses import OPEN_END

USAGE: Final = (
    "Like this: /reddit shows how it stands. /reddit pause NAME begins a break, /reddit pause NAME 2h one "
    "that ends by itself, after at most 30 days. /reddit resume NAME ends it."
)
NOT_WATCHED: Final = "I do not watch that subreddit."
NO_SUBREDDITS: Final = "I watch no subreddit."


def status(lines: Sequence[str], looked: datetime | None, gaps: int) -> str:
    """Every subreddit, and when Reddit answered last."""
    if not lines:
        return NO_SUBREDDITS
    last = f"Last look: {moment(looked)}" if looked else "Not looked yet"
    return "\n".join([*lines, f"{last}, {counted(gaps, 'gap')} so far."])


def line(
    subreddit: str, mode: str, paused_until: datetime | None, refused: str, again: datetime | None
) -> str:
    """One of them, and what keeps the bot out of it."""
    troubles = [
        f"paused {_until(paused_until)}" if paused_until else "",
        f"Reddit keeps me out ({refused}), tried again {moment(again)}" if refused and again else "",
    ]
    return f"r/{subreddit}: {', '.join([mode, *filter(None, troubles)])}"


def paused(subreddit: str, until: datetime) -> str:
    """A break began."""
    return f"r/{subreddit} is paused {_until(until)}."


def resumed(subreddit: str) -> str:
    """It is over, and a refusal of Reddit's is forgotten."""
    return f"r/{subreddit} is read again."


def not_paused(subreddit: str) -> str:
    """There was none."""
    return f"r/{subreddit} was not paused."


def _until(moment_of_end: datetime) -> str:
    return "until you resume it" if moment_of_end >= OPEN_END else f"until {moment(moment_of_end)}"
