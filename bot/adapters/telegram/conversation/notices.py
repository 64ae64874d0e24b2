"""The notice that a group reads before anybody is read there: posted once, and again every month."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.adapters.telegram.conversation.answers import ADMINISTRATOR
from bot.adapters.telegram.conversation.standing import chat_of, settings_of, switch
from bot.adapters.telegram.ports import Rights, Speaker
from bot.adapters.telegram.silence import restored
from bot.adapters.telegram.texts import notice
from bot.adapters.telegram.values import TELEGRAM, Place, Say
from bot.adapters.telegram.whispers import expected
from bot.application.chats import Chat
from bot.application.ports import Clock, Store, Telemetry, Transaction
from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.errors import PlatformError
from bot.domain.messages import ChannelKey

AGAIN_AFTER: Final = timedelta(days=30)
REFUSED_FOR: Final = timedelta(hours=1)
HELD_FOR: Final = timedelta(seconds=4)
"""How long messages wait for the first notice of their chat; what comes before it is not read."""
MOST_REPEATS: Final = 100
"""Chats whose old notice is to be repeated; others wait until they are written in again."""
GONE: Final = frozenset({"left", "kicked", "chat not found"})
"""Why nothing can be said in a chat that the bot is not in any more; if it is met again, all begins anew."""


def unknown(chat: Chat) -> bool:
    """Whether nobody there had the notice, or it was given in an earlier stay."""
    return chat.noticed_at is None or chat.silenced in GONE


class Notices:
    """Posts them. First ones go beside each other, one in a chat; repeats one after the other, unawaited.

    Args:
        store: where chats stand.
        speaker: posts the notice.
        rights: whether whispers can be expected.
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
        defaults: ChannelDefaults,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._store = store
        self._speaker = speaker
        self._rights = rights
        self._defaults = defaults
        self._clock = clock
        self._telemetry = telemetry
        self._refused: dict[ChannelKey, datetime] = {}
        self._first: dict[ChannelKey, asyncio.Task[bool]] = {}
        self._again: dict[ChannelKey, Place] = {}
        self._repeating: asyncio.Task[None] | None = None

    async def begin(self, places: Sequence[Place]) -> Collection[ChannelKey]:
        """Begin to post what is missing in these groups, or a month old.

        Returns:
            those whose first notice is under way.
        """
        groups = {place.key: place for place in places if not place.private}
        if not groups:
            return ()
        chats, own = await self._store.read(
            lambda asked: (asked.chats(groups), asked.channel_overrides(groups))
        )
        first = set()
        for key, place in groups.items():
            chat = chats.get(key)
            if self._refused_lately(key):
                continue
            if chat is None or unknown(chat):
                self._introducing(place)
                first.add(key)
            elif own.get(key, {}).get("mode", Mode.OFF) is not Mode.OFF and self._old(chat):
                self._repeat(place)
        return first

    async def introduced(self, places: Sequence[Place]) -> None:
        """Wait for the first notices of these groups, for as long as their messages can wait."""
        keys = await self.begin(places)
        tasks = {self._first[key] for key in keys if key in self._first}
        if not tasks:
            return
        all_posted = asyncio.gather(*(asyncio.shield(task) for task in tasks))
        patience = asyncio.create_task(self._clock.sleep(HELD_FOR))
        either: set[asyncio.Future[Any]] = {all_posted, patience}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if all_posted.done():
                all_posted.result()
        finally:
            all_posted.cancel()
            patience.cancel()

    async def introduce(self, place: Place) -> bool:
        """Post the notice now, unless it is under way; whether it stands there."""
        return await asyncio.shield(self._introducing(place))

    def try_again(self, place: Place) -> None:
        """Something changed: what was refused may be taken now."""
        self._refused.pop(place.key, None)

    async def finish(self) -> None:
        """Give up what is under way."""
        tasks: list[asyncio.Task[bool] | asyncio.Task[None]] = [*self._first.values()]
        if self._repeating is not None:
            tasks.append(self._repeating)
        self._again.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    # -------------------------------------------------------------- what is under way

    def _introducing(self, place: Place) -> asyncio.Task[bool]:
        task = self._first.get(place.key)
        if task is None:
            task = self._first[place.key] = asyncio.create_task(self._introduce(place))
            task.add_done_callback(lambda done: self._over(place.key, done))
        return task

    def _over(self, key: ChannelKey, done: asyncio.Task[bool]) -> None:
        self._first.pop(key, None)
        error = None if done.cancelled() else done.exception()
        if error is not None:  # perhaps nobody waits for it any more
            self._telemetry.noticed("introduction_failed", error=error)

    def _repeat(self, place: Place) -> None:
        if len(self._again) < MOST_REPEATS:
            self._again.setdefault(place.key, place)
        if self._repeating is None or self._repeating.done():
            self._repeating = asyncio.create_task(self._repeat_all())

    async def _repeat_all(self) -> None:
        while self._again:
            key, place = next(iter(self._again.items()))
            try:
                await self._introduce(place)
            except Exception as error:  # noqa: BLE001  # the next message there brings it up again
                self._telemetry.noticed("introduction_failed", error=error, exc_info=error)
            finally:
                self._again.pop(key, None)

    # -------------------------------------------------------------- one notice

    def _refused_lately(self, key: ChannelKey) -> bool:
        refused = self._refused.get(key)
        return refused is not None and self._clock.now() < refused + REFUSED_FOR

    def _old(self, chat: Chat) -> bool:
        return chat.noticed_at is not None and self._clock.now() >= chat.noticed_at + AGAIN_AFTER

    async def _introduce(self, place: Place) -> bool:
        """Post the notice; from then on the chat is watched, if it was not known before."""
        settings, before = await self._store.read(
            lambda queries: (settings_of(queries, place, self._defaults), chat_of(queries, place))
        )
        live = settings.mode is Mode.LIVE and not unknown(before)
        if not await self._posted(place, settings, live=live):
            self._refused[place.key] = self._clock.now()
            self._telemetry.noticed("notice_refused", platform=TELEGRAM, channel=place.channel_id)
            return False
        administrator = await self._rights.own_status(place) == ADMINISTRATOR
        now = self._clock.now()

        def introduce(tx: Transaction) -> None:
            chat = chat_of(tx, place)
            if chat.silenced != before.silenced:  # the bot was removed while the notice was on its way
                return
            if unknown(chat):
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
