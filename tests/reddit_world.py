"""Reddit's listings in memory, and a reader over them with everything around it in plain sight."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar, cast

from assembly import KEY
from fakes import FakeClock, ListTelemetry

from bot.adapters.reddit.blocks import Blocks
from bot.adapters.reddit.reader import Reader
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.rules import Rules
from bot.application.alerts import Alerts
from bot.application.ports import Queries, Store, Transaction
from bot.application.updates import FailedUpdate
from bot.application.watching import Block, Cursor
from bot.domain.channels import ChannelDefaults, ChannelSettings
from bot.domain.errors import StoreError
from bot.domain.messages import ChannelKey, IncomingMessage, MessageRef, Platform
from bot.domain.verdicts import Verdict

T = TypeVar("T")
ACCOUNT = "reddit:solace_bot"
USERNAME = "Solace_Bot"
ME = {"name": USERNAME}
Raw = dict[str, Any]


def base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return (base36(number // 36) if number >= 36 else "") + digits[number % 36]


def a_comment(number: int = 1, *, at: datetime, **changes: Any) -> Raw:
    """A comment as a listing has it."""
    data = {
        "name": f"t1_{base36(number)}",
        "id": base36(number),
        "subreddit": "One",
        "author": "ann",
        "body": "sad and alone today",
        "created_utc": at.timestamp(),
        "edited": False,
        "link_id": "t3_l1",
        "link_title": "A quiet day",
        "parent_id": "t3_l1",
    }
    return {"kind": "t1", "data": data | changes}


def a_submission(number: int = 1, *, at: datetime, **changes: Any) -> Raw:
    """A self-post as a listing has it."""
    data = {
        "name": f"t3_{base36(number)}",
        "id": base36(number),
        "subreddit": "One",
        "author": "ann",
        "title": "A bad day",
        "selftext": "sad and alone today",
        "is_self": True,
        "created_utc": at.timestamp(),
        "edited": False,
        "link_flair_text": None,
        "removed_by_category": None,
    }
    return {"kind": "t3", "data": data | changes}


def a_listing(children: Sequence[Raw], after: str | None = None) -> Raw:
    return {"kind": "Listing", "data": {"after": after, "before": None, "children": list(children)}}


class Listings:
    """What Reddit would answer to whoever reads. Implements `ports.Api` without writing.

    Attributes:
        calls: (path, parameters), in order.
        lag: how old a comment is when listings show it first.
        lags: the same for single subreddits, where they differ.
        depth: items in a listing.
        closed: refusals by subreddit; of several in one listing a single one is enough to refuse it.
        omits: such a listing leaves closed subreddits out instead.
        banned: subreddits where we may read and not write.
        fates: errors to raise or answers to give instead, one a call; None = all goes well.
        written: asked before every answer for what was written meanwhile.
    """

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.calls: list[tuple[str, Mapping[str, str | int]]] = []
        self.times: list[datetime] = []
        self.lag = timedelta()
        self.lags: dict[str, timedelta] = {}
        self.depth = 1000
        self.closed: dict[str, AccessRefused] = {}
        self.omits = False
        self.banned: set[str] = set()
        self.fates: deque[Any] = deque()
        self.links: dict[str, Raw] = {}
        self.written: Callable[[], None] = lambda: None
        self.comments: deque[Raw] = deque(maxlen=3000)
        self.submissions: deque[Raw] = deque(maxlen=3000)
        self._numbers = count(1)

    def write(self, times: int = 1, **changes: Any) -> list[str]:
        """So many comments, now; their full names."""
        raws = [a_comment(next(self._numbers), **({"at": self.clock.now()} | changes)) for _ in range(times)]
        self.comments.extend(raws)
        return [raw["data"]["name"] for raw in raws]

    def post(self, **changes: Any) -> str:
        """A submission, now."""
        raw = a_submission(next(self._numbers), at=self.clock.now(), **changes)
        self.submissions.append(raw)
        return str(raw["data"]["name"])

    def polls(self, ending: str = "/comments") -> list[Mapping[str, str | int]]:
        """The parameters of every request for pages of a listing."""
        return [params for path, params in self.calls if path.endswith(ending) and params["limit"] == 100]

    def asked(self, path: str) -> int:
        return sum(each == path for each, _ in self.calls)

    async def get(self, path: str, params: Mapping[str, str | int] | None = None, **_: bool) -> Any:
        await asyncio.sleep(0)
        params = params or {}
        self.calls.append((path, params))
        self.times.append(self.clock.now())
        self.written()
        fate = self.fates.popleft() if self.fates else None
        if isinstance(fate, Exception):
            raise fate
        return self._answer(path, params) if fate is None else fate

    def _answer(self, path: str, params: Mapping[str, str | int]) -> Any:
        if path == "api/v1/me":
            return ME
        if path == "api/info":
            names = str(params["id"]).split(",")
            assert len(names) <= 100
            found = self.links | {raw["data"]["name"]: raw for raw in self.comments}
            return a_listing([found[name] for name in names if name in found])
        _, place, what = path.split("/")
        open_ones = self._open(place.split("+"))
        if what == "about":
            return {"kind": "t5", "data": {"display_name": place, "user_is_banned": place in self.banned}}
        return self._page(self.comments if what == "comments" else self.submissions, open_ones, params)

    def _open(self, names: Sequence[str]) -> Collection[str]:
        refusals = [self.closed[name] for name in names if name in self.closed]
        if refusals and (not self.omits or len(refusals) == len(names)):
            raise refusals[0]
        return {name for name in names if name not in self.closed}

    def _page(self, items: Iterable[Raw], names: Collection[str], params: Mapping[str, str | int]) -> Raw:
        assert "before" not in params
        limit, after = int(params["limit"]), params.get("after")
        ends = {name: (self.clock.now() - self.lags.get(name, self.lag)).timestamp() for name in names}
        found: list[Raw] = []
        passed = 0
        begun = after is None
        for raw in reversed(items):  # type: ignore[call-overload]
            data = raw["data"]
            shown, place = data.get("created_utc", 0), str(data.get("subreddit")).lower()
            if place not in names or (isinstance(shown, float) and shown > ends[place]):
                continue
            passed += 1
            if passed > self.depth:
                break
            if begun:
                if len(found) == limit:
                    return a_listing(found, found[-1]["data"]["name"])
                found.append(raw)
            begun = begun or data["name"] == after
        return a_listing(found)


class Shelf:
    """What the reader asks of a store, in memory: both sides of a transaction."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Cursor] = {}
        self.stood: dict[ChannelKey, Block] = {}
        self.own: set[MessageRef] = set()
        self.pending: set[MessageRef] = set()
        self.settings: dict[ChannelKey, Mapping[str, object]] = {}
        self.failed: dict[int, FailedUpdate] = {}
        self.written = 0

    def cursors(self, account: str) -> Mapping[str, Cursor]:
        return {stream: cursor for (whose, stream), cursor in self.kept.items() if whose == account}

    def keep_cursor(self, cursor: Cursor) -> None:
        self.written += 1
        self.kept[cursor.account, cursor.stream] = cursor

    def blocks(self, platform: Platform) -> Mapping[ChannelKey, Block]:
        return {chat: block for chat, block in self.stood.items() if chat[0] == platform}

    def keep_block(self, block: Block) -> None:
        self.stood[block.chat] = block

    def lift_block(self, chat: ChannelKey) -> None:
        self.stood.pop(chat, None)

    def ours(self, refs: Collection[MessageRef]) -> frozenset[MessageRef]:
        return frozenset(self.own & set(refs))

    def waiting_for(self, account: str) -> frozenset[MessageRef]:
        assert account == ACCOUNT
        return frozenset(self.pending)

    def channel_overrides(
        self, channels: Collection[ChannelKey]
    ) -> Mapping[ChannelKey, Mapping[str, object]]:
        return {key: self.settings[key] for key in channels if key in self.settings}

    def set_channel(self, key: ChannelKey, changes: Mapping[str, object], *, at: datetime) -> None:
        del at
        self.settings[key] = {**self.settings.get(key, {}), **changes}

    def keep_failed(self, failed: FailedUpdate) -> None:
        self.failed.setdefault(failed.update_id, failed)

    def failed_updates(self, account: str, *, since: datetime, limit: int) -> Sequence[FailedUpdate]:
        found = [each for each in self.failed.values() if each.account == account and each.at >= since]
        return found[:limit]


