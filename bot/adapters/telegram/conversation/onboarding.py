"""Coming into a chat and leaving it: the notice first, then watching in silence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.telegram.conversation.answers import ADMINISTRATOR
from bot.adapters.telegram.conversation.part import Identify
from bot.adapters.telegram.conversation.standing import chat_of, settings_of, switch
from bot.adapters.telegram.ports import Rights, Speaker
from bot.adapters.telegram.silence import fallen, restored
from bot.adapters.telegram.texts import notice, sending
from bot.adapters.telegram.values import TELEGRAM, Act, Effect, Membership, Moved, Place, Say
from bot.adapters.telegram.whispers import expected
from bot.application.chats import Chat
from bot.application.ports import Clock, Store, Telemetry, Transaction
from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.errors import PlatformError
from bot.domain.messages import ChannelKey

AGAIN_AFTER: Final = timedelta(days=30)
REFUSED_FOR: Final = timedelta(hours=1)
GONE: Final = frozenset({"left", "kicked", "chat not found"})
"""Why nothing can be said in a chat that the bot is not in any more; if it is met again, all begins anew."""
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
        self._speaker = speaker
        self._rights = rights
        self._identify = identify
        self._defaults = defaults
        self._clock = clock
        self._telemetry = telemetry
        self._refused: dict[ChannelKey, datetime] = {}

    async def introduced(self, places: Sequence[Place]) -> None:
        """Post the notices that are missing in these groups, or a month old."""
        groups = {place.key: place for place in places if not place.private}
        if not groups:
            return
        chats, own = await self._store.read(
            lambda asked: (asked.chats(groups), asked.channel_overrides(groups))
        )
        for key, place in groups.items():
            watched = own.get(key, {}).get("mode", Mode.OFF) is not Mode.OFF
            if self._due(key, chats.get(key), watched=watched):
                await self._introduce(place)

    async def membership(self, membership: Membership) -> Effect:
        """Added: the notice, and how things stand. Removed: off. Rights changed: look again."""
        place, now = membership.place, self._clock.now()
        self._rights.forget(place)
        self._refused.pop(place.key, None)
        if not membership.present:
            return _left(membership, now)
        if place.private:
            return _welcome_back(place)
        chat = await self._store.read(lambda queries: chat_of(queries, place))
        if not _unknown(chat):
            return _changed(membership, now)
        posted = membership.may_write and await self._introduce(place)
        return _added(membership, await self._report(membership, posted=posted), now)

    async def moved(self, moved: Moved) -> Effect:
        """Every setting goes along."""
        old, new, now = moved.place, (TELEGRAM, str(moved.new_chat_id)), self._clock.now()
        self._rights.forget(old)

        def effect(tx: Transaction) -> Sequence[Act]:
            tx.replace_channel(old.key, new, at=now)
            return ()

        return effect

    def _due(self, key: ChannelKey, chat: Chat | None, *, watched: bool) -> bool:
        now = self._clock.now()
        refused = self._refused.get(key)
        if refused is not None and now < refused + REFUSED_FOR:
            return False
        if chat is None or _unknown(chat) or chat.noticed_at is None:
            return True
        return watched and now >= chat.noticed_at + AGAIN_AFTER

    async def _introduce(self, place: Place) -> bool:
        """Post the notice; from then on the chat is watched, if it was not known before."""
        settings, chat = await self._store.read(
            lambda queries: (settings_of(queries, place, self._defaults), chat_of(queries, place))
        )
        live = settings.mode is Mode.LIVE and not _unknown(chat)
        if not await self._posted(place, settings, live=live):
            self._refused[place.key] = self._clock.now()
            self._telemetry.noticed("notice_refused", platform=TELEGRAM, channel=place.channel_id)
            return False
        administrator = await self._rights.own_status(place) == ADMINISTRATOR
        now = self._clock.now()

        def introduce(tx: Transaction) -> None:
            chat = chat_of(tx, place)
            if _unknown(chat):
                switch(tx, place, Mode.SHADOW, at=now)
                chat = expected(restored(chat), administrator=administrator, at=now)
                chat = replace(chat, shadow_since=now)
            tx.keep_chat(replace(chat, noticed_at=now))

        await self._store.transact(introduce)
        return True

    async def _posted(self, place: Place, settings: ChannelSettings, *, live: bool) -> bool:
        text = notice.notice(
            keeps_seconds=settings.retention.total_seconds(), notes=settings.crisis.note, live=live
        )
        for topic_id in dict.fromkeys((None, place.topic_id)):  # the general topic may be closed
            try:
                said = await self._speaker.post(Say(chat_id=place.chat_id, text=text, topic_id=topic_id))
            except PlatformError:
                return False
            if said is not None:
                return True
        return False

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


def _unknown(chat: Chat) -> bool:
    """Whether nobody there had the notice, or it was given in an earlier stay."""
    return chat.noticed_at is None or chat.silenced in GONE


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
    elif not _unknown(chat):
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
