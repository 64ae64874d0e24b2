"""The bot and a subreddit's moderators: it introduces itself, hears "!pause", passes crisis notes on."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.reddit import postman, texts
from bot.adapters.reddit.breaks import Breaks
from bot.adapters.reddit.commands import named_subreddit
from bot.adapters.reddit.conversations import Conversation, Order, conversations, said
from bot.adapters.reddit.once import Effect, Once
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.postman import Fate, Note, Postman
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.values import REDDIT, account_of, channel_of, chat_key
from bot.application.chats import Chat, known
from bot.application.noteboard import NoteBoard
from bot.application.ports import Clock, Queries, Store, Telemetry, Transaction
from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.errors import PlatformError, StoreError
from bot.domain.messages import Origin

EVERY: Final = timedelta(minutes=2)
RECENT: Final = timedelta(days=1)
"""What was said before then is no command any more. Shorter than handled ones are remembered."""
NOT_OURS_FOR: Final = timedelta(hours=1)
"""Where the account is no moderator, modmail is left alone that long: it may become one."""
PAGE: Final = 25
FIRST_WORD: Final = timedelta(minutes=5)
"""So long the reader waits at most for the notice: one that fails stops nothing."""


_LIVE: Final = "live"
"""In `Chat.told`: the moderators know that the bot answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """What a subreddit's moderators should hear: the first notice, or that the bot begins to answer."""

    subreddit: str
    settings: ChannelSettings
    first: bool


