"""A comment's own page: the one place that tells what moderators removed."""

from datetime import datetime, timedelta
from typing import Any, Final

from bot.adapters.fields import Raw, WrongField, text
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.standing import Standing, items, known_standing
from bot.adapters.reddit.values import COMMENT, SUBMISSION
from bot.domain.errors import PlatformUnavailable

SHOWS_AFTER: Final = timedelta(minutes=1)
"""A comment may be so young that its page does not show it yet."""
_ITSELF: Final = {"limit": 5, "depth": 1}
"""Whatever answers it is of no interest."""


async def standing_on_page(api: Api, fullname: str, thing: Raw, now: datetime) -> Standing:
    """How a comment stands for those who read its thread; urgent.

    Args:
        api: asks.
        fullname: of the comment.
        thing: its `data`, as `/api/info` told it.
        now: the present, aware.

    Raises:
        PlatformError: as `Api.get`; `PlatformUnavailable` also where nobody can tell yet.
    """
    try:
        page = await api.get(page_of(fullname, thing), _ITSELF, urgent=True)
        shown = shown_on(page, fullname)
        if shown is not None:
            return known_standing(shown)
        age = now.timestamp() - created(thing)
    except WrongField as error:
        raise PlatformUnavailable(f"the comment's page cannot be read: {error.told}") from error
    if age < SHOWS_AFTER.total_seconds():
        raise PlatformUnavailable("the comment is not on its page yet")
    return Standing.REMOVED


def page_of(fullname: str, thing: Raw) -> str:
    """The path of the page of a comment or a submission.

    Raises:
        WrongField: a comment does not say where it stands.
    """
    kind, _, own_id = fullname.partition("_")
    if kind == SUBMISSION:
        return f"comments/{own_id}"
    return f"comments/{text(thing, 'link_id').partition('_')[2]}/_/{own_id}"


def shown_on(page: Any, comment: str) -> Raw | None:
    """The `data` of the comment whose page it is; None = it is not shown there.

    Raises:
        WrongField: it is no page.
        PlatformUnavailable: the same.
    """
    check_page(page)
    for each in items(page[1]):
        data = each.get("data")
        if each.get("kind") == COMMENT and isinstance(data, dict) and data.get("name") == comment:
            return data
    return None


def check_page(page: Any) -> None:
    """Let pass what is a submission, and its comments.

    Raises:
        WrongField: it is not.
    """
    if not isinstance(page, list) or len(page) < 2:  # noqa: PLR2004  # these two
        raise WrongField("page")


def created(thing: Raw) -> float:
    """In seconds since 1970.

    Raises:
        WrongField: it does not say.
    """
    value = thing.get("created_utc")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongField("created_utc")
    return float(value)
