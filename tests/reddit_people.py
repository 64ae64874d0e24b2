"""Subreddits, their people and their moderators, as far as the conversation on Reddit sees them."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from assembly import KEY, LIVE, SAD, Assembly
from fakes import FakeSender

from bot.adapters.reddit.breaks import Breaks
from bot.adapters.reddit.inbox import Inbox
from bot.adapters.reddit.moderators import ApiModerators
from bot.adapters.reddit.modmail import Modmail
from bot.adapters.reddit.postman import Postman
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.values import REDDIT, account_of, chat_key, ref_of
from bot.adapters.reddit.wishes import Wishes
from bot.adapters.storage import SqlStore
from bot.application.people import GivenReply
from bot.application.ports import Queries, Store
from bot.application.why import WhyAnswered
from bot.domain.channels import ChannelDefaults, ChannelSettings
from bot.domain.decisions import ReplyWhen
from bot.domain.errors import PlatformError, StoreError
from bot.domain.messages import AuthorHash
from bot.domain.replies import OutgoingReply, Receipt

ME = "Solace_Bot"
ACCOUNT = account_of(ME)
ANN, BEN, MOD, OTHER_MOD = "Ann", "Ben", "Mona", "Otto"
LOUNGE, CELLAR = "lounge", "cellar"
MODERATORS = {LOUNGE: (MOD,), CELLAR: (OTHER_MOD,)}
PARENT, OURS = "t1_aaa1", "t1_bbb1"
OPERATOR = "Jo Smith, jo@example.org"
ABOUT = "https://example.org/solace"
Raw = dict[str, Any]
T = TypeVar("T")


def author(name: str) -> AuthorHash:
    return KEY.author(REDDIT, name.lower())


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it came."""

    path: str
    form: Mapping[str, Any]


class ScriptedReddit:
    """Takes everything unless it was told otherwise; keeps an inbox and moderators. Implements `ports.Api`.

    Attributes:
        unread: items of the inbox, the newest first.
        fates: by path: errors to raise, one a call; None = all goes well.
        answers: by path: what a question is answered with, or an error that every call raises.
    """

    def __init__(self, moderators: Mapping[str, Iterable[str]] = MODERATORS) -> None:
        self.asked: list[Call] = []
        self.writes: list[Call] = []
        self.unread: list[Raw] = []
        self.fates: dict[str, list[PlatformError | None]] = {}
        self.answers: dict[str, Any] = {
            f"r/{subreddit}/about/moderators": {
                "kind": "UserList",
                "data": {"children": [{"name": name, "mod_permissions": ["all"]} for name in names]},
            }
            for subreddit, names in moderators.items()
        }

    async def get(self, path: str, params: Mapping[str, str | int] | None = None, **_: bool) -> Any:
        self.asked.append(Call(path, params or {}))
        self._fail(path)
        if path == "message/unread":
            return self._page(params or {})
        if path not in self.answers:
            raise AccessRefused(404)
        answer = self.answers[path]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def post(self, path: str, data: Mapping[str, str | int], **_: Any) -> Any:
        self.writes.append(Call(path, data))
        self._fail(path)
        if path == "api/read_message":
            gone = str(data["id"]).split(",")
            self.unread = [each for each in self.unread if _name(each) not in gone]
        return {"json": {"errors": []}}

    def _fail(self, path: str) -> None:
        fates = self.fates.get(path)
        fate = fates.pop(0) if fates else None
        if fate is not None:
            raise fate

    def _page(self, params: Mapping[str, str | int]) -> Any:
        names = [_name(each) for each in self.unread]
        start = names.index(params["after"]) + 1 if "after" in params else 0
        page = self.unread[start : start + int(params["limit"])]
        more = len(self.unread) > start + len(page)
        after = names[start + len(page) - 1] if more else None
        return {"kind": "Listing", "data": {"after": after, "dist": len(page), "children": page}}


def _name(item: Any) -> Any:
    data = item.get("data") if isinstance(item, dict) else None
    return data.get("name") if isinstance(data, dict) else None


class NamingSender(FakeSender):
    """Whatever arrives has one name, or none that we are told."""

    def __init__(self, name: str | None) -> None:
        super().__init__(account=ACCOUNT)
        self._name = name

    async def send(self, reply: OutgoingReply) -> Receipt:
        await super().send(reply)
        return Receipt(message_id=self._name)


class FailingStore:
    """The real one, whose next answers fail.

    Args:
        store: the real one.
        failures: how many.
    """

    def __init__(self, store: SqlStore, failures: int = 0) -> None:
        self._store = store
        self.failures = failures

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def read(self, question: Any) -> Any:
        if self.failures:
            self.failures -= 1
            raise StoreError("disk gone")
        return await self._store.read(question)

    async def transact(self, work: Any) -> Any:
        if self.failures:
            self.failures -= 1
            raise StoreError("disk full")
        return await self._store.transact(work)


