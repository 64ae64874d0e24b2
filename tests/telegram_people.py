"""A group and private chats on Telegram, as far as the conversation with single people sees them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from assembly import KEY, LIVE, Assembly
from fakes import FakeSender

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.conversation.feedback import FeedbackConversation
from bot.adapters.telegram.conversation.part import Part
from bot.adapters.telegram.conversation.people import PeopleConversation
from bot.adapters.telegram.conversation.why import WhyConversation
from bot.adapters.telegram.conversation.wishes import WishesConversation
from bot.adapters.telegram.values import (
    TELEGRAM,
    Act,
    Command,
    Edit,
    Person,
    Place,
    Popup,
    Press,
    Remove,
    Say,
)
from bot.application.people import GivenReply
from bot.application.ports import Transaction
from bot.application.retention import Retention
from bot.application.why import WhyAnswered
from bot.domain.channels import ChannelDefaults, Mode
from bot.domain.decisions import ReplyWhen
from bot.domain.messages import IncomingMessage, MessageRef
from bot.domain.replies import OutgoingReply, Receipt
from bot.domain.verdicts import Verdict

ACCOUNT = "telegram:4242"
BOT = "solace_bot"
OPERATOR = "the people of example.org"
SAD = "sad sad sad sad"
PRESSED = 900
"""The message whose buttons people press."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A person with an account, and their own chat with the bot."""

    person: Person
    home: Place


def somebody(user_id: int) -> Somebody:
    author = KEY.author(TELEGRAM, str(user_id))
    return Somebody(
        person=Person(author=author, user_id=user_id),
        home=Place(chat_id=user_id, channel_id=author, private=True),
    )


ANN, BEN, OWNER = somebody(70_111_222), somebody(70_333_444), somebody(70_555_666)
GROUP = Place(chat_id=-1001, channel_id="-1001", private=False, title="A group")
OTHER_GROUP = Place(chat_id=-1002, channel_id="-1002", private=False, title="Another")


class FixedRights:
    """The bot is what a test says; Ben administers every group."""

    def __init__(self, own_status: str) -> None:
        self._own_status = own_status

    async def is_admin(self, place: Place, person: Person | None) -> bool:
        return place.private or person is None or person == BEN.person

    async def own_status(self, place: Place) -> str:
        del place
        return self._own_status

    def forget(self, place: Place) -> None:
        del place


class NamingSender(FakeSender):
    """Whatever arrives has one id."""

    def __init__(self, message_id: str) -> None:
        super().__init__(account=ACCOUNT)
        self._message_id = message_id

    async def send(self, reply: OutgoingReply) -> Receipt:
        await super().send(reply)
        return Receipt(message_id=self._message_id)


