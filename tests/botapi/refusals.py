"""What the Bot API says when it does not do what it was asked."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Exception):
    """An answer with `ok: false` (https://core.telegram.org/bots/api#making-requests).

    Attributes:
        code: the HTTP status, and `error_code`.
        description: as Telegram words it, with its leading "Bad Request: " and the like.
        retry_after, migrate_to: what goes into `parameters`.
    """

    code: int
    description: str
    retry_after: int | None = None
    migrate_to: int | None = None

    def body(self) -> Json:
        """The answer's JSON."""
        known = {"retry_after": self.retry_after, "migrate_to_chat_id": self.migrate_to}
        parameters = {name: value for name, value in known.items() if value is not None}
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | ({"parameters": parameters} if parameters else {})


def bad(why: str) -> Refused:
    """400."""
    return Refused(code=400, description=f"Bad Request: {why}")


def forbidden(why: str) -> Refused:
    """403."""
    return Refused(code=403, description=f"Forbidden: {why}")


def too_many(seconds: int) -> Refused:
    """429."""
    return Refused(code=429, description=f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def not_found() -> Refused:
    """404: no such method, or no such address."""
    return Refused(code=404, description="Not Found")


def conflict(why: str) -> Refused:
    """409."""
    return Refused(code=409, description=f"Conflict: {why}")


USUAL = {
    400: "Bad Request: made up by the test",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    500: "Internal Server Error",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}
"""How each code is worded when a test only names the code."""
