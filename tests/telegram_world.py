"""The sending side of Telegram, wired as `bootstrap` does it, over a Bot API that a test chooses."""

from collections.abc import Mapping
from typing import Any

from assembly import KEY
from builders import NOW, a_ref, a_reply
from fakes import FakeClock, ListTelemetry

from bot.adapters.pace import Pace
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.messenger import Messenger
from bot.adapters.telegram.pace import telegram_pacer
from bot.adapters.telegram.requests import PacedApi
from bot.adapters.telegram.rights import ApiRights
from bot.adapters.telegram.sender import TelegramSender
from bot.adapters.telegram.silence import Silence
from bot.adapters.telegram.speaker import ApiSpeaker
from bot.adapters.telegram.tidings import Tidings
from bot.adapters.telegram.values import TELEGRAM
from bot.adapters.telegram.whispers import Whispers
from bot.application.chats import Chat
from bot.application.noteboard import NoteBoard
from bot.application.ports import Store
from bot.domain.channels import Answer, ChannelDefaults, ChannelSettings, Mode
from bot.domain.messages import AuthorHash, ChannelKey
from bot.domain.replies import OutgoingReply

GROUP = -1001
KEY_OF_GROUP: ChannelKey = (TELEGRAM, str(GROUP))
PERSON = 4242
ADMIN = 777
BOT = 99


def channel_of(chat_id: int) -> str:
    """The stored id of a chat."""
    return str(chat_id) if chat_id < 0 else KEY.author(TELEGRAM, str(chat_id))


class Telegram:
    """Everything on the way out."""

    def __init__(self, store: Store, api: Api, *, clock: FakeClock | None = None) -> None:
        self.store = store
        self.clock = clock or FakeClock(auto=True)
        self.telemetry = ListTelemetry()
        self.defaults = ChannelDefaults(otherwise=ChannelSettings(mode=Mode.LIVE))
        self.tidings, self.notes, self.pacer = Tidings(), NoteBoard(), telegram_pacer()
        self.pace = Pace(pacer=self.pacer, clock=self.clock)
        self.paced = PacedApi(api=api, pace=self.pace, channel_of=channel_of)
        self.whispers = Whispers(
            api=self.paced, store=store, defaults=self.defaults, tidings=self.tidings, clock=self.clock
        )
        self.sender = TelegramSender(
            account=f"telegram:{BOT}",
            api=api,
            paced=self.paced,
            whispers=self.whispers,
            silence=Silence(store=store, tidings=self.tidings, clock=self.clock, telemetry=self.telemetry),
            telemetry=self.telemetry,
        )
        self.speaker = ApiSpeaker(
            api=self.paced,
            whispers=self.whispers,
            telemetry=self.telemetry,
        )
        self.rights = ApiRights(api=api, bot_id=BOT, clock=self.clock, telemetry=self.telemetry)
        self.messenger = Messenger(
            tidings=self.tidings,
            notes=self.notes,
            store=store,
            speaker=self.speaker,
            rights=self.rights,
            api=api,
            telemetry=self.telemetry,
        )

    async def chat(
        self, *, key: ChannelKey = KEY_OF_GROUP, answer: Answer | None = None, **facts: Any
    ) -> None:
        """A chat as the store has it."""
        values: dict[str, Any] = {"private": False, "contact": str(ADMIN)} | facts
        await self.store.transact(lambda tx: tx.keep_chat(Chat(key=key, **values)))
        if answer is not None:
            await self.store.transact(lambda tx: tx.set_channel(key, {"answer": answer}, at=NOW))

    async def known(self, key: ChannelKey = KEY_OF_GROUP) -> Chat:
        """What stands about a chat now."""
        return (await self.store.read(lambda queries: queries.chats([key])))[key]

    async def settings(self, key: ChannelKey = KEY_OF_GROUP) -> Mapping[str, object]:
        """What the chat set for itself."""
        return (await self.store.read(lambda queries: queries.channel_overrides([key]))).get(key, {})


def a_group_reply(
    number: int = 1, *, group: int = GROUP, person: int = PERSON, message_id: int = 10, **changes: Any
) -> OutgoingReply:
    """To a message in the group, by the person."""
    address = {"chat": str(group), "message": str(message_id), "user": str(person)} | changes.pop(
        "address", {}
    )
    ref = a_ref(str(message_id), channel_id=str(group), platform=TELEGRAM)
    return a_reply(number, ref=ref, address=address, **changes)


def a_private_reply(number: int = 1, **changes: Any) -> OutgoingReply:
    """To message 10 in the person's own chat, which is stored under their hash."""
    person: AuthorHash = KEY.author(TELEGRAM, str(PERSON))
    address = {"chat": str(PERSON), "message": "10", "user": str(PERSON)}
    ref = a_ref("10", channel_id=person, platform=TELEGRAM)
    return a_reply(number, ref=ref, address=address, private=True, **changes)
