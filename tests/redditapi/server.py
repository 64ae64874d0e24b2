"""The fake Reddit behind a port of this machine."""

import asyncio
import html
import json
import re
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

import h11
from botapi.wire import DROPPED, Answer, Asked, Line
from redditapi import modmail, reading, writing
from redditapi.faults import Fault
from redditapi.reading import Given
from redditapi.refusals import Denied, Refused, no_token, not_found
from redditapi.world import World
from traps import ANSWERED, BROUGHT, POLLED, SENT, STORED

_SECRET: Final = {"password", "refresh_token"}
_PAGE: Final = b"<!doctype html>\n<html><head><title>Ow! -- reddit.com</title></head><body></body></html>"
_JSON, _HTML = "application/json; charset=UTF-8", "text/html; charset=UTF-8"
_NAMES, _NAME, _ID = r"([A-Za-z0-9_+]+)", r"([A-Za-z0-9_-]+)", r"([a-z0-9]+)"

_LISTING: Final = re.compile(rf"r/{_NAMES}/comments")

ROUTES: Final = [
    (verb, re.compile(path), action)
    for verb, path, action in (
        ("GET", r"api/v1/me", reading.me),
        ("GET", r"api/info", reading.info),
        ("GET", rf"r/{_NAMES}/comments", reading.comments),
        ("GET", rf"r/{_NAMES}/new", reading.new),
        ("GET", rf"(?:r/[A-Za-z0-9_]+/)?comments/{_ID}(?:/[^/]+(?:/{_ID})?)?", reading.tree),
        ("GET", rf"user/{_NAME}/comments", reading.of_person),
        ("GET", rf"user/{_NAME}/about", reading.person),
        ("GET", rf"r/{_NAME}/about", reading.about),
        ("GET", rf"r/{_NAME}/about/moderators", reading.moderators),
        ("GET", r"message/unread", reading.unread),
        ("GET", r"message/inbox", reading.inbox),
        ("GET", r"api/mod/conversations", modmail.conversations),
        ("GET", rf"api/mod/conversations/{_ID}", modmail.conversation),
        ("POST", r"api/mod/conversations/read", modmail.read),
        ("POST", r"api/mod/conversations", modmail.create),
        ("POST", rf"api/mod/conversations/{_ID}", modmail.answer),
        ("POST", r"api/comment", writing.comment),
        ("POST", r"api/del", writing.delete),
        ("POST", r"api/compose", writing.compose),
        ("POST", r"api/read_message", writing.read_message),
        ("POST", r"api/unread_message", writing.unread_message),
    )
]