class RedditPeople:
    """One account with everything that people can say to it.

    Args:
        store: the real one, or one that fails.
        channel: what holds in every subreddit.
    """

    def __init__(self, store: SqlStore | Store, channel: ChannelSettings = LIVE) -> None:
        self.store = store
        self.bot = Assembly(store, channel)
        self.clock, self.telemetry = self.bot.clock, self.bot.telemetry
        self.api = ScriptedReddit()
        self._numbers = count(1)
        self.asked_words: list[str] = []
        self.erasures: list[datetime] = []
        self.fails_to_explain: Exception | None = None
        self.assemble()

    def assemble(self) -> None:
        """The parts anew, as after a restart."""
        clock, telemetry = self.clock, self.telemetry
        watched = [LOUNGE, CELLAR]
        moderators = ApiModerators(api=self.api, clock=clock, telemetry=telemetry)
        self.postman = Postman(api=self.api, clock=clock, telemetry=telemetry)
        breaks = Breaks(moderators=moderators, watched=watched, defaults=self.bot.defaults, clock=clock)
        wishes = Wishes(
            me=ME,
            store=self.store,
            api=self.api,
            key=KEY,
            moderators=moderators,
            reasons=WhyAnswered(why=self._words, model=lambda: self.bot.classifier.version),
            erased=lambda: self.erasures.append(clock.now()),
            clock=clock,
        )
        self.inbox = Inbox(
            me=ME,
            api=self.api,
            store=self.store,
            wishes=wishes,
            breaks=breaks,
            postman=self.postman,
            clock=clock,
            telemetry=telemetry,
        )
        self.modmail = Modmail(
            me=ME,
            api=self.api,
            postman=self.postman,
            breaks=breaks,
            store=self.store,
            defaults=self.bot.defaults,
            watched=watched,
            notes=self.bot.notes,
            about=ABOUT,
            operator=OPERATOR,
            clock=clock,
            telemetry=telemetry,
        )

    async def _words(self, text: str, reply_when: ReplyWhen) -> Sequence[tuple[str, float]]:
        self.asked_words.append(text)
        if self.fails_to_explain is not None:
            raise self.fails_to_explain
        return await self.bot.classifier.why(text, reply_when, top=8)

    # ------------------------------------------------------------------ what happened before

    async def writes(
        self, name: str, *, subreddit: str = LOUNGE, fullname: str = PARENT, text: str = SAD
    ) -> None:
        """Somebody comments, and is judged."""
        await self.bot.judge(
            self.bot.message(
                text, ref=ref_of(subreddit, fullname), author=author(name), account=ACCOUNT, address={}
            )
        )

    async def answered(
        self,
        name: str = ANN,
        *,
        subreddit: str = LOUNGE,
        fullname: str = PARENT,
        ours: str | None = OURS,
        text: str = SAD,
    ) -> GivenReply:
        """Somebody comments and is answered by what Reddit calls `ours`."""
        await self.writes(name, subreddit=subreddit, fullname=fullname, text=text)
        delivery = self.bot.delivery(NamingSender(ours))
        delivery.stop()
        await delivery.run()
        reply = await self.store.read(lambda q: q.newest_reply(author(name), chat_key(subreddit)))
        assert reply is not None
        return reply

    # ------------------------------------------------------------------ what comes in

    def message(self, name: str | None, body: Any, **changes: Any) -> Raw:
        """A private message, as Reddit shows one."""
        return self._item("t4", name, body, {"dest": ME, "was_comment": False} | changes)

    def comment(self, name: str | None, body: str, *, parent: str = OURS, subreddit: str = LOUNGE) -> Raw:
        """A reply to a comment."""
        fields = {"parent_id": parent, "subreddit": subreddit, "was_comment": True, "type": "comment_reply"}
        return self._item("t1", name, body, fields)

    def from_moderators(self, body: str, *, subreddit: str = LOUNGE, **changes: Any) -> Raw:
        """What a subreddit's moderators write as the subreddit."""
        return self.message(None, body, **({"subreddit": subreddit, "distinguished": "moderator"} | changes))

    def _item(self, kind: str, name: str | None, body: Any, changes: Raw) -> Raw:
        data = {
            "name": f"{kind}_zz{next(self._numbers)}",
            "author": name,
            "subreddit": None,
            "parent_id": None,
            "distinguished": None,
            "body": body,
            "new": True,
            "type": "unknown",
        }
        return {"kind": kind, "data": data | changes}

    async def gets(self, *items: Any) -> list[Call]:
        """These come, the oldest first, and are looked at; what is said in answer."""
        self.api.unread = [*reversed(items), *self.api.unread]
        await self.inbox.look()
        return await self.said()

    async def said(self) -> list[Call]:
        """Everything that waits goes out; the letters, markings left out."""
        before = len(self.api.writes)
        task = asyncio.create_task(self.postman.run())
        for _ in range(5_000):  # the store's threads ring no bell
            await asyncio.sleep(0.0002)
            if not self._on_its_way():
                break
        task.cancel()
        await asyncio.wait({task})
        return [call for call in self.api.writes[before:] if call.path != "api/read_message"]

    def _on_its_way(self) -> bool:
        now = self.clock.now()
        due = [each for bag in self.postman._bags.values() for each in bag if each.due <= now]
        later = [each for bag in self.postman._bags.values() for each in bag if each.due > now]
        underway = len(self.inbox._once._underway) + len(self.modmail._once._underway)
        return bool(due) or underway > len(later) or bool(self.postman.sending)

    # ------------------------------------------------------------------ what stands afterwards

    async def read(self, question: Callable[[Queries], T]) -> T:
        return await self.store.read(question)

    async def removals(self) -> dict[int, str]:
        """Replies that have to go, and why."""
        found = await self.read(lambda q: q.removals(REDDIT, limit=100))
        return {each.reply_id: each.wish for each in found}

    async def settings(self, subreddit: str = LOUNGE) -> ChannelSettings:
        key = chat_key(subreddit)
        own = (await self.read(lambda q: q.channel_overrides((key,)))).get(key, {})
        return ChannelDefaults().otherwise.overlaid(own)


def words(calls: Sequence[Call]) -> list[str]:
    """What is said."""
    return [str(call.form.get("text") or call.form.get("body")) for call in calls]
