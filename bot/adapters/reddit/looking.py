"""Looks for our own comments under others, in both places where Reddit shows them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.adapters.fields import Raw, WrongField, maybe_text, part, text
from bot.adapters.reddit.pages import check_page, created, page_of, shown_on
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.standing import items, known_standing, next_page, things
from bot.adapters.reddit.values import COMMENT, SUBMISSION
from bot.domain.errors import PlatformUnavailable

A_PAGE: Final = 100
MOST_PAGES: Final = 10
"""Reddit's listings end after about 1,000 things, whatever is behind them."""
WHOLE: Final = 900
"""A listing that ends before so many things ends because there are no more."""
MOST_HIDDEN: Final = 300
"""How many replies behind "load more comments" are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen under a message.

    Attributes:
        comment: the full name of our comment there; None = it was not seen.
        everywhere: both places were looked at, as far as our comment could stand in them.
        parent_gone: nobody can read, or answer, that message any more.
    """

    comment: str | None
    everywhere: bool
    parent_gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """Our newest comments: their full names by that of their parents.

    Attributes:
        back_to: the listing was read back to this time, in seconds; -inf = to its very beginning.
        readable: nothing in it was in a shape that nobody knows.
    """

    under: Mapping[str, str]
    back_to: float
    readable: bool


class Search:
    """Asks Reddit; knows nothing from before.

    Args:
        api: asks.
        username: of the bot.
    """

    def __init__(self, *, api: Api, username: str) -> None:
        self._api = api
        self._username = username

    async def under(self, parents: Collection[str]) -> Mapping[str, Sight]:
        """What is seen under each of these comments and submissions, given by their full names.

        Raises:
            PlatformError, SettingsError: Reddit answered nothing that can be used.
        """
        known = await things(self._api, parents)
        since = [created(known[parent]) if parent in known else float("-inf") for parent in parents]
        own = await self._own(back_to=min(since, default=float("inf")))
        return {parent: await self._sight(parent, known.get(parent), own) for parent in parents}

    async def _own(self, *, back_to: float) -> _Own:
        """Our comments since `back_to`, or as many as Reddit shows."""
        found: dict[str, str] = {}
        after, count, oldest, readable = "", 0, float("inf"), True
        for _ in range(MOST_PAGES):
            params: dict[str, str | int] = {"limit": A_PAGE, "sort": "new"}
            if after:
                params["after"] = after
            page = await self._api.get(f"user/{self._username}/comments", params)
            for item in items(page):
                count += 1
                try:
                    data = part(item, "data")
                    found.setdefault(text(data, "parent_id"), text(data, "name"))
                    oldest = min(oldest, created(data))
                except WrongField:
                    readable = False
            after = next_page(page) or ""
            if not after or oldest < back_to:
                break
        if not after and count < WHOLE:
            oldest = float("-inf")
        return _Own(under=found, back_to=oldest, readable=readable)

    async def _sight(self, parent: str, thing: Raw | None, own: _Own) -> Sight:
        if thing is None:  # nothing can stand under it where anybody would see it
            whole = own.readable and own.back_to == float("-inf")
            return Sight(comment=own.under.get(parent), everywhere=whole, parent_gone=True)
        gone = known_standing(thing).gone
        if parent in own.under:
            return Sight(comment=own.under[parent], everywhere=True, parent_gone=gone)
        sight = await self._tree(parent, thing, gone=gone)
        covered = own.readable and own.back_to < created(thing)
        return sight if covered else replace(sight, everywhere=False)

    async def _tree(self, parent: str, thing: Raw, *, gone: bool) -> Sight:
        """As the comment's own page shows it; a page that cannot be had shows nothing."""
        nothing = Sight(comment=None, everywhere=False, parent_gone=gone)
        try:
            page = await self._api.get(page_of(parent, thing), {"limit": 500, "depth": 2, "sort": "new"})
            replies = _replies(page, parent)
            if replies is None:
                return replace(nothing, everywhere=gone)
            shown = [part(each, "data") for each in replies if each.get("kind") == COMMENT]
            hidden, countable = _hidden(replies)
            if not countable:
                return replace(nothing, comment=self._ours(shown, parent))
            unfolded = await things(self._api, hidden)
            comment = self._ours([*shown, *unfolded.values()], parent)
        except (AccessRefused, PlatformUnavailable, WrongField):
            return nothing
        return Sight(comment=comment, everywhere=len(unfolded) == len(hidden), parent_gone=gone)

    def _ours(self, comments: Sequence[Raw], parent: str) -> str | None:
        """The full name of ours among these.

        Raises:
            WrongField: a comment does not say who wrote it, or what it answers.
        """
        for each in comments:
            author = (maybe_text(each, "author") or "").lower()
            if author == self._username.lower() and text(each, "parent_id") == parent:
                return text(each, "name")
        return None


def _replies(page: Any, parent: str) -> Sequence[Raw] | None:
    """The direct replies on a page of comments; None = the parent is not on it."""
    check_page(page)
    if parent.startswith(f"{SUBMISSION}_"):
        return items(page[1])
    data = shown_on(page, parent)
    if data is None:
        return None
    replies = data.get("replies")
    return items(replies) if isinstance(replies, dict) else ()


def _hidden(replies: Sequence[Raw]) -> tuple[Sequence[str], bool]:
    """Full names of the replies that are not shown, and whether these are all, and few enough."""
    hidden: list[str] = []
    for each in replies:
        if each.get("kind") == COMMENT:
            continue
        folded = part(each, "data").get("children")
        if each.get("kind") != "more" or not isinstance(folded, list) or not folded:
            return (), False
        hidden += [f"{COMMENT}_{each_id}" for each_id in folded]
    return hidden, len(hidden) <= MOST_HIDDEN
