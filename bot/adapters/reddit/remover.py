"""Takes replies away that have to go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.adapters.pace import Manner
from bot.adapters.reddit.looking import Search, Sight
from bot.adapters.reddit.paced import PacedApi
from bot.adapters.reddit.resolver import LOOK_AFTER
from bot.adapters.reddit.rounds import rounds
from bot.adapters.reddit.standing import A_REQUEST
from bot.adapters.reddit.values import REDDIT
from bot.application.ports import Clock, Store, Telemetry, Transaction
from bot.application.watching import MOST_LOOKS, Removal
from bot.domain.errors import RateLimited, ReplyRejected, ReplyUnconfirmed

EVERY: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(hours=1)
"""Between two tries to remove what Reddit does not let us remove."""
ONCE: Final = Manner(attempts=1, patience=timedelta(minutes=10))
"""It is tried again later in any case."""
MOST: Final = 1000


class Step(StrEnum):
    """What to do about a reply that was looked for."""

    REMOVE = "remove"
    LATER = "later"
    NOWHERE = "nowhere"


def next_step(removal: Removal, sight: Sight, *, begun_at: datetime, look_after: timedelta) -> Step:
    """A reply is nowhere that nobody sees, in either place, twice `look_after` after the wish.

    Twice, since the wish may be older than the reply: it was on the wire then.
    """
    if sight.comment is not None:
        return Step.REMOVE
    late_enough = begun_at >= removal.asked_at + 2 * look_after
    last = removal.attempts + 1 >= MOST_LOOKS
    return Step.NOWHERE if sight.everywhere and late_enough and last else Step.LATER


def due_at(removal: Removal, tried_at: datetime | None) -> datetime:
    """When to try: at once, then ever less often."""
    if tried_at is None:
        return removal.asked_at
    return tried_at + min(EVERY * (1 << min(removal.attempts, 12)), LONGEST_WAIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    removal: Removal
    comment: str


class Remover:
    """Removes. Implements `ports.Service`; the caller holds the account's lease.

    Args:
        api: writes at the account's pace.
        store: what has to go.
        search: finds replies whose ids Reddit did not tell.
        clock, telemetry: time and the log.
        look_after: a reply that nobody sees is not there, so long after it was to be removed.
    """

    name = "reddit-remover"

    def __init__(
        self,
        *,
        api: PacedApi,
        store: Store,
        search: Search,
        clock: Clock,
        telemetry: Telemetry,
        look_after: timedelta = LOOK_AFTER,
    ) -> None:
        self._api = api
        self._store = store
        self._search = search
        self._clock = clock
        self._telemetry = telemetry
        self._look_after = look_after
        self._tried: dict[int, datetime] = {}
        """By reply; holds removals that stand, and no others."""

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingsError: Reddit does not accept the credentials.
        """
        await rounds(self.name, self.step, clock=self._clock, telemetry=self._telemetry)

    async def step(self) -> timedelta:
        """Try once whatever may be tried; how long to rest.

        Raises:
            PlatformError, StoreError: the rest is tried later.
        """
        now = self._clock.now()
        removals = await self._store.read(lambda q: q.removals(REDDIT, limit=MOST))
        waiting = {each.reply_id for each in removals}
        self._tried = {key: at for key, at in self._tried.items() if key in waiting}
        due = [each for each in removals if due_at(each, self._tried.get(each.reply_id)) <= now]
        for target in await self._targets(due[:A_REQUEST], now):
            await self._remove(target)
        return EVERY

    async def _targets(self, due: Sequence[Removal], begun_at: datetime) -> Sequence[_Target]:
        """Those of which it is known what to remove; the others are nowhere, or wait."""
        unknown = [each for each in due if each.sent_message_id is None]
        sights = await self._look(unknown)
        targets: list[_Target] = []
        for each in due:
            comment = each.sent_message_id or sights[each.ref.message_id].comment
            if comment is not None:
                targets.append(_Target(removal=each, comment=comment))
                continue
            sight = sights[each.ref.message_id]
            step = next_step(each, sight, begun_at=begun_at, look_after=self._look_after)
            await self._missed(each, step)
        return targets

    async def _look(self, unknown: Sequence[Removal]) -> Mapping[str, Sight]:
        return await self._search.under([each.ref.message_id for each in unknown]) if unknown else {}

    async def _missed(self, removal: Removal, step: Step) -> None:
        if step is Step.LATER:
            await self._failed(removal, "not_seen")
            return
        now = self._clock.now()
        await self._store.transact(lambda tx: tx.removal_done(removal.reply_id, found=False, at=now))
        self._telemetry.noticed("reply_not_found", platform=REDDIT, wish=removal.wish)

    async def _remove(self, target: _Target) -> None:
        """Deleting twice does no harm, so an uncertain end is only tried again."""
        removal = target.removal
        self._tried[removal.reply_id] = self._clock.now()
        try:
            await self._api.post("api/del", {"id": target.comment}, manner=ONCE)
        except RateLimited:
            raise
        except (ReplyRejected, ReplyUnconfirmed) as error:
            await self._failed(removal, type(error).__name__)
            return
        now = self._clock.now()

        def done(tx: Transaction) -> None:
            tx.found(removal.reply_id, sent_message_id=target.comment, at=now)  # else it stays in doubt
            tx.removal_done(removal.reply_id, found=True, at=now)

        await self._store.transact(done)
        self._telemetry.noticed("reply_removed", platform=REDDIT, wish=removal.wish)

    async def _failed(self, removal: Removal, why: str) -> None:
        self._tried[removal.reply_id] = self._clock.now()
        await self._store.transact(lambda tx: tx.removal_failed(removal.reply_id))
        self._telemetry.noticed("removal_failed", platform=REDDIT, wish=removal.wish, error=why)
