"""Where Telegram shows a message to one member only: what is known of it, and how it is learned.

See docs/decisions/0020-whispers.md.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.adapters.pace import Manner
from bot.adapters.telegram.refusals import unknown_method
from bot.adapters.telegram.requests import NO_CHAT, PacedApi
from bot.adapters.telegram.texts import sending as texts
from bot.adapters.telegram.tidings import Tiding, Tidings
from bot.application.chats import Chat, known
from bot.application.ports import Clock, Queries, Store, Transaction
from bot.domain.channels import Answer, ChannelDefaults
from bot.domain.errors import PlatformUnavailable, ReplyRejected, ReplyUnconfirmed
from bot.domain.messages import ChannelKey, Origin

NO_WHISPERS: Final = "no_whispers"
"""Under this name `Chat.told` says since when a chat is known to take no whispers."""
WHISPER_REFUSED: Final = "whisper_refused"
LONGEST_QUESTION: Final = timedelta(seconds=10)
"""How long to wait for a turn to ask the server whether it knows whispers."""


def whispered(answer: Answer | None, chat: Chat | None, *, asked_at: datetime) -> bool:
    """Whether a reply in a group goes to its person alone, or to all.

    Public it is only where an admin chose so; or where nobody chose, and the chat was known to take no
    whispers before the answered message came in (`asked_at`). No reply becomes public because its whisper
    failed.
    """
    if answer is not None:
        return answer is Answer.WHISPER
    if chat is None or chat.whispers is not False:
        return True
    known_since = chat.told.get(NO_WHISPERS)
    return known_since is not None and asked_at <= datetime.fromisoformat(known_since)


def expected(chat: Chat, *, administrator: bool, at: datetime) -> Chat:
    """What can be known before a first try: a bot that is no administrator may whisper to nobody by itself.

    Where whispers worked once, people count on them: no change of rights makes their replies public.

    Args:
        chat: as it stood.
        administrator: whether the bot is one there.
        at: when that was seen.
    """
    if chat.whispers:
        return chat
    told = {name: when for name, when in chat.told.items() if name != NO_WHISPERS}
    if administrator:
        return replace(chat, whispers=None, told=told)
    return replace(chat, whispers=False, told={**told, NO_WHISPERS: at.isoformat()})


class Whispers:
    """Makes whispers, and remembers how that went.

    Args:
        api: turns and requests.
        store, defaults: what a chat wants, and its experience.
        tidings: to a chat's contact.
        clock: time.
    """

    def __init__(
        self, *, api: PacedApi, store: Store, defaults: ChannelDefaults, tidings: Tidings, clock: Clock
    ) -> None:
        self._api = api
        self._store = store
        self._defaults = defaults
        self._tidings = tidings
        self._clock = clock
        self._server_can: bool | None = None
        self._asking = asyncio.Lock()
        self._asked = 0

    async def wanted(self, key: ChannelKey, *, asked_at: datetime) -> bool:
        """`whispered` of a group as the database has it now.

        Raises:
            StoreError: it does not say.
        """
        return await self._store.read(
            lambda q: whispered(self._answer(q, key), q.chats([key]).get(key), asked_at=asked_at)
        )

    async def possible(self, chat_id: int, user_id: int, *, until: datetime | None = None) -> bool:
        """Whether this server knows ephemeral messages: asked once, in a way that shows nobody anything.

        One that does not would ignore the receiver and show the message to all. So it is asked to delete a
        whisper that never was: it knows the method, or it does not. Who comes while it is asked shares the
        outcome.

        Args:
            chat_id: where there is something to whisper.
            user_id: and to whom.
            until: later than this the answer is of no use.

        Raises:
            PlatformError: it could not be asked, or not in time; nothing was stored.
        """
        if self._server_can is None:
            before = self._asked
            async with self._asking:
                if self._server_can is None:
                    if self._asked != before:
                        raise PlatformUnavailable("the server could not be asked about whispers")
                    self._asked += 1
                    self._server_can = await self._ask(chat_id, user_id, until)
            if until is not None and self._clock.now() > until:
                raise PlatformUnavailable("the server was asked about whispers for too long")
        return self._server_can

    async def _ask(self, chat_id: int, user_id: int, until: datetime | None) -> bool:
        params = {"chat_id": chat_id, "receiver_user_id": user_id, "ephemeral_message_id": 1}
        left = LONGEST_QUESTION if until is None else min(until - self._clock.now(), LONGEST_QUESTION)
        manner = Manner(urgent=True, patience=max(left, timedelta()), attempts=1)
        try:
            await self._api.write("deleteEphemeralMessage", params, manner=manner, about=NO_CHAT)
        except ReplyRejected as error:
            return not unknown_method(error)
        except ReplyUnconfirmed as error:
            raise PlatformUnavailable("the server did not say whether it knows whispers") from error
        return True

    async def worked(self, key: ChannelKey) -> None:
        """A whisper was taken in this chat."""

        def work(tx: Transaction) -> None:
            chat = known(tx, key)
            if chat.whispers is not True:
                tx.keep_chat(replace(chat, whispers=True))

        await self._store.transact(work)

    async def refused(self, key: ChannelKey) -> None:
        """A whisper was refused in this chat: written down, and its contact is told once.

        Where whispers worked before they go on being tried: people there count on them.
        """
        now = self._clock.now()

        def work(tx: Transaction) -> Tiding | None:
            chat = known(tx, key)
            public_from_now = self._answer(tx, key) is None and chat.whispers is not True
            name = NO_WHISPERS if public_from_now else WHISPER_REFUSED
            first = name not in chat.told
            taken = False if chat.whispers is None else chat.whispers
            told = {**chat.told, name: now.isoformat()} if first or chat.whispers is None else chat.told
            tx.keep_chat(replace(chat, whispers=taken, told=told))
            if chat.contact is None or not first:
                return None
            words = texts.no_whispers if public_from_now else texts.whisper_refused
            return Tiding(about=key, to=chat.contact, words=words)

        self._tidings.put(await self._store.transact(work))

    def _answer(self, queries: Queries, key: ChannelKey) -> Answer | None:
        overrides = queries.channel_overrides([key]).get(key, {})
        return self._defaults.settings(key, overrides, origin=Origin.LIVE).answer


def parameters(user_id: int, *, press_id: str | None = None) -> Mapping[str, object]:
    """What makes a `send…` request a whisper.

    `receiver_user_id` beside it is how Bot API 10.2 had it: such a server ignores the newer object and would
    show the message to all.
    """
    ephemeral: dict[str, object] = {"receiver_user_id": user_id}
    if press_id is not None:
        ephemeral["callback_query_id"] = press_id
    return {"ephemeral_message_parameters": ephemeral, **ephemeral}


def ephemeral_id(result: Any) -> int | None:
    """The whisper's id; None = what came back is no whisper, and all can see it."""
    found = result.get("ephemeral_message_id") if isinstance(result, dict) else None
    return found if isinstance(found, int) and found else None


def message_id(result: Any) -> int:
    """The id of a message that all can see; 0 = what came back is none."""
    found = result.get("message_id") if isinstance(result, dict) else None
    return found if isinstance(found, int) else 0
