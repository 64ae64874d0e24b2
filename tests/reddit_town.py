"""A Reddit in memory: `ports.Api` over a few comments, with listings that lag and requests that fail."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from fakes import FakeClock

from bot.adapters.reddit.refusals import AccessRefused
from bot.domain.errors import PlatformUnavailable, ReplyUnconfirmed

ME = "Solace_bot"
LINK = "t3_link"


@dataclass(kw_only=True)
class Thing:
    """Something that somebody wrote; `more` are fields as they stand on the wire."""

    name: str
    parent: str
    author: str
    body: str
    at: datetime
    place: str = "place"
    removed: bool = False
    """By moderators: pages leave it out, and nothing else tells."""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def raw(self) -> dict[str, Any]:
        kind = self.name[:2]
        words = {"selftext": self.body} if kind == "t3" else {"body": self.body, "parent_id": self.parent}
        values = {
            "name": self.name,
            "id": self.name[3:],
            "author": self.author,
            "link_id": LINK,
            "score": 1,
            "score_hidden": False,
            "locked": False,
            "archived": False,
            "created_utc": self.at.timestamp(),
        }
        return {"kind": kind, "data": values | words | self.more}


@dataclass(kw_only=True)
class Fate:
    """How a request to write ends.

    Attributes:
        stored: whether the comment stands there, after `later`.
        error: what the client hears; None = all is well.
    """

    stored: bool = True
    error: Exception | None = None
    later: timedelta = timedelta()


LOST_ON_THE_WAY_BACK = Fate(stored=True, error=ReplyUnconfirmed("cut off"))
LOST_ON_THE_WAY_THERE = Fate(stored=False, error=ReplyUnconfirmed("cut off"))


class Town:
    """Holds all that was said.

    Args:
        clock: time; a request may take some.
        tree_lag, own_lag: how much later a comment shows on its page, and in its author's listing.
    """

    def __init__(
        self,
        clock: FakeClock,
        *,
        tree_lag: timedelta = timedelta(),
        own_lag: timedelta = timedelta(),
    ) -> None:
        self.clock = clock
        self.tree_lag, self.own_lag = tree_lag, own_lag
        self.things: dict[str, Thing] = {}
        self.fates: deque[Fate] = deque()
        self.failing: Callable[[str], Exception | None] = lambda _: None
        self.page: int = 100
        self.folded: int | None = None
        """How many replies a page shows before it folds the rest away."""
        self.asked: list[tuple[str, Mapping[str, str | int]]] = []
        self.wrote: list[tuple[str, Mapping[str, str | int]]] = []
        self.urgent: list[bool] = []
        self.spare: list[bool] = []
        self.until: datetime | None = None
        self.closed: set[str] = set()
        """Subreddits whose things nobody sees, and whose pages refuse."""
        self._numbers = count(1)
        self.say("t3_link", "", "somebody", "a thread")

    def say(self, name: str, parent: str, author: str, body: str = "words", **more: Any) -> Thing:
        """Somebody writes."""
        thing = Thing(name=name, parent=parent, author=author, body=body, at=self.clock.now(), more=more)
        self.things[name] = thing
        return thing

    def ours(self, parent: str | None = None) -> Sequence[Thing]:
        """The bot's comments, under one or everywhere, whether they show already or not."""
        return [each for each in self.things.values() if each.author == ME and parent in {None, each.parent}]

    async def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        urgent: bool = False,
        spare: bool = False,
    ) -> Any:
        asked = dict(params or {})
        self.urgent.append(urgent)
        self.spare.append(spare)
        self.asked.append((path, asked))
        if (error := self.failing(path)) is not None:
            raise error
        if path == "api/info":
            names = str(asked["id"]).split(",")
            assert len(names) <= 100
            shown = [name for name in names if self._shows(name, timedelta())]
            return listing(
                [self.things[name].raw for name in shown if self.things[name].place not in self.closed]
            )
        if path.startswith("r/") and path.endswith("/about"):
            if path.split("/")[1] in self.closed:
                raise AccessRefused(403, "private")
            return {"kind": "t5", "data": {}}
        if path == f"user/{ME}/comments":
            return self._own_comments(str(asked.get("after", "")))
        assert path.startswith("comments/"), path
        return self._page_of(path.split("/"))

    async def post(
        self,
        path: str,
        data: Mapping[str, str | int],
        *,
        urgent: bool = False,
        until: datetime | None = None,
    ) -> Any:
        self.wrote.append((path, dict(data)))
        self.until = until
        self.urgent.append(urgent)
        fate = self.fates.popleft() if self.fates else Fate()
        name = f"t1_ours{next(self._numbers)}"
        if fate.stored and path == "api/comment":
            self.say(name, str(data["thing_id"]), ME, str(data["text"])).at += fate.later
        if fate.stored and path == "api/del":
            self.things.pop(str(data["id"]), None)
        if fate.error is not None:
            raise fate.error
        if path == "api/del":
            return {}
        return {"json": {"errors": [], "data": {"things": [self.things[name].raw]}}}

    def _shows(self, name: str, lag: timedelta) -> bool:
        thing = self.things.get(name)
        return thing is not None and thing.at + lag <= self.clock.now()

    def _own_comments(self, after: str) -> Any:
        mine = [each for each in self.ours() if self._shows(each.name, self.own_lag)]
        newest = sorted(mine, key=lambda each: each.at, reverse=True)[:1000]
        start = [each.name for each in newest].index(after) + 1 if after else 0
        page = newest[start : start + self.page]
        more = start + self.page < len(newest)
        return listing([each.raw for each in page], after=page[-1].name if more else None)

    def _page_of(self, path: list[str]) -> Any:
        link = self.things[f"t3_{path[1]}"]
        if len(path) == 2:
            return [listing([link.raw]), listing(self._replies(link.name))]
        parent = self.things[f"t1_{path[3]}"]
        if (parent.removed or parent.body in {"[deleted]", "[removed]"}) and not self._replies(parent.name):
            return [listing([link.raw]), listing([])]
        raw = parent.raw
        if parent.removed:
            raw["data"] |= {"author": "[deleted]", "body": "[removed]"}
        replies = self._replies(parent.name)
        raw["data"]["replies"] = listing(replies) if replies else ""
        return [listing([link.raw]), listing([raw])]

    def _replies(self, parent: str) -> list[dict[str, Any]]:
        below = [each for each in self.things.values() if each.parent == parent]
        found = [each.raw for each in below if self._shows(each.name, self.tree_lag)]
        if self.folded is None or len(found) <= self.folded:
            return found
        hidden = [each["data"]["id"] for each in found[self.folded :]]
        more = {"count": len(hidden), "children": hidden, "id": hidden[0], "parent_id": parent}
        return [*found[: self.folded], {"kind": "more", "data": more}]


def listing(children: Sequence[Any], *, after: str | None = None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"after": after, "dist": len(children), "children": list(children)}}


def down(_path: str) -> Exception:
    return PlatformUnavailable("down")
