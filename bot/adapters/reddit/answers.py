"""What an answer's status and headers mean for the request that brought it."""

import json
import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

import requests

from bot.adapters.reddit.refusals import UNTOLD_WAIT, AccessRefused, bounded, understood
from bot.domain.errors import (
    BotError,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    ReplyUnconfirmed,
    SettingsError,
)

_REDIRECTIONS, _REFUSALS, _FAILURES = 300, 400, 500
_WORD: Final = re.compile(r"[A-Za-z_]{1,40}")
_REFUSED: Final = {
    HTTPStatus.FORBIDDEN: 403,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: 403,
    HTTPStatus.NOT_FOUND: 404,
    HTTPStatus.GONE: 404,
}
_OF_CREDENTIALS: Final = frozenset(
    {"invalid_grant", "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_request"}
)


class TokenRefused(PlatformUnavailable):
    """The token is over, or was withdrawn: nothing was done, and a new one may do."""

    def __init__(self) -> None:
        super().__init__("Reddit did not accept the token")


def check(answer: requests.Response, limits: Mapping[str, str], now: datetime, *, action: bool) -> None:
    """Let an answer of success pass.

    Args:
        answer: to anything but a token request.
        limits: its `x-ratelimit-*` headers.
        now: the present, aware.
        action: whether it was to do something; then "nobody knows" is `ReplyUnconfirmed`.

    Raises:
        TokenRefused: 401.
        PlatformError: as `ports.Api` says of GET and of POST.
    """
    status = answer.status_code
    if status in (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT):
        return
    if status == HTTPStatus.UNAUTHORIZED:
        raise TokenRefused
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimited(_asked_wait(answer, limits, now))
    if _redirects(status) and not action:
        raise AccessRefused(HTTPStatus.NOT_FOUND, "redirected")  # to the search: there is no such subreddit
    if status == HTTPStatus.FORBIDDEN and not _decoded(answer):
        raise PlatformUnavailable("Reddit's front turned us away")  # its API says so in JSON
    if not _refuses(status):
        raise unknown(f"Reddit answered {status}", action=action)
    raise _forbidden_action(answer) if action else _not_given(answer)


def check_token(answer: requests.Response, now: datetime) -> None:
    """Let a usable token pass.

    Raises:
        SettingsError: Reddit does not accept the credentials.
        PlatformUnavailable, RateLimited: there is none now.
    """
    status, said = answer.status_code, _decoded(answer)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimited(_asked_wait(answer, {}, now))
    if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED) or said.get("error") in _OF_CREDENTIALS:
        raise _not_accepted()
    if status != HTTPStatus.OK or not _is_token(said):
        raise PlatformUnavailable(f"Reddit gave no token ({status})")


def unknown(what: str, *, action: bool) -> PlatformError:
    """Of an action nobody knows whether it was done; of a question, that it brought nothing."""
    return ReplyUnconfirmed(what) if action else PlatformUnavailable(what)


def _refuses(status: int) -> bool:
    """Whether the request was looked at and turned down: nothing was done."""
    return _REFUSALS <= status < _FAILURES and status != HTTPStatus.REQUEST_TIMEOUT


def _redirects(status: int) -> bool:
    return _REDIRECTIONS <= status < _REFUSALS


def _not_given(answer: requests.Response) -> PlatformError:
    status = answer.status_code
    if status in _REFUSED:
        return AccessRefused(_REFUSED[HTTPStatus(status)], _reason(answer))
    return PlatformError(f"Reddit answered {status}")


def _forbidden_action(answer: requests.Response) -> PlatformError:
    """Of an action: by its errors, in either of the shapes that Reddit gives them."""
    said = _decoded(answer)
    wrapped = said.get("json")
    inner = wrapped if isinstance(wrapped, dict) else {}
    errors = inner.get("errors") or [[said.get("reason"), said.get("explanation"), None]]
    return understood(errors, status=answer.status_code, ratelimit=inner.get("ratelimit"))


def _not_accepted() -> BotError:
    return SettingsError(
        "SOLACE_REDDIT__CLIENT_ID, __CLIENT_SECRET, __USERNAME, __PASSWORD, __REFRESH_TOKEN: Reddit does not "
        "accept them; the app must be of the type script, and its account one of its developers"
    )


def _is_token(said: Mapping[str, Any]) -> bool:
    token, seconds = said.get("access_token"), said.get("expires_in")
    whole = isinstance(seconds, int) and not isinstance(seconds, bool)
    return isinstance(token, str) and token.isprintable() and whole and isinstance(said.get("scope"), str)


def _reason(answer: requests.Response) -> str:
    """Reddit's own word; the challenge's where a scope is missing."""
    challenge = answer.headers.get("www-authenticate", "").replace('"', "").rpartition("error=")[2]
    for word in (_decoded(answer).get("reason"), challenge):
        if isinstance(word, str) and _WORD.fullmatch(word):
            return word
    return ""


def _asked_wait(answer: requests.Response, limits: Mapping[str, str], now: datetime) -> timedelta:
    """By `retry-after` in seconds or as a date, else by the quota's own reset."""
    after = answer.headers.get("retry-after", "")
    for text in (after, limits.get("x-ratelimit-reset", "")):
        try:
            seconds = float(text)
        except ValueError:
            continue
        if math.isfinite(seconds):
            return bounded(timedelta(seconds=min(max(seconds, 0), 10**6)))
    try:
        return bounded(parsedate_to_datetime(after) - now)
    except (TypeError, ValueError, OverflowError):
        return UNTOLD_WAIT


def _decoded(answer: requests.Response) -> Mapping[str, Any]:
    try:
        said = json.loads(answer.content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
