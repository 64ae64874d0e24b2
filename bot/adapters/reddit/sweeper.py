"""What people delete on Reddit is deleted here too, and what they vote down goes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.fields import Raw, WrongField, flag, maybe_whole
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.rounds import rounds
from bot.adapters.reddit.standing import Standing, standing, things
from bot.adapters.reddit.values import REDDIT
from bot.application.people import Feedback
from bot.application.ports import Clock, Store, Telemetry, Transaction
from bot.application.watching import Trace, Wish

WITHIN: Final = timedelta(hours=1)
"""How long something that its author deleted may stand here."""
A_BATCH: Final = 100
"""Traces that are looked at together."""
OWN_VOTE: Final = 1
"""Reddit counts the author's own vote."""

Vote = tuple[int, Feedback]
"""What readers think of a reply, by its row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What follows from one look at a batch.

    Attributes:
        deleted: decisions about messages that nobody can read any more.
        moderated: replies to messages that moderators took away.
        votes: of readers.
        missing: messages that Reddit does not show at all.
    """

    deleted: Sequence[int] = ()
    moderated: Sequence[int] = ()
    votes: Sequence[Vote] = ()
    missing: Collection[str] = field(default_factory=frozenset)


def findings(
    traces: Sequence[Trace], shown: Mapping[str, Raw], *, missed: Collection[str] = frozenset()
) -> Findings:
    """What became of messages and of our replies to them.

    A message that is shown as deleted or removed is gone at once. One that is not shown is gone once it is
    missed the second time in a row: a single empty answer must not erase everything.

    Args:
        traces: of messages, with our replies.
        shown: the things that Reddit shows, by full name.
        missed: what was missing the last time.
    """
    became = {each.ref.message_id: _standing(shown.get(each.ref.message_id)) for each in traces}
    missing = frozenset(name for name, standing_there in became.items() if standing_there is None)
    gone = {name for name, there in became.items() if there is not None and there.gone} | (
        missing & frozenset(missed)
    )
    return Findings(
        deleted=[each.decision_id for each in traces if each.ref.message_id in gone],
        moderated=[
            each.reply_id
            for each in traces
            if each.reply_id is not None and became[each.ref.message_id] is Standing.REMOVED
        ],
        votes=[vote for each in traces for vote in _votes(each, shown)],
        missing=missing,
    )


class Sweeper:
    """Looks at every message of which something is left, over and over. Implements `ports.Service`.

    Args:
        api: asks.
        store: what is left.
        erased: called after texts were erased, so that their bytes go too.
        clock, telemetry: time and the log.
        within: see `WITHIN`.
    """

    name = "reddit-sweeper"

    def __init__(
        self,
        *,
        api: Api,
        store: Store,
        erased: Callable[[], None],
        clock: Clock,
        telemetry: Telemetry,
        within: timedelta = WITHIN,
    ) -> None:
        self._api = api
        self._store = store
        self._erased = erased
        self._clock = clock
        self._telemetry = telemetry
        self._within = within
        self._after = 0
        self._round = _Round(begun_at=clock.now())
        self._last = self._round

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingsError: Reddit does not accept the credentials.
        """
        await rounds(self.name, self.step, clock=self._clock, telemetry=self._telemetry)

    async def step(self) -> timedelta:
        """Look at one batch; how long to rest: not at all before the round is done.

        Raises:
            PlatformError, StoreError: nothing was done; the same batch is next.
        """
        after = self._after
        traces = await self._store.read(lambda q: q.traces(REDDIT, after=after, limit=A_BATCH))
        if not traces:
            return self._rest()
        own = [each.sent_message_id for each in traces if each.sent_message_id is not None]
        shown = await things(self._api, [*(each.ref.message_id for each in traces), *own])
        found = findings(traces, shown, missed=self._last.missing)
        new = [vote for vote in found.votes if vote not in self._last.votes]
        if found.deleted or new:
            await self._store.transact(lambda tx: self._write(tx, found, new))
        if found.deleted:
            self._erased()
            self._telemetry.noticed("deleted_by_people", platform=REDDIT, messages=len(found.deleted))
        self._round.add(traces, found)
        self._after = traces[-1].decision_id
        return timedelta()

    def _write(self, tx: Transaction, found: Findings, new: Sequence[Vote]) -> None:
        """In this order: the first wish counts. Besides one statement for all, only news is written."""
        now = self._clock.now()
        for reply_id in found.moderated:
            tx.want_removed(reply_id, Wish.MODERATOR, at=now)
        if found.deleted:
            tx.author_deleted(found.deleted, at=now)
        for reply_id, kind in new:
            tx.keep_feedback(reply_id, kind, at=now)
            if kind is Feedback.DOWNVOTED:
                tx.want_removed(reply_id, Wish.LOW_SCORE, at=now)

    def _rest(self) -> timedelta:
        """A round begins three quarters of `within` after the one before: a quarter is left for removing."""
        now, done = self._clock.now(), self._round
        late = now - done.begun_at > self._within
        self._telemetry.noticed(
            "swept", platform=REDDIT, messages=done.messages, missing=len(done.missing), late=late
        )
        rest = max(done.begun_at + self._within * 3 / 4 - now, timedelta())
        self._after, self._last = 0, done
        self._round = _Round(begun_at=now + rest)
        return rest


@dataclass(slots=True, kw_only=True)
class _Round:
    """What one walk over all traces remembers for the next: what is missing, and votes that are known."""

    begun_at: datetime
    messages: int = 0
    missing: set[str] = field(default_factory=set)
    votes: set[Vote] = field(default_factory=set)

    def add(self, traces: Sequence[Trace], found: Findings) -> None:
        self.messages += len(traces)
        self.missing |= set(found.missing)
        self.votes |= set(found.votes)


def _standing(thing: Raw | None) -> Standing | None:
    """None = it is not shown; a thing in a shape that nobody knows still stands."""
    if thing is None:
        return None
    try:
        return standing(thing)
    except WrongField:
        return Standing.STANDS


def _votes(trace: Trace, shown: Mapping[str, Raw]) -> Sequence[Vote]:
    """What readers think of our reply, if Reddit shows that already."""
    thing = shown.get(trace.sent_message_id or "")
    if thing is None or trace.reply_id is None:
        return ()
    try:
        score = None if flag(thing, "score_hidden") else maybe_whole(thing, "score")
    except WrongField:
        return ()
    if score is None or score == OWN_VOTE:
        return ()
    return [(trace.reply_id, Feedback.UPVOTED if score > OWN_VOTE else Feedback.DOWNVOTED)]
