"""What a refusal says about a whole chat: it moved, or nothing can be said there any more."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from bot.adapters.telegram.refusals import ChatSilenced
from bot.adapters.telegram.texts import sending as texts
from bot.adapters.telegram.tidings import Tiding, Tidings
from bot.adapters.telegram.values import TELEGRAM
from bot.application.chats import Chat, known
from bot.application.ports import Clock, Store, Telemetry, Transaction
from bot.domain.channels import Mode
from bot.domain.errors import ChannelMoved
from bot.domain.messages import ChannelKey

SILENCED: Final = "silenced"
"""Under this name `Chat.told` says when the contact heard of it."""


def restored(chat: Chat) -> Chat:
    """A chat in which the bot may write again: the next silence is a new one, of which the contact hears."""
    return replace(chat, silenced=None, told={name: at for name, at in chat.told.items() if name != SILENCED})


def fallen(chat: Chat, why: str, *, at: datetime) -> tuple[Chat, str | None]:
    """A chat in which the bot can say nothing any more, and its contact's id, if they have not heard of it.

    In a private chat there is nobody else to tell.
    """
    if chat.private:
        return replace(chat, silenced=why), None
    fell = replace(chat, silenced=why, told={**chat.told, SILENCED: at.isoformat()})
    return fell, None if SILENCED in chat.told else chat.contact


class Silence:
    """Writes that down. A chat where nothing can be said is off: nobody is read who cannot be answered.

    Args:
        store, clock, telemetry: the world.
        tidings: to a chat's contact.
    """

    def __init__(self, *, store: Store, tidings: Tidings, clock: Clock, telemetry: Telemetry) -> None:
        self._store = store
        self._tidings = tidings
        self._clock = clock
        self._telemetry = telemetry

    async def fell(self, key: ChannelKey, error: ChatSilenced, *, private: bool) -> None:
        """The bot cannot write there: the chat is off until an admin turns it on again. One hears of it."""
        now = self._clock.now()

        def work(tx: Transaction) -> Tiding | None:
            chat, contact = fallen(known(tx, key, private=private), error.why, at=now)
            tx.keep_chat(chat)
            tx.set_channel(key, {"mode": Mode.OFF}, at=now)
            if contact is None:
                return None
            return Tiding(about=key, to=contact, words=partial(texts.silenced, why=error.why))

        tiding = await self._store.transact(work)
        self._telemetry.noticed("chat_silenced", platform=TELEGRAM, why=error.why)
        self._tidings.put(tiding)

    async def moved(self, key: ChannelKey, error: ChannelMoved) -> None:
        """The chat has a new id: everything goes along, what is on the wire too."""
        now, new = self._clock.now(), (TELEGRAM, str(error.migrate_to_chat_id))
        await self._store.transact(lambda tx: tx.replace_channel(key, new, at=now))
        self._telemetry.noticed("chat_moved", platform=TELEGRAM)
