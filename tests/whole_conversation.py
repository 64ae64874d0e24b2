"""Everything that can be said to the bot on Telegram, by everybody who might say it, over the real store."""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

from assembly import KEY, SAD, rows
from conversation_world import ADMIN, BOT, MEMBER, OWNER, FakeRights, World, group, person

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.conversation.choosing import Acted, Groups
from bot.adapters.telegram.conversation.export import ExportConversation
from bot.adapters.telegram.conversation.feedback import FeedbackConversation
from bot.adapters.telegram.conversation.people import PeopleConversation
from bot.adapters.telegram.conversation.reddit import RedditPart
from bot.adapters.telegram.conversation.review import ReviewConversation
from bot.adapters.telegram.conversation.stats import StatsConversation
from bot.adapters.telegram.conversation.why import WhyConversation
from bot.adapters.telegram.conversation.wishes import WishesConversation
from bot.adapters.telegram.values import Act, Begin, Edit, Person, Place, Popup, Say
from bot.application.chats import Chat
from bot.application.ports import Transaction
from bot.application.why import WhyAnswered
from bot.domain.channels import Mode
from bot.domain.own_phrases import OwnPhrase
from bot.domain.replies import ReplyState, Settlement

GROUP, OTHER = group(), group(-2002)
NEIGHBOUR, GONE = person(30), person(40)
"""The admin of the other group; somebody who opted out."""
EVERYBODY: Final[Mapping[str, Person | None]] = {
    "member": MEMBER,
    "admin": ADMIN,
    "admin of another chat": NEIGHBOUR,
    "anonymous admin": None,
    "owner": OWNER,
    "opted out": GONE,
}
PLANTED: Final = ("grandmotherspie", "rosesofthegroup")
"""A text that somebody wrote in the group, a phrase of its own; nobody else is to see them."""
_SENT: Final = 501


class OfTheirOwn(FakeRights):
    """Everybody is an admin where they are one, and nowhere else."""

    def __init__(self, of: Mapping[int, set[int]], *, own: str) -> None:
        super().__init__(own=own)
        self.of = of

    async def is_admin(self, place: Place, person: Person | None) -> bool:
        return place.private or person is None or person.user_id in self.of.get(place.chat_id, set())


class NoPictures:
    """`Drawing` that draws nothing."""

    async def chart(self, numbers: Mapping[str, object]) -> bytes | None:
        del numbers
        return None


class Whole(World):
    """All parts, two groups, and somebody who was read and answered in the first one."""

    def __init__(self, store: SqlStore, database: Path, *, own: str = "member") -> None:
        super().__init__(store)
        self.database = database
        self.rights = OfTheirOwn(
            {GROUP.chat_id: {ADMIN.user_id}, OTHER.chat_id: {NEIGHBOUR.user_id}}, own=own
        )
        self.erasing = 0
        self.acted = Acted()
        self.more = self._parts(store)
        self.conversation = self.assembled()

    def _parts(self, store: SqlStore) -> Sequence[Any]:
        rights, clock, defaults = self.rights, self.clock, self.defaults
        assert self.acted is not None
        groups = Groups(store=store, rights=rights, acted=self.acted)
        classifier = self.judge.classifier
        looking: dict[str, Any] = {
            "store": store,
            "rights": rights,
            "clock": clock,
            "bot": BOT,
            "groups": groups,
        }
        return [
            PeopleConversation(
                rights=rights, clock=clock, bot=BOT, defaults=defaults, owners=[OWNER.user_id], operator=""
            ),
            WishesConversation(rights=rights, clock=clock, key=KEY, bot=BOT, erasing=self._erase_soon),
            FeedbackConversation(rights=rights, clock=clock, bot=BOT),
            WhyConversation(
                store=store,
                rights=rights,
                bot=BOT,
                reasons=WhyAnswered(why=partial(classifier.why, top=8), model=lambda: classifier.version),
            ),
            ReviewConversation(
                **looking,
                defaults=defaults,
                chance=Random(1),
                prepared=str.lower,
                erase_soon=self._erase_soon,
            ),
            StatsConversation(**looking, drawing=NoPictures(), speaker=self.speaker),
            ExportConversation(**looking, defaults=defaults),
            RedditPart(subreddits=["lounge"], account="reddit:x", defaults=defaults, clock=clock),
        ]

    def _erase_soon(self) -> None:
        self.erasing += 1

    async def begin(self) -> None:
        """Both groups are on; in the first a member was answered, and two decisions are under review."""
        for place in (GROUP, OTHER):
            await self.becomes(self.rights.own, place=place)
            await self.store.transact(partial(_switch_on, place=place, at=self.clock.now()))
        said = [
            self.message(f"{SAD} grandmotherspie", author=MEMBER.author),
            self.message("fine all is well"),
        ]
        assert await self.reads(*said) == ["support", "below_threshold"]
        await self._answered()
        await self.store.transact(self._plant)
        self.speaker.said.clear()
        self.erasing = 0

    async def _answered(self) -> None:
        now = self.clock.now()
        due = await self.store.read(lambda q: q.due("telegram:1", now=now, limit=9))

        def send(tx: Transaction) -> None:
            claim = tx.claim([each.id for each in due], run_id="r", now=now, speaks=lambda *_: True)
            sent = [
                Settlement(reply=each, state=ReplyState.SENT, at=now, sent_message_id=str(_SENT))
                for each in claim.going
            ]
            tx.settle(sent)

        await self.store.transact(send)

    def _plant(self, tx: Transaction) -> None:
        now = self.clock.now()
        own = OwnPhrase(id="own-1", text="rosesofthegroup", emotions=frozenset({"sadness"}), muted=True)
        tx.keep_own_phrase(GROUP.key, own, at=now)
        chat = tx.chats((GROUP.key,)).get(GROUP.key) or Chat(key=GROUP.key, private=False)
        tx.keep_chat(chat)
        tx.opt_out(GONE.author, at=now)
        tx.draw_reviews(GROUP.key, rows(self.database, "SELECT id FROM decisions"), at=now)

    def dump(self) -> Mapping[str, list[Any]]:
        """All that is stored, but for which updates were handled."""
        with sqlite3.connect(self.database) as connection:
            named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            return {
                name: connection.execute(f"SELECT * FROM {name}").fetchall()
                for (name,) in named
                if name != "handled_updates"
            }


def _switch_on(tx: Transaction, *, place: Place, at: Any) -> None:
    tx.set_channel(place.key, {"mode": Mode.LIVE}, at=at)


def everything(acts: Sequence[Act]) -> str:
    """All that anybody sees of it, files, buttons and pop-ups included."""
    seen = []
    for act in acts:
        assert not isinstance(act, Begin), "nothing to draw"
        seen.append(getattr(act, "text", ""))
        file = getattr(act, "file", None)
        seen += [file.content.decode(), file.name] if file is not None else []
        seen += [f"{b.text} {b.data} {b.url}" for row in getattr(act, "keyboard", ()) for b in row]
    return "\n".join(seen)


def told(acts: Sequence[Act]) -> list[str]:
    """What is said, pop-ups included, without those that are empty."""
    return [act.text for act in acts if isinstance(act, Say | Edit | Popup) and act.text]
