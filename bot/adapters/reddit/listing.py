"""One listing, read backwards from its newest item until something is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, Final

from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.things import children, created_of, name_of, version_of
from bot.application.watching import Cursor
from bot.domain.errors import PlatformError

LIMIT: Final = 100
"""Items on a page, the most that Reddit gives."""
MOST_PAGES: Final = 12
"""Reddit ends a listing after about 1,000 items; a page may be thinner than `LIMIT`."""
SHORT: Final = 500
"""A listing that ends before so many is taken for whole, even if half of its items were taken away."""
MOST_KNOWN: Final = 200
"""Ids that a cursor holds: moderators may take whole rows of them away in between."""
MOST_SUBMITTED: Final = 2 * LIMIT * MOST_PAGES
_STEPS_BACK: Final = (5, 50)
SETTLED: Final = timedelta(hours=1)
"""An item this much older than the last poll had its chance then: behind it nothing is new."""
LATE: Final = timedelta(seconds=90)
"""How long after it was written an item may show first, and still is found.

Subreddits lag differently: what one shows late stands below what others showed at once, and is read already.
"""
_STRAYS: Final = 10
"""Of a page's items one in so many may have a wrong date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Haul:
    """What one walk brought.

    Attributes:
        items: raw, the newest first.
        names: their full names, those first by which the next walk had best know where this one was.
        reached: whether something known was met, or what is older than that.
        full: whether there was so much that Reddit may have shown only a part: more than one page; where
            nothing was known before, `SHORT` items at least.
        error: what ended the walk too early; None = it went as far as it should.
    """

    items: Sequence[object]
    names: Sequence[str]
    reached: bool
    full: bool
    error: PlatformError | None = None

    @property
    def gap(self) -> bool:
        """Whether items may have dropped out of the listing before anybody read them."""
        return self.full and not self.reached and self.error is None

    @property
    def broken(self) -> bool:
        """Whether Reddit had better not be asked for more now; who refuses says nothing of others."""
        return self.error is not None and not isinstance(self.error, AccessRefused)

    @classmethod
    def failed(cls, error: PlatformError) -> "Haul":
        """Nothing came."""
        return cls(items=(), names=(), reached=False, full=True, error=error)

    @classmethod
    def of(cls, hauls: Sequence["Haul"]) -> "Haul":
        """Several listings that were read apart, as one; the newest of each are among the first names."""
        if len(hauls) == 1:
            return hauls[0]
        items = [item for haul in hauls for item in haul.items]
        rows = zip_longest(*(haul.names for haul in hauls))
        return cls(
            items=sorted(items, key=_age, reverse=True),
            names=[name for row in rows for name in row if name is not None],
            reached=all(haul.reached or not haul.full for haul in hauls),
            full=any(haul.full for haul in hauls),
            error=next((haul.error for haul in hauls if haul.error is not None), None),
        )


class Submitted:
    """Which texts of which items this process has brought to the intake: bounded, the latest stay."""

    def __init__(self) -> None:
        self._versions: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._versions)

    def __contains__(self, name: str) -> bool:
        return name in self._versions

    def has(self, raw: object) -> bool:
        """Whether this text of this item was brought in; an item without a name never was."""
        name = name_of(raw)
        return name is not None and self._versions.get(name) == version_of(raw)

    def reworded(self, raw: object) -> bool:
        """Whether another text of this item was."""
        name = name_of(raw)
        return name is not None and name in self._versions and not self.has(raw)

    def add(self, raws: Sequence[object]) -> None:
        """These were, the oldest first."""
        for raw in raws:
            name = name_of(raw)
            if name is not None:
                self._versions.pop(name, None)
                self._versions[name] = version_of(raw)
        while len(self._versions) > MOST_SUBMITTED:
            self._versions.pop(next(iter(self._versions)))


