"""The pipeline by itself, without a platform: comments come in as lines, as fast as they are taken.

    python -m benchmarks.load_inbox < lines

A process of its own, which `benchmarks.load` starts. Like any pull source it is held back, never refused: it
takes lines while there is room, and what it does not take waits outside. Says "ready" first, its sizes while
it works, and what came of everything at the end, one JSON object a line.
"""

import asyncio
import json
import sys
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.load_traffic import waiting_in
from bot.application.ports import Inbox
from bot.bootstrap.pipeline import Solace, pipeline
from bot.domain.decisions import Action, Reason
from bot.domain.messages import IncomingMessage, MessageRef, Platform
from bot.domain.replies import OutgoingReply, Receipt
from bot.settings import load_settings

HTTP = Platform("http")
"""Any would do: this one's chats are live from the beginning."""
_AT_ONCE = 100
_BATCHES = 8
_CHUNK = 65_536
_SAMPLED_EVERY = 0.5
_REPLIES_COME_WITHIN = 12.0


class Clockings:
    """When each comment was judged and answered. Implements `ports.ReplySender`; nothing leaves it."""

    def __init__(self) -> None:
        self.left: dict[str, float] = {}
        self.verdicts: dict[str, float] = {}
        self.replies: dict[str, float] = {}
        self.promised: list[str] = []
        self.late: list[str] = []

    @property
    def platform(self) -> Platform:
        """Which platform."""
        return HTTP

    @property
    def account(self) -> str:
        """One outbox."""
        return HTTP

    async def send(self, reply: OutgoingReply) -> Receipt:
        """Write down when."""
        number = reply.ref.message_id.removeprefix("m")
        self.replies[number] = _now() - self.left[number]
        return Receipt()


async def main() -> None:
    """Judge every line, and say what came of it."""
    clockings = Clockings()
    async with pipeline(load_settings()) as solace, solace.deliver(clockings):
        _say({"ready": True})
        sampling = asyncio.create_task(_sample(solace))
        lines = await Standing.opened()
        slots = asyncio.Semaphore(_BATCHES)
        async with asyncio.TaskGroup() as submitting:
            while batch := await lines.next():
                await slots.acquire()
                messages = [_neutral(solace, fields) for fields in batch]
                clockings.left |= {str(fields["number"]): fields["at"] for fields in batch}
                submitting.create_task(_submit(solace.inbox, messages, clockings, slots))
        end = _now() + _REPLIES_COME_WITHIN
        while _now() < end and not set(clockings.promised) <= clockings.replies.keys():  # noqa: ASYNC110
            await asyncio.sleep(_SAMPLED_EVERY)
        sampling.cancel()
        _say(
            {
                "verdicts": clockings.verdicts,
                "replies": clockings.replies,
                "promised": list(map(int, clockings.promised)),
                "late": list(map(int, clockings.late)),
            }
        )


async def _submit(
    inbox: Inbox, messages: Sequence[IncomingMessage], clockings: Clockings, slots: asyncio.Semaphore
) -> None:
    verdicts = await inbox.submit(messages)
    slots.release()
    judged = _now()
    for message, verdict in zip(messages, verdicts, strict=True):
        number = message.ref.message_id.removeprefix("m")
        clockings.verdicts[number] = judged - clockings.left[number]
        if verdict is None:
            continue
        if verdict.outcome.reason is Reason.LATE:
            clockings.late.append(number)
        if verdict.outcome.action is Action.REPLY:
            clockings.promised.append(number)


def _neutral(solace: Solace, fields: dict[str, Any]) -> IncomingMessage:
    return IncomingMessage(
        ref=MessageRef(platform=HTTP, channel_id=fields["channel_id"], message_id=fields["message_id"]),
        author=solace.author_key.author(HTTP, fields["author_id"], owner="load"),
        text=fields["text"],
        sent_at=datetime.fromtimestamp(fields["at"], UTC),
        received_at=datetime.now(UTC),
        account=HTTP,
        thread_id=fields["thread_id"],
    )


class Standing:
    """The lines on the standard input, as a poll brings them: those that are there, at most so many."""

    def __init__(self, source: asyncio.StreamReader) -> None:
        self._source = source
        self._lines: deque[bytes] = deque()
        self._rest = b""

    @classmethod
    async def opened(cls) -> "Standing":
        """On this process' standard input."""
        loop, source = asyncio.get_running_loop(), asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(source), sys.stdin)
        return cls(source)

    async def next(self) -> list[dict[str, Any]]:
        """What is there, waited for if need be; none = there is no more."""
        while not self._lines:
            came = await self._source.read(_CHUNK)
            if not came:
                return []
            *whole, self._rest = (self._rest + came).split(b"\n")
            self._lines.extend(whole)
        return [json.loads(self._lines.popleft()) for _ in range(min(_AT_ONCE, len(self._lines)))]


async def _sample(solace: Solace) -> None:
    while True:
        _say({"now": _now(), "waiting": waiting_in(solace.telemetry.render_metrics().decode())})
        await asyncio.sleep(_SAMPLED_EVERY)


def _now() -> float:
    return datetime.now(UTC).timestamp()


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
