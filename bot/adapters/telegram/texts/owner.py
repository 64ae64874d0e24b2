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
    """The model in use, with what its manifest says it reached."""
    lines = [f"Model {version}"]
    for table, numbers in metrics.items():
        listed = ", ".join(f"{name} {value:.3f}" for name, value in numbers.items())
        lines.append(f"{table}: {listed}")
    return "\n".join(lines)


def health(parts: Mapping[str, bool]) -> str:
    """Which parts work."""
    heading = READY if all(parts.values()) else NOT_READY
    return "\n".join(
        [heading, *(f"{name}: {'works' if works else 'fails'}" for name, works in parts.items())]
    )
