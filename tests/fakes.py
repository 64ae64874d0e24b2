"""Stand-ins for the world. Each passes the same contract suite as the real thing."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from quoting import LISTENER

from bot.application.ports import Classifier
from bot.application.records import Missing
from bot.domain.decisions import Prediction, ReplyThresholds, ReplyWhen, Sensitivity
from bot.domain.errors import PlatformError, ReplyUnconfirmed
from bot.domain.messages import Platform
from bot.domain.replies import OutgoingReply, Receipt, Settlement
from bot.domain.verdicts import Verdict
from model.labels import EMOTIONS

TURNS = 25
"""How often the event loop turns after a sleeper woke: what it does then may take that many awaits."""


class FakeClock:
    """A clock that stands still until it is told to go on.

    Args:
        start: aware; a fixed day by default.
        auto: time jumps to the next sleeper as soon as somebody sleeps, so no sleep takes real time.

    Attributes:
        yields: how often somebody only let others have a turn.
    """

    def __init__(self, start: datetime | None = None, *, auto: bool = False) -> None:
        self._now = start or datetime(2026, 11, 23, 12, tzinfo=UTC)
        self._auto = auto
        self.yields = 0
        self._order = count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    @property
    def sleepers(self) -> int:
        """How many wait."""
        return sum(not future.done() for _, _, future in self._sleepers)

    async def sleep(self, duration: timedelta) -> None:
        if duration <= timedelta():
            self.yields += 1
            await asyncio.sleep(0)
            return
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        heappush(self._sleepers, (self._now + duration, next(self._order), future))
        if self._auto:
            loop.call_soon(self._wake_next)
        await future

    async def advance(self, duration: timedelta) -> None:
        """Let time pass; sleepers wake in order of their times, each before the next one does.

        What a woken sleeper does may put it to sleep again within the same span.
        """
        end = self._now + duration
        await self._turn()
        while self._sleepers and self._sleepers[0][0] <= end:
            self._wake_next()
            await self._turn()
        self._now = max(self._now, end)
        await self._turn()

    def _wake_next(self) -> None:
        while self._sleepers:
            due, _, future = heappop(self._sleepers)
            if not future.done():  # else it was cancelled meanwhile
                self._now = max(self._now, due)
                future.set_result(None)
                return

    async def _turn(self) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)


class WordClassifier:
    """A classifier that can be read: a text is as negative as its share of the word "sad"."""

    version = "words"
    preprocessing = "none"
    arm = "model"

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.thresholds: ReplyThresholds = {when: dict.fromkeys(Sensitivity, 0.5) for when in ReplyWhen}

    async def classify(self, texts: Sequence[str]) -> list[Prediction]:
        self.seen += texts
        return [self._prediction(text) for text in texts]

    async def why(self, text: str, reply_when: ReplyWhen, *, top: int) -> Sequence[tuple[str, float]]:
        words = text[:1000].split()
        full = self._prediction(" ".join(words)).score(reply_when)
        first = range(min(len(words), 32))  # as many as a real one would look at
        without = [" ".join([*words[:index], *words[index + 1 :]]) for index in first]
        weights = [full - self._prediction(rest).score(reply_when) for rest in without]
        found = [(word, weight) for word, weight in zip(words, weights, strict=False) if weight]
        return sorted(found, key=lambda each: -abs(each[1]))[:top]

    def _prediction(self, text: str) -> Prediction:
        words = text.lower().split()
        sad = words.count("sad") / max(len(words), 1)
        return Prediction(
            positive=1 - sad,
            negative=sad,
            neutral=0.0,
            ambiguous=0.0,
            not_positive=sad,
            distress=sad,
            emotions=dict.fromkeys(EMOTIONS, 0.0) | {"sadness": sad, "joy": 1 - sad},
            label="negative" if sad >= 0.5 else "positive",
            groups=("negative",) if sad >= 0.5 else ("positive",),
            thresholds=self.thresholds,
            model=self.version,
            preprocessing=self.preprocessing,
        )


class Classifiers:
    """A shelf of classifiers in memory; `asked` holds the versions that somebody wanted."""

    def __init__(self, *classifiers: Classifier) -> None:
        self._classifiers = {each.version: each for each in classifiers}
        self.asked: list[str] = []

    async def classifier(self, model: str, preprocessing: str) -> Classifier | Missing:
        self.asked.append(model)
        found = self._classifiers.get(model)
        if found is None:
            return Missing.MODEL_GONE
        return found if found.preprocessing == preprocessing else Missing.PREPROCESSING_GONE


class FakeSender:
    """A platform in memory: what arrives stands in `stored`, and each reply's fate can be set beforehand.

    Args:
        fates: errors to raise, one a call; None = all goes well. `ReplyUnconfirmed` stores first.
    """

    def __init__(self, fates: Sequence[PlatformError | None] = (), *, account: str = "fake") -> None:
        self.platform = Platform("fake")
        self.account = account
        self.stored: list[OutgoingReply] = []
        self.calls = 0
        self.called = asyncio.Event()
        self._fates = list(fates)

    async def send(self, reply: OutgoingReply) -> Receipt:
        self.calls += 1
        self.called.set()
        fate = self._fates.pop(0) if self._fates else None
        if fate is None or isinstance(fate, ReplyUnconfirmed):
            self.stored.append(reply)
        if fate is not None:
            raise fate
        return Receipt(message_id=f"sent-{len(self.stored)}")


class ListTelemetry:
    """Remembers what it is told, and has it searched for what nobody may log."""

    def __init__(self) -> None:
        self.verdicts: list[Verdict] = []
        self.settlements: list[Settlement] = []
        self.events: list[str] = []
        self.measures: dict[str, float] = {}
        self.longest_wait = 0

    def judged(self, verdict: Verdict) -> None:
        message = verdict.message
        LISTENER.told("judged", [("ref", message.ref.shown(private=message.private))])
        self.verdicts.append(verdict)

    def settled(self, settlement: Settlement) -> None:
        reply = settlement.reply
        shown = {"ref": reply.ref.shown(private=reply.private), "detail": settlement.detail}
        LISTENER.told("settled", shown.items())
        self.settlements.append(settlement)

    def waiting(self, messages: int) -> None:
        self.longest_wait = max(self.longest_wait, messages)

    def noticed(self, event: str, **fields: object) -> None:
        LISTENER.told(event, fields.items())
        self.events.append(event)

    def measured(self, name: str, value: float) -> None:
        self.measures[name] = value