class Modmail:
    """Implements `ports.Service`.

    Args:
        me: the account's own name.
        api: reads conversations.
        postman: writes to moderators.
        breaks: what moderators may decide.
        store: which subreddits heard of the bot, and what holds there.
        defaults: settings beneath the subreddits' own.
        watched: the subreddits that are read.
        notes: crisis notes; only where the subreddit's settings ask for them.
        about: where more about the bot stands.
        operator: who runs the bot, for moderators; None = not told.
        clock, telemetry: time and the log.
        every: between two looks.
    """

    name: Final = "reddit-modmail"

    def __init__(
        self,
        *,
        me: str,
        api: Api,
        postman: Postman,
        breaks: Breaks,
        store: Store,
        defaults: ChannelDefaults,
        watched: Collection[str],
        notes: NoteBoard,
        about: str,
        operator: str | None,
        clock: Clock,
        telemetry: Telemetry,
        every: timedelta = EVERY,
    ) -> None:
        self._me, self._account = me, account_of(me)
        self._api = api
        self._postman = postman
        self._breaks = breaks
        self._store = store
        self._defaults = defaults
        self._spelled = {channel_of(each): each for each in watched}
        self._watched = sorted(self._spelled)
        self._notes = notes
        self._about = about
        self._operator = operator
        self._tried = asyncio.Event()
        self._told: set[tuple[str, bool]] = set()
        """What this process told, or was refused; see `_Due`."""
        self._once = Once(
            account=self._account, store=store, postman=postman, clock=clock, telemetry=telemetry
        )
        self._clock = clock
        self._telemetry = telemetry
        self._every = every
        self._left_alone: dict[str, datetime] = {}
        self._seen: dict[str, dict[str, str]] = {}
        """By subreddit: when the conversations of its newest page changed last."""

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingsError: Reddit does not accept the credentials.
        """
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._warn())
                group.create_task(self._listen())
        except ExceptionGroup as failed:  # whoever supervises looks at the kind of the error
            raise failed.exceptions[0] from failed

    # ------------------------------------------------------------------ what moderators are told

    async def first_word(self) -> None:
        """Return when moderators were told what they should hear, or it was tried; after a while anyway."""
        waiting = [
            asyncio.ensure_future(each) for each in (self._tried.wait(), self._clock.sleep(FIRST_WORD))
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()

    async def introduce(self) -> None:
        """Tell the moderators of each new subreddit, and once more where the bot begins to answer.

        One attempt each. What has to wait is tried again within minutes, what was refused at the next start;
        what may have arrived is not repeated. None of it stops anything.
        """
        for due in await self._due():
            fate = await self._postman.attempt(self._note(due))
            if fate is not Fate.LATER:
                self._told.add((due.subreddit, due.first))
            if fate in {Fate.SENT, Fate.UNKNOWN}:
                await self._keep_noticed(due)
            else:
                self._telemetry.noticed("moderators_not_told", subreddit=due.subreddit)

    def _note(self, due: _Due) -> Note:
        shown, settings = self._spelled[due.subreddit], due.settings
        if not due.first:
            words = texts.goes_live(
                subreddit=shown,
                card=settings.crisis.card,
                notes=settings.crisis.note,
                operator=self._operator,
                about=self._about,
            )
            return postman.to_moderators(due.subreddit, texts.LIVE_SUBJECT, words)
        words = texts.notice(
            subreddit=shown,
            mode=settings.mode,
            retention=settings.retention,
            card=settings.crisis.card,
            notes=settings.crisis.note,
            operator=self._operator,
            about=self._about,
        )
        return postman.to_moderators(due.subreddit, texts.NOTICE_SUBJECT, words)

    async def _due(self) -> Sequence[_Due]:
        """Whom something has to be told; nobody where the bot is off."""
        try:
            found = await self._store.read(self._untold)
        except StoreError as error:
            self._telemetry.noticed("moderators_not_told", error=error)
            return ()
        return [each for each in found if (each.subreddit, each.first) not in self._told]

    def _untold(self, queries: Queries) -> Sequence[_Due]:
        keys = [chat_key(each) for each in self._watched]
        chats, own = queries.chats(keys), queries.channel_overrides(keys)
        found = []
        for key in keys:
            settings = self._defaults.settings(key, own.get(key, {}), origin=Origin.LIVE)
            chat = chats.get(key) or Chat(key=key, private=False)
            first, live = chat.noticed_at is None, settings.mode is Mode.LIVE
            if settings.mode is not Mode.OFF and (first or (live and _LIVE not in chat.told)):
                found.append(_Due(subreddit=key[1], settings=settings, first=first))
        return found

    async def _keep_noticed(self, due: _Due) -> None:
        now, live = self._clock.now(), due.settings.mode is Mode.LIVE

        def keep(tx: Transaction) -> None:
            chat = known(tx, chat_key(due.subreddit))
            told = {**chat.told, **({_LIVE: now.isoformat()} if live else {})}
            tx.keep_chat(replace(chat, noticed_at=chat.noticed_at or now, told=told))

        try:
            await self._store.transact(keep)
        except StoreError as error:
            self._telemetry.noticed("notice_forgotten", subreddit=due.subreddit, error=error)

    async def _warn(self) -> None:
        while True:
            _, subreddit = await self._notes.next(REDDIT)
            words = texts.somebody_may_need_a_person(subreddit)
            self._postman.put(postman.to_moderators(subreddit, texts.NOTE_SUBJECT, words, urgent=True))

    # ------------------------------------------------------------------ what moderators say

    async def _listen(self) -> None:
        while True:
            try:
                await self.introduce()
            finally:
                self._tried.set()
            for subreddit in self._watched:
                await self.listen_to(subreddit)
            await self._clock.sleep(self._every)

    async def listen_to(self, subreddit: str) -> None:
        """Look at what changed in a subreddit's modmail, where we may."""
        if self._clock.now() < self._left_alone.get(subreddit, self._clock.now()):
            return
        try:
            changed = await self._changed(subreddit)
        except AccessRefused:
            self._left_alone[subreddit] = self._clock.now() + NOT_OURS_FOR
            return
        except PlatformError as error:
            self._telemetry.noticed("modmail_unreachable", error=error)
            return
        for each in changed:
            if await self._heard(each):
                self._seen[subreddit][each.id] = each.updated

    async def _heard(self, conversation: Conversation) -> bool:
        """Whether it is done with as it stands. One that is not ours to read says nothing of the others."""
        try:
            await self._read(conversation)
        except AccessRefused as error:
            self._telemetry.noticed("modmail_conversation_refused", error=error)
        except (PlatformError, StoreError) as error:
            self._telemetry.noticed("modmail_unreachable", error=error)
            return False
        return True

    async def _changed(self, subreddit: str) -> Sequence[Conversation]:
        """Conversations of the newest page that are new or changed lately; memory holds that page alone."""
        params: dict[str, str | int] = {
            "entity": subreddit,
            "limit": PAGE,
            "sort": "recent",
            "state": "all",
            "raw_json": 1,
        }
        answer = await self._api.get("api/mod/conversations", params)
        found = [each for each in conversations(answer) if each.subreddit == subreddit][:PAGE]
        before = self._seen.get(subreddit, {})
        self._seen[subreddit] = {each.id: before[each.id] for each in found if each.id in before}
        return [each for each in found if before.get(each.id) != each.updated and self._recent(each)]

    def _recent(self, conversation: Conversation) -> bool:
        try:
            updated = datetime.fromisoformat(conversation.updated)
        except ValueError:
            return False
        return updated.tzinfo is not None and self._clock.now() - updated < RECENT

    async def _read(self, conversation: Conversation) -> None:
        answer = await self._api.get(f"api/mod/conversations/{conversation.id}", {"raw_json": 1})
        since = self._clock.now() - RECENT
        for each in said(answer, me=self._me):
            if each.at > since:
                await self._once.handle(each.number, self._effect(conversation, each))

    def _effect(self, conversation: Conversation, asked: Order) -> Effect:
        def effect(tx: Transaction) -> Sequence[Note]:
            words = self._decided(tx, conversation.subreddit, asked)
            return () if words is None else (postman.among_moderators(conversation.id, words),)

        return effect

    def _decided(self, tx: Transaction, subreddit: str, asked: Order) -> str | None:
        """Moderators decide about their own subreddit; what else they may want is not for modmail."""
        if asked.name not in {"pause", "resume"}:
            return None
        named, rest = named_subreddit(asked.arguments, self._watched)
        if named not in {None, subreddit}:
            return texts.MODERATORS_ONLY
        if asked.name == "pause":
            return self._breaks.pause(tx, subreddit, rest)
        return self._breaks.resume(tx, subreddit)
