"""Raw things in, their verdicts committed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.adapters.reddit.rules import Threads
from bot.adapters.reddit.things import BadThing, Ignored, Reading, Said, name_of, read
from bot.adapters.reddit.values import COMMENT, is_fullname, number_of, ref_of
from bot.application.ports import Clock, Inbox, Store, Telemetry
from bot.application.updates import FailedUpdate
from bot.domain.authors import AuthorKey
from bot.domain.errors import BotError, PlatformError
from bot.domain.messages import IncomingMessage, MessageRef, Sender

MAX_ERROR: Final = 128
MOST_OWN: Final = 2_000
"""Comments of our own that are remembered from listings."""
MOST_HELD: Final = 1_000
"""Things that wait until it is known whether their thread may be answered; beyond that the oldest go."""


class Reception:
    """Brings what somebody said to the intake, and records what cannot be read.

    Args:
        inbox: where messages go.
        store: knows which messages are our own replies, and keeps what could not be read.
        threads: knows which threads are left alone.
        key, account, username, subreddits: see `things.Reading`.
        clock, telemetry: time and the log.
    """

    def __init__(
        self,
        *,
        inbox: Inbox,
        store: Store,
        threads: Threads,
        key: AuthorKey,
        account: str,
        username: str,
        subreddits: Collection[str],
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._inbox = inbox
        self._store = store
        self._threads = threads
        self._key = key
        self._account = account
        self._username = username
        self._subreddits = subreddits
        self._clock = clock
        self._telemetry = telemetry
        self._own: dict[MessageRef, None] = {}
        self._held: dict[str, object] = {}
        self._in_the_dark = False

    @property
    def holds(self) -> bool:
        """Whether something that was brought waits in memory, and is not judged yet."""
        return bool(self._held)

    async def bring(self, raws: Sequence[object], *, reworded: Collection[str] = ()) -> int:
        """Have these judged; how many were not judged before. Received is now.

        Those of which Reddit does not say whether their thread is left alone are held back, and judged with a
        later call; they hold up no other.

        Args:
            raws: things as Reddit sent them, the oldest first.
            reworded: full names of those that are known to be edited, whatever Reddit says.

        Raises:
            StoreError, Overloaded: some of it may be committed; bring all of it again.
        """
        reading = self._reading()
        said: list[Said] = []
        bad: list[BadThing] = []
        things: dict[str, object] = {}
        newer = {name_of(raw) for raw in raws}
        for raw in (*(held for name, held in self._held.items() if name not in newer), *raws):
            try:
                found = read(raw, reading)
            except BadThing as one:
                bad.append(one)
            else:
                if not isinstance(found, Ignored):
                    said.append(found)
                    things[found.message.ref.message_id] = raw
        looked = await self._threads.look(said)
        self._tell(looked.error)
        known = [each for each in said if each.thread not in looked.unknown]
        judged = await self._submit(await self._completed(known, looked.skipped, reworded))
        unknown = [each.message.ref.message_id for each in said if each.thread in looked.unknown]
        self._hold({name: things[name] for name in unknown})
        for error in bad:
            await self._skip(error)
        return judged

    def _reading(self) -> Reading:
        return Reading(
            key=self._key,
            account=self._account,
            username=self._username,
            subreddits=self._subreddits,
            now=self._clock.now(),
        )

    # -------------------------------------------------------------- what the listing does not tell

    def _hold(self, things: Mapping[str, object]) -> None:
        """These wait; what waited before is judged, or among them."""
        names = list(things)
        self._held = {name: things[name] for name in names[-MOST_HELD:]}
        if len(names) > MOST_HELD:
            self._telemetry.noticed("things_dropped", things=len(names) - MOST_HELD)

    def _tell(self, error: PlatformError | None) -> None:
        """Once an outage."""
        if error is not None and not self._in_the_dark:
            self._telemetry.noticed("threads_not_known", error=error)
        self._in_the_dark = error is not None

    async def _completed(
        self, said: Sequence[Said], skipped: Collection[str], reworded: Collection[str]
    ) -> Sequence[IncomingMessage]:
        answering = await self._answering(said)
        return [
            replace(
                each.message,
                skipped=each.thread in skipped,
                answers_us=each.message.ref in answering,
                edited=each.message.edited or each.message.ref.message_id in reworded,
            )
            for each in said
        ]

    async def _answering(self, said: Sequence[Said]) -> Collection[MessageRef]:
        """Those that answer a comment of ours: one that the store knows, or one that was met in a listing."""
        for each in said:
            if each.message.sender is Sender.SELF:
                self._own[each.message.ref] = None
        parents: Mapping[MessageRef, MessageRef] = {
            each.message.ref: ref_of(each.message.ref.channel_id, each.parent)
            for each in said
            if each.parent is not None and is_fullname(each.parent, COMMENT)
        }
        if not parents:
            return ()
        ours = await self._store.read(lambda queries: queries.ours(frozenset(parents.values())))
        answering = {ref for ref, parent in parents.items() if parent in ours or parent in self._own}
        while len(self._own) > MOST_OWN:
            self._own.pop(next(iter(self._own)))
        return answering

    # -------------------------------------------------------------- the intake

    async def _submit(self, messages: Sequence[IncomingMessage]) -> int:
        if not messages:
            return 0
        try:
            verdicts = await self._inbox.submit(messages)
        except BotError:
            raise
        except Exception:  # noqa: BLE001  # one of them; its neighbours have their verdicts
            return sum([await self._judge_alone(message) for message in messages])
        return sum(verdict is not None for verdict in verdicts)

    async def _judge_alone(self, message: IncomingMessage) -> int:
        try:
            (verdict,) = await self._inbox.submit([message])
        except BotError:
            raise
        except Exception as error:  # noqa: BLE001  # recorded, so that it holds up nobody
            name = message.ref.message_id
            await self._skip(BadThing(number_of(name), name.partition("_")[0], type(error).__name__))
            return 0
        return int(verdict is not None)

    async def _skip(self, error: BadThing) -> None:
        """Tell of a thing that is left out, and record it."""
        self._telemetry.noticed("thing_skipped", kind=error.kind, error=error.error)
        if error.number is None:
            return
        failed = FailedUpdate(
            account=self._account,
            update_id=error.number,
            kind=error.kind,
            error=error.error[:MAX_ERROR],
            at=self._clock.now(),
        )
        await self._store.transact(lambda tx: tx.keep_failed(failed))
