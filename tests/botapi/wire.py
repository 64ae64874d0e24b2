"""HTTP/1.1 on a socket, by h11, with the means to do it badly on purpose."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.utils import formatdate
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

import h11
from botapi.parameters import Parameters, Upload

Manner = Literal["whole", "cut", "slow", "drop"]

_CHUNK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request.

    Attributes:
        path: without the query.
        headers: by name in lower case; of several with one name the last.
    """

    path: str
    query: str
    content_type: str
    body: bytes = field(repr=False)
    verb: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def parameters(self) -> Parameters:
        """Of the query, and of the body in any of the four forms that Telegram reads.

        Raises:
            ValueError: the body is not what its type says.
        """
        values: dict[str, Any] = dict(parse_qsl(self.query, keep_blank_values=True))
        files: Mapping[str, Upload] = {}
        if self.content_type.startswith("application/json"):
            values |= json.loads(self.body or b"{}")
        elif self.content_type.startswith("application/x-www-form-urlencoded"):
            values |= dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        elif self.content_type.startswith("multipart/form-data"):
            more, files = parts(self.content_type, self.body)
            values |= more
        return Parameters(values=values, files=files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response, and how well it is sent; `seconds` of real time for a slow one.

    Attributes:
        after: the window that opens when it was sent; see `traps`.
    """

    code: int
    body: bytes = field(repr=False)
    manner: Manner = "whole"
    seconds: float = 0.0
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    after: str | None = None


DROPPED: Final = Answer(code=0, body=b"", manner="drop")


def answer(code: int, content: Any) -> Answer:
    """A response in JSON."""
    return Answer(code=code, body=json.dumps(content).encode())


def parts(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    """Fields and files of multipart/form-data (RFC 7578).

    Raises:
        ValueError: there is no boundary, or a part without a name.
    """
    boundary = _header(content_type).get_param("boundary", header="content-type")
    if not boundary:
        raise ValueError("multipart without a boundary")
    fields: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for part in body.split(b"--" + str(boundary).encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        name, filename = _names(head.decode())
        if filename is None:
            fields[name] = content.decode()
        else:
            files[name] = Upload(name=filename, content=content)
    return fields, files


def _header(value: str, name: str = "content-type") -> Message:
    message = Message()
    message[name] = value
    return message


def _names(head: str) -> tuple[str, str | None]:
    """Name and file name of a part."""
    for line in head.split("\r\n"):
        header, _, value = line.partition(":")
        if header.strip().lower() == "content-disposition":
            read = _header(value.strip(), "content-disposition")
            name = read.get_param("name", header="content-disposition")
            filename = read.get_param("filename", header="content-disposition")
            if isinstance(name, str):
                return name, filename if isinstance(filename, str) else None
    raise ValueError("a part without a name")


class Line:
    """One connection.

    Args:
        reader, writer: the socket.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.SERVER)

    async def next(self) -> Asked | None:
        """The next request; None at the end."""
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        request: h11.Request | None = None
        body = bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(_CHUNK))
            elif isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and request is not None:
                return _asked(request, bytes(body))
            else:
                return None

    async def say(self, given: Answer, *, now: float) -> bool:
        """Answer; whether another request may come."""
        if given.manner == "drop":
            return False
        headers = [
            ("Content-Type", given.content_type),
            ("Content-Length", str(len(given.body))),
            ("Date", formatdate(now, usegmt=True)),
            *given.headers.items(),
        ]
        self._send(h11.Response(status_code=given.code, headers=headers))
        if given.manner == "cut":
            self._send(h11.Data(data=given.body[: len(given.body) // 2]))
            await self._writer.drain()
            return False
        await self._content(given)
        self._send(h11.EndOfMessage())
        await self._writer.drain()
        return self._http.our_state is h11.DONE

    async def _content(self, given: Answer) -> None:
        steps = 4 if given.manner == "slow" else 1
        size = -(-len(given.body) // steps) or 1
        for start in range(0, len(given.body), size):
            self._send(h11.Data(data=given.body[start : start + size]))
            await self._writer.drain()
            await asyncio.sleep(given.seconds / steps)

    def _send(self, event: h11.Response | h11.Data | h11.EndOfMessage) -> None:
        data = self._http.send(event)
        if data:
            self._writer.write(data)

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            return


def _asked(request: h11.Request, body: bytes) -> Asked:
    path, _, query = request.target.decode().partition("?")
    headers = {name.decode(): value.decode("latin-1") for name, value in request.headers}
    return Asked(
        path=path,
        query=query,
        content_type=headers.get("content-type", ""),
        body=body,
        verb=request.method.decode(),
        headers=headers,
    )
