"""What people's words ask of the bot: commands behind an exclamation mark, and plain wishes in a letter."""

import re
from collections.abc import Collection
from typing import Final

from bot.adapters.durations import typed
from bot.adapters.reddit.values import COMMENT, SUBMISSION, channel_of

COMMANDS: Final = ("optout", "optin", "forget", "delete", "why", "pause", "resume", "help")
_NAMES: Final = r"opt[ _-]?out|opt[ _-]?in|forget|delete|why|pause|resume|help"
_COMMAND: Final = re.compile(rf"![ \t]?({_NAMES})(?![\w-])[ \t]*([^\n]*)", re.IGNORECASE)
_BEFORE: Final = re.compile(
    r"\s*(?:(?:/?u/[\w-]{3,20}|hi|hello|hey|dear|please|pls|ok|okay|bot|solace)\b[,.:!]*+(?:\s++|\Z))*+",
    re.ASCII | re.IGNORECASE,
)
"""Greetings and a mention of the account."""
_ESCAPED: Final = re.compile(r"\\([!_*.-])")
"""Reddit's own editor writes backslashes that nobody typed."""
_LONGEST: Final = 300
"""Characters behind a command that are looked at."""
_POLITE: Final = re.compile(
    r"(?:[\s.,!?]|\b(?:please|pls|thanks|thank you|me|now|my data)\b)*", re.IGNORECASE
)
_BARE: Final = {"optout", "optin", "forget"}
_OF_A_REPLY: Final = {"delete", "why"}
_STRICT: Final = {"forget", "why"}
"""People say "!forget it" and "!why me" and mean no bot."""


def wanted(said: str) -> tuple[str, str] | None:
    """The command that a text begins with, and the rest of its line; None = it begins with none.

    Quotes, greetings and a mention of the account may stand before it. Of those that could as well be
    anybody's words, only the ones count behind which nothing else is said.
    """
    plain = _first_line(said)
    match = _COMMAND.match(plain, _begin(plain))
    if match is None:
        return None
    name, arguments = re.sub("[ _-]", "", match[1].lower()), match[2].strip()[:_LONGEST]
    return None if name in _STRICT and not _whole(name, arguments) else (name, arguments)


def is_command(said: str) -> bool:
    """Whether a comment is nothing but a command that is obeyed: then there is nothing in it to read."""
    lines = [line for line in _unquoted(said) if line.strip()]
    found = wanted(lines[0]) if len(lines) == 1 else None
    return found is not None and _whole(*found)


def _whole(name: str, arguments: str) -> bool:
    """Whether what stands behind a command belongs to it."""
    if name in _OF_A_REPLY:
        arguments = _FULLNAME.sub("", _ADDRESS.sub("", arguments))
    elif name in {"pause", "resume"}:
        _, rest = named_subreddit(arguments)
        arguments = "" if name == "pause" and typed(rest) is not None else rest
    elif name not in _BARE:
        return False
    return _POLITE.fullmatch(arguments) is not None


def _first_line(said: str) -> str:
    first = next((line.strip() for line in _unquoted(said) if line.strip()), "")
    return _ESCAPED.sub(r"\1", first)


def _unquoted(said: str) -> list[str]:
    return [line for line in said.splitlines() if not line.lstrip().startswith((">", "&gt;"))]


def _begin(plain: str) -> int:
    before = _BEFORE.match(plain)
    return before.end() if before else 0


# ------------------------------------------------------------------ plain wishes

_STOP: Final = re.compile(
    r"stop|unsubscribe|opt[ -]?out|opt me out|leave me alone|do not read me|don'?t read me|"
    r"stop (?:it|this|reading me|messaging me|answering me|replying to me|replying)"
)
_OPT_OUT: Final = re.compile(r"opt[ -]?out|opt me out")
_ERASE: Final = re.compile(
    r"(?:delete|erase|remove|forget) (?:(?:all(?: of)? )?my data|everything about me|me)|forget me"
)
_AROUND: Final = re.compile(
    r"^(?:(?:please|pls|hi|hello|hey|bot)\b[\s,.!]*)+|(?<![\s,.!])[\s,.!]++(?:please|thanks|thank you)\b"
)


def wished(said: str, *, private: bool) -> str | None:
    """The command that is meant where somebody uses none; None = nothing that is surely meant for the bot.

    Args:
        said: the whole text.
        private: whether it was written to the bot alone. In public only what nobody says in passing counts.
    """
    plain = " ".join(" ".join(_unquoted(said[:_LONGEST])).lower().replace("\u2019", "'").split())
    bare = _AROUND.sub("", plain).strip(" .,!")
    if (_STOP if private else _OPT_OUT).fullmatch(bare):
        return "optout"
    return "forget" if private and _ERASE.fullmatch(bare) else None


# ------------------------------------------------------------------ behind a command

_FULLNAME: Final = re.compile(r"\bt[13]_[0-9a-z]{1,13}\b", re.ASCII)
_LINK: Final = re.compile(r"/comments/([0-9a-z]{1,13})(?:/[^/\s]*/([0-9a-z]{1,13})\b)?", re.ASCII)
_ADDRESS: Final = re.compile(r"\S*/comments/[0-9a-z]{1,13}\S*", re.ASCII)
_NAMED: Final = re.compile(r"(?:^|\s)/?r/([A-Za-z0-9_]{2,21})\b", re.ASCII)
_WORD: Final = re.compile(r"[A-Za-z0-9_]{2,21}", re.ASCII)


def named_thing(arguments: str) -> str | None:
    """The comment or submission that somebody names, by its full name or a link to it."""
    found = _FULLNAME.search(arguments)
    if found is not None:
        return found[0]
    link = _LINK.search(arguments)
    if link is None:
        return None
    return f"{COMMENT}_{link[2]}" if link[2] else f"{SUBMISSION}_{link[1]}"


def named_subreddit(arguments: str, known: Collection[str] = ()) -> tuple[str | None, str]:
    """The subreddit that somebody names, and what is left of the words.

    Args:
        arguments: what stands behind a command.
        known: channel ids that are also understood without "r/".
    """
    words = () if typed(arguments) else _WORD.finditer(arguments)
    bare = (each for each in words if each[0].lower() in known)
    found = _NAMED.search(arguments) or next(bare, None)
    if found is None:
        return None, arguments.strip()
    rest = f"{arguments[: found.start()]} {arguments[found.end() :]}"
    return channel_of(found[found.lastindex or 0]), " ".join(rest.split())
