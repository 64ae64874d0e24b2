"""What Reddit's refusals mean: the class is what the outbox keeps of a reply that failed."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.domain.errors import (
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    ReplyForbidden,
    ReplyRejected,
)

SHORTEST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(days=1)
UNTOLD_WAIT: Final = timedelta(minutes=1)
"""Where Reddit wants us to wait and does not say how long."""


class AccessRefused(PlatformError):
    """A place on Reddit is private, banned, quarantined or not there.

    Args:
        status: 403 or 404.
        reason: Reddit's own word, such as "private", "banned" or "quarantined"; "" = none was given.
    """

    def __init__(self, status: int, reason: str = "") -> None:
        super().__init__(f"Reddit answered {status}")
        self.status = status
        self.reason = reason


class ThreadLocked(ReplyRejected):
    """Nobody may reply there any more."""


class ThreadArchived(ReplyRejected):
    """The thread is too old for replies."""


class ParentDeleted(ReplyRejected):
    """The comment was deleted by its author, or its submission was."""


class ParentRemoved(ReplyRejected):
    """Moderators took the comment away."""


class AuthorBlockedUs(ReplyRejected):
    """The person does not want to hear from this account."""


class BannedFromSubreddit(ReplyForbidden):
    """The account may not write in the subreddit: nothing may be said there at all."""


def understood(errors: object, *, status: int = 200, ratelimit: object = None) -> PlatformError:
    """The error that stands for what Reddit had against an action; nothing was done.

    Codes are from r2/lib/errors.py of Reddit's published source and from clients that met the newer ones.
    Reddit's sentences may quote people, so only codes are kept.

    Args:
        errors: `json.errors` as it came: lists of a code, a sentence and a field; the rest is passed over.
        status: of HTTP.
        ratelimit: `json.ratelimit`: the seconds to wait, if they came.
    """
    told = _told(errors)
    for code in told:
        if code in _LATER:
            return RateLimited(_wait(ratelimit, told[code]))
    for code in told:
        if code in _MEANINGS:
            return _MEANINGS[code](code)
    description = next(iter(told), f"HTTP {status}")
    return ReplyForbidden(description) if status == _FORBIDDEN else ReplyRejected(description)


def bounded(wait: timedelta) -> timedelta:
    """A wait that somebody else asked for, within reason."""
    return min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)


def _told(errors: object) -> Mapping[str, str]:
    """Codes and their sentences, in order."""
    found: dict[str, str] = {}
    for each in errors if isinstance(errors, list) else ():
        code, sentence = [*each, "", ""][:2] if isinstance(each, list) else (each, "")
        if isinstance(code, str) and _CODE.fullmatch(code):
            found.setdefault(code, sentence if isinstance(sentence, str) else "")
    return found


def _wait(seconds: object, sentence: str) -> timedelta:
    """How long, by the number that came along, or by a sentence such as "try again in 9 minutes"."""
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < _UNREASONABLE:
        return bounded(timedelta(seconds=seconds))
    found = _AMOUNT.search(sentence)
    if found is None:
        return UNTOLD_WAIT
    return bounded(int(found[1]) * _UNITS[found[2].lower()])


_FORBIDDEN: Final = 403
_UNREASONABLE: Final = 10**9
_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]{1,60}")
_AMOUNT: Final = re.compile(r"\b([0-9]{1,6}) (millisecond|second|minute|hour|day)s?\b", re.IGNORECASE)
_UNITS: Final = {
    "millisecond": timedelta(milliseconds=1),
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_LATER: Final = frozenset({"RATELIMIT", "SUBREDDIT_RATELIMIT", "QUOTA_FILLED"})
_MEANINGS: Final[Mapping[str, type[PlatformError]]] = {
    "THREAD_LOCKED": ThreadLocked,
    "TOO_OLD": ThreadArchived,
    "DELETED_COMMENT": ParentDeleted,
    "DELETED_LINK": ParentDeleted,
    "DELETED_THING": ParentDeleted,
    "COMMENT_NOT_ACCESSIBLE": ParentRemoved,
    "USER_BLOCKED": AuthorBlockedUs,
    "USER_BLOCKED_MESSAGE": AuthorBlockedUs,
    "COMMENTER_BLOCKED_POSTER": AuthorBlockedUs,
    "COMMENTER_BLOCKED_PARENT_COMMENTER": AuthorBlockedUs,
    "NOT_WHITELISTED_BY_USER_MESSAGE": AuthorBlockedUs,
    "BANNED_FROM_SUBREDDIT": BannedFromSubreddit,
    "SUBREDDIT_NOTALLOWED": ReplyForbidden,
    "SUBREDDIT_NOEXIST": ReplyForbidden,
    "USER_REQUIRED": PlatformUnavailable,
    "EXPIRED": PlatformUnavailable,
}