class MemoryStore:
    """A store over a `Shelf`; it can refuse to write for a while."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.refuses = 0

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        if self.refuses:
            self.refuses -= 1
            raise StoreError("the disk is full")
        return work(cast("Transaction", self.shelf))

    async def read(self, work: Callable[[Queries], T]) -> T:
        return work(cast("Queries", self.shelf))

    def lease(self, role: str, account: str) -> Any:
        raise NotImplementedError

    async def checkpoint(self) -> bool:
        return True


class NotingInbox:
    """Judges everything once, and notes what it was given.

    Attributes:
        given: every message, in order.
        judged: those that were new, by ref.
        fates: errors to raise, one a call; None = all goes well.
        poison: a text that breaks the judging.
    """

    def __init__(self) -> None:
        self.given: list[IncomingMessage] = []
        self.judged: dict[MessageRef, IncomingMessage] = {}
        self.fates: deque[Exception | None] = deque()
        self.poison: str | None = None

    async def submit(self, messages: Sequence[IncomingMessage]) -> Sequence[Verdict | None]:
        await asyncio.sleep(0)
        fate = self.fates.popleft() if self.fates else None
        if fate is not None:
            raise fate
        if any(message.text == self.poison for message in messages):
            raise ZeroDivisionError
        self.given += messages
        new = [message.ref not in self.judged for message in messages]
        self.judged |= {message.ref: message for message, is_new in zip(messages, new, strict=True) if is_new}
        return [cast("Verdict", each) if each else None for each in new]

    def offer(self, messages: Sequence[IncomingMessage]) -> Awaitable[Sequence[Verdict | None]]:
        return self.submit(messages)

    @property
    def names(self) -> list[str]:
        """Full names of what was given, in order."""
        return [message.ref.message_id for message in self.given]


class Subreddits:
    """A reader of r/One, r/two and r/three.

    Args:
        store: keeps cursors and refusals.
        clock: stands still until a test lets it go on.
    """

    def __init__(self, store: Store, *, clock: FakeClock | None = None) -> None:
        self.store = store
        self.clock = clock or FakeClock()
        self.reddit = Listings(self.clock)
        self.inbox = NotingInbox()
        self.telemetry = ListTelemetry()
        self.alerts = Alerts()
        self.defaults = ChannelDefaults(otherwise=ChannelSettings())
        self.subreddits: Sequence[str] = ("One", "two", "three")
        self.submissions = False
        self.rules: Mapping[str, Rules] = {}
        self.poll_interval = timedelta(seconds=5)
        self.blocks = self._blocks()
        self.reader = self.a_reader()

    def a_reader(self) -> Reader:
        """As after a start of the program."""
        self.blocks = self._blocks()
        self.reader = Reader(
            api=cast("Any", self.reddit),
            inbox=self.inbox,
            store=self.store,
            key=KEY,
            account=ACCOUNT,
            username=USERNAME,
            subreddits=self.subreddits,
            submissions=self.submissions,
            rules=self.rules,
            poll_interval=self.poll_interval,
            defaults=self.defaults,
            blocks=self.blocks,
            alerts=self.alerts,
            clock=self.clock,
            telemetry=self.telemetry,
        )
        return self.reader

    def _blocks(self) -> Blocks:
        return Blocks(
            api=cast("Any", self.reddit),
            store=self.store,
            alerts=self.alerts,
            clock=self.clock,
            telemetry=self.telemetry,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        """A fresh reader runs; its first poll is over."""
        task = asyncio.create_task(self.a_reader().run())
        try:
            await self.clock.advance(timedelta())
            yield task
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def pass_(self, seconds: float = 30) -> None:
        """Let time go on: as long as the slowest interval, unless said otherwise."""
        await self.clock.advance(timedelta(seconds=seconds))

    async def skip(self, *, days: int) -> None:
        """The machine was asleep for so long; what was due meanwhile happens now."""
        self.clock._now += timedelta(days=days)
        await self.pass_(31)

    async def cursor(self, stream: str = "comments") -> Cursor:
        """As it is stored."""
        return (await self.store.read(lambda queries: queries.cursors(ACCOUNT)))[stream]

    async def block(self, subreddit: str) -> Block | None:
        """As it is stored."""
        key = (Platform("reddit"), subreddit)
        return (await self.store.read(lambda queries: queries.blocks(key[0]))).get(key)

    async def alerted(self) -> list[str]:
        """What the owner would have been told by now."""
        found: list[str] = []
        while not self.alerts._waiting.empty():
            found.append(await self.alerts.next())
        return found

    async def skipped(self) -> list[tuple[str, str]]:
        """What could not be read."""
        since = self.clock.now() - timedelta(days=400)
        found = await self.store.read(lambda queries: queries.failed_updates(ACCOUNT, since=since, limit=100))
        return [(each.kind, each.error) for each in found]
