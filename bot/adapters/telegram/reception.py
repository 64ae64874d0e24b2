"""Raw updates in, everything they ask for committed: what polling and webhook have in common."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Iterable, Sequence
from typing import Final, TypeVar

from bot.adapters.telegram.ports import Conversation, Speaker
from bot.adapters.telegram.skew import ClockSkew
from bot.adapters.telegram.updates import BadUpdate, date_of, read
from bot.adapters.telegram.values import (
    Act,
    Command,
    Effect,
    Ignored,
    Me,
    Membership,
    Moved,
    Press,
    Talk,
    Update,
)
from bot.application.ports import Clock, Inbox, Store, Telemetry, Transaction
from bot.application.updates import FailedUpdate
from bot.domain.authors import AuthorKey
from bot.domain.errors import BotError, PlatformError

T = TypeVar("T")
MAX_ERROR: Final = 128
MAX_ANSWERS: Final = 64
"""Chats in which answers are under way; with more, the next update waits for one of them."""

Alone = Command | Press | Membership | Moved
Run = Sequence[Talk] | Alone | BadUpdate
"""What is handled and committed together: messages in a row, or one other update."""


class Reception:
    """Handles updates in their order; each run is committed before the next one begins.

    Args:
        inbox: where messages go.
        conversation: answers everything else.
        speaker: says those answers, after the commit.
        store: keeps which updates were handled, and which could not be read.
        clock, telemetry: time and the log.
        key, me: see `updates.read`.
        skew: how far our clock is from Telegram's.
    """

    def __init__(
        self,
        *,
        inbox: Inbox,
        conversation: Conversation,
        speaker: Speaker,
        store: Store,
        clock: Clock,
        telemetry: Telemetry,
        key: AuthorKey,
        me: Me,
        skew: ClockSkew,
    ) -> None:
        self._inbox = inbox
        self._conversation = conversation
        self._speaker = speaker
        self._store = store
        self._clock = clock
        self._telemetry = telemetry
        self._key = key
        self._me = me
        self._skew = skew
        self._answers: dict[str, asyncio.Task[None]] = {}

    def read(self, raws: Iterable[object], *, waited: bool = False) -> deque[Run]:
        """Cut a batch into runs. Received is now.

        Args:
            raws: decoded JSON, in the order of the updates.
            waited: they came while a poll waited, so they are new.
        """
        now, batch = self._clock.now(), list(raws)
        if waited:
            dates = [date for date in map(date_of, batch) if date is not None]
            self._skew.observe(dates, received_at=now)
            wrong = self._skew.alarm()
            if wrong is not None:
                self._telemetry.noticed("clock_skew", seconds=round(wrong.total_seconds()))
        runs: deque[Run] = deque()
        row: list[Talk] = []
        for raw in batch:
            found = self._read(raw)
            if isinstance(found, Ignored):
                continue
            if isinstance(found, Talk):
                if not row:
                    runs.append(row)
                row.append(found)
                continue
            row = []
            runs.append(found)
        return runs

    async def handle(self, runs: deque[Run]) -> None:
        """Handle these, and take each out when it is committed: after an error the rest can be tried again.

        Raises:
            StoreError, Overloaded: what is left may not be acknowledged.
            SettingsError: nothing will work before a person acts.
        """
        while runs:
            run = runs[0]
            if isinstance(run, BadUpdate):
                await self._skip(run.update_id, run.kind, run.error)
            elif isinstance(run, Sequence):
                await self._judge(run)
            else:
                await self._converse(run)
            runs.popleft()

    async def finish(self) -> None:
        """Give up answers and notices that are still under way."""
        await self._conversation.finish()
        tasks = list(self._answers.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _read(self, raw: object) -> Update | BadUpdate:
        now, skew = self._clock.now(), self._skew.correction
        try:
            return read(raw, key=self._key, me=self._me, account=self._me.account, now=now, skew=skew)
        except BadUpdate as bad:
            return bad

    # -------------------------------------------------------------- messages

    async def _judge(self, talks: Sequence[Talk]) -> None:
        """Those first whose chats know the bot: nobody waits for a notice in somebody else's chat."""
        places = list({talk.place.key: talk.place for talk in talks}.values())
        strange = await self._tolerated(self._conversation.unintroduced(places)) or ()
        await self._submit([talk for talk in talks if talk.place.key not in strange])
        if strange:
            await self._tolerated(self._conversation.introduced([at for at in places if at.key in strange]))
            await self._submit([talk for talk in talks if talk.place.key in strange])

    async def _tolerated(self, step: Awaitable[T]) -> T | None:
        """Its result; None where it failed: a chat that was told nothing is off, so nobody is read there."""
        try:
            return await step
        except PlatformError as error:
            self._telemetry.noticed("introduction_failed", error=error)
        except BotError:
            raise
        except Exception as error:  # noqa: BLE001  # see above
            self._telemetry.noticed("introduction_failed", error=error, exc_info=error)
        return None

    async def _submit(self, talks: Sequence[Talk]) -> None:
        if not talks:
            return
        try:
            await self._inbox.submit([talk.message for talk in talks])
        except BotError:
            raise
        except Exception:  # noqa: BLE001  # one of them; its neighbours have their verdicts
            for talk in talks:
                await self._judge_alone(talk)

    async def _judge_alone(self, talk: Talk) -> None:
        try:
            await self._inbox.submit([talk.message])
        except BotError:
            raise
        except Exception as error:  # noqa: BLE001  # recorded, so that it holds up nobody
            kind = "edited_message" if talk.message.edited else "message"
            await self._skip(talk.update_id, kind, type(error).__name__)

    # -------------------------------------------------------------- everything else

    async def _converse(self, asked: Alone) -> None:
        """Work out the effect, and commit it together with the update's mark."""
        try:
            effect = await self._effect(asked)
            acts = await self._store.transact(lambda tx: self._once(tx, asked, effect))
        except PlatformError as error:
            await self._skip(asked.update_id, _KINDS[type(asked)], type(error).__name__)
        except BotError:
            raise
        except Exception as error:  # noqa: BLE001  # recorded, so that it holds up nobody
            self._telemetry.noticed("conversation_failed", error=error, exc_info=error)
            await self._skip(asked.update_id, _KINDS[type(asked)], type(error).__name__)
        else:
            if acts:
                await self._answer(asked.place.channel_id, acts)

    async def _effect(self, asked: Alone) -> Effect:
        match asked:
            case Command():
                return await self._conversation.command(asked)
            case Press():
                return await self._conversation.press(asked)
            case Membership():
                return await self._conversation.membership(asked)
            case Moved():
                return await self._conversation.moved(asked)

    def _once(self, tx: Transaction, asked: Alone, effect: Effect) -> Sequence[Act]:
        first = tx.handle_once(self._me.account, asked.update_id, at=self._clock.now())
        return effect(tx) if first else ()

    async def _answer(self, channel_id: str, acts: Sequence[Act]) -> None:
        """Say it in the background, behind what is still to be said in that chat."""
        while len(self._answers) >= MAX_ANSWERS and channel_id not in self._answers:
            await asyncio.wait(self._answers.values(), return_when=asyncio.FIRST_COMPLETED)
        before = self._answers.get(channel_id)
        task = asyncio.create_task(self._say(before, acts))
        self._answers[channel_id] = task
        task.add_done_callback(lambda done: self._said(channel_id, done))

    async def _say(self, before: asyncio.Task[None] | None, acts: Sequence[Act]) -> None:
        if before is not None:
            await asyncio.wait({before})
        try:
            await self._speaker.act(acts)
        except Exception as error:  # noqa: BLE001  # best effort: what was committed stands
            self._telemetry.noticed("answer_failed", error=error, exc_info=error)

    def _said(self, channel_id: str, done: asyncio.Task[None]) -> None:
        if self._answers.get(channel_id) is done:
            del self._answers[channel_id]

    # -------------------------------------------------------------- what cannot be handled

    async def _skip(self, update_id: int | None, kind: str, error: str) -> None:
        """Tell of an update that is left out, and record it."""
        self._telemetry.noticed("update_skipped", kind=kind, error=error)
        if update_id is None:
            return
        failed = FailedUpdate(
            account=self._me.account,
            update_id=update_id,
            kind=kind,
            error=error[:MAX_ERROR],
            at=self._clock.now(),
        )
        await self._store.transact(lambda tx: tx.keep_failed(failed))


_KINDS: Final[dict[type[Alone], str]] = {
    Command: "message",
    Press: "callback_query",
    Membership: "my_chat_member",
    Moved: "message",
}
