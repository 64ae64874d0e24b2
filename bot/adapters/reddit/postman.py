"""Letters to single people and to moderators: nothing that is said in public."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from bot.adapters.backoff import FIRST
from bot.adapters.reddit.ports import Api
from bot.application.ports import Clock, Telemetry
from bot.domain.errors import PlatformError, PlatformUnavailable, RateLimited, ReplyUnconfirmed

MOST: Final = 200
"""Letters that wait; a full bag takes no more, unless they are urgent."""
ATTEMPTS: Final = 5
LONGEST_WAIT: Final = timedelta(hours=1)

Settled = Callable[[], Awaitable[None]]
"""Called when nothing more happens with a letter, however it ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One letter as it goes out.

    Attributes:
        kind: for the log: "answer", "message", "modmail" or "notice".
        urgent: waits for no other letter.
    """

    path: str
    form: Mapping[str, str | int] = field(repr=False)
    kind: str
    urgent: bool = False


class Fate(Enum):
    """What became of an attempt."""

    SENT = auto()
    UNKNOWN = auto()
    """It may have arrived: never twice."""
    REFUSED = auto()
    LATER = auto()
    """Nothing was stored; it may be tried again."""


def answer(fullname: str, words: str) -> Note:
    """In the private conversation in which a message stands."""
    return Note(path="api/comment", form={"thing_id": fullname, "text": words}, kind="answer")


def message(to: str, subject: str, words: str) -> Note:
    """To one person."""
    return Note(path="api/compose", form={"to": to, "subject": subject, "text": words}, kind="message")


def to_moderators(subreddit: str, subject: str, words: str, *, urgent: bool = False) -> Note:
    """To a subreddit's moderators together."""
    form = {"to": f"/r/{subreddit}", "subject": subject, "text": words}
    return Note(path="api/compose", form=form, kind="modmail", urgent=urgent)


def among_moderators(conversation: str, words: str) -> Note:
    """In a modmail conversation, for moderators' eyes alone."""
    form = {"body": words, "isInternal": "true", "isAuthorHidden": "false"}
    return Note(path=f"api/mod/conversations/{conversation}", form=form, kind="modmail")


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """A letter in the bag; not before `due`."""

    note: Note
    due: datetime
    settled: Settled | None
    attempts: int = 0


class Postman:
    """Sends what is left with it: a `ports.Service`. Each letter at most once.

    One that has to wait goes back into the bag, and holds up no other; urgent ones have a way of their own.

    Args:
        api: what writes; it keeps the pace.
        clock, telemetry: time and the log.
    """

    name: Final = "reddit-letters"

    def __init__(self, *, api: Api, clock: Clock, telemetry: Telemetry) -> None:
        self._api = api
        self._clock = clock
        self._telemetry = telemetry
        self._bags: dict[bool, list[_Waiting]] = {True: [], False: []}
        self.sending = 0
        """Letters that are on the wire, or about to be settled."""
        self._came = {True: asyncio.Event(), False: asyncio.Event()}

    def put(self, note: Note, settled: Settled | None = None) -> bool:
        """Leave a letter, in memory; False = the bag is full, and it was not taken."""
        bag = self._bags[note.urgent]
        if len(bag) >= MOST:
            self._telemetry.noticed("letter_dropped", kind=note.kind)
            return False
        bag.append(_Waiting(note=note, due=self._clock.now(), settled=settled))
        self._came[note.urgent].set()
        return True

    async def run(self) -> None:
        """Send until cancelled.

        Raises:
            SettingsError: Reddit does not accept the credentials.
        """
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._empty(urgent=True))
                group.create_task(self._empty(urgent=False))
        except ExceptionGroup as failed:  # whoever supervises looks at the kind of the error
            raise failed.exceptions[0] from failed

    async def attempt(self, note: Note) -> Fate:
        """One request, now."""
        fate, _ = await self._attempt(note, last=True)
        return fate

    async def _empty(self, *, urgent: bool) -> None:
        bag, came = self._bags[urgent], self._came[urgent]
        while True:
            came.clear()
            now = self._clock.now()
            first = min(bag, key=lambda each: each.due, default=None)
            if first is None:
                await came.wait()
            elif first.due > now:
                await self._wait(came, first.due - now)
            else:
                bag.remove(first)
                self.sending += 1
                try:
                    await self._deliver(first, bag)
                finally:
                    self.sending -= 1

    async def _wait(self, came: asyncio.Event, span: timedelta) -> None:
        """Until a letter comes, or so long."""
        ends = {
            asyncio.create_task(came.wait(), name="letter"),
            asyncio.ensure_future(self._clock.sleep(span)),
        }
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in ends:
                each.cancel()

    async def _deliver(self, waiting: _Waiting, bag: list[_Waiting]) -> None:
        waiting.attempts += 1
        fate, told = await self._attempt(waiting.note, last=waiting.attempts >= ATTEMPTS)
        if fate is Fate.LATER and waiting.attempts < ATTEMPTS and told <= LONGEST_WAIT:
            waiting.due = self._clock.now() + max(told, FIRST * 2**waiting.attempts)
            bag.append(waiting)
        elif waiting.settled is not None:
            await waiting.settled()

    async def _attempt(self, note: Note, *, last: bool) -> tuple[Fate, timedelta]:
        """What became of it, and how long Reddit wants us to wait."""
        failure: PlatformError
        wait = timedelta()
        try:
            await self._api.post(note.path, note.form, urgent=note.urgent)
        except (RateLimited, PlatformUnavailable) as error:
            fate, failure = Fate.LATER, error
            wait = error.retry_after if isinstance(error, RateLimited) else wait
        except ReplyUnconfirmed as error:
            fate, failure = Fate.UNKNOWN, error
        except PlatformError as error:
            fate, failure = Fate.REFUSED, error
        else:
            return Fate.SENT, wait
        if fate is not Fate.LATER or last or wait > LONGEST_WAIT:
            self._telemetry.noticed("letter_failed", kind=note.kind, error=failure)
        return fate, wait
