"""What `/phrases` says."""

from typing import Final

USAGE: Final = (
    "Like this:\n/phrases list\n/phrases add That sounds heavy.\n/phrases add sadness, grief: That "
    "sounds heavy.\n/phrases edit own-1 That sounds hard.\n/phrases mute own-1\n/phrases unmute own-1"
)
USE: Final = "Use it"
THROW_AWAY: Final = "Throw away"
IN_USE: Final = "In use from now on."
THROWN_AWAY: Final = "Thrown away."
NO_MORE: Final = "This chat has as many phrases of its own as it can have."
NEXT: Final = "Next"
PREVIOUS: Final = "Back"
ANY_FEELING: Final = "any feeling"
GENERAL: Final = "no certain feeling"
UNKNOWN_FEELING: Final = (
    "has words before a colon that are no feeling I know, such as sadness, grief, fear, anger or "
    "disappointment; it would answer any"
)
MUTED_MARK: Final = "(muted)"


def heading(*, used: int, muted: int, page: int, pages: int) -> str:
    """Over one page of the list."""
    return f"Phrases here: {used} in use, {muted} muted. Page {page} of {pages}."


def entry(phrase_id: str, text: str, *, muted: bool) -> str:
    """A phrase in the list."""
    return f"{phrase_id}: {text} {MUTED_MARK}" if muted else f"{phrase_id}: {text}"


def preview(phrase_id: str, text: str, feelings: str, warnings: str) -> str:
    """A phrase before it is used: how it reads, for what, and what speaks against it."""
    warned = f"\n\n{warnings}" if warnings else ""
    return f"It would read:\n\n{text}\n\nIts name is {phrase_id}; it answers {feelings}.{warned}"


def warnings(broken: list[str]) -> str:
    """What the rules say of a phrase; the admin may use it all the same."""
    if not broken:
        return ""
    listed = "\n".join(f"- This phrase {each}." for each in broken)
    return f"Think again about this. You may use it all the same.\n{listed}"


def refused(why: str) -> str:
    """What cannot be a phrase, or cannot be muted."""
    return f"This phrase {why}."


def muted(text: str) -> str:
    """From now on it is not said here."""
    return f"Muted here: {text}"


def unmuted(text: str) -> str:
    """From now on it may be said here."""
    return f"Used here again: {text}"
