"""An HTTP server on loopback that answers what a test wrote down, and breaks off on cue."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import h11
from fakes import ListTelemetry

from bot.adapters.clock import SystemClock
from bot.adapters.reddit.client import Credentials, RedditApi
from bot.adapters.reddit.ports import Quota
from bot.adapters.reddit.quota import RedditQuota

TOKEN_PATH: Final = "/api/v1/access_token"
SECRET: Final = "zq7s-client-secret"
PASSWORD: Final = "zq7s-password"
TOKEN: Final = "zq7s-token"
CREDENTIALS: Final = Credentials(
    client_id="app", client_secret=SECRET, username="solace_bot", password=PASSWORD
)
AGENT: Final = "linux:solace.test:v1 (by /u/tester)"
PLENTY: Final = {"x-ratelimit-used": "1", "x-ratelimit-remaining": "599.0", "x-ratelimit-reset": "500"}


class Fault(Enum):
    """What a server does instead of answering. It has heard, and may have stored, the request."""

    HANG = "hang"
    CLOSE = "close"
    CUT = "cut"
    """A whole head, and half of a body."""
    DRIP = "drip"
    """A head that never ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """An answer; `body` as it goes over the wire, or `json`; `after` = not before that."""

    status: int = 200
    json: Any = field(default_factory=dict)
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after: asyncio.Event | None = None

    def __str__(self) -> str:
        """A name for one among many in a test."""
        shown = json.dumps(self.json) if self.body is None else f"{len(self.body)} bytes {self.body[:12]!r}"
        return f"{self.status} {shown} {' '.join(self.headers)}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A request."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str]


class ScriptedReddit:
    """The server.

    Attributes:
        says: what the next requests get, in order; after that all get an empty object.
        tokens: the same for token requests; after that all get a token.
        heard: requests but for those of tokens.
        signed_in: token requests.
        url: its address.
    """

    def __init__(self) -> None:
        self.says: deque[Says | Fault] = deque()
        self.tokens: deque[Says | Fault] = deque()
        self.heard: list[Heard] = []
        self.signed_in: list[Heard] = []
        self.goes_on = asyncio.Event()
        self.url = ""
        self._talks: set[asyncio.Task[None]] = set()
        self._came = asyncio.Condition()

    @classmethod
    @asynccontextmanager
    async def serving(cls) -> AsyncIterator["ScriptedReddit"]:
        """Serve while the context lasts."""
        reddit = cls()
        server = await asyncio.start_server(reddit._connected, "127.0.0.1", 0)
        reddit.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield reddit
        finally:
            server.close()
            for talk in reddit._talks:
                talk.cancel()
            await asyncio.gather(*reddit._talks, return_exceptions=True)

    async def until_heard(self, *, requests: int = 0, sign_ins: int = 0) -> None:
        """Until so many came in all."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.heard) >= requests and len(self.signed_in) >= sign_ins)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            await self._talk(reader, writer)
        except (OSError, h11.RemoteProtocolError, asyncio.CancelledError):
            pass  # the other side is gone, or we are
        finally:
            self._talks.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = h11.Connection(h11.SERVER)
        while (heard := await _request(line, reader)) is not None:
            said = await self._said(heard)
            if isinstance(said, Fault):
                await self._break(said, writer)
                return
            if said.after is not None:
                await said.after.wait()
            writer.write(_answer(line, said))
            await writer.drain()
            if line.our_state is not h11.DONE or line.their_state is not h11.DONE:
                return
            line.start_next_cycle()

    async def _said(self, heard: Heard) -> Says | Fault:
        is_token = heard.path == TOKEN_PATH
        (self.signed_in if is_token else self.heard).append(heard)
        async with self._came:
            self._came.notify_all()
        script = self.tokens if is_token else self.says
        usual = {"access_token": f"{TOKEN}-{len(self.signed_in)}", "token_type": "bearer"} if is_token else {}
        rest = {"expires_in": 3600, "scope": "*"} if is_token else {}
        return script.popleft() if script else Says(json=usual | rest)

    async def _break(self, fault: Fault, writer: asyncio.StreamWriter) -> None:
        if fault is Fault.HANG:
            await self.goes_on.wait()
        if fault is Fault.CUT:
            writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"json": {"err')
            await writer.drain()
        if fault is Fault.DRIP:
            writer.write(b"HTTP/1.1 200 OK\r\n")
            while not self.goes_on.is_set():
                writer.write(b"x-more: 1\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)


def client(
    reddit: ScriptedReddit,
    *,
    quota: Quota | None = None,
    telemetry: ListTelemetry | None = None,
    **settings: Any,
) -> RedditApi:
    """Ours, for this server and no other."""
    given: dict[str, Any] = {"reddit_url": reddit.url, "oauth_url": reddit.url, **settings}
    return RedditApi(
        credentials=given.pop("credentials", CREDENTIALS),
        user_agent=AGENT,
        quota=quota or RedditQuota(clock=SystemClock()),
        clock=given.pop("clock", SystemClock()),
        telemetry=telemetry or ListTelemetry(),
        **given,
    )


async def _request(line: h11.Connection, reader: asyncio.StreamReader) -> Heard | None:
    head: h11.Request | None = None
    body = b""
    while True:
        event = line.next_event()
        if event is h11.NEED_DATA:
            line.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            assert head is not None
            break
        else:
            return None
    target = urlsplit(head.target.decode())
    return Heard(
        method=head.method.decode(),
        path=target.path,
        query=dict(parse_qsl(target.query)),
        headers={name.decode().lower(): value.decode() for name, value in head.headers},
        form=dict(parse_qsl(body.decode())),
    )


def _answer(line: h11.Connection, says: Says) -> bytes:
    body = json.dumps(says.json).encode() if says.body is None else says.body
    headers = {"content-type": "application/json; charset=UTF-8", "content-length": str(len(body))}
    given = [(name, value) for name, value in ({**headers, **says.headers}).items()]
    head = line.send(h11.Response(status_code=says.status, headers=given))
    return (head or b"") + (line.send(h11.Data(data=body)) or b"") + (line.send(h11.EndOfMessage()) or b"")
