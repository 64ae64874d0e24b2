"""Words to admins in private: a chat that cannot be written to any more, somebody who may need a person."""

import asyncio
from collections.abc import Sequence
from typing import Final

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.rights import ADMINS, UNKNOWN, ApiRights
from bot.adapters.telegram.speaker import ApiSpeaker
from bot.adapters.telegram.texts.sending import somebody_may_need_a_person
from bot.adapters.telegram.tidings import Tidings
from bot.adapters.telegram.titles import title_of
from bot.adapters.telegram.values import TELEGRAM, Say
from bot.application.noteboard import NoteBoard
from bot.application.ports import Store, Telemetry
from bot.domain.errors import StoreError
from bot.domain.messages import ChannelKey


class Messenger:
    """Carries tidings and crisis notes: a `ports.Service`. Each goes out at most once, best effort.

    Args:
        tidings: to a chat's contact.
        notes: crisis notes; they go before all that waits.
        store: who wants to hear of them.
        speaker: says it.
        rights: who is an admin still.
        api: knows a chat's name.
        telemetry: the log.
    """

    name: Final = "telegram-messenger"

    def __init__(
        self,
        *,
        tidings: Tidings,
        notes: NoteBoard,
        store: Store,
        speaker: ApiSpeaker,
        rights: ApiRights,
        api: Api,
        telemetry: Telemetry,
    ) -> None:
        self._tidings = tidings
        self._notes = notes
        self._store = store
        self._speaker = speaker
        self._rights = rights
        self._api = api
        self._telemetry = telemetry

    async def run(self) -> None:
        """Carry until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._tell())
            group.create_task(self._warn())

    async def _tell(self) -> None:
        while True:
            tiding = await self._tidings.next()
            text = tiding.words(await self._title(tiding.about))
            await self._speaker.act([Say(chat_id=int(tiding.to), text=text)])

    async def _warn(self) -> None:
        while True:
            chat = await self._notes.next(TELEGRAM)
            wanting = await self._wanting(chat)
            text = somebody_may_need_a_person(await self._title(chat)) if wanting else ""
            for admin in wanting:
                await self._speaker.say_at_once(Say(chat_id=admin, text=text))

    async def _wanting(self, key: ChannelKey) -> Sequence[int]:
        """Who switched notes on and is an admin still; where nobody can say, the note is worth more."""
        try:
            chat = (await self._store.read(lambda queries: queries.chats([key]))).get(key)
        except StoreError as error:
            self._telemetry.noticed("crisis_note_lost", platform=TELEGRAM, error=error)
            return ()
        if chat is None or chat.private:
            return ()
        admins = [int(each) for each in chat.notes_to]
        return [each for each in admins if await self._rights.status(int(key[1]), each) in {*ADMINS, UNKNOWN}]

    async def _title(self, key: ChannelKey) -> str:
        """The chat's name; its id, where Telegram does not tell."""
        return await title_of(self._api, int(key[1])) or f"the chat {key[1]}"
