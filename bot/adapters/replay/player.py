import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from bot.adapters.background import drawn
from bot.adapters.replay.recording import BadLine, RecordedComment, Recording
from bot.application.ports import Inbox
from bot.domain.authors import AuthorKey
from bot.domain.decisions import Action
from bot.domain.errors import BotError
from bot.domain.messages import IncomingMessage
from bot.domain.verdicts import Verdict

CHUNK: Final = 64
IN_FLIGHT: Final = 4
"""Chunks that wait for the intake at once: it never stands idle, and memory stays flat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySummary:
    """What became of a recording: lines = judged + known + bad + blank.

    Attributes:
        judged: decided and recorded now, which is the sum of `reasons`.
        known: judged by an earlier replay, or earlier in the same file.
        replies: how many of the judged would have been answered; simulated, nobody got one.
    """

    lines: int
    judged: int
    known: int
    bad: int
    blank: int
    replies: int
    reasons: Mapping[str, int]


class Player:
    """Pushes a recording through the inbox, in order.

    Args:
        inbox: of a pipeline that replays.
        key: turns author ids into hashes.
        refused: told of every bad line.
        advanced: told how many bytes of the recording, and how many of its comments, are judged.
    """

    def __init__(
        self,
        *,
        inbox: Inbox,
        key: AuthorKey,
        refused: Callable[[BadLine], None],
        advanced: Callable[[int, int], None],
    ) -> None:
        self._inbox = inbox
        self._key = key
        self._refused = refused
        self._advanced = advanced
        self._flying: deque[tuple[asyncio.Task[Sequence[Verdict | None]], int]] = deque()
        self._reasons: Counter[str] = Counter()
        self._known = self._bad = self._replies = 0

    async def play(self, recording: Recording) -> ReplaySummary:
        """Judge everything that `recording` holds; returns after the last commit.

        Raises:
            BotError: the file could not be read any further, or the database refused; what was
                committed stays. Or the numbers do not add up, and a comment was lost on the way.
        """
        try:
            async with aclosing(drawn(recording, most=CHUNK)) as chunks:
                async for entries in chunks:
                    self._launch(entries, recording.bytes_read)
                    await self._land(keep=IN_FLIGHT - 1)
            await self._land(keep=0)
        finally:
            await self._give_up()
        return self._summary(recording)

    def _launch(self, entries: Sequence[RecordedComment | BadLine], position: int) -> None:
        for entry in entries:
            if isinstance(entry, BadLine):
                self._bad += 1
                self._refused(entry)
        messages = [entry.message(self._key) for entry in entries if isinstance(entry, RecordedComment)]
        self._flying.append((asyncio.create_task(self._submit(messages)), position))

    async def _submit(self, messages: Sequence[IncomingMessage]) -> Sequence[Verdict | None]:
        return await self._inbox.submit(messages) if messages else ()

    async def _land(self, *, keep: int) -> None:
        while len(self._flying) > keep:
            task, position = self._flying[0]
            self._count(await task)
            self._flying.popleft()
            self._advanced(position, self._reasons.total() + self._known)

    def _count(self, verdicts: Sequence[Verdict | None]) -> None:
        for verdict in verdicts:
            if verdict is None:
                self._known += 1
            else:
                self._reasons[verdict.outcome.reason.value] += 1
                self._replies += verdict.outcome.action is Action.REPLY

    async def _give_up(self) -> None:
        tasks = [task for task, _ in self._flying]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _summary(self, recording: Recording) -> ReplaySummary:
        judged = self._reasons.total()
        lost = recording.lines - (judged + self._known + self._bad + recording.blank)
        if lost:
            raise BotError(f"the replay does not add up: of {recording.lines:,} lines {lost:,} were lost")
        return ReplaySummary(
            lines=recording.lines,
            judged=judged,
            known=self._known,
            bad=self._bad,
            blank=recording.blank,
            replies=self._replies,
            reasons=dict(self._reasons.most_common()),
        )
