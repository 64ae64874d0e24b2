import re
from typing import Final

from bot.adapters.reddit.values import COMMENT, SUBMISSION, is_fullname

_LINK: Final = re.compile(
    r"(?:https?://(?:(?:[a-z]+\.)?reddit\.com|127\.0\.0\.1|localhost)(?::[0-9]{1,5})?)?/?r/(?P<subreddit>[A-Za-z0-9_]{2,21})/comments/(?P<link>[0-9a-z]{1,13})"
    r"(?:/[^/?#\s]*(?:/(?P<comment>[0-9a-z]{1,13}))?)?/?(?:[?#]\S*)?"
)


def fullname_in(permalink: str) -> str | None:
    """The comment, or else the submission, that a link leads to; full names are taken as they are.

    Nothing is ever fetched from the link itself. None = it is no such link.
    """
    wanted = permalink.strip()
    if is_fullname(wanted, COMMENT, SUBMISSION):
        return wanted
    match = _LINK.fullmatch(wanted)
    if match is None:
        return None
    return f"{COMMENT}_{match['comment']}" if match["comment"] else f"{SUBMISSION}_{match['link']}"


def subreddit_in(permalink: str) -> str | None:
    """The subreddit that a link names; None = it names none."""
    match = _LINK.fullmatch(permalink.strip())
    return None if match is None else match["subreddit"].lower()
