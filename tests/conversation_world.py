"""A Telegram conversation over the real store: people type and press, and everything that is said is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from assembly import KEY, Assembly
from fakes import FakeClock, ListTelemetry

from bot.adapters.phrasefile import load_phrase_book
from bot.adapters.telegram.conversation import TelegramConversation
from bot.adapters.telegram.conversation.choosing import Acted
from bot.adapters.telegram.conversation.modes import Modes
from bot.adapters.telegram.conversation.onboarding import Onboarding
from bot.adapters.telegram.conversation.owner import ModelFacts, OwnerPart
from bot.adapters.telegram.conversation.part import Part
from bot.adapters.telegram.conversation.phrases import Phrases
from bot.adapters.telegram.conversation.settings import SettingsPart
from bot.adapters.telegram.conversation.status import StatusPart
from bot.adapters.telegram.values import (
    TELEGRAM,
    Act,
    Begin,
    Command,
    Edit,
    Effect,
    Me,
    Membership,
    Person,
    Place,
    Popup,
    Press,
    Remove,
    Say,
)
from bot.application.chats import Chat
from bot.application.ports import Store
from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.errors import PlatformError
from bot.domain.messages import IncomingMessage, MessageRef, Origin

BOT, ACCOUNT, OWNER_ID = "solace_bot", "telegram:1", 900
_updates = count(1)


def person(user_id: int) -> Person:
    return Person(author=KEY.author(TELEGRAM, str(user_id)), user_id=user_id)


ADMIN, MEMBER, OWNER = person(10), person(20), person(OWNER_ID)


def group(chat_id: int = -1001, **changes: int) -> Place:
    return Place(chat_id=chat_id, channel_id=str(chat_id), private=False, title="Allotment", **changes)


def private(who: Person) -> Place:
    return Place(chat_id=who.user_id, channel_id=who.author, private=True)


class FakeRights:
    """Knows its admins by heart."""

    def __init__(self, *admins: int, own: str = "member") -> None:
        self.admins = set(admins)
        self.own = own
        self.forgotten: list[int] = []

    async def is_admin(self, place: Place, person: Person | None) -> bool:
        return place.private or person is None or person.user_id in self.admins

    async def own_status(self, place: Place) -> str:
        del place
        return self.own

    def forget(self, place: Place) -> None:
        self.forgotten.append(place.chat_id)


class FakeSpeaker:
    """Keeps what is said; chats in `mute` refuse, and with `trouble` nobody knows.

    Attributes:
        said: every act, in order.
        posted: how often something was to be posted, refused or not.
    """

    def __init__(self) -> None:
        self.said: list[Act] = []
        self.mute: set[int] = set()
        self.trouble: PlatformError | None = None
        self.posted = 0

    async def act(self, acts: Sequence[Act]) -> None:
        self.said += acts

    async def post(self, act: Act) -> int | None:
        self.posted += 1
        if self.trouble is not None:
            raise self.trouble
        if isinstance(act, Say) and act.chat_id in self.mute:
            return None
        self.said.append(act)
        return self.posted


@dataclass
class World:
    """One bot. `transcript` holds what people typed and what came back, as they see it."""

    store: Store
    defaults: ChannelDefaults = field(
        default_factory=lambda: ChannelDefaults(by_platform={TELEGRAM: ChannelSettings(mode=Mode.OFF)})
    )
    reads_all: bool = True
    skew: timedelta | None = None
    more: Sequence[Part] = ()
    acted: Acted | None = None

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.rights = FakeRights(ADMIN.user_id)
        self.speaker = FakeSpeaker()
        self.telemetry = ListTelemetry()
        self.judge = Assembly(self.store, self.defaults.by_platform[TELEGRAM])
        self.book = load_phrase_book()
        self.transcript: list[str] = []
        self.conversation = self.assembled()

    def assembled(self) -> TelegramConversation:
        rights, clock, defaults = self.rights, self.clock, self.defaults
        thresholds = self.judge.classifier.thresholds
        parts: list[Part] = [
            Modes(rights=rights, defaults=defaults, clock=clock, bot=BOT),
            SettingsPart(
                rights=rights,
                defaults=defaults,
                thresholds=lambda: thresholds,
                region="GB",
                clock=clock,
                bot=BOT,
            ),
            Phrases(rights=rights, book=self.book, clock=clock, bot=BOT),
            StatusPart(
                rights=rights,
                identify=self.identify,
                defaults=defaults,
                account=ACCOUNT,
                skew=lambda: self.skew,
                clock=clock,
                bot=BOT,
            ),
            OwnerPart(
                defaults=defaults,
                model=lambda: ModelFacts(version="minilm-3", metrics={"dev": {"ap": 0.9}}, reference=True),
                health=self.health,
                clock=clock,
            ),
            *self.more,
        ]
        return TelegramConversation(
            parts=parts,
            onboarding=Onboarding(
                store=self.store,
                speaker=self.speaker,
                rights=rights,
                identify=self.identify,
                defaults=defaults,
                clock=clock,
                telemetry=self.telemetry,
            ),
            rights=rights,
            telemetry=self.telemetry,
            bot=BOT,
            owners={OWNER_ID},
            acted=self.acted,
        )

    async def identify(self) -> Me:
        return Me(user_id=1, username=BOT, reads_all=self.reads_all)

    async def health(self) -> Mapping[str, bool]:
        return {"database": True, "telegram": False}

    async def types(
        self,
        text: str,
        *,
        who: Person | None = ADMIN,
        place: Place | None = None,
        update_id: int | None = None,
        answers: int | None = None,
        answers_ephemeral: int | None = None,
        ephemeral_id: int | None = None,
    ) -> Sequence[Act]:
        """Somebody writes a command; what the bot does in answer."""
        name, _, arguments = text.removeprefix("/").partition(" ")
        number = update_id or next(_updates)
        command = Command(
            update_id=number,
            place=place or group(),
            person=who,
            name=name,
            arguments=arguments.strip(),
            message_id=number,
            answers=answers,
            answers_ephemeral=answers_ephemeral,
            ephemeral_id=ephemeral_id,
        )
        self.transcript.append(f"> {text}")
        return await self._done(await self.conversation.command(command), number)

    async def presses(
        self, data: str, *, who: Person = ADMIN, place: Place | None = None, ephemeral_id: int | None = None
    ) -> Sequence[Act]:
        """Somebody presses a button; what the bot does in answer."""
        number = next(_updates)
        press = Press(
            update_id=number,
            place=place or group(),
            person=who,
            press_id=f"p{number}",
            data=data,
            message_id=0 if ephemeral_id else 7,
            ephemeral_id=ephemeral_id,
        )
        self.transcript.append(f"> [{data}]")
        return await self._done(await self.conversation.press(press), number)

    async def becomes(
        self,
        status: str,
        *,
        place: Place | None = None,
        by: Person | None = ADMIN,
        may_write: bool = True,
        update_id: int | None = None,
    ) -> Sequence[Act]:
        """The bot was added, promoted, restricted or removed."""
        number = update_id or next(_updates)
        membership = Membership(
            update_id=number, place=place or group(), by=by, status=status, may_write=may_write
        )
        return await self._done(await self.conversation.membership(membership), number)

    async def reads(self, *messages: IncomingMessage, place: Place | None = None) -> list[str]:
        """A run of messages: the notice first, then the intake; the reasons."""
        await self.conversation.introduced([place or group()])
        await self.repeated()
        await self.judge.clock.advance(self.clock.now() - self.judge.clock.now())
        return [verdict.outcome.reason for verdict in await self.judge.judge(*messages) if verdict]

    async def repeated(self) -> None:
        """Wait for the notices that nobody waits for."""
        repeating = self.conversation._onboarding._notices._repeating
        if repeating is not None:
            await repeating

    def message(self, text: str, *, place: Place | None = None, **changes: object) -> IncomingMessage:
        where = place or group()
        made = self.judge.message(text, **changes)
        ref = MessageRef(platform=TELEGRAM, channel_id=where.channel_id, message_id=made.ref.message_id)
        values = {name: getattr(made, name) for name in made.__slots__}
        now = self.clock.now()
        times = {"sent_at": now, "received_at": now, "account": ACCOUNT}
        return IncomingMessage(**(values | {"ref": ref} | times))

    async def chat(self, place: Place | None = None) -> Chat | None:
        key = (place or group()).key
        return (await self.store.read(lambda queries: queries.chats((key,)))).get(key)

    async def settings(self, place: Place | None = None) -> ChannelSettings:
        key = (place or group()).key
        own = (await self.store.read(lambda queries: queries.channel_overrides((key,)))).get(key, {})
        return self.defaults.settings(key, own, origin=Origin.LIVE)

    async def _done(self, effect: Effect, update_id: int) -> Sequence[Act]:
        """The effect and its update's mark in one transaction, as the poller does it."""
        now = self.clock.now()
        acts = await self.store.transact(
            lambda tx: effect(tx) if tx.handle_once(ACCOUNT, update_id, at=now) else ()
        )
        await self.speaker.act(acts)
        self.transcript += [shown(act) for act in acts]
        return acts


def shown(act: Act) -> str:
    """An act as somebody would see it."""
    match act:
        case Popup():
            return f"  (popup) {act.text}" if act.text else "  (popup)"
        case Begin():
            return "  (something begins)"
        case Remove():
            return f"  (message {act.message_id} taken away)"
        case Say() | Edit():
            where = "private" if act.chat_id > 0 else "group"
            kind = "edit" if isinstance(act, Edit) else where
            seen = f"{kind}, whisper" if act.whisper_to else kind
            keys = ["   " + " ".join(f"[{button.text}]" for button in row) for row in act.keyboard]
            return "\n".join([f"  ({seen}) " + act.text.replace("\n", "\n    "), *keys])


def texts(acts: Sequence[Act]) -> list[str]:
    """What is said, in order."""
    return [act.text for act in acts if isinstance(act, Say | Edit)]
