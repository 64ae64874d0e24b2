"""What would be decided about one message, without anything following from it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Protocol

from bot.application.ports import Queries, Store
from bot.application.reading import Reader
from bot.application.verdicts import Bench
from bot.domain.messages import IncomingMessage, MessageRef, Origin
from bot.domain.verdicts import RecordedDecision, Verdict


class Rehearse(Protocol):
    """Decides about a message; keeps nothing."""

    async def __call__(self, message: IncomingMessage, parents: Collection[MessageRef] = ()) -> "Rehearsed":
        """See `Rehearsal`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What came of it.

    Attributes:
        verdict: what would be decided now, had the message just been written.
        recorded: what was decided when it came in; None = it never did.
    """

    verdict: Verdict
    recorded: RecordedDecision | None


class Rehearsal:
    """Judges as the intake does, over a database that is only read. Implements `Rehearse`."""

    def __init__(self, *, store: Store, reader: Reader, bench: Bench) -> None:
        self._store = store
        self._reader = reader
        self._bench = bench

    async def __call__(self, message: IncomingMessage, parents: Collection[MessageRef] = ()) -> Rehearsed:
        """Decide; a message is never too late here.

        Args:
            message: as its source brings it.
            parents: what it answers, if that is known; one of ours makes it an answer to us.
        """

        def stands(queries: Queries) -> tuple[IncomingMessage, RecordedDecision | None]:
            recorded = queries.decisions((message.ref,), origin=Origin.LIVE).get(message.ref)
            answers_us = message.answers_us or bool(queries.ours(parents))
            return replace(message, sent_at=message.received_at, answers_us=answers_us), recorded

        fresh, recorded = await self._store.read(stands)
        standings = await self._store.read(lambda queries: self._bench.standings(queries, [fresh]))
        judged = await self._reader.read(standings)
        (verdict,) = await self._store.read(lambda queries: self._bench.decide(queries, judged))
        return Rehearsed(verdict=verdict, recorded=recorded)