class FakeReddit:
    """Reddit for one account of one app, speaking HTTP on loopback.

    Attributes:
        world: what a test builds and looks at; only from the event loop that serves.
        url: what a client takes for `https://www.reddit.com` and for `https://oauth.reddit.com`.
    """

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.url = ""
        self._lines: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def serving(cls, world: World | None = None, *, port: int = 0) -> AsyncIterator["FakeReddit"]:
        """Serve while the context lasts; port 0 is a free one."""
        fake = cls(world)
        server = await asyncio.start_server(fake._connected, "127.0.0.1", port)
        fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield fake
        finally:
            server.close()
            for line in fake._lines:
                line.cancel()
            await asyncio.gather(*fake._lines, return_exceptions=True)

    async def until(self, condition: Callable[[], object]) -> None:
        """Until something about the world holds: looked at after every request and every deed."""
        while not condition():
            await self.world.changed()

    # -------------------------------------------------------------- connections

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        line = Line(reader, writer)
        try:
            while (asked := await line.next()) is not None:
                given = await self._answer(asked)
                more = await line.say(given, now=self.world.now())
                self.world.traps.springs(given.after)
                if not more:
                    break
        except (OSError, h11.RemoteProtocolError, asyncio.CancelledError):
            pass  # the other side is gone, or we are
        finally:
            self._lines.discard(task)
            await line.close()

    async def _answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/control/"):
            return self._control(asked)
        path = asked.path.strip("/").removesuffix(".json").strip("/")
        given = _given(asked)
        polls, replies = _LISTING.fullmatch(path) is not None, (asked.verb, path) == ("POST", "api/comment")
        if self.world.traps.springs(POLLED if polls else SENT if replies else None):
            return DROPPED
        fault = self.world.faults.take(asked.verb, path, self.world.now())
        shown = {name: "…" if name in _SECRET else value for name, value in given.items()}
        entry = {"verb": asked.verb, "path": path, "params": shown, "code": 0, "at": self.world.now()}
        self.world.asked.append(entry)
        said = await self._faulty(fault, asked, path, given) if fault else self._done(asked, path, given)
        entry["code"] = said.code if said.manner != "drop" else 0
        self.world.wake()
        if replies and said.code == 200 and self.world.traps.springs(STORED):
            return DROPPED
        news = polls and b'"kind": "t1"' in said.body
        return replace(said, after=BROUGHT if news else ANSWERED if replies else None)

    # -------------------------------------------------------------- what is asked

    def _done(self, asked: Asked, path: str, given: Given) -> Answer:
        """Do it, and say how it went."""
        try:
            if path == "api/v1/access_token":
                return self._token(asked, given)
            if not self.world.good(asked.headers.get("authorization", "").partition(" ")[2]):
                raise no_token()
            self.world.allowance.count()
            return self._told(asked, path, given)
        except Refused as refused:
            headers = self.world.allowance.headers() if refused.code not in {401, 429} else {}
            if refused.code == HTTPStatus.FOUND:
                return Answer(code=302, body=_PAGE, content_type=_HTML, headers=refused.headers)
            return _json(refused.code, refused.body(), {**headers, **refused.headers})

    def _told(self, asked: Asked, path: str, given: Given) -> Answer:
        """The answer to somebody whom the server knows."""
        code = 200
        try:
            told = self._routed(asked.verb, path, given)
        except Denied as denied:
            told = denied.body()
        if told is None:
            return Answer(code=204, body=b"", headers=self.world.allowance.headers())
        if asked.verb == "POST" and path.startswith("api/mod/conversations"):
            code = 201
        told = told if given.get("raw_json") == "1" else _escaped(told)
        return _json(code, told, self.world.allowance.headers())

    def _routed(self, verb: str, path: str, given: Given) -> Any:
        for wanted, pattern, action in ROUTES:
            match = pattern.fullmatch(path) if wanted == verb else None
            if match is not None:
                more: Any = action
                return more(self.world, given, *(part for part in match.groups() if part is not None))
        raise not_found()

    def _token(self, asked: Asked, given: Given) -> Answer:
        """POST /api/v1/access_token, for a script app (RFC 6749, and Reddit's own ways to refuse)."""
        world = self.world
        kind, _, coded = asked.headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic" or _pair(coded) != world.client:
            raise Refused(code=401)
        grant, told = given.get("grant_type"), {"token_type": "bearer", "scope": "*"}
        if grant == "refresh_token" and given.get("refresh_token") != world.refresh_token:
            raise Refused(code=400)
        if grant == "refresh_token":
            told["refresh_token"] = world.refresh_token
        elif grant == "password":
            known = given.get("username", "").lower() == world.username.lower()
            if not known or given.get("password") != world.password:
                return _json(200, {"error": "invalid_grant"})
        else:
            return _json(200, {"error": "unsupported_grant_type"})
        lasting = {"access_token": world.new_token(), "expires_in": world.switches.token_seconds}
        return _json(200, told | lasting)

    async def _faulty(self, fault: Fault, asked: Asked, path: str, given: Given) -> Answer:
        """Go wrong as ordered."""
        if fault.kind in {"error", "drop"}:
            return _error(fault)
        if fault.kind == "expired":
            self.world.expire_tokens()
        if fault.kind == "denied":
            place = "ratelimit" if fault.error == "RATELIMIT" else "parent"
            denied = Denied(error=fault.error, place=place, seconds=fault.retry_after, words=fault.words)
            return _json(200, denied.body())
        if fault.kind == "hang":
            await self.world.faults.hang()
        said = self._done(asked, path, given)
        if fault.kind == "store_then_hang":
            self.world.wake()
            await self.world.faults.hang()
        if fault.kind in {"store_then_error", "store_then_drop"}:
            return _error(fault)
        return _spoilt(fault, said)

    # -------------------------------------------------------------- what a test asks from outside

    def _control(self, asked: Asked) -> Answer:
        """POST /control/<name of a public method of `World`> with its arguments as JSON."""
        name = asked.path.removeprefix("/control/")
        call = getattr(self.world, name, None)
        if name.startswith("_") or not callable(call):
            return _json(404, {"ok": False, "error": f"World has no method {name!r}"})
        try:
            given = asked.parameters().values
            result = call(*given.get("args", ()), **given.get("kwargs", {}))
            return _json(200, {"ok": True, "result": result})
        except Exception as error:  # noqa: BLE001 - whatever the test did wrong, it is told
            return _json(400, {"ok": False, "error": f"{type(error).__name__}: {error}"})


def _json(code: int, told: Any, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(
        code=code,
        body=json.dumps(told).encode(),
        content_type=_JSON,
        headers=headers or {},
    )


def _given(asked: Asked) -> Given:
    """Fields of the query and of the form."""
    fields = dict(parse_qsl(asked.query, keep_blank_values=True))
    if asked.content_type.startswith("application/x-www-form-urlencoded"):
        fields |= dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
    return fields


def _pair(coded: str) -> tuple[str, ...]:
    """Id and secret of HTTP's basic authentication."""
    try:
        return tuple(b64decode(coded).decode().split(":", 1))
    except ValueError:
        return ()


def _escaped(told: Any) -> Any:
    """What Reddit does to every text unless `raw_json=1` is asked for."""
    if isinstance(told, dict):
        return {name: _escaped(value) for name, value in told.items()}
    if isinstance(told, list):
        return [_escaped(value) for value in told]
    return html.escape(told, quote=False) if isinstance(told, str) else told


def _error(fault: Fault) -> Answer:
    if fault.kind.endswith("drop"):
        return DROPPED
    waiting = {"retry-after": f"{fault.retry_after:g}"} if fault.retry_after is not None else {}
    if fault.code >= 500:
        return replace(_json(fault.code, None, waiting), body=b"")
    if fault.code == 429 and waiting:
        return Answer(code=429, body=_PAGE, content_type=_HTML, headers=waiting)
    return _json(fault.code, Refused(code=fault.code).body(), waiting)


def _spoilt(fault: Fault, said: Answer) -> Answer:
    """An answer that does not arrive as it was meant."""
    if fault.kind == "malformed":
        return Answer(code=200, body=_PAGE, content_type=_HTML)
    if fault.kind == "truncated":
        return replace(said, body=said.body[: len(said.body) // 2])
    if fault.kind == "no_things":
        told = json.dumps({"json": {"errors": [], "data": {"things": []}}})
        return replace(said, body=told.encode())
    if fault.kind == "cut":
        return replace(said, manner="cut")
    return replace(said, manner="slow", seconds=fault.seconds) if fault.kind == "slow" else said
