"""One listing, read backwards from its newest item until something is known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.things import created_of, edit_of, name_of
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Haul:
    """What one walk brought.

    Attributes:
        items: raw, the newest first.
        reached: whether something known was met, or what is older than that.
        full: whether there was so much that Reddit may have shown only a part: more than one page; where
            nothing was known before, `SHORT` items at least.
        error: what ended the walk too early; None = it went as far as it should.
    """

    items: Sequence[object]
    reached: bool
    full: bool
    error: PlatformError | None = None

    @property
    def gap(self) -> bool:
        """Whether items may have dropped out of the listing before anybody read them."""
        return self.full and not self.reached and self.error is None


class Submitted:
    """Which texts of which items this process has brought to the intake: bounded, the latest stay."""

    def __init__(self) -> None:
        self._edits: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._edits)

    def has(self, raw: object) -> bool:
        """Whether this text of this item was brought in; an item without a name never was."""
        name = name_of(raw)
        return name is not None and self._edits.get(name) == edit_of(raw)

    def add(self, raws: Sequence[object]) -> None:
        """These were, the oldest first."""
        for raw in raws:
            name = name_of(raw)
            if name is not None:
                self._edits.pop(name, None)
                self._edits[name] = edit_of(raw)
        while len(self._edits) > MOST_SUBMITTED:
            self._edits.pop(next(iter(self._edits)))


async def walk(api: Api, path: str, cursor: Cursor | None) -> Haul:
    """Page on while nothing known was met, up to the listing's end; without a cursor, one page.

    There is no `before`: Reddit answers with nothing at all where that item was deleted.

    Raises:
        PlatformError: the first page did not come.
        SettingsError: Reddit does not accept the credentials.
    """
    items: list[object] = []
    known = frozenset(cursor.recent) if cursor else frozenset()
    behind: Sequence[str | None] = (None,)
    for page_number in range(MOST_PAGES):
        try:
            page, after = await _page_behind(api, path, behind)
        except PlatformError as error:
            if not items:
                raise
            return Haul(items=items, reached=False, full=True, error=error)
        items += page
        reached = cursor is None or _reaches(page, known, cursor.polled_at - SETTLED)
        if reached or after is None:
            full = page_number > 0 and (bool(known) or len(items) >= SHORT)
            return Haul(items=items, reached=reached, full=full)
        behind = (after, *_earlier(items))
    return Haul(items=items, reached=False, full=True)


def advanced(cursor: Cursor, haul: Haul, *, judged: int, at: datetime) -> Cursor:
    """The cursor once all of a haul is judged.

    Args:
        cursor: where the listing stood.
        haul: complete.
        judged: how many of its items were new.
        at: when it was asked for.
    """
    names = [name for name in map(name_of, haul.items) if name is not None]
    recent = tuple(dict.fromkeys([*names, *cursor.recent]))[:MOST_KNOWN]
    moved = replace(cursor, recent=recent, polled_at=at, seen=cursor.seen + judged)
    return replace(moved, gaps=cursor.gaps + 1, last_gap_at=at) if haul.gap else moved


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
    data = answer.get("data") if isinstance(answer, dict) else None
    children = data.get("children") if isinstance(data, dict) else None
    if not isinstance(children, list) or not isinstance(data, dict):
        raise PlatformError("no listing")
    following = data.get("after")
    return children, following if isinstance(following, str) and following != after else None


def _reaches(page: Sequence[object], known: Collection[str], settled: datetime) -> bool:
    if any(name_of(raw) in known for raw in page):
        return True
    created = sorted(moment for moment in map(created_of, page) if moment is not None)
    return bool(created) and created[len(created) // 2] < settled  # one wrong date decides nothing
