"""The loop over one listing: polls with overlap, and remembers how far it came once that is judged."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.backoff import Backoff
from bot.adapters.reddit.blocks import AccountRefused
from bot.adapters.reddit.doors import Doors
from bot.adapters.reddit.gathering import Gathering
from bot.adapters.reddit.listing import LATE, Haul, Submitted, advanced
from bot.adapters.reddit.pulse import Pulse
from bot.adapters.reddit.reception import Reception
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.rereading import Rereading
from bot.adapters.reddit.things import name_of, subreddit_of
from bot.application.alerts import Alerts
from bot.application.ports import Clock, Store, Telemetry
from bot.application.watching import Cursor
from bot.domain.errors import BotError, PlatformError, RateLimited, SettingsError

NOT_YET: Final = "Reddit was not reached yet"
REFUSES: Final = "every subreddit refuses the bot"
UNREACHABLE: Final = "Reddit cannot be reached"
WAITS: Final = "Reddit wants the bot to wait"
OUTSIDE: Final = "Reddit refuses the account"
REFUSED: Final = "Reddit refuses the listing"
HELD_BACK: Final = "what was read cannot be recorded"
STUCK: Final = "polls do not end"
GAP: Final = (
    "More was written on Reddit since {polled:%d %B %Y, %H:%M} UTC than it shows: some {stream} were never "
    "read ({gaps} times in all). Keep the bot running, poll more often, or watch fewer subreddits."
)
"""To the owner, once for polls in a row that all came too late."""
MISSED: Final = 3
"""Intervals without a poll that worked, after which something is wrong; never before `PATIENCE`."""
PATIENCE: Final = timedelta(seconds=30)
STORED_EVERY: Final = timedelta(minutes=1)
"""How often the time of the last poll is kept where a poll brought nothing else."""


class Watch:
    """Reads one listing of all subreddits. Implements `ports.Service`.

    Args:
        stream: its name in the cursor, such as "comments".
        account: whose cursor it is.
        gathering: reads it.
        rereading: reads what it does not show any more.
        doors: which subreddits are read.
        reception: takes what comes.
        store: keeps the cursor.
        alerts: carried to the owner.
        pulse: how often it is polled.
        clock, telemetry: time and the log.
    """

    def __init__(
        self,
        *,
        stream: str,
        account: str,
        gathering: Gathering,
        rereading: Rereading,
        doors: Doors,
        reception: Reception,
        store: Store,
        alerts: Alerts,
        pulse: Pulse,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self.name = f"reddit-{stream}"
        self._stream = stream
        self._account = account
        self._gathering = gathering
        self._rereading = rereading
        self._doors = doors
        self._reception = reception
        self._store = store
        self._alerts = alerts
        self._pulse = pulse
        self._clock = clock
        self._telemetry = telemetry
        self._backoff = Backoff(clock)
        self._submitted = Submitted()
        self._cursor: Cursor | None = None
        self._first_ever = False
        self._judged = 0
        self._losing = False
        self._thorough_at: datetime | None = None
        self._stored_at: datetime | None = None
        self._polled_at: datetime | None = None
        self._worked_at: datetime | None = None
        self._wrong: str | None = None

    @property
    def trouble(self) -> str | None:
        """What keeps comments from coming in, for a person; None = all is well."""
        if self._worked_at is None:
            return self._wrong or NOT_YET
        if self._doors.all_refuse:
            return REFUSES
        silent = self._clock.now() - self._worked_at
        patience = max(MISSED * self._pulse.interval, PATIENCE)
        return (self._wrong or STUCK) if silent > patience else None

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingsError: Reddit does not accept the credentials.
        """
        while True:
            due = self._clock.now()
            try:
                polled = await self._poll()
            except SettingsError:
                raise
            except BotError as error:
                await self._failed(error)
            else:
                if polled:
                    self._worked()
                    await self._clock.sleep(due + self._pulse.interval - self._clock.now())

    async def _poll(self) -> bool:
        """One poll, and all that it brings. False = some subreddits refused: again, without them."""
        subreddits = await self._doors.open()
        if not subreddits:
            return True
        asked_at = self._clock.now()
        cursor = self._cursor or await self._where(asked_at)
        known = None if self._first_ever else cursor
        back_to = self._back_to(cursor, asked_at)
        haul = await self._gathering.walk(subreddits, known, back_to=back_to)
        if haul is None:
            return False
        self._doors.heard({name for name in map(subreddit_of, haul.items) if name is not None})
        fresh = self._fresh(haul.items)
        await self._bring(haul, fresh)
        if haul.error is not None:
            raise haul.error
        if back_to is not None:
            self._thorough_at = asked_at
        await self._advance(cursor, haul, asked_at, moved=bool(fresh))
        self._beat(len(fresh), asked_at)
        return True

    def _back_to(self, cursor: Cursor, now: datetime) -> datetime | None:
        """How far this poll looks for what shows late; None = it does not.

        As often as a quiet listing is polled at all, since it takes pages where much is written. Another run
        may have looked that much before its last poll.
        """
        every = self._pulse.longest
        if self._thorough_at is None:
            return cursor.polled_at - LATE - every
        return self._thorough_at - LATE if now - self._thorough_at >= every else None

    async def _where(self, now: datetime) -> Cursor:
        """How far an earlier run came.

        Where there was none, a first cursor is kept before anything is judged: whoever is ended in the middle
        of this run's first page finds the rest of it.
        """
        cursors = await self._store.read(lambda queries: queries.cursors(self._account))
        cursor = cursors.get(self._stream)
        if cursor is None:
            cursor = Cursor(account=self._account, stream=self._stream, recent=(), polled_at=now)
            first = cursor
            await self._store.transact(lambda tx: tx.keep_cursor(first))
            self._first_ever = True
        self._cursor = cursor
        return cursor

    async def _bring(self, haul: Haul, fresh: Sequence[object]) -> None:
        """Have what is new judged, and judged again what was edited while its reply is on its way."""
        waiting = await self._rereading.waiting()
        shown = {name_of(raw) for raw in haul.items}
        off_page = await self._rereading.look({name for name in waiting if name not in shown})
        news = [*fresh, *(raw for raw in off_page if not self._submitted.has(raw))]
        reworded = {
            name
            for raw in news
            if (name := name_of(raw)) is not None
            and (self._submitted.reworded(raw) or (name in waiting and name not in self._submitted))
        }
        self._judged += await self._reception.bring(news, reworded=reworded)
        self._submitted.add(news)

    def _fresh(self, items: Sequence[object]) -> Sequence[object]:
        """What was not brought in yet, or was edited since; the oldest first."""
        fresh, names = [], set()
        for raw in reversed(items):
            name = name_of(raw)
            if not self._submitted.has(raw) and (name is None or name not in names):
                fresh.append(raw)
                names.add(name)
        return fresh

    async def _advance(self, before: Cursor, haul: Haul, asked_at: datetime, *, moved: bool) -> None:
        """Everything is judged: move the cursor, and tell of a gap.

        While something waits in memory, the stored one stands still: another run would find it there.
        """
        cursor = advanced(before, haul, judged=self._judged, at=asked_at)
        rested = self._stored_at is not None and asked_at - self._stored_at < STORED_EVERY
        if not self._reception.holds and (moved or haul.gap or not rested):
            await self._store.transact(lambda tx: tx.keep_cursor(cursor))
            self._stored_at = asked_at
        self._cursor, self._judged, self._first_ever = cursor, 0, False
        if haul.gap:
            self._telemetry.noticed(
                "listing_gap", stream=self._stream, items=len(haul.items), gaps=cursor.gaps
            )
            if not self._losing:
                self._alerts.put(GAP.format(stream=self._stream, polled=before.polled_at, gaps=cursor.gaps))
        self._losing = haul.gap

    def _beat(self, items: int, asked_at: datetime) -> None:
        """The first poll of a run brings what waited, which is no rate."""
        if self._polled_at is not None:
            self._pulse.beat(items, within=asked_at - self._polled_at)
        self._polled_at = asked_at

    # -------------------------------------------------------------- when it does not work

    async def _failed(self, error: BotError) -> None:
        wrong = _meaning(error)
        if self._wrong != wrong:
            self._telemetry.noticed("reddit_not_read", stream=self._stream, error=error, advice=wrong)
            self._wrong = wrong
        await self._backoff.wait(at_least=getattr(error, "retry_after", timedelta()))

    def _worked(self) -> None:
        self._worked_at = self._clock.now()
        self._backoff.reset()
        if self._wrong is not None:
            self._telemetry.noticed("reddit_read_again", stream=self._stream)
            self._wrong = None


def _meaning(error: BotError) -> str:
    match error:
        case RateLimited():
            return WAITS
        case AccountRefused():
            return OUTSIDE
        case AccessRefused():
            return REFUSED
        case PlatformError():
            return UNREACHABLE
    return HELD_BACK
