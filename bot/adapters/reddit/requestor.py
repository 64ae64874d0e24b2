"""One request, at most once: prawcore's own would repeat it, wait on its thread, and lose what its end means.

prawcore sees only what went well. Everything else becomes one of our errors here, where it is still known
whether the request had left.
"""

import io
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

import prawcore
import requests
from prawcore.const import ACCESS_TOKEN_PATH
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from bot.adapters.reddit import answers
from bot.domain.errors import PlatformError, PlatformUnavailable, RateLimited, ReplyRejected, ReplyUnconfirmed

CONNECT: Final = 5.0
MOST: Final = 16 * 2**20
"""Bytes of an answer, unpacked: a hundred comments of the greatest length are under 10 MB."""
_PIECE: Final = 64 * 2**10
_RATELIMIT: Final = "x-ratelimit-"
_NOT_SENT: Final = (
    requests.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
)
_NOT_CONNECTED: Final = (NewConnectionError, ConnectTimeoutError, ssl.SSLCertVerificationError)
"""Failures before the connection stands, at two layers."""


class Way:
    """Out of one thread: says whether the present call's request has left, and can be barred for good."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._left = self._barred = False
        self._may_leave: Callable[[], bool] = lambda: True

    def begin(self, may_leave: Callable[[], bool] = lambda: True) -> None:
        """A new call, whose request leaves only if it then still may."""
        with self._lock:
            self._left = False
            self._may_leave = may_leave

    def leave(self) -> None:
        """The request goes now.

        Raises:
            PlatformUnavailable: the way is barred, or the time of the call is over.
        """
        with self._lock:
            if not self._may_leave():
                raise PlatformUnavailable("its time was over before it could leave")
            if self._barred:
                raise PlatformUnavailable("nobody waits for this request any more")
            self._left = True

    @property
    def left(self) -> bool:
        """Whether the present call's request has left."""
        with self._lock:
            return self._left

    def bar(self) -> bool:
        """Let nothing leave any more; whether the present request had."""
        with self._lock:
            self._barred = True
            return self._left


class OnceRequestor(prawcore.Requestor):
    """Makes each request once, to the configured servers alone.

    Args:
        told: takes the `x-ratelimit-*` headers of every answer, on this thread; prawcore never sees them.
        now: the present, aware.
        way: asked before anything but a token request leaves.
        read_timeout: seconds for the server to answer, and for the rest of its answer.
        settings: prawcore's own arguments.
    """

    def __init__(
        self,
        *,
        told: Callable[[Mapping[str, str]], None],
        now: Callable[[], datetime],
        way: Way,
        read_timeout: float,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self._told = told
        self._now = now
        self._way = way
        self._timeouts = (min(CONNECT, read_timeout), read_timeout)
        self._servers = {_server(self.reddit_url), _server(self.oauth_url)}

    def request(self, *args: Any, timeout: float | None = None, **kwargs: Any) -> requests.Response:
        """Make the request, whatever prawcore's own time-out is.

        Raises:
            TokenRefused: Reddit does not know the token any more; nothing was done.
            PlatformError: as `ports.Api` says of GET and of POST.
            SettingsError: Reddit does not accept the credentials.
        """
        del timeout
        method, url = args
        if _server(url) not in self._servers:
            raise ReplyRejected("the request would have gone to another server")
        is_token = url == self.reddit_url + ACCESS_TOKEN_PATH
        if not is_token:
            self._way.leave()
        action = method.upper() != "GET" and not is_token
        answer = self._answer(method, url, kwargs, action=action)
        limits = _taken_off(answer)
        self._told(limits)
        try:
            if is_token:
                answers.check_token(answer, self._now())
            else:
                answers.check(answer, limits, self._now(), action=action)
        except RateLimited as error:
            self._told(_nothing_until(error.retry_after))
            raise
        return answer

    def _answer(
        self, method: str, url: str, settings: Mapping[str, Any], *, action: bool
    ) -> requests.Response:
        try:
            given = {**settings, "allow_redirects": False, "stream": True, "timeout": self._timeouts}
            with self._http.request(method, url, **given) as response:
                return _read(response, time.monotonic() + self._timeouts[1])
        except (requests.RequestException, OSError, ValueError) as error:
            broken = _broken(error, action=action)
        except PlatformUnavailable as error:
            broken = ReplyUnconfirmed(str(error)) if action else error
        raise broken  # out here, so that no foreign error hangs on it: those hold what was sent


def _taken_off(answer: requests.Response) -> Mapping[str, str]:
    """The quota's headers, which prawcore's own limiter would sleep by."""
    names = [name for name in answer.headers if name.lower().startswith(_RATELIMIT)]
    return {name.lower(): answer.headers.pop(name) for name in names}


def _nothing_until(wait: timedelta) -> Mapping[str, str]:
    """A 429 holds for every request, also where its headers speak of plenty, or are none."""
    seconds = str(wait.total_seconds())
    return {f"{_RATELIMIT}used": "0", f"{_RATELIMIT}remaining": "0", f"{_RATELIMIT}reset": seconds}


def _read(response: requests.Response, until: float) -> requests.Response:
    """The whole answer, apart from its connection."""
    body = bytearray()
    for piece in response.iter_content(_PIECE):
        body += piece
        if len(body) > MOST:
            raise PlatformUnavailable("the answer was too long")
        if time.monotonic() > until:
            raise PlatformUnavailable("the answer came too slowly")
    answer = requests.Response()
    answer.status_code = response.status_code
    answer.headers = CaseInsensitiveDict(response.headers)
    answer.url = response.url
    answer.raw = io.BytesIO(body)
    return answer


def _broken(error: Exception, *, action: bool) -> PlatformError:
    """What a request that brought no whole answer comes to. What cannot be told counts as left."""
    name = type(error).__name__
    if isinstance(error, _NOT_SENT) or any(isinstance(each, _NOT_CONNECTED) for each in _beneath(error)):
        return PlatformUnavailable(f"no connection came about ({name})")
    if isinstance(error, requests.Timeout | TimeoutError):
        name = "no answer came in time"
    else:
        name = f"the connection or the answer broke off ({name})"
    return ReplyUnconfirmed(name) if action else PlatformUnavailable(name)


def _beneath(error: BaseException) -> list[object]:
    """What an error of requests wraps: urllib3 hangs its reasons on arguments and attributes."""
    found: list[object] = []
    look: list[object] = [error]
    while look and len(found) < _DEEP:
        each = look.pop()
        found.append(each)
        if isinstance(each, BaseException):
            look += [getattr(each, "reason", None), *each.args]
    return found


_DEEP: Final = 20


def _server(url: str) -> tuple[str, str, int | None]:
    """Which one an address leads to; none for what is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", "", None
    return parts.scheme, parts.hostname or "", port
