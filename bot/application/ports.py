"""Everything that the application asks of the world, as Protocols.

A fake stands in `tests/fakes.py` only where a contract suite runs against it and the real thing.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.application.chats import ChatQueries, ChatTransaction
from bot.application.crises import CrisisQueries
from bot.application.outbox import OutboxQueries, OutboxTransaction
from bot.application.overview import OverviewQueries, OverviewTransaction
from bot.application.own_phrases import OwnPhraseQueries, OwnPhraseTransaction
from bot.application.past import PastQueries
from bot.application.people import PeopleQueries, PeopleTransaction
from bot.application.records import DayCount
from bot.application.reviews import ReviewQueries, ReviewTransaction
from bot.application.statistics import StatisticsQueries
from bot.application.updates import UpdateQueries, UpdateTransaction
from bot.application.watching import WatchingQueries, WatchingTransaction
from bot.domain.decisions import Prediction, ReplyThresholds
from bot.domain.history import PastReply, Subject
from bot.domain.messages import ChannelKey, IncomingMessage, MessageRef, Origin, Platform
from bot.domain.replies import OutgoingReply, Receipt, Settlement
from bot.domain.verdicts import RecordedDecision, Verdict

T = TypeVar("T")


class Clock(Protocol):
    """Time, and the only way to wait for it."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        ...

    async def sleep(self, duration: timedelta) -> None:
        """Wait; a negative or zero duration only yields."""
        ...


class Classifier(Protocol):
    """A sentiment model: the trained one, or the baseline for which everyone is sad."""

    @property
    def version(self) -> str:
        """Which model; with it and the text, a prediction can be had again."""
        ...

    @property
    def preprocessing(self) -> str:
        """Which text normalisation it was trained with."""
        ...

    @property
    def thresholds(self) -> ReplyThresholds:
        """Where it draws its lines."""
        ...

    async def classify(self, texts: Sequence[str]) -> list[Prediction]:
        """One prediction a text, in order; a text's prediction never depends on its neighbours."""
        ...


class CrisisGate(Protocol):
    """Tells whether a text speaks of suicide or self-harm by its author."""

    def __call__(self, text: str) -> bool:
        """True = no ordinary phrase may answer this."""
        ...


class LanguageFilter(Protocol):
    """Names a text's language: "en" for everything let through, else ISO 639-1 or "und"."""

    def __call__(self, text: str) -> str:
        """The code of the language."""
        ...


class Queries(
    PastQueries,
    CrisisQueries,
    ChatQueries,
    OutboxQueries,
    UpdateQueries,
    PeopleQueries,
    OwnPhraseQueries,
    ReviewQueries,
    OverviewQueries,
    StatisticsQueries,
    WatchingQueries,
    Protocol,
):
    """What can be asked of the store. Every method is one statement, whatever the number of its arguments."""

    def known(self, refs: Collection[MessageRef], *, origin: Origin) -> frozenset[MessageRef]:
        """Which of these were judged before."""
        ...

    def channel_overrides(
        self, channels: Collection[ChannelKey]
    ) -> Mapping[ChannelKey, Mapping[str, object]]:
        """The chats' own settings; chats without a row are absent."""
        ...

    def channel_owners(self, channels: Collection[ChannelKey]) -> Mapping[ChannelKey, str]:
        """Which API keys created these chats; chats without a row are absent."""
        ...

    def recent_replies(self, wanted: Mapping[Subject, int]) -> Mapping[Subject, Sequence[PastReply]]:
        """Each subject's newest counted replies, newest first, at most as many as wanted."""
        ...

    def decisions(
        self, refs: Collection[MessageRef], *, origin: Origin
    ) -> Mapping[MessageRef, RecordedDecision]:
        """Recorded decisions with their replies; those that are not there are absent."""
        ...

    def activity(self, *, since: datetime, origin: Origin | None) -> Sequence[DayCount]:
        """Decisions by day, platform, action and reason."""
        ...


class Transaction(
    Queries,
    ChatTransaction,
    OutboxTransaction,
    UpdateTransaction,
    PeopleTransaction,
    OwnPhraseTransaction,
    ReviewTransaction,
    OverviewTransaction,
    WatchingTransaction,
    Protocol,
):
    """The store from the inside of one write transaction."""

    def record(self, verdicts: Sequence[Verdict]) -> Mapping[MessageRef, int]:
        """Insert decisions with their texts and replies; the refs that were new, with their decision ids."""
        ...

    def keep_policy(self, digest: str, snapshot: str) -> None:
        """Store a settings snapshot under its hash, once."""
        ...

    def own_channels(self, channels: Collection[ChannelKey], owner: str, *, at: datetime) -> None:
        """Create the chats that do not exist yet for this API key."""
        ...

    def erase_texts(self, *, now: datetime) -> int:
        """Erase texts whose retention has ended; how many."""
        ...


class Store(Protocol):
    """The database, seen from the event loop."""

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` from BEGIN IMMEDIATE to COMMIT on the one writer thread.

        An exception in `work` rolls back that work alone and is raised here. A caller that is cancelled knows
        nothing about the outcome.

        Raises:
            StoreError: the database could not commit.
        """
        ...

    async def read(self, work: Callable[[Queries], T]) -> T:
        """Run `work` on a snapshot that cannot write.

        Raises:
            StoreError: the database could not be read.
        """
        ...

    def lease(self, role: str, account: str) -> AbstractAsyncContextManager[None]:
        """Hold a job on this database while the context lasts.

        Raises:
            LeaseHeld: another process has it.
        """
        ...

    async def checkpoint(self) -> bool:
        """Move what was erased out of the write-ahead log; False = somebody was reading, try again later.

        Raises:
            StoreError: the database could not do it.
        """
        ...


class ReplySender(Protocol):
    """Puts replies where their platform's people read them."""

    @property
    def platform(self) -> Platform:
        """Which platform."""
        ...

    @property
    def account(self) -> str:
        """The bot account whose outbox this sender empties."""
        ...

    async def send(self, reply: OutgoingReply) -> Receipt:
        """Make at most one request for this reply.

        Raises:
            RateLimited, PlatformUnavailable: nothing was stored; may be tried again.
            ReplyRejected: nothing was stored; final.
            ReplyUnconfirmed: nobody knows.
        """
        ...


class Inbox(Protocol):
    """Where sources bring what they read."""

    async def submit(self, messages: Sequence[IncomingMessage]) -> Sequence[Verdict | None]:
        """Judge; returns after the commit. None = judged before. Waits while the intake is full."""
        ...

    def offer(self, messages: Sequence[IncomingMessage]) -> Awaitable[Sequence[Verdict | None]]:
        """The same, but refuses at once when the intake is full.

        Raises:
            Overloaded: come back later; nothing was taken.
        """
        ...


class Telemetry(Protocol):
    """The one log line a message, and the metrics."""

    def judged(self, verdict: Verdict) -> None:
        """A verdict was recorded."""
        ...

    def settled(self, settlement: Settlement) -> None:
        """An attempt to send ended."""
        ...

    def waiting(self, messages: int) -> None:
        """How many messages wait for the intake."""
        ...

    def noticed(self, event: str, **fields: object) -> None:
        """Something that an operator should read; fields never hold texts, names or tokens."""
        ...

    def measured(self, name: str, value: float) -> None:
        """How much of something there is now, such as "reddit_quota_remaining"; the names are few."""
        ...


class Service(Protocol):
    """Something that runs until it is cancelled."""

    @property
    def name(self) -> str:
        """How logs call it."""
        ...

    async def run(self) -> None:
        """Work until cancelled; an exception means: start me again later."""
        ...
