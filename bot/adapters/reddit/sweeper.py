"""What people delete on Reddit is deleted here too, and what they vote down goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.reddit.findings import Findings, Vote, findings
from bot.adapters.reddit.missing import Missing, OpenChats
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.rounds import rounds
from bot.adapters.reddit.standing import things
from bot.adapters.reddit.values import REDDIT
from bot.application.alerts import Alerts
from bot.application.people import Feedback
from bot.application.ports import Clock, Store, Telemetry, Transaction
from bot.application.watching import Trace, Wish

WITHIN: Final = timedelta(hours=1)
"""How long something that its author deleted may stand here."""
A_BATCH: Final = 100
"""Traces that are looked at together."""
QUICKEST: Final = timedelta(seconds=1)
"""Between two batches, also where nobody knows yet how many there are, and where a round is late."""
MOST_VOTES: Final = 10_000
"""Of which a round remembers that they are known; the others are written once more, which changes nothing."""
LATE: Final = (
    "Looking for what people deleted on Reddit takes longer than {minutes} minutes: there is more to look at "
    "than the quota allows. Keep texts for a shorter time, or watch fewer subreddits."
)


class Sweeper:
    """Looks at every message of which something is left, over and over. Implements `ports.Service`.

    A message that is shown as deleted or removed is gone at once. One that is not shown is gone once it is
    missed again minutes later, in a subreddit that shows itself: one that is closed to us shows nothing.

    Args:
        api: asks, as one who can wait.
        store: what is left.
        erased: called after texts were erased, so that their bytes go too.
        alerts: carried to the owner: that a round takes too long.
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
        alerts: Alerts,
        clock: Clock,
        telemetry: Telemetry,
        within: timedelta = WITHIN,
    ) -> None:
        self._api = api
        self._store = store
        self._erased = erased
        self._alerts = alerts
        self._clock = clock
        self._telemetry = telemetry
        self._within = within
        self._open = OpenChats(api=api, store=store)
        self._missing = Missing()
        self._after = 0
        self._due = clock.now()
        self._round = _Round(begun_at=self._due)
        self._last = _Round(begun_at=self._due)

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingsError: Reddit does not accept the credentials.
        """
        await rounds(self.name, self.step, clock=self._clock, telemetry=self._telemetry)

    async def step(self) -> timedelta:
        """Look at one batch, if it is time for one; how long to rest.

        Raises:
            PlatformError, StoreError: nothing was done; the same batch is next.
        """
        now = self._clock.now()
        again = self._missing.due(now, limit=A_BATCH)
        if again:
            await self._look(again, again=True)
            self._missing.forget(again)
        elif now >= self._due:
            await self._go_on(now)
        wake = min(self._due, self._missing.next_at or self._due)
        return max(wake - self._clock.now(), timedelta())

    async def _go_on(self, now: datetime) -> None:
        """The next batch of the round, or its end."""
        after = self._after
        traces = await self._store.read(lambda q: q.traces(REDDIT, after=after, limit=A_BATCH))
        if not traces:
            self._end_round(now)
            return
        found = await self._look(traces)
        missing = await self._open.unblocked(found.missing)
        self._missing.add(missing, traces, now)
        self._round.add(traces, found)
        self._after = traces[-1].decision_id
        self._tell_if_late(now)
        self._due = self._clock.now() + self._rest()

    async def _look(self, traces: Sequence[Trace], *, again: bool = False) -> Findings:
        """Write down what a look brings; what is missing `again`, and could be seen, is deleted."""
        own = [each.sent_message_id for each in traces if each.sent_message_id is not None]
        shown = await things(self._api, [*(each.ref.message_id for each in traces), *own], spare=True)
        found = findings(traces, shown)
        if again:
            found = replace(found, deleted=[*found.deleted, *await self._gone(found.missing)])
        known = self._last.votes | self._round.votes
        new = [vote for vote in found.votes if vote not in known]
        if found.deleted or new:
            await self._store.transact(lambda tx: self._write(tx, found, new))
        if found.deleted:
            self._erased()
            self._telemetry.noticed("deleted_by_people", platform=REDDIT, messages=len(found.deleted))
        return found

    async def _gone(self, missing: Sequence[Trace]) -> Sequence[int]:
        """Decisions about those that are deleted: not shown even after their subreddits showed themselves."""
        visible = await self._open.visible(missing)
        shown = await things(self._api, [each.ref.message_id for each in visible], spare=True)
        return [each.decision_id for each in visible if each.ref.message_id not in shown]

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

    # -------------------------------------------------------------- rounds

    def _rest(self) -> timedelta:
        """As many batches as the last round had fill three quarters of `within`; the rest is for removing."""
        left = max(self._last.batches - self._round.batches + 1, 1)
        if not self._last.batches:
            return QUICKEST
        return max((self._ends_at() - self._clock.now()) / left, QUICKEST)

    def _ends_at(self) -> datetime:
        return self._round.begun_at + self._within * 3 / 4

    def _end_round(self, now: datetime) -> None:
        """The next one begins at once, since its batches are spread; an empty one waits."""
        done = self._round
        self._tell_if_late(now)
        late = now - done.begun_at > self._within
        self._telemetry.noticed("swept", platform=REDDIT, messages=done.messages, late=late)
        self._due = now if done.batches else max(self._ends_at(), now)
        self._after, self._last = 0, done
        self._round = _Round(begun_at=self._due, told=done.told and late)

    def _tell_if_late(self, now: datetime) -> None:
        """Once, until a round is in time again."""
        if now - self._round.begun_at <= self._within or self._round.told:
            return
        self._round.told = True
        minutes = self._within // timedelta(minutes=1)
        self._telemetry.noticed("sweep_late", platform=REDDIT, messages=self._round.messages)
        self._alerts.put(LATE.format(minutes=minutes))


@dataclass(slots=True, kw_only=True)
class _Round:
    """What one walk over all traces remembers for the next.

    Attributes:
        told: the owner knows already that rounds are late.
        votes: those that are known.
    """

    begun_at: datetime
    batches: int = 0
    messages: int = 0
    told: bool = False
    votes: set[Vote] = field(default_factory=set)

    def add(self, traces: Sequence[Trace], found: Findings) -> None:
        self.batches += 1
        self.messages += len(traces)
        self.votes |= set(found.votes[: max(MOST_VOTES - len(self.votes), 0)])
