"""Brings comments in over HTTP at fixed moments, each in a request of its own, whatever the answers do.

The client is small on purpose: it shares the machine with what it measures.
"""

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

import httpx

from benchmarks.bot_process import PATIENCE, Bot
from benchmarks.load_traffic import Answers, Departure, Sample, waiting_in

_SAMPLED_EVERY = 0.5
_OK, _BUSY = 200, 503
_REPLIES_COME_WITHIN = 12.0
"""Seconds after the last comment: a reply comes within ten or not at all."""


async def drive(bot: Bot, sent: Sequence[Departure]) -> Answers:
    """Send everything at its time; what came back."""
    answers, start = Answers(), monotonic() + 0.5
    host, port = bot.url.removeprefix("http://").split(":")
    lines = Lines(host, int(port))
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=bot.url, trust_env=False, timeout=PATIENCE, limits=limits) as http:
        beside = [
            asyncio.create_task(_watch(bot, http, answers, start)),
            asyncio.create_task(_read_feed(http, sent, answers, start)),
        ]
        async with asyncio.TaskGroup() as posting:
            for each in sent:
                await asyncio.sleep(start + each.at - monotonic())
                posting.create_task(_bring(lines, each, answers, start))
        end = monotonic() + _REPLIES_COME_WITHIN
        while monotonic() < end and not answers.promised <= answers.replies.keys():  # noqa: ASYNC110  # over soon
            await asyncio.sleep(_SAMPLED_EVERY)
        await asyncio.sleep(_SAMPLED_EVERY)
        for task in beside:
            task.cancel()
        await asyncio.wait(beside)
    lines.close()
    return answers


async def _bring(lines: "Lines", each: Departure, answers: Answers, start: float) -> None:
    try:
        status, headers, body = await lines.post("/v1/messages", each.comment)
    except OSError:
        answers.failed += 1
        return
    took = monotonic() - start - each.at
    if status == _BUSY:
        answers.refused[each.number] = b"retry-after:" in headers.lower()
    elif status == _OK:
        (verdict,) = json.loads(body)["messages"]
        answers.verdicts[each.number] = took
        if verdict["reason"] == "late":
            answers.late.add(each.number)
        if verdict["action"] == "reply":
            answers.promised.add(each.number)
    else:
        answers.failed += 1


async def _read_feed(
    http: httpx.AsyncClient, sent: Sequence[Departure], answers: Answers, start: float
) -> None:
    after, at = 0, {f"m{each.number}": each for each in sent}
    while True:
        answer = await http.get("/v1/replies", params={"after": after, "wait": 5, "limit": 500})
        page = answer.raise_for_status().json()
        now = monotonic() - start
        for reply in page["replies"]:
            each = at[reply["message"]["message_id"]]
            answers.replies[each.number] = now - each.at
        after = page["next"]


async def _watch(bot: Bot, http: httpx.AsyncClient, answers: Answers, start: float) -> None:
    while True:
        metrics = (await http.get("/metrics")).text
        answers.samples.append(
            Sample(monotonic() - start, bot.megabytes(), waiting_in(metrics), bot.processor_seconds())
        )
        await asyncio.sleep(_SAMPLED_EVERY)


class Lines:
    """Open connections to one server: a request takes a free one, or opens one more."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._free: deque[_Line] = deque()

    async def post(self, path: str, body: dict[str, Any]) -> tuple[int, bytes, bytes]:
        """Status, headers and body of the answer.

        Raises:
            OSError: the connection broke.
        """
        content = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\n"
        request = f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content
        line = await self._line()
        answer = await line.ask(request)
        self._free.append(line)
        return answer

    def close(self) -> None:
        """Hang up everywhere."""
        for line in self._free:
            line.hang_up()

    async def _line(self) -> "_Line":
        while self._free:
            line = self._free.pop()
            if line.open:
                return line
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(_Line, self._host, self._port)
        return made


class _Line(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._came = b""
        self._answer: asyncio.Future[tuple[int, bytes, bytes]] | None = None

    @property
    def open(self) -> bool:
        """Whether it can carry one more request."""
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send it, and wait for the answer."""
        if self._transport is None:
            raise ConnectionError("closed")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def hang_up(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A piece of the answer."""
        self._came += data
        head, parted, body = self._came.partition(b"\r\n\r\n")
        if not parted or self._answer is None:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) >= length:
            self._came = b""
            self._answer.set_result((int(head[9:12]), head, body))

    def connection_lost(self, error: Exception | None) -> None:
        """It is gone; so is what it was asked."""
        with suppress(asyncio.InvalidStateError):
            if self._answer is not None and not self._answer.done():
                self._answer.set_exception(ConnectionResetError(str(error)))
        self._transport = None