class TelegramPeople:
    """One installation with the parts of the conversation that are about people.

    Args:
        store: the real one.
        whispers: whether the bot may tell one member of a group something that nobody else sees.
    """

    def __init__(self, store: SqlStore, *, whispers: bool = True) -> None:
        self.store = store
        self.bot = Assembly(store, replace(LIVE, mode=Mode.OFF))
        self.classifier = self.bot.classifier
        self.retention = Retention(store=store, clock=self.bot.clock, telemetry=self.bot.telemetry)
        self.erasing = 0
        self.asked_words: list[str] = []
        self.model = self.classifier.version
        self._numbers = count(1)
        rights = FixedRights("administrator" if whispers else "member")
        self.parts: Sequence[Part] = (
            PeopleConversation(
                rights=rights,
                clock=self.bot.clock,
                bot=BOT,
                defaults=ChannelDefaults(otherwise=self.bot.defaults.otherwise),
                owners=[OWNER.person.user_id],
                operator=OPERATOR,
            ),
            WishesConversation(
                rights=rights, clock=self.bot.clock, key=KEY, bot=BOT, erasing=self._erase_soon
            ),
            FeedbackConversation(rights=rights, clock=self.bot.clock, bot=BOT),
            WhyConversation(
                store=store,
                rights=rights,
                bot=BOT,
                reasons=WhyAnswered(why=self._words, model=lambda: self.model),
            ),
        )

    def _erase_soon(self) -> None:
        self.erasing += 1
        self.retention.soon()

    async def _words(self, text: str, reply_when: ReplyWhen) -> Sequence[tuple[str, float]]:
        self.asked_words.append(text)
        return await self.classifier.why(text, reply_when, top=8)

    async def switch_on(self, *places: Place) -> None:
        now = self.bot.clock.now()

        def on(tx: Transaction) -> None:
            for place in places:
                tx.set_channel(place.key, {"mode": Mode.LIVE}, at=now)

        await self.store.transact(on)

    def message(self, who: Somebody, place: Place, text: str = SAD, **changes: Any) -> IncomingMessage:
        number = changes.pop("number", None) or next(self._numbers)
        return self.bot.message(
            text,
            ref=MessageRef(platform=TELEGRAM, channel_id=place.channel_id, message_id=str(number)),
            author=who.person.author,
            account=ACCOUNT,
            private=place.private,
            address={
                "chat": str(place.chat_id),
                "message": str(number),
                "user": str(who.person.user_id),
            },
            **changes,
        )

    async def write(self, who: Somebody, place: Place, text: str = SAD, **changes: Any) -> Verdict | None:
        """Somebody writes, and is judged."""
        (verdict,) = await self.bot.judge(self.message(who, place, text, **changes))
        return verdict

    async def deliver(self, *, seen_as: str = str(PRESSED)) -> FakeSender:
        """What is pending goes out, under that id."""
        sender = NamingSender(seen_as)
        delivery = self.bot.delivery(sender)
        delivery.stop()
        await delivery.run()
        return sender

    async def answered(
        self, who: Somebody, place: Place, text: str = SAD, *, ephemeral_id: int | None = None
    ) -> GivenReply:
        """Somebody writes and gets a reply, which stands there as what `press` presses."""
        await self.write(who, place, text)
        await self.deliver(seen_as=f"e{ephemeral_id}" if ephemeral_id else str(PRESSED))
        reply = await self.store.read(lambda q: q.newest_reply(who.person.author, place.key))
        assert reply is not None
        return reply

    async def command(
        self,
        who: Somebody | None,
        place: Place,
        name: str,
        *,
        start: bool = False,
        update_id: int | None = None,
        **fields: Any,
    ) -> Sequence[Act]:
        """Somebody says `/name`, or with `start` comes by that deep link; None = as the group."""
        prefix, _, arguments = name.partition("_")
        found = {
            key: handler
            for part in self.parts
            for key, handler in (part.starts if start else part.commands).items()
        }
        asked = Command(
            update_id=update_id or next(self._numbers),
            place=place,
            person=who.person if who else None,
            name="start" if start else name,
            message_id=next(self._numbers),
            **({"arguments": arguments} | fields),
        )
        return await self._take_effect(asked, await found[prefix if start else name](asked))

    async def press(
        self,
        who: Somebody,
        place: Place,
        data: str,
        *,
        update_id: int | None = None,
        ephemeral_id: int | None = None,
        message_id: int = PRESSED,
    ) -> Sequence[Act]:
        """Somebody presses a button."""
        found = {key: handler for part in self.parts for key, handler in part.presses.items()}
        asked = Press(
            update_id=update_id or next(self._numbers),
            place=place,
            person=who.person,
            press_id=f"press-{next(self._numbers)}",
            data=data,
            message_id=0 if ephemeral_id else message_id,
            ephemeral_id=ephemeral_id,
        )
        return await self._take_effect(asked, await found[data.partition(":")[0]](asked))

    async def _take_effect(self, asked: Command | Press, effect: Any) -> Sequence[Act]:
        """As the reception does it: the update's mark and its effect in one transaction."""
        now = self.bot.clock.now()
        return await self.store.transact(
            lambda tx: effect(tx) if tx.handle_once(ACCOUNT, asked.update_id, at=now) else ()
        )


def words(acts: Sequence[Act]) -> str:
    """All that is said, pop-ups and buttons included."""
    return "\n".join(
        f"{getattr(act, 'text', '')} {[b.text for row in getattr(act, 'keyboard', ()) for b in row]}"
        for act in acts
    )


def transcript(acts: Sequence[Act]) -> str:
    """As people see it."""
    lines = []
    for act in acts:
        match act:
            case Say():
                lines.append(f"Solace{' (only you see this)' if act.whisper_to else ''}: {act.text}")
            case Edit():
                lines.append(f"Solace (the message now reads): {act.text}")
            case Remove():
                lines.append("(the message is gone)")
            case Popup() if act.text:
                lines.append(f"(pop-up) {act.text}")
        lines += [
            "  " + "  ".join(f"[{button.text}]" for button in row) for row in getattr(act, "keyboard", ())
        ]
    return "\n".join(lines)
