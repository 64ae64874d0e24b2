"""Errors as RFC 9457 problem details. They name fields and never repeat what was sent."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from bot.adapters.http.headers import SECURITY_HEADERS
from bot.domain.errors import BotError, Overloaded

MEDIA_TYPE: Final = "application/problem+json"
_MAX_ERRORS = 20
_BUSY_SECONDS = 5


class FieldError(Exception):
    """A field that is well formed, and wrong all the same.

    Args:
        field: where it is, such as "messages[0].channel_id".
        detail: what to do about it; never the value.
    """

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.detail = detail


class Problem(JSONResponse):
    """One problem, as a response.

    Args:
        status: the HTTP status; its phrase is the title.
        detail: one plain sentence for a person.
        errors: for a 422: each wrong field and why.
    """

    media_type = MEDIA_TYPE

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        body: dict[str, object] = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
        }
        if errors:
            body["errors"] = list(errors)
        super().__init__(body, status_code=status, headers=dict(headers or {}))


def install(app: FastAPI) -> None:
    """Let every error of this app end as a problem."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(FieldError, _wrong_field)
    app.add_exception_handler(BotError, _unavailable)
    app.add_exception_handler(Exception, _unexpected)


_DETAILS: Final = {
    400: "The request could not be read. Send JSON in UTF-8.",
    404: "There is nothing here. /openapi.json lists what there is.",
    405: "This address does not take that method; see the Allow header.",
}


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class
    detail = _DETAILS.get(error.status_code, error.detail)
    return Problem(error.status_code, detail, headers=error.headers)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for this class
    found = error.errors()
    errors = [{"field": _field(each), "detail": _detail(each)} for each in found[:_MAX_ERRORS]]
    more = f" The first {_MAX_ERRORS} of {len(found)} are listed." if len(found) > _MAX_ERRORS else ""
    return Problem(422, f"Some fields cannot be used.{more}", errors=errors)


async def _wrong_field(_request: Request, error: Exception) -> Response:
    assert isinstance(error, FieldError)  # noqa: S101  # registered for this class
    return Problem(
        422, "Some fields cannot be used.", errors=[{"field": error.field, "detail": error.detail}]
    )


def crowded(retry_after: timedelta) -> Problem:
    """There is no room: when to come again."""
    seconds = max(1, ceil(retry_after.total_seconds()))
    detail = f"Too much is waiting already; nothing was taken. Try again in {seconds} s."
    return Problem(503, detail, headers={"Retry-After": str(seconds)})


async def _unavailable(_request: Request, error: Exception) -> Response:
    if isinstance(error, Overloaded):
        return crowded(error.retry_after)
    detail = f"The database did not answer; nothing was acknowledged. Try again in {_BUSY_SECONDS} s."
    return Problem(503, detail, headers={"Retry-After": str(_BUSY_SECONDS)})


async def _unexpected(_request: Request, _error: Exception) -> Response:
    detail = "Something went wrong here. It is in the log, without what you sent."
    return Problem(500, detail, headers=SECURITY_HEADERS)  # answered outside of every middleware


def _field(error: Mapping[str, Any]) -> str:
    """Where an error is, in names of ours only: an unknown field's own name stays unsaid."""
    location = list(error["loc"])[1:]
    if error["type"] == "extra_forbidden":
        location = location[:-1]
    if error["type"] == "json_invalid":
        location = []
    if error["loc"][0] in {"query", "path"}:
        return ".".join(map(str, location))
    return "".join(_steps(location)).lstrip(".") or "body"


def _steps(location: Sequence[object]) -> Iterator[str]:
    for step in location:
        yield f"[{step}]" if isinstance(step, int) else f".{step}"


_PLAIN: Final = {
    "extra_forbidden": "has a field that is not known here",
    "string_unicode": "holds half of a surrogate pair",
    "json_invalid": "is not JSON",
    "missing": "is missing",
    "string_type": "must be a text",
    "string_pattern_mismatch": "holds characters that do not belong there, or has the wrong length",
    "model_attributes_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "list_type": "must be a list",
    "timezone_aware": "needs a time zone, such as a Z at its end",
    "string_too_long": "is longer than {max_length}",
    "too_long": "is longer than {max_length}",
    "string_too_short": "is shorter than {min_length}",
    "too_short": "is shorter than {min_length}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "value_error": "{error}",
}
_PLAIN_KINDS: Final = (
    ("datetime", "must be a time in ISO 8601, such as 2026-01-31T12:00:00Z"),
    ("int", "must be a whole number"),
    ("float", "must be a number"),
)


def _detail(error: Mapping[str, Any]) -> str:
    """Why, in words that hold no value: pydantic's own sentences are never passed on."""
    kind: str = error["type"]
    if kind in _PLAIN:
        return _PLAIN[kind].format_map(error.get("ctx", {}))
    return next((words for start, words in _PLAIN_KINDS if kind.startswith(start)), "cannot be used")
