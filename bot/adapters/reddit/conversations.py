"""Modmail, from raw JSON: which conversations changed, and what moderators say in one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.adapters.fields import Raw, WrongField, flag, maybe_part, maybe_text, part, text
from bot.adapters.reddit.commands import wanted
from bot.adapters.reddit.letters import NOBODY
from bot.adapters.reddit.values import channel_of

_MOST: Final = 2**59
_BASE: Final = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One conversation of a subreddit's moderators; it changed when `updated` did."""

    id: str
    subreddit: str
    updated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command that a moderator wrote there.

    Attributes:
        number: of the message; no thing of another kind has it (see `values.number_of`).
        arguments: the rest of the line.
    """

    number: int
    at: datetime
    name: str
    arguments: str = field(repr=False)


def conversations(answer: object) -> Iterator[Conversation]:
    """Those of a listing; what cannot be read is left out."""
    found = answer.get("conversations") if isinstance(answer, dict) else None
    for raw in found.values() if isinstance(found, dict) else ():
        if not isinstance(raw, dict):
            continue
        try:
            owner = part(raw, "owner")
            if text(owner, "type") == "subreddit":
                name = channel_of(text(owner, "displayName"))
                yield Conversation(id=_id(raw), subreddit=name, updated=text(raw, "lastUpdated"))
        except (WrongField, ValueError):
            continue


def said(answer: object, *, me: str) -> Iterator[Order]:
    """What moderators of the subreddit want in a conversation, the oldest first.

    Who they are is Reddit's word, message by message. Nobody else's words count, nor do the account's own:
    it may be a moderator itself.
    """
    found = answer.get("messages") if isinstance(answer, dict) else None
    messages = list(found.values()) if isinstance(found, dict) else []
    commands = [each for each in map(lambda raw: _command(raw, me), messages) if each is not None]  # noqa: C417
    yield from sorted(commands, key=lambda each: each.at)


def _command(raw: object, me: str) -> Order | None:
    if not isinstance(raw, dict):
        return None
    try:
        if not _by_a_moderator(raw, me):
            return None
        asked = wanted(text(raw, "bodyMarkdown"))
        at = datetime.fromisoformat(text(raw, "date"))
        number = int(_id(raw), _BASE)
    except (WrongField, ValueError):
        return None
    if asked is None or at.tzinfo is None or number >= _MOST:
        return None
    return Order(number=number * 10, at=at, name=asked[0], arguments=asked[1])


def _by_a_moderator(raw: Raw, me: str) -> bool:
    author: Mapping[str, object] = maybe_part(raw, "author") or {}
    name = (maybe_text(author, "name") or "").lower()
    return flag(author, "isMod") and name not in {"", me.lower(), *NOBODY}


def _id(raw: Raw) -> str:
    """A name made of digits and letters: it becomes part of a path.

    Raises:
        ValueError: it is not.
    """
    found = text(raw, "id")
    if not (found.isascii() and found.isalnum() and found == found.lower()):
        raise ValueError("no id of a conversation")
    return found
