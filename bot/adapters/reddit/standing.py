"""How things stand on Reddit: comments, submissions and our own replies, as `/api/info` shows them."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from bot.adapters.fields import Raw, WrongField, flag, maybe_part, maybe_text, parts, text
from bot.adapters.reddit.ports import Api
from bot.domain.errors import PlatformUnavailable

A_REQUEST: Final = 100
"""How many full names one request may ask about."""

DELETED_WORDS: Final = "[deleted]"
"""What stands in place of an author, or of a text, that somebody took back."""
REMOVED_WORDS: Final = "[removed]"
"""What stands in place of a text that moderators took away."""
_BY_ITS_AUTHOR: Final = frozenset({"author", "deleted"})
"""`removed_by_category` of submissions that their authors deleted themselves."""


class Standing(StrEnum):
    """What became of something that people wrote."""

    STANDS = "stands"
    DELETED = "deleted"
    """By its author, or its author's account is gone."""
    REMOVED = "removed"
    """By moderators or by Reddit; whether its author deleted it besides cannot be seen any more."""
    LOCKED = "locked"
    ARCHIVED = "archived"

    @property
    def gone(self) -> bool:
        """Nobody can read it any more."""
        return self in {Standing.DELETED, Standing.REMOVED}


def standing(thing: Raw) -> Standing:
    """Of the `data` of a comment or submission.

    A comment that moderators removed looks as before, except to moderators and on its own page: see `pages`.

    Raises:
        WrongField: it is not what Reddit documents.
    """
    author = maybe_text(thing, "author")
    category = maybe_text(thing, "removed_by_category")
    words = {maybe_text(thing, "body"), maybe_text(thing, "selftext")}
    by_others = category is not None and category not in _BY_ITS_AUTHOR
    if REMOVED_WORDS in words or by_others or _marked(thing):
        return Standing.REMOVED
    if author in {None, DELETED_WORDS} or DELETED_WORDS in words or category is not None:
        return Standing.DELETED
    if flag(thing, "locked"):
        return Standing.LOCKED
    return Standing.ARCHIVED if flag(thing, "archived") else Standing.STANDS


def known_standing(thing: Raw) -> Standing:
    """The same; a thing in a shape that nobody knows still stands."""
    try:
        return standing(thing)
    except WrongField:
        return Standing.STANDS


def _marked(thing: Raw) -> bool:
    """Whether it says that it was taken away, as it does to those who may know."""
    return True in (thing.get("removed"), thing.get("spam")) or bool(thing.get("banned_by"))


async def things(api: Api, fullnames: Iterable[str], *, spare: bool = False) -> Mapping[str, Raw]:
    """The `data` of these things by full name, with as few requests as that takes.

    Absent is what is not there, and whatever stands in a subreddit that is closed to us.

    Raises:
        PlatformError: as `Api.get`; an answer that is no listing is `PlatformUnavailable`.
    """
    wanted = list(dict.fromkeys(fullnames))
    found: dict[str, Raw] = {}
    for start in range(0, len(wanted), A_REQUEST):
        names = wanted[start : start + A_REQUEST]
        for item in items(await api.get("api/info", {"id": ",".join(names)}, spare=spare)):
            found |= {name: data for name, data in _named(item) if name in names}
    return found


async def look(api: Api, fullname: str) -> Raw | None:
    """The same for one thing that somebody is about to answer: urgent; None = it is not there."""
    answer = await api.get("api/info", {"id": fullname}, urgent=True)
    found = {name: data for item in items(answer) for name, data in _named(item)}
    return found.get(fullname)


def items(listing: Any) -> Sequence[Raw]:
    """The children of a listing: kinds with their data.

    Raises:
        PlatformUnavailable: it is none.
    """
    try:
        return parts(_data(listing), "children")
    except WrongField as error:
        raise PlatformUnavailable(f"Reddit's answer is no listing: {error.told}") from error


def next_page(listing: Any) -> str | None:
    """Where a listing goes on; None = it ends here.

    Raises:
        PlatformUnavailable: it is no listing.
    """
    try:
        return maybe_text(_data(listing), "after")
    except WrongField as error:
        raise PlatformUnavailable(f"Reddit's answer is no listing: {error.told}") from error


def _data(listing: Any) -> Raw:
    if not isinstance(listing, dict):
        raise WrongField("listing")
    data = maybe_part(listing, "data")
    if data is None or not isinstance(data.get("children"), list):
        raise WrongField("children")
    return data


def _named(item: Raw) -> Iterable[tuple[str, Raw]]:
    """A child with its full name; nothing where it has none."""
    try:
        data = maybe_part(item, "data") or {}
        yield text(data, "name"), data
    except WrongField:
        return
