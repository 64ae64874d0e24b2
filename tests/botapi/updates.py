"""What waits for the bot (https://core.telegram.org/bots/api#getting-updates)."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from botapi.refusals import Json, conflict

KEPT: Final = 24 * 3600.0
"""Seconds that an update waits: "Incoming updates are stored on the server until the bot receives them either
way, but they will not be kept longer than 24 hours."""

ONLY_ON_REQUEST: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that come only to who names them in `allowed_updates`."""

MOST: Final = 100


class Updates:
    """Numbered updates that stay until they are acknowledged.

    Args:
        now: unix seconds.
        first: the first update's id; the next ones rise by one.
    """

    def __init__(self, now: Callable[[], float], *, first: int) -> None:
        self._now = now
        self._next = first
        self._waiting: dict[int, tuple[float, Json]] = {}
        self._allowed: frozenset[str] | None = None
        self._news = asyncio.Event()
        self._poller: object | None = None
        self.made = 0
        self._all: list[Json] = []
        self.expired = 0

    @property
    def next_id(self) -> int:
        """What the next update will be called."""
        return self._next

    def allow(self, kinds: Sequence[str] | None) -> None:
        """Which kinds come from now on; an empty list: all but a few; None: as before."""
        if kinds is not None:
            self._allowed = frozenset(kinds) or None

    def wants(self, kind: str) -> bool:
        """Whether an update of this kind would be kept."""
        return kind in self._allowed if self._allowed is not None else kind not in ONLY_ON_REQUEST

    def add(self, kind: str, content: Json) -> int | None:
        """Something happened; its id, or None where the bot does not want this kind."""
        return self.put({kind: content}) if self.wants(kind) else None

    def put(self, raw: Json) -> int:
        """An update as it is, with its own `update_id` or the next one."""
        number = int(raw.get("update_id", self._next))
        self._next = max(self._next, number + 1)
        self._waiting[number] = (self._now(), {"update_id": number, **raw})
        self._all.append(self._waiting[number][1])
        self.made += 1
        self.wake()
        return number

    def again(self, *, renumbered: bool) -> int:
        """Everything that ever was waits again, the newest first; how many.

        Args:
            renumbered: under new ids, so that they come in the wrong order.
        """
        old = list(self._all)
        for raw in reversed(old):
            self.put({name: value for name, value in raw.items() if not renumbered or name != "update_id"})
        self._all = old
        return len(old)

    def wake(self) -> None:
        """Let everybody who waits look again."""
        self._news.set()
        self._news = asyncio.Event()

    def changed(self) -> Coroutine[Any, Any, bool]:
        """Until somebody calls `wake`, counted from this call, not from when it is first awaited."""
        return self._news.wait()

    def waiting(self) -> list[Json]:
        """What nobody has acknowledged yet."""
        horizon = self._now() - KEPT
        for number in [number for number, (born, _) in self._waiting.items() if born < horizon]:
            del self._waiting[number]
            self.expired += 1
        return [self._waiting[number][1] for number in sorted(self._waiting)]

    def oldest(self) -> Json | None:
        """The one that has waited longest."""
        return self._waiting[min(self._waiting)][1] if self._waiting else None

    def drop(self, number: int) -> None:
        """This one was received."""
        self._waiting.pop(number, None)
        self.wake()

    def drop_all(self) -> None:
        """Forget what waits."""
        self._waiting.clear()

    def read(self, offset: int, limit: int) -> list[Json]:
        """Acknowledge everything below `offset` (negative: all but the last ones), and give what is left."""
        waiting = self.waiting()
        kept = [one for one in waiting if one["update_id"] >= offset] if offset >= 0 else waiting[offset:]
        for one in waiting[: len(waiting) - len(kept)]:
            del self._waiting[one["update_id"]]
        return kept[: max(1, min(limit, MOST))]

    async def poll(self, *, offset: int, limit: int, seconds: float) -> list[Json]:
        """What waits, as soon as something does; nothing after `seconds` of real time.

        Raises:
            Refused: 409, because another poller came.
        """
        me = self._poller = object()
        self.wake()
        end = asyncio.get_running_loop().time() + seconds
        while True:
            if self._poller is not me:
                raise conflict(
                    "terminated by other getUpdates request; make sure that only one bot instance is running"
                )
            left = end - asyncio.get_running_loop().time()
            if (found := self.read(offset, limit)) or left <= 0:
                self._poller = None
                return found
            try:
                await asyncio.wait_for(self.changed(), left)
            except TimeoutError:
                continue
