"""Replies of which nobody knows whether they arrived: looked for twice, sent again only if they are nowhere.

Those that arrived for certain and whose ids Reddit did not tell are looked for too: votes need them.

No double reply, ever: what is uncertain counts as sent until both places said twice, the second time later
than listings lag, that it is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.adapters.reddit.looking import Search, Sight
from bot.adapters.reddit.rounds import rounds
from bot.adapters.reddit.standing import A_REQUEST
from bot.application.ports import Clock, Store, Telemetry, Transaction
from bot.application.watching import MOST_LOOKS, Doubt

LOOK_AFTER: Final = timedelta(seconds=120)
"""The second look is at least so long after the reply was sent: longer than Reddit's listings lag."""
EVERY: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=5)
"""Between two tries to look where Reddit does not answer."""
GIVE_UP_AFTER: Final = timedelta(days=1)
"""So long after its deadline nobody looks for a reply any more, and it stays unconfirmed."""
UNNAMED_FOR: Final = timedelta(hours=1)
"""So long after it was sent nobody looks for a reply's id any more."""
MOST_DOUBTS: Final = 1000


class Outcome(StrEnum):
    """What follows from one look."""

    FOUND = "found"
    NOTHING = "nothing"
    """It counts for nothing."""
    NOT_SEEN = "not_seen"
    SEND_AGAIN = "send_again"
    """It was not seen for the last time, and there is time left."""
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How often, in a row, a look counted for nothing, and when it was begun."""

    times: int
    at: datetime


def outcome(doubt: Doubt, sight: Sight, *, begun_at: datetime, look_after: timedelta) -> Outcome:
    """What follows from what was seen, by a look that began at `begun_at`."""
    if sight.comment is not None:
        return Outcome.FOUND
    in_time = begun_at < doubt.deadline
    if not sight.everywhere:
        return Outcome.GIVEN_UP if begun_at >= doubt.deadline + GIVE_UP_AFTER else Outcome.NOTHING
    if begun_at < _earliest(doubt, look_after):
        return Outcome.NOTHING
    if doubt.sent or doubt.looks + 1 < MOST_LOOKS or sight.parent_gone or not in_time:
        return Outcome.NOT_SEEN
    return Outcome.SEND_AGAIN


def due_at(doubt: Doubt, tried: Tried | None, *, look_after: timedelta) -> datetime:
    """When to look for it: the first time soon, then after `look_after`, and ever less often in vain."""
    earliest = _earliest(doubt, look_after)
    if tried is None:
        return earliest
    wait: timedelta = min(EVERY * (1 << min(tried.times, 10)), LONGEST_WAIT)
    return max(earliest, tried.at + wait)


def _earliest(doubt: Doubt, look_after: timedelta) -> datetime:
    """A quarter of the wait is enough for most to be found at the first look; the last one is never early."""
    return doubt.since + (look_after if doubt.looks + 1 >= MOST_LOOKS else look_after / 4)


class Resolver:
    """Ends doubts. Implements `ports.Service`; the caller holds the account's lease.

    Args:
        account: "reddit:" and the bot's name.
        store: where they stand.
        search: looks.
        clock, telemetry: time and the log.
        look_after: see `LOOK_AFTER`.
    """

    name = "reddit-resolver"

    def __init__(
        self,
        *,
        account: str,
        store: Store,
        search: Search,
        clock: Clock,
        telemetry: Telemetry,
        look_after: timedelta = LOOK_AFTER,
    ) -> None:
        self._account = account
        self._store = store
        self._search = search
        self._clock = clock
        self._telemetry = telemetry
        self._look_after = look_after
        self._tried: dict[int, Tried] = {}
        """By reply; holds doubts that stand, and no others."""
        self._known: set[int] = set()

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingsError: Reddit does not accept the credentials.
        """
        await rounds(self.name, self.step, clock=self._clock, telemetry=self._telemetry)

    async def step(self) -> timedelta:
        """Look once for those whose time has come; how long to rest.

        Raises:
            PlatformError, StoreError: nothing was decided.
        """
        begun_at = self._clock.now()  # before Reddit is asked: what it shows may be older, never newer
        since = begun_at - UNNAMED_FOR
        doubts = await self._store.read(
            lambda q: [
                *q.doubts(self._account, limit=MOST_DOUBTS),
                *q.unnamed(self._account, since=since, limit=MOST_DOUBTS),
            ]
        )
        self._remember(doubts, begun_at)
        due = [each for each in doubts if self._due_at(each) <= begun_at][:A_REQUEST]
        if due:
            await self._look(due, begun_at)
        return EVERY

    def _remember(self, doubts: Sequence[Doubt], now: datetime) -> None:
        """Two looks stand apart also where another process made the first, nobody knows when."""
        standing = {each.reply_id for each in doubts}
        self._tried = {key: tried for key, tried in self._tried.items() if key in standing}
        for each in doubts:
            if each.looks and each.reply_id not in self._known:
                self._tried.setdefault(each.reply_id, Tried(times=0, at=now))
        self._known = standing

    def _due_at(self, doubt: Doubt) -> datetime:
        return due_at(doubt, self._tried.get(doubt.reply_id), look_after=self._look_after)

    async def _look(self, due: Sequence[Doubt], begun_at: datetime) -> None:
        sights = await self._search.under([doubt.ref.message_id for doubt in due])
        seen = [(doubt, sights[doubt.ref.message_id]) for doubt in due]
        decided = [
            (doubt, sight, outcome(doubt, sight, begun_at=begun_at, look_after=self._look_after))
            for doubt, sight in seen
        ]
        await self._store.transact(lambda tx: self._write(tx, decided))
        for doubt, _, became in decided:
            self._note(doubt, became, begun_at)

    def _write(self, tx: Transaction, decided: Sequence[tuple[Doubt, Sight, Outcome]]) -> None:
        now = self._clock.now()
        for doubt, sight, became in decided:
            match became:
                case Outcome.FOUND:
                    assert sight.comment is not None  # noqa: S101  # that is what found means
                    if doubt.sent:
                        tx.named(doubt.reply_id, sent_message_id=sight.comment)
                    else:
                        tx.found(doubt.reply_id, sent_message_id=sight.comment, at=now)
                case Outcome.NOT_SEEN:
                    tx.not_seen(doubt.reply_id)
                case Outcome.GIVEN_UP:
                    for _ in range(MOST_LOOKS - doubt.looks):
                        tx.not_seen(doubt.reply_id)
                case Outcome.SEND_AGAIN:
                    tx.not_seen(doubt.reply_id)
                    tx.send_again(doubt.reply_id, at=now)

    def _note(self, doubt: Doubt, became: Outcome, begun_at: datetime) -> None:
        before = self._tried.get(doubt.reply_id)
        times = before.times + 1 if before is not None and became is Outcome.NOTHING else 0
        self._tried[doubt.reply_id] = Tried(times=times, at=begun_at)
        self._telemetry.noticed(
            "reply_looked_for", account=self._account, reply=doubt.reply_id, became=became
        )
