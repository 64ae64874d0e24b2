"""What Reddit says when it does not do what it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Json = dict[str, Any]

USUAL: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
}
"""The `message` of a refusal by its HTTP status."""

WORDS: Final = {
    "BAD_SR_NAME": "that name isn't going to work",
    "DELETED_COMMENT": "that comment has been deleted",
    "DELETED_LINK": "the link you are commenting on has been deleted",
    "NO_SUBJECT": "please enter a subject",
    "NO_TEXT": "we need something here",
    "NO_USER": "please enter a username",
    "RATELIMIT": "you are doing that too much. try again in 9 minutes.",
    "SUBREDDIT_NOEXIST": "that subreddit doesn't exist",
    "THREAD_LOCKED": "Comments are locked.",
    "TOO_LONG": "this is too long (max: 10000)",
    "TOO_OLD": "that's a piece of history now; it's too late to reply to it",
    "USER_BLOCKED": "you can't send to a user that has blocked you",
    "USER_DOESNT_EXIST": "that user doesn't exist",
}
"""How the errors inside `json.errors` are worded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Exception):
    """A refusal that shows in the HTTP status."""

    code: int
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> Json:
        """The answer's JSON."""
        told = {"message": USUAL.get(self.code, "Something went wrong"), "error": self.code}
        return told | ({"reason": self.reason} if self.reason else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied(Exception):
    """A refusal of a form, with status 200.

    Attributes:
        error: such as "THREAD_LOCKED".
        place: the field that it is about.
        seconds: of `json.ratelimit`; None where it is not sent.
        words: for people; None = the usual ones.
    """

    error: str
    place: str | None = "parent"
    seconds: float | None = None
    words: str | None = None

    def body(self) -> Json:
        """The answer's JSON."""
        told: Json = {"errors": [[self.error, self.words or WORDS.get(self.error, self.error), self.place]]}
        return {"json": told | ({"ratelimit": self.seconds} if self.seconds is not None else {})}


def not_found() -> Refused:
    """404."""
    return Refused(code=404)


def nowhere(name: str) -> Refused:
    """302: there is no such subreddit, which Reddit takes for a search."""
    return Refused(code=302, headers={"location": f"/subreddits/search?q={name}"})


def no_token() -> Refused:
    """401: the access token is unknown or too old."""
    return Refused(code=401, headers={"www-authenticate": 'Bearer realm="reddit", error="invalid_token"'})
