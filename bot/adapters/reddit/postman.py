"""Letters to single people and to moderators: nothing that is said in public."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Final

from bot.adapters.backoff import Backoff
from bot.adapters.reddit.ports import Api
from bot.application.ports import Clock, Telemetry
from bot.domain.errors import PlatformError, PlatformUnavailable, RateLimited

MOST: Final = 200
"""Letters that wait; a full bag takes no more."""
ATTEMPTS: Final = 5
LONGEST_WAIT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One letter as it goes out.

    Attributes:
        kind: for the log: "answer", "message", "modmail" or "notice".
        urgent: goes before what waits.
    """

    path: str
    form: Mapping[str, str | int] = field(repr=False)
    kind: str
    urgent: bool = False


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


class Postman:
    """Sends what is left with it, one after the other: a `ports.Service`. Each letter at most once.

    Args:
        api: what writes; it keeps the pace.
        clock, telemetry: time and the log.
    """

    name: Final = "reddit-letters"

    def __init__(self, *, api: Api, clock: Clock, telemetry: Telemetry) -> None:
        self._api = api
        self._clock = clock
        self._telemetry = telemetry
        self._bag: asyncio.PriorityQueue[tuple[bool, int, Note]] = asyncio.PriorityQueue(MOST)
        self._numbers = count()

    def put(self, *notes: Note) -> None:
        """Leave letters; best effort, in memory."""
        for note in notes:
            if self._bag.full():
                self._telemetry.noticed("letter_dropped", kind=note.kind)
            else:
                self._bag.put_nowait((not note.urgent, next(self._numbers), note))

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            _, _, note = await self._bag.get()
            await self.send(note)

    async def send(self, note: Note) -> bool:
        """Whether it surely went out. Tried again only where nothing was stored, and not for ever."""
        backoff = Backoff(self._clock)
        for _ in range(ATTEMPTS):
            try:
                await self._api.post(note.path, note.form, urgent=note.urgent)
            except (RateLimited, PlatformUnavailable) as error:
                last: PlatformError = error
                wait = error.retry_after if isinstance(error, RateLimited) else timedelta()
                if wait > LONGEST_WAIT:
                    break
                await backoff.wait(at_least=wait)
            except PlatformError as error:  # refused for good, or nobody knows: never twice
                last = error
                break
            else:
                return True
        self._telemetry.noticed("letter_failed", kind=note.kind, error=last)
        return False
