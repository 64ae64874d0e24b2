import re
from collections.abc import Collection
from datetime import timedelta
from math import ceil
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.adapters.http.allowance import Allowance
from bot.adapters.http.keys import ApiKeys
from bot.adapters.http.problems import Problem
from bot.domain.access import ApiKey, Role

HOOK_PATH: Final = "/hooks/telegram"
"""Where a platform pushes updates. It comes under any name, without a key, and with a secret of its own."""
OPEN_PATHS: Final = frozenset({"/", "/healthz", "/openapi.json", HOOK_PATH})
OPEN_FOLDER: Final = "/assets/"
"""What needs no key: nothing there tells about anybody. Everything else does, also what does not exist."""

_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LOOKS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing; whatever else somebody makes up may change something."""
_ELSEWHERE: Final = frozenset({"cross-site", "same-site"})


class Guard:
    """Stands before every route: host, key, role, origin, pace, content type, size, in this order.

    Args:
        keys: who may come in; without any, only requests that address this machine by a loopback name.
        max_body: bytes.
        allowance: how much each key may ask; None = as much as it likes.
        own_names: further names under which this machine is addressed where no key is asked for.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        keys: ApiKeys,
        max_body: int,
        own_names: Collection[str] = (),
        allowance: Allowance | None = None,
    ) -> None:
        self._app = app
        self._keys = keys
        self._max_body = max_body
        self._allowance = allowance
        self._names = _LOOPBACK_NAMES | {name.lower() for name in own_names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        key = self._keys.key(headers.get("authorization"))
        refusal = (
            self._wrong_host(scope, headers)
            or self._no_key(scope, key)
            or self._only_looks(scope, key)
            or self._from_elsewhere(scope, headers)
            or self._too_much(scope, key)
            or self._not_json(scope, headers)
            or self._declared_too_large(headers)
        )
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        scope.setdefault("state", {}).update(
            owner=None if key is None else key.name, key=None if key is None else key.digest
        )
        await self._app(scope, _Limited(receive, self._max_body), send)

    def _wrong_host(self, scope: Scope, headers: Headers) -> Problem | None:
        """A page of another site that made its own name point here (DNS rebinding) is not served."""
        if self._keys or scope["path"] == HOOK_PATH or _host_name(headers.get("host", "")) in self._names:
            return None
        return Problem(421, "Without API keys only 127.0.0.1, localhost and [::1] are served.")

    def _no_key(self, scope: Scope, key: ApiKey | None) -> Problem | None:
        if key is not None or _open(scope["path"]):
            return None
        detail = "Send an API key: Authorization: Bearer SECRET. Keys are set in SOLACE_HTTP__API_KEYS."
        return Problem(401, detail, headers={"WWW-Authenticate": "Bearer"})

    def _only_looks(self, scope: Scope, key: ApiKey | None) -> Problem | None:
        if key is None or key.role is not Role.READ or scope["method"] in _LOOKS or _open(scope["path"]):
            return None
        return Problem(403, "This key is for looking only. Use one whose role is admin.")

    def _from_elsewhere(self, scope: Scope, headers: Headers) -> Problem | None:
        """Browsers say whose page asks: only pages of our own may change anything."""
        if scope["method"] in _LOOKS or headers.get("sec-fetch-site", "").lower() not in _ELSEWHERE:
            return None
        return Problem(403, "Pages of other sites may not change anything here.")

    def _too_much(self, scope: Scope, key: ApiKey | None) -> Problem | None:
        if self._allowance is None or key is None or _open(scope["path"]):
            return None
        wait = self._allowance.wait(key.digest)
        if wait <= timedelta():
            return None
        seconds = max(1, ceil(wait.total_seconds()))
        detail = f"That is more than SOLACE_HTTP__KEY_PACE lets a key ask. Try again in {seconds} s."
        return Problem(429, detail, headers={"Retry-After": str(seconds)})

    def _not_json(self, scope: Scope, headers: Headers) -> Problem | None:
        """Only JSON, which no page of another site can send without asking first; and we never say yes."""
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if scope["method"] in _LOOKS or kind == "application/json":
            return None
        return Problem(415, "Send JSON with the header Content-Type: application/json.")

    def _declared_too_large(self, headers: Headers) -> Problem | None:
        length = headers.get("content-length", "0")
        if length.isascii() and length.isdecimal() and int(length[:20]) <= self._max_body:
            return None
        return Problem(413, _too_large(self._max_body))


class _Limited:
    """`receive` that stops when more than `limit` bytes came: a chunked body declares no length."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._seen = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self._limit:
            raise HTTPException(413, _too_large(self._limit))
        return message


def _open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDER)


def _too_large(limit: int) -> str:
    return f"A body may have at most {limit} bytes. Send fewer messages at once."


_HOST = re.compile(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9.-]+))(?::[0-9]{1,5})?", re.IGNORECASE)


def _host_name(host: str) -> str:
    """The name in a Host header, without port and brackets; "" where there is none."""
    found = _HOST.fullmatch(host)
    return (found["ipv6"] or found["name"]).lower() if found else ""
