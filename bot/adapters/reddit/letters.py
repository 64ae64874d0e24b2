"""The account's inbox, from raw JSON: somebody wants something, praises a reply, or neither."""

import re
from dataclasses import dataclass, field
from typing import Final

from bot.adapters.fields import Raw, WrongField, flag, maybe_text, part, text
from bot.adapters.reddit.values import COMMENT, MESSAGE, channel_of, is_fullname, number_of

COMMANDS: Final = ("optout", "optin", "delete", "why", "pause", "resume")
_COMMAND: Final = re.compile(rf"!({'|'.join(COMMANDS)})(?![\w-])[ \t]*([^\n]*)", re.IGNORECASE)
_PRAISE: Final = re.compile(r"\W*(good|bad)\s+bot\W*", re.IGNORECASE)
_MENTION: Final = re.compile(r"\s*/?u/[\w-]{3,20}[,:]?\s*", re.ASCII)
_ESCAPED: Final = re.compile(r"\\([!_*.-])")
"""Reddit's own editor writes backslashes that nobody typed."""
_LONGEST: Final = 200
"""Characters behind a command that are looked at."""
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
    """

    fullname: str
    author: str | None = field(repr=False)
    subreddit: str | None
    parent: str | None = None
    name: str
    arguments: str = field(default="", repr=False)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Nothing for us.

    Attributes:
        wrong: what of it could not be read, by the field's name; "" = all could.
    """

    fullname: str
    wrong: str = ""


Letter = Command | Praise | Ignored


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
        return _understood(inside, fullname, me)
    except WrongField as wrong:
        return Ignored(fullname=fullname, wrong=wrong.told)


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
        return Ignored(fullname=fullname)
    parent = maybe_text(inside, "parent_id") if is_fullname(fullname, COMMENT) else None
    asked = wanted(said)
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
        return Ignored(fullname=fullname)
    good = opinion[1].lower() == "good"
    return Praise(fullname=fullname, subreddit=subreddit, parent=parent, good=good)


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


def wanted(said: str) -> tuple[str, str] | None:
    """The command that a text begins with, and the rest of its line; None = it begins with none.

    Quotes, and a mention of the account, may stand before it.
    """
    lines = (line for line in said.splitlines() if not line.lstrip().startswith((">", "&gt;")))
    first = next((line.strip() for line in lines if line.strip()), "")
    plain = _ESCAPED.sub(r"\1", _MENTION.sub("", first, count=1) if _MENTION.match(first) else first)
    match = _COMMAND.match(plain)
    return None if match is None else (match[1].lower(), match[2].strip()[:_LONGEST])


# ------------------------------------------------------------------ behind a command

_FULLNAME: Final = re.compile(r"\bt[13]_[0-9a-z]{1,13}\b", re.ASCII)
_LINK: Final = re.compile(r"/comments/[0-9a-z]{1,13}/[^/\s]*/([0-9a-z]{1,13})\b", re.ASCII)
_NAMED: Final = re.compile(r"(?:^|\s)/?r/([A-Za-z0-9_]{2,21})\b", re.ASCII)


def named_thing(arguments: str) -> str | None:
    """The comment or submission that somebody names, by its full name or a link to it."""
    found = _FULLNAME.search(arguments)
    if found is not None:
        return found[0]
    link = _LINK.search(arguments)
    return None if link is None else f"{COMMENT}_{link[1]}"


def named_subreddit(arguments: str) -> tuple[str | None, str]:
    """The subreddit that somebody names, and what is left of the words."""
    found = _NAMED.search(arguments)
    if found is None:
        return None, arguments.strip()
    rest = f"{arguments[: found.start()]} {arguments[found.end() :]}"
    return channel_of(found[1]), rest.strip()


def children(answer: object) -> tuple[list[Raw], str | None]:
    """The items of a listing, and the name behind which it goes on; what is no listing has none."""
    inside = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(inside, dict):
        return [], None
    found, after = inside.get("children"), inside.get("after")
    items: list[Raw] = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return items, after if isinstance(after, str) and after else None
