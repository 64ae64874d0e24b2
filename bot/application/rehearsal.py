"""What would be decided about one message, without anything following from it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast

from bot.application.ports import Queries, Store
from bot.application.reading import Reader
from bot.application.verdicts import Bench
from bot.domain.crisis import GivenCard
from bot.domain.history import PastReply, Subject
from bot.domain.messages import AuthorHash, IncomingMessage, MessageRef, Origin
from bot.domain.verdicts import RecordedDecision, Verdict

P = TypeVar("P", PastReply, GivenCard)


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
        answered_at = recorded.decided_at if recorded is not None and recorded.reply_id is not None else None
        (verdict,) = await self._store.read(
            lambda queries: self._bench.decide(_without(queries, answered_at), judged)
        )
        return Rehearsed(verdict=verdict, recorded=recorded)


def _without(queries: Queries, answered_at: datetime | None) -> Queries:
    """The same, as if the reply that was decided then had never been."""
    return queries if answered_at is None else cast(Queries, _Without(queries, answered_at))


class _Without:
    """Queries that leave one reply out of every history: a message's own holds it back nowhere."""

    def __init__(self, queries: Queries, answered_at: datetime) -> None:
        self._queries = queries
        self._at = answered_at

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queries, name)

    def recent_replies(self, wanted: Mapping[Subject, int]) -> Mapping[Subject, Sequence[PastReply]]:
        """See `ports.Queries`."""
        found = self._queries.recent_replies({subject: most + 1 for subject, most in wanted.items()})
        return {subject: self._others(found[subject])[:most] for subject, most in wanted.items()}

    def cards_given(self, authors: Collection[AuthorHash], **given: Any) -> Sequence[GivenCard]:
        """See `CrisisQueries`."""
        return self._others(self._queries.cards_given(authors, **given))

    def _others(self, past: Sequence[P]) -> list[P]:
        own = next((each for each in past if each.at == self._at), None)
        return [each for each in past if each is not own]
