import asyncio
import io
import json
from collections.abc import Awaitable, Sequence

import pytest

from bot.adapters.replay.player import CHUNK, IN_FLIGHT, Player
from bot.adapters.replay.recording import BadLine, Recording
from bot.domain.authors import AuthorKey
from bot.domain.errors import BotError, StoreError
from bot.domain.messages import IncomingMessage
from bot.domain.verdicts import Verdict


class KnowingInbox:
    """Has judged everything before; notes what it was given, and fails from a chosen message on."""

    def __init__(self, *, fails_from: int | None = None) -> None:
        self.seen: list[str] = []
        self.waiting = self.most_waiting = 0
        self._fails_from = fails_from

    async def submit(self, messages: Sequence[IncomingMessage]) -> Sequence[Verdict | None]:
        self.waiting += len(messages)
        self.most_waiting = max(self.waiting, self.most_waiting)
        self.seen += [message.ref.message_id for message in messages]
        await asyncio.sleep(0)
        self.waiting -= len(messages)
        if self._fails_from is not None and len(self.seen) > self._fails_from:
            raise StoreError("the disk is full")
        return [None] * len(messages)

    def offer(self, messages: Sequence[IncomingMessage]) -> Awaitable[Sequence[Verdict | None]]:
        return self.submit(messages)


class Watcher:
    def __init__(self) -> None:
        self.bad: list[BadLine] = []
        self.positions: list[tuple[int, int]] = []

    def advanced(self, position: int, comments: int) -> None:
        self.positions.append((position, comments))


def recording(comments: int) -> tuple[Recording, int]:
    fields = {
        "platform": "http",
        "channel_id": "c",
        "author_id": "a",
        "text": "x",
        "sent_at": "2026-01-01T00:00Z",
    }
    lines = [json.dumps({**fields, "message_id": f"m{number}"}) for number in range(comments)]
    content = "\n".join([*lines, "", "broken"]).encode()
    return Recording(io.BytesIO(content)), len(content)


def player(inbox: KnowingInbox, watcher: Watcher) -> Player:
    return Player(
        inbox=inbox, key=AuthorKey(b"k" * 32), refused=watcher.bad.append, advanced=watcher.advanced
    )


async def test_everything_goes_in_order_and_is_accounted_for() -> None:
    inbox, watcher = KnowingInbox(), Watcher()
    recorded, size = recording(1000)

    summary = await player(inbox, watcher).play(recorded)

    assert inbox.seen == [f"m{number}" for number in range(1000)]
    assert (summary.lines, summary.known, summary.judged, summary.bad, summary.blank) == (1002, 1000, 0, 1, 1)
    assert [line.number for line in watcher.bad] == [1002]
    assert watcher.positions == sorted(watcher.positions)
    assert watcher.positions[-1] == (size, 1000)


class Forgetful(KnowingInbox):
    """Gives one verdict less than it was asked for, once."""

    def __init__(self) -> None:
        super().__init__()
        self._owed = 1

    async def submit(self, messages: Sequence[IncomingMessage]) -> Sequence[Verdict | None]:
        verdicts = (await super().submit(messages))[self._owed :]
        self._owed = 0
        return verdicts


async def test_a_lost_comment_is_no_blank_line() -> None:
    with pytest.raises(BotError, match="of 12 lines 1 were lost"):
        await player(Forgetful(), Watcher()).play(recording(10)[0])


async def test_only_a_few_chunks_wait_at_once() -> None:
    inbox = KnowingInbox()

    await player(inbox, Watcher()).play(recording(5000)[0])

    assert inbox.most_waiting <= CHUNK * IN_FLIGHT


async def test_a_database_that_refuses_ends_it() -> None:
    inbox = KnowingInbox(fails_from=200)

    with pytest.raises(StoreError):
        await player(inbox, Watcher()).play(recording(5000)[0])

    assert len(inbox.seen) < 200 + CHUNK * (IN_FLIGHT + 1)
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_a_file_that_cannot_be_read_is_told_from_its_end() -> None:
    class Broken(io.RawIOBase):
        def read(self, _size: int = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(BotError, match="Input/output error"):
        await player(KnowingInbox(), Watcher()).play(Recording(Broken()))
