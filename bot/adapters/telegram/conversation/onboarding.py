"""Coming into a chat and leaving it: the notice first, then watching in silence."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.adapters.telegram.conversation.answers import ADMINISTRATOR
from bot.adapters.telegram.conversation.notices import Notices, unknown
from bot.adapters.telegram.conversation.part import Identify
from bot.adapters.telegram.conversation.standing import chat_of, switch
from bot.adapters.telegram.ports import Rights, Speaker
from bot.adapters.telegram.silence import fallen, restored
from bot.adapters.telegram.texts import notice, sending
from bot.adapters.telegram.values import TELEGRAM, Act, Effect, Membership, Moved, Place, Say
from bot.adapters.telegram.whispers import expected
from bot.application.chats import Chat
from bot.application.ports import Clock, Store, Telemetry, Transaction
from bot.domain.channels import ChannelDefaults, Mode
from bot.domain.errors import PlatformError
from bot.domain.messages import ChannelKey

RESTRICTED: Final = "restricted"


class Onboarding:
    """Sees that a chat had its notice before anybody is read there.

    Args:
        store: where chats stand.
        speaker: posts the notice.
        rights: told when they changed.
        identify: whether privacy mode is on.
        defaults: settings of chats without a row.
        clock: the time.
        telemetry: told of a notice that could not be posted.
    """

    def __init__(
        self,
        *,
        store: Store,
        speaker: Speaker,
        rights: Rights,
        identify: Identify,
        defaults: ChannelDefaults,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._store = store
        self._rights = rights
        self._identify = identify
        self._clock = clock
        self._notices = Notices(
            store=store, speaker=speaker, rights=rights, defaults=defaults, clock=clock, telemetry=telemetry
        )

    async def introduced(self, places: Sequence[Place]) -> None:
        """Post the notices that are missing in these groups, or a month old; wait for the former."""
        await self._notices.introduced(places)

    async def unintroduced(self, places: Sequence[Place]) -> Collection[ChannelKey]:
        """Begin to post those notices; the chats that never had one, and get it now."""
        return await self._notices.begin(places)

    async def finish(self) -> None:
        """Give up the notices that are under way."""
        await self._notices.finish()

    async def membership(self, membership: Membership) -> Effect:
        """Added: the notice, and how things stand. Removed: off. Rights changed: look again."""
        place, now = membership.place, self._clock.now()
        self._rights.forget(place)
        self._notices.try_again(place)
        if not membership.present:
            return _left(membership, now)
        if place.private:
            return _welcome_back(place)
        chat = await self._store.read(lambda queries: chat_of(queries, place))
        if not unknown(chat) and not _unreported(chat, membership):
            return _changed(membership, now)
        posted = membership.may_write and (not unknown(chat) or await self._notices.introduce(place))
        return _added(membership, await self._report(membership, posted=posted), now)

    async def moved(self, moved: Moved) -> Effect:
        """Every setting goes along."""
        old, new, now = moved.place, (TELEGRAM, str(moved.new_chat_id)), self._clock.now()
        self._rights.forget(old)

        def effect(tx: Transaction) -> Sequence[Act]:
            tx.replace_channel(old.key, new, at=now)
            return ()

        return effect

    async def _report(self, membership: Membership, *, posted: bool) -> list[Say]:
        """How things stand, for the admin who added the bot: in short there, at length in private."""
        administrator = membership.status == ADMINISTRATOR
        can_read = True if administrator else await self._reads_all()
        says = []
        if posted and can_read is False:
            says.append(Say(chat_id=membership.place.chat_id, text=notice.CANNOT_READ))
        if membership.by is not None:
            text = notice.added(title=membership.place.title, can_read=can_read, administrator=administrator)
            says.append(Say(chat_id=membership.by.user_id, text=text if posted else notice.CANNOT_WRITE))
        return says

    async def _reads_all(self) -> bool | None:
        try:
            return (await self._identify()).reads_all
        except PlatformError:
            return None


def _unreported(chat: Chat, membership: Membership) -> bool:
    """Whether nobody was told how things stand: the bot stopped after the notice, or met the chat unasked."""
    return chat.contact is None and membership.by is not None and membership.may_write


def _left(membership: Membership, now: datetime) -> Effect:
    def effect(tx: Transaction) -> Sequence[Act]:
        chat, told = _silent(tx, membership, now)
        tx.keep_chat(replace(chat, whispers=None))
        return told

    return effect


def _silent(tx: Transaction, membership: Membership, now: datetime) -> tuple[Chat, Sequence[Act]]:
    """Off, since nobody is read who cannot be answered; whoever set the bot up hears of it, once."""
    place, why = membership.place, RESTRICTED if membership.present else membership.status
    switch(tx, place, Mode.OFF, at=now)
    chat, contact = fallen(chat_of(tx, place), why, at=now)
    said = sending.silenced(place.title or f"the chat {place.channel_id}", why)
    told = () if contact is None else (Say(chat_id=int(contact), text=said),)
    return replace(chat, shadow_since=None), told


def _welcome_back(place: Place) -> Effect:
    """Somebody unblocked the bot: it may answer them, and reads them once they ask for it."""

    def effect(tx: Transaction) -> Sequence[Act]:
        if place.key in tx.chats((place.key,)):
            tx.keep_chat(restored(chat_of(tx, place)))
        return ()

    return effect


def _after(tx: Transaction, membership: Membership, now: datetime) -> tuple[Chat, Sequence[Act]]:
    """What stands about the chat after this change of rights: what was learned before may be wrong now.

    And what its contact is told of it.
    """
    told: Sequence[Act] = ()
    chat = chat_of(tx, membership.place)
    if not membership.may_write:
        chat, told = _silent(tx, membership, now)
    elif not unknown(chat):
        chat = restored(chat)
    return expected(chat, administrator=membership.status == ADMINISTRATOR, at=now), told


def _added(membership: Membership, says: Sequence[Say], now: datetime) -> Effect:
    def effect(tx: Transaction) -> Sequence[Act]:
        chat, _ = _after(tx, membership, now)  # who added it hears how things stand in any case
        contact = str(membership.by.user_id) if membership.by else chat.contact
        tx.keep_chat(replace(chat, contact=contact))
        return says

    return effect


def _changed(membership: Membership, now: datetime) -> Effect:
    thanks = (
        (Say(chat_id=membership.by.user_id, text=notice.PROMOTED),)
        if membership.by and membership.status == ADMINISTRATOR
        else ()
    )

    def effect(tx: Transaction) -> Sequence[Act]:
        before = chat_of(tx, membership.place)
        chat, told = _after(tx, membership, now)
        if membership.by is not None and chat.contact is None:
            chat = replace(chat, contact=str(membership.by.user_id))
        tx.keep_chat(chat)
        return told if before.whispers or told else thanks

    return effect
