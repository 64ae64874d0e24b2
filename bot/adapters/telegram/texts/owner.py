"""What the operator is told, in private."""

from collections.abc import Mapping
from typing import Final

from bot.adapters.telegram.texts.spans import counted

NO_CHATS: Final = "I am in no chat yet."
NO_DRIFT: Final = "Drift is not watched yet."
REFERENCE: Final = "The model brought what it saw and said at its release, so that it can be compared later."
NO_REFERENCE: Final = "The model brought nothing to compare with."
READY: Final = "Ready."
NOT_READY: Final = "Not ready."
MAIN: Final = {
    "positive_macro_f1": "positive or not, macro-F1",
    "positive_ap": "positive, average precision",
    "negative_normal_precision": "answers at normal sensitivity, precision",
    "groups_macro_f1": "four moods, macro-F1",
}
CARD: Final = "The rest is in its card: `solace model card`."
MOST: Final = 40


def chats(*, groups: int, private: int, modes: Mapping[str, int]) -> str:
    """Over the list of groups; private chats are counted and never listed."""
    listed = ", ".join(f"{number:,} {mode}" for mode, number in sorted(modes.items()))
    return (
        f"{counted(groups, 'group')} ({listed or 'none'}), {counted(private, 'private chat')}. "
        "Of the last 24 hours:"
    )


def chat(*, name: str, mode: str, seen: int, answered: int, trouble: str) -> str:
    """One group: its id, as titles are not stored."""
    line = f"{name}: {mode}, {seen:,} seen, {answered:,} answered"
    return f"{line} ({trouble})" if trouble else line


def more(number: int) -> str:
    """Groups that did not fit."""
    return f"and {number:,} more"


def model(version: str, metrics: Mapping[str, Mapping[str, float]]) -> str:
    """The model in use, with the main numbers that its manifest has of comments it never saw."""
    reached = metrics.get("test") or metrics.get("dev") or {}
    lines = [f"{words}: {reached[name]:.3f}" for name, words in MAIN.items() if name in reached]
    return "\n".join([f"Model {version}", *lines, *([CARD] if lines else [])])


def health(parts: Mapping[str, bool]) -> str:
    """Which parts work."""
    heading = READY if all(parts.values()) else NOT_READY
    return "\n".join(
        [heading, *(f"{name}: {'works' if works else 'fails'}" for name, works in parts.items())]
    )
