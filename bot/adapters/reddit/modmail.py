"""The bot and a subreddit's moderators: it introduces itself, hears "!pause", passes crisis notes on."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.reddit import postman, texts
from bot.adapters.reddit.breaks import Breaks
from bot.adapters.reddit.conversations import Conversation, Said, conversations, said
from bot.adapters.reddit.letters import named_subreddit
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.postman import Note, Postman
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.values import REDDIT, account_of, channel_of, chat_key
from bot.application.chats import known
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
        clock: Clock,
        telemetry: Telemetry,
        every: timedelta = EVERY,
    ) -> None:
        self._me = me
        self._account = account_of(me)
        self._api = api
        self._postman = postman
        self._breaks = breaks
        self._store = store
        self._defaults = defaults
        self._watched = sorted({channel_of(each) for each in watched})
        self._notes = notes
        self._about = about
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
                group.create_task(self.introduce())
                group.create_task(self._warn())
                group.create_task(self._listen())
        except ExceptionGroup as failed:  # whoever supervises looks at the kind of the error
            raise failed.exceptions[0] from failed

    # ------------------------------------------------------------------ what moderators are told

    async def introduce(self) -> None:
        """Tell the moderators of each new subreddit, once. What fails is tried again at the next start."""
        for subreddit, settings in await self._strange():
            words = texts.notice(subreddit, settings.mode, settings.retention, self._about)
            note = postman.to_moderators(subreddit, texts.NOTICE_SUBJECT, words)
            if not await self._postman.send(note):
                self._telemetry.noticed("moderators_not_told", subreddit=subreddit)
                continue
            await self._keep_noticed(subreddit)

    async def _strange(self) -> Sequence[tuple[str, ChannelSettings]]:
        """Subreddits whose moderators never heard of the bot, and what holds there; not where it is off."""

        def found(queries: Queries) -> Sequence[tuple[str, ChannelSettings]]:
            keys = [chat_key(each) for each in self._watched]
            chats, own = queries.chats(keys), queries.channel_overrides(keys)
            new = [key for key in keys if key not in chats or chats[key].noticed_at is None]
            held = [self._defaults.settings(key, own.get(key, {}), origin=Origin.LIVE) for key in new]
            return [(key[1], each) for key, each in zip(new, held, strict=True) if each.mode is not Mode.OFF]

        try:
            return await self._store.read(found)
        except StoreError as error:
            self._telemetry.noticed("moderators_not_told", error=error)
            return ()

    async def _keep_noticed(self, subreddit: str) -> None:
        now = self._clock.now()
        try:
            await self._store.transact(
                lambda tx: tx.keep_chat(replace(known(tx, chat_key(subreddit)), noticed_at=now))
            )
        except StoreError as error:
            self._telemetry.noticed("notice_forgotten", subreddit=subreddit, error=error)

    async def _warn(self) -> None:
        while True:
            _, subreddit = await self._notes.next(REDDIT)
            words = texts.somebody_may_need_a_person(subreddit)
            self._postman.put(postman.to_moderators(subreddit, texts.NOTE_SUBJECT, words, urgent=True))

    # ------------------------------------------------------------------ what moderators say

    async def _listen(self) -> None:
        while True:
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
        """Whether it is done with as it stands now. One that is not ours to read says nothing of the others."""
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
                notes = await self._store.transact(
                    lambda tx, each=each: self._once(tx, conversation, each)  # type: ignore[misc]
                )
                self._postman.put(*notes)

    def _once(self, tx: Transaction, conversation: Conversation, asked: Said) -> Sequence[Note]:
        if not tx.handle_once(self._account, asked.number, at=self._clock.now()):
            return ()
        words = self._decided(tx, conversation.subreddit, asked)
        return () if words is None else (postman.among_moderators(conversation.id, words),)

    def _decided(self, tx: Transaction, subreddit: str, asked: Said) -> str | None:
        """Moderators decide about their own subreddit; what else they may want is not for modmail."""
        if asked.name not in {"pause", "resume"}:
            return None
        named, rest = named_subreddit(asked.arguments)
        if named not in {None, subreddit}:
            return texts.MODERATORS_ONLY
        if asked.name == "pause":
            return self._breaks.pause(tx, subreddit, rest)
        return self._breaks.resume(tx, subreddit)
