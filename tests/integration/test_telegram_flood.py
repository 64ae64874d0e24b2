"""50 groups and 200 messages a second, with commands beside them: never one write too many."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from assembly import LIVE, SAD, Assembly
from fakes import FakeClock, FakeSender
from strict_limits import Floods
from telegram_world import channel_of

from bot.adapters.pace import Pace
from bot.adapters.storage import SqlStore
from bot.adapters.telegram.pace import telegram_pacer
from bot.domain.messages import IncomingMessage
from bot.domain.replies import OutgoingReply, Receipt

GROUPS = [-1000 - number for number in range(50)]
SECONDS = 4
SECOND, STEP = timedelta(seconds=1), timedelta(milliseconds=50)


class WatchedStore:
    """The real store; simulated time stands still while it works, as if its threads took none."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._working = 0

    async def read(self, work: Any) -> Any:
        return await self._watched(self._store.read(work))

    async def transact(self, work: Any) -> Any:
        return await self._watched(self._store.transact(work))

    async def _watched(self, doing: Awaitable[Any]) -> Any:
        self._working += 1
        try:
            return await doing
        finally:
            self._working -= 1

    async def pass_time(self, clock: FakeClock, span: timedelta) -> None:
        """Let a span pass in small steps, each when nobody waits for the store."""
        for _ in range(span // STEP):
            quiet = 0
            while quiet < 5:
                await asyncio.sleep(0)
                quiet = 0 if self._working else quiet + 1
            await clock.advance(STEP)


class CountingSender(FakeSender):
    """Every reply is a write that Telegram counts."""

    def __init__(self, bot: Assembly, floods: Floods) -> None:
        super().__init__()
        self._clock, self._floods = bot.clock, floods

    async def send(self, reply: OutgoingReply) -> Receipt:
        self._floods.write(int(reply.ref.channel_id), self._clock.now())
        return await super().send(reply)


def second_of_messages(bot: Assembly) -> list[IncomingMessage]:
    """200 in 50 groups; every other one is sad."""
    return [
        bot.message(SAD if number % 2 else "all is well", channel_id=str(GROUPS[number // 2 % 50]))
        for number in range(200)
    ]


async def test_fifty_groups_and_two_hundred_messages_a_second_cause_no_429(store: SqlStore) -> None:
    watched = WatchedStore(store)
    bot = Assembly(watched, replace(LIVE, deadline=10 * SECOND))  # type: ignore[arg-type]
    floods, pacer = Floods(), telegram_pacer()
    sender, said = CountingSender(bot, floods), []
    pace = Pace(pacer=pacer, clock=bot.clock)
    delivery = bot.delivery(sender, pacer=pacer)

    async def answer_a_command(chat_id: int) -> None:
        await pace.turn(channel_of(chat_id), patience=timedelta(minutes=5))
        floods.write(chat_id, bot.clock.now())
        said.append(chat_id)

    delivering = asyncio.create_task(delivery.run())
    answering = []
    async with bot.judging():
        for _ in range(SECONDS):
            answering += [asyncio.create_task(answer_a_command(chat)) for chat in GROUPS[:10]]
            await bot.intake.submit(second_of_messages(bot))
            await watched.pass_time(bot.clock, SECOND)
    while not all(task.done() for task in answering):
        await watched.pass_time(bot.clock, SECOND)
    delivery.stop()
    while not delivering.done():
        await watched.pass_time(bot.clock, SECOND)
    await asyncio.gather(*answering)
    assert floods.refused == 0
    assert len(said) == 10 * SECONDS, "the commands had their answers behind the replies"
    assert sender.calls >= 100, "and the pace was used"
