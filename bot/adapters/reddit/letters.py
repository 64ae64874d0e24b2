"""The account's inbox, from raw JSON: somebody wants something, praises a reply, or neither."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from bot.adapters.fields import Raw, WrongField, flag, maybe_text, part, text
from bot.adapters.reddit.commands import wanted, wished
from bot.adapters.reddit.things import created_of
from bot.adapters.reddit.values import COMMENT, MESSAGE, channel_of, is_fullname, number_of

_PRAISE: Final = re.compile(r"\W*(good|bad)\s+bot\W*", re.IGNORECASE)
_REPLIED: Final = re.compile(r"\s*re:", re.IGNORECASE)
_BOTS: Final = re.compile(r"bot[\d_-]*\Z", re.IGNORECASE)
NOBODY: Final = frozenset({"automoderator", "reddit", "[deleted]"})
"""Authors who are no person: what they write asks for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Somebody wants something.

    Attributes:
        fullname: of the message or comment itself.
        author: the account that wrote it; None = the moderators of `subreddit` together, without a name.
        subreddit: where a comment stands, or whose moderators wrote; None in a private message.
        parent: what a comment answers.
        arguments: the rest of the line, as it was typed.
        at: when it was written; None = Reddit does not say.
    """

    fullname: str
    author: str | None = field(repr=False)
    subreddit: str | None
    parent: str | None = None
    name: str
    arguments: str = field(default="", repr=False)
    at: datetime | None = None

    @property
    def public(self) -> bool:
        """Whether everybody can read it."""
        return is_fullname(self.fullname, COMMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Praise:
    """Somebody says "good bot" or "bad bot" under a comment."""

    fullname: str
    subreddit: str
    parent: str
    good: bool
    author: str | None = field(default=None, repr=False)
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unasked:
    """Nothing for us.

    Attributes:
        wrong: what of it could not be read, by the field's name; "" = all could.
    """

    fullname: str
    wrong: str = ""


Letter = Command | Praise | Unasked


def letter(raw: Raw, *, me: str) -> Letter:
    """One item of the inbox; `me` is the account's own name.

    Raises:
        WrongField: it has no name by which it could be marked as read.
    """
    inside = part(raw, "data")
    fullname = text(inside, "name")
    if not is_fullname(fullname, COMMENT, MESSAGE) or not _numbered(fullname):
        raise WrongField("name")
    try:
        found = _understood(inside, fullname, me)
    except WrongField as wrong:
        return Unasked(fullname=fullname, wrong=wrong.told)
    return found if isinstance(found, Unasked) else replace(found, at=created_of(raw))


def _numbered(fullname: str) -> bool:
    try:
        number_of(fullname)
    except ValueError:
        return False
    return True


def _understood(inside: Raw, fullname: str, me: str) -> Letter:
    author, subreddit = maybe_text(inside, "author"), _subreddit(inside)
    said = text(inside, "body")
    if not _speaks(inside, author, subreddit, me):
        return Unasked(fullname=fullname)
    parent = maybe_text(inside, "parent_id") if is_fullname(fullname, COMMENT) else None
    asked = _asked(inside, said, private=_privately(inside, fullname, author))
    if asked is not None:
        name, arguments = asked
        return Command(
            fullname=fullname,
            author=author,
            subreddit=subreddit,
            parent=parent,
            name=name,
            arguments=arguments,
        )
    opinion = _PRAISE.fullmatch(said)
    if opinion is None or parent is None or subreddit is None:
        return Unasked(fullname=fullname)
    good = opinion[1].lower() == "good"
    return Praise(fullname=fullname, subreddit=subreddit, parent=parent, good=good, author=author)


def _asked(inside: Raw, said: str, *, private: bool) -> tuple[str, str] | None:
    """A command and its arguments. To whoever writes a letter, and no bot, at least is said what works."""
    found = wanted(said)
    if found is not None and (private or found[0] != "help"):
        return found
    meant = wished(said, private=private)
    if meant is not None or not private:
        return None if meant is None else (meant, "")
    subject = maybe_text(inside, "subject") or ""
    if not _REPLIED.match(subject):  # or each letter that follows would ask for it again
        found, meant = wanted(subject), wished(subject, private=True)
    if found is not None:
        return found
    return ("help" if meant is None else meant), ""


def _privately(inside: Raw, fullname: str, author: str | None) -> bool:
    """Whether a single person wrote it to us alone; to bots nothing is explained."""
    alone = is_fullname(fullname, MESSAGE) and not maybe_text(inside, "subreddit")
    return alone and author is not None and _BOTS.search(author) is None


def _subreddit(inside: Raw) -> str | None:
    named = maybe_text(inside, "subreddit")
    return channel_of(named) if named else None


def _speaks(inside: Raw, author: str | None, subreddit: str | None, me: str) -> bool:
    """Whether a person wrote this, or a subreddit's moderators together.

    A message without an author is the moderators' only where Reddit itself says so, and where it came to
    us: an account that was deleted has no name either, and what people write to a subreddit that we
    moderate names that subreddit too.
    """
    if author is not None:
        return author.lower() not in {*NOBODY, me.lower()} and inside.get("distinguished") != "admin"
    to_us = (maybe_text(inside, "dest") or "").lower() == me.lower()
    official = maybe_text(inside, "distinguished") == "moderator"
    return subreddit is not None and to_us and official and not flag(inside, "was_comment")


def children(answer: object) -> tuple[list[Raw], str | None]:
    """The items of a listing, and the name behind which it goes on; what is no listing has none."""
    inside = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(inside, dict):
        return [], None
    found, after = inside.get("children"), inside.get("after")
    items: list[Raw] = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return items, after if isinstance(after, str) and after else None