async def walk(api: Api, path: str, cursor: Cursor | None, *, back_to: datetime | None = None) -> Haul:
    """Page on while nothing known was met, up to the listing's end; without a cursor, one page.

    There is no `before`: Reddit answers with nothing at all where that item was deleted.

    Args:
        api: asks.
        path: of the listing.
        cursor: what is known.
        back_to: also page on, whatever is known, to what was written before this; None = known is enough.

    Raises:
        PlatformError: the first page did not come.
        SettingsError: Reddit does not accept the credentials.
    """
    items: list[object] = []
    known = frozenset(cursor.recent) if cursor else frozenset()
    behind: Sequence[str | None] = (None,)
    reached = cursor is None
    for page_number in range(MOST_PAGES):
        try:
            page, after = await _page_behind(api, path, behind)
        except PlatformError as error:
            if not items:
                raise
            return _haul(items, reached=reached, full=True, error=error)
        items += page
        done = cursor is None or _settled(page, cursor.polled_at - SETTLED)
        reached = reached or done or any(name_of(raw) in known for raw in page)
        if done or after is None or (reached and (back_to is None or _passes(page, back_to))):
            full = page_number > 0 and (bool(known) or len(items) >= SHORT)
            return _haul(items, reached=reached, full=full)
        behind = (after, *_earlier(items))
    return _haul(items, reached=reached, full=True)


def advanced(cursor: Cursor, haul: Haul, *, judged: int, at: datetime) -> Cursor:
    """The cursor once all of a haul is judged.

    Args:
        cursor: where the listing stood.
        haul: complete.
        judged: how many of its items were new.
        at: when it was asked for.
    """
    recent = tuple(dict.fromkeys([*haul.names, *cursor.recent]))[:MOST_KNOWN]
    moved = replace(cursor, recent=recent, polled_at=at, seen=cursor.seen + judged)
    return replace(moved, gaps=cursor.gaps + 1, last_gap_at=at) if haul.gap else moved


def _haul(items: Sequence[object], *, reached: bool, full: bool, error: PlatformError | None = None) -> Haul:
    names = [name for name in map(name_of, items) if name is not None]
    return Haul(items=items, names=names, reached=reached, full=full, error=error)


def _age(item: object) -> float:
    created = created_of(item)
    return created.timestamp() if created is not None else 0.0


async def _page_behind(
    api: Api, path: str, names: Sequence[str | None]
) -> tuple[Sequence[object], str | None]:
    """The page behind the first of these items that has one.

    Behind an item that was taken away in between Reddit finds nothing, as if the listing ended there.
    """
    page, after = await _page(api, path, names[0])
    for name in names[1:]:
        if page:
            break
        page, after = await _page(api, path, name)
    return page, after


def _earlier(items: Sequence[object]) -> Sequence[str]:
    """Items a little before the last one, to begin at instead of it."""
    names = [name for name in map(name_of, items[-LIMIT:]) if name is not None]
    return [names[-back] for back in _STEPS_BACK if back <= len(names)]


async def _page(api: Api, path: str, after: str | None) -> tuple[Sequence[object], str | None]:
    params: Mapping[str, str | int] = {"limit": LIMIT, "raw_json": 1}
    answer: Any = await api.get(path, params if after is None else {**params, "after": after})
    found = children(answer)
    following = answer["data"].get("after")
    return found, following if isinstance(following, str) and following != after else None


def _settled(page: Sequence[object], before: datetime) -> bool:
    """Whether most of a page was written before this."""
    created = _dates(page)
    return bool(created) and created[len(created) // 2] < before  # one wrong date decides nothing


def _passes(page: Sequence[object], moment: datetime) -> bool:
    """Whether a page goes back to before this."""
    created = _dates(page)
    return bool(created) and created[len(created) // _STRAYS] < moment


def _dates(page: Sequence[object]) -> Sequence[datetime]:
    """The oldest first."""
    return sorted(moment for moment in map(created_of, page) if moment is not None)
