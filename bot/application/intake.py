"""Judge what is waiting, record the verdicts, and only then let the sources acknowledge."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

from bot.application.crises import Notes
from bot.application.doorbell import Doorbell
from bot.application.ports import Clock, Store, Telemetry
from bot.application.reading import Reader
from bot.application.verdicts import Bench, channel_key
from bot.domain.decisions import Action
from bot.domain.errors import BotError, Overloaded
from bot.domain.messages import IncomingMessage, MessageRef, Origin
from bot.domain.policy import worth_a_reply
from bot.domain.verdicts import Judged, Verdict

RETRY_AFTER: Final = timedelta(seconds=1)
T = TypeVar("T")
Waiting = asyncio.Future[Verdict | None]


@dataclass(slots=True)
class _Seat:
    """A message in the waiting room, and who waits for its verdict."""

    message: IncomingMessage
    verdict: Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """A batch before its transaction: what is to be recorded, and messages whose pending reply is to stop."""

    fresh: Sequence[Judged]
    unwanted: Sequence[MessageRef]


class Intake:
    """The one loop that judges. Batches grow with load; a lone message never waits for others.

    Implements `ports.Inbox` and `ports.Service`.

    Args:
        store: where verdicts are recorded.
        reader: judges before the transaction.
        bench: decides inside it.
        doorbell: rung for an account when it has a new reply.
        notes: hears that somebody may need a person.
        clock, telemetry: time and the log.
        max_batch: messages judged together, 1..64.
        capacity: messages that may wait; more are held back (`submit`) or refused (`offer`).
    """

    name = "intake"

    def __init__(
        self,
        *,
        store: Store,
        reader: Reader,
        bench: Bench,
        doorbell: Doorbell,
        notes: Notes,
        clock: Clock,
        telemetry: Telemetry,
        max_batch: int,
        capacity: int,
    ) -> None:
        self._store = store
        self._reader = reader
        self._bench = bench
        self._doorbell = doorbell
        self._notes = notes
        self._clock = clock
        self._telemetry = telemetry
        self._max_batch = max_batch
        self._capacity = capacity
        self._seats: deque[_Seat] = deque()
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._recording: asyncio.Task[None] | None = None
        self._on_record: Sequence[_Seat] = ()

    async def submit(self, messages: Sequence[IncomingMessage]) -> Sequence[Verdict | None]:
        """See `ports.Inbox`. Seats are taken one by one: a pull source is held back, never shed."""
        verdicts = []
        for message in messages:
            while len(self._seats) >= self._capacity:
                self._room.clear()
                await self._room.wait()
            verdicts.append(self._seat(message))
        return await asyncio.gather(*verdicts)

    def offer(self, messages: Sequence[IncomingMessage]) -> Awaitable[Sequence[Verdict | None]]:
        """See `ports.Inbox`. All of them or none."""
        if len(self._seats) + len(messages) > self._capacity:
            raise Overloaded(RETRY_AFTER)
        return asyncio.gather(*[self._seat(message) for message in messages])

    async def run(self) -> None:
        """Judge until cancelled; who still waits then hears that it is over."""
        try:
            while True:
                await self._arrived.wait()
                await self._handle(self._take())
        except asyncio.CancelledError:
            _refuse(self._seats, Overloaded(RETRY_AFTER))
            raise
        finally:
            await self._end_recording()

    def _seat(self, message: IncomingMessage) -> Waiting:
        seat = _Seat(message=message, verdict=asyncio.get_running_loop().create_future())
        self._seats.append(seat)
        self._arrived.set()
        return seat.verdict

    def _take(self) -> list[_Seat]:
        batch = [self._seats.popleft() for _ in range(min(self._max_batch, len(self._seats)))]
        if not self._seats:
            self._arrived.clear()
        self._room.set()
        self._telemetry.waiting(len(self._seats))
        return batch

    async def _handle(self, batch: Sequence[_Seat]) -> None:
        """Read a batch, and leave it being recorded while the next one is read.

        Batches are recorded in their order. One that brings a message again which is just being recorded
        waits for that: only then it is known what the first verdict was.
        """
        refs = {seat.message.ref for seat in batch}
        try:
            if any(seat.message.ref in refs for seat in self._on_record):
                await self._recorded()
            looked = await self._spared(batch, lambda: self._look(batch))
            await self._recorded()
        except BaseException:
            _refuse(batch, Overloaded(RETRY_AFTER))
            raise
        if looked is not None:
            self._on_record = batch
            self._recording = asyncio.create_task(self._spared(batch, lambda: self._finish(batch, looked)))

    async def _recorded(self) -> None:
        """Wait until nothing is being recorded."""
        if self._recording is not None:
            await asyncio.wait({self._recording})
            self._recording.result()
        self._recording, self._on_record = None, ()

    async def _end_recording(self) -> None:
        """Wait for it no longer; what the database was told stands, and who asks again will hear of it."""
        recording, seats = self._recording, self._on_record
        self._recording, self._on_record = None, ()
        if recording is not None:
            recording.cancel()
            await asyncio.wait({recording})
        _refuse(seats, Overloaded(RETRY_AFTER))

    async def _spared(self, batch: Sequence[_Seat], work: Callable[[], Awaitable[T]]) -> T | None:
        """What the work on these seats gives; None = it failed, and every seat has its verdict or the error.

        A database error acknowledges nothing. A message that raises what nobody foresaw is judged alone, so
        that its neighbours get their verdicts.
        """
        try:
            return await work()
        except BotError as error:
            self._telemetry.noticed("batch_failed", error=str(error), messages=len(batch))
            _refuse(batch, error)
        except Exception as error:  # noqa: BLE001  # told to whoever brought the message
            if len(batch) > 1:
                for seat in batch:
                    await self._spared([seat], partial(self._alone, seat))
            else:
                self._telemetry.noticed("message_failed", error=type(error).__name__, exc_info=error)
                _refuse(batch, error)
        return None

    async def _alone(self, seat: _Seat) -> None:
        """In its order too: behind the batch that is being recorded, unless it is of that batch."""
        looked = await self._look([seat])
        if self._recording is not None and asyncio.current_task() is not self._recording:
            await asyncio.wait({self._recording})
        await self._finish([seat], looked)

    async def _look(self, batch: Sequence[_Seat]) -> _Looked:
        """Everything that needs no transaction."""
        newest = list(_newest_texts([seat.message for seat in batch]).values())
        known, standings = await self._store.read(
            lambda queries: (self._bench.known(queries, newest), self._bench.standings(queries, newest))
        )
        judged = await self._reader.read(
            [each for each in standings if each[0].ref not in known or each[0].edited]
        )
        return _Looked(
            fresh=[each for each in judged if each.message.ref not in known],
            unwanted=[
                each.message.ref for each in judged if each.message.ref in known and not _still_wanted(each)
            ],
        )

    async def _finish(self, batch: Sequence[_Seat], looked: _Looked) -> None:
        """Record, then tell whoever waits."""
        fresh = looked.fresh
        verdicts = await self._store.transact(lambda tx: self._bench.record(tx, fresh)) if fresh else []
        self._bench.committed(verdicts)
        for verdict in verdicts:
            self._announce(verdict)
        for ref in looked.unwanted:
            await self._cancel(ref)
        found = {verdict.message.ref: verdict for verdict in verdicts}
        for seat in batch:
            if not seat.verdict.done():  # its caller may have gone
                seat.verdict.set_result(found.pop(seat.message.ref, None))

    def _announce(self, verdict: Verdict) -> None:
        self._telemetry.judged(verdict)
        if verdict.outcome.action is Action.REPLY and verdict.origin is Origin.LIVE:
            self._doorbell.ring(verdict.message.account)
        if verdict.note_due:
            self._telemetry.noticed("crisis_note_due", platform=verdict.message.ref.platform)
            self._notes.due(channel_key(verdict.message))

    async def _cancel(self, ref: MessageRef) -> None:
        """An edit took back what the pending reply would answer."""
        now = self._clock.now()
        await self._store.transact(lambda tx: tx.cancel_pending(ref, now=now))


def _newest_texts(messages: Sequence[IncomingMessage]) -> dict[MessageRef, IncomingMessage]:
    """Each message once; before the verdict an edit only brings the newest text."""
    newest: dict[MessageRef, IncomingMessage] = {}
    for message in messages:
        first = newest.setdefault(message.ref, message)
        if message.edited and first is not message:
            newest[message.ref] = first.reworded(message.text)
    return newest


def _still_wanted(judged: Judged) -> bool:
    """Whether the new text of an answered message still asks for the reply that is on its way."""
    return judged.prediction is not None and worth_a_reply(judged.prediction, judged.channel)


def _refuse(seats: Iterable[_Seat], error: Exception) -> None:
    for seat in seats:
        if not seat.verdict.done():
            seat.verdict.set_exception(error)
