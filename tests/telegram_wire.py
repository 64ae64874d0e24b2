"""A poller over the fake Bot API and the real store, with everything around it in plain sight."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from assembly import KEY, Assembly
from botapi.server import FakeTelegram
from botapi.world import World
from fakes import FakeClock

from bot.adapters.telegram.client import BotApi
from bot.adapters.telegram.poller import WATCHDOG, Poller
from bot.adapters.telegram.reception import Reception
from bot.adapters.telegram.skew import ClockSkew
from bot.adapters.telegram.values import Act, Command, Effect, Me, Membership, Moved, Place, Popup, Press, Say
from bot.application.ports import Inbox, Store, Transaction
from bot.domain.messages import ChannelKey

ACCOUNT = "telegram:4242"
LONGEST = timedelta(seconds=45)
"""After which a client that stalls is given up."""


class SteppingClock(FakeClock):
    """Waits pass at once, and are remembered; the watchdog's is over when a test lets time `advance`."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    async def sleep(self, duration: timedelta) -> None:
        task = asyncio.current_task()
        if task is not None and task.get_name() == WATCHDOG:
            await super().sleep(duration)
            return
        self.waits.append(duration.total_seconds())
        self._now += duration
        await asyncio.sleep(0.001)  # others have their turn, real sockets among them


class NotingConversation:
    """Does next to nothing, and notes what it is asked and what took effect."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.effects: list[int] = []
        self.introduced_to: list[Place] = []
        self.known: set[ChannelKey] = set()
        self.finished = False
        self.breaks: Exception | None = None

    async def command(self, command: Command) -> Effect:
        return self._effect(f"/{command.name}", command)

    async def press(self, press: Press) -> Effect:
        return self._effect(press.data, press, Popup(press_id=press.press_id))

    async def membership(self, membership: Membership) -> Effect:
        return self._effect(membership.status, membership)

    async def moved(self, moved: Moved) -> Effect:
        return self._effect(f"moved to {moved.new_chat_id}", moved)

    async def introduced(self, places: Sequence[Place]) -> None:
        self.introduced_to += places

    async def unintroduced(self, places: Sequence[Place]) -> Collection[ChannelKey]:
        return {place.key for place in places if not place.private} - self.known

    async def finish(self) -> None:
        self.finished = True

    def _effect(self, what: str, asked: Command | Press | Membership | Moved, *acts: Act) -> Effect:
        self.asked.append(what)
        if self.breaks is not None:
            raise self.breaks

        def effect(_: Transaction) -> Sequence[Act]:
            self.effects.append(asked.update_id)
            return acts or (Say(chat_id=asked.place.chat_id, text=f"heard {what}"),)

        return effect


class NotingSpeaker:
    """Says nothing, and notes it."""

    def __init__(self) -> None:
        self.acts: list[Act] = []

    async def act(self, acts: Sequence[Act]) -> None:
        self.acts += acts

    async def post(self, act: Act) -> int | None:
        self.acts.append(act)
        return 1


class Wire:
    """One bot at one fake Telegram.

    Args:
        store: the real one, or one that fails in between.
        inbox: instead of the assembly's own.
    """

    def __init__(self, store: Store, *, inbox: Inbox | None = None) -> None:
        self.bot = Assembly(store)
        self.clock = self.bot.clock = SteppingClock()
        self.bot.intake._clock = self.bot.clock
        self.world = World(now=lambda: self.clock.now().timestamp())
        self.world.switch(poll_seconds=0.02)
        self.conversation = NotingConversation()
        self.speaker = NotingSpeaker()
        self.skew = ClockSkew()
        self.reception = Reception(
            inbox=inbox or self.bot.intake,
            conversation=self.conversation,
            speaker=self.speaker,
            store=store,
            clock=self.clock,
            telemetry=self.bot.telemetry,
            key=KEY,
            me=Me(user_id=4242, username="solace_bot"),
            skew=self.skew,
        )
        self.ann = self.world.user("Ann")
        self.chat = self.world.supergroup("Friends", owner=self.ann)
        self.world.add_bot(self.chat, by=self.ann, admin=True)
        self.world.updates.drop_all()

    def say(self, *texts: str) -> None:
        """Ann writes, one message after the other."""
        for text in texts:
            self.world.write(self.chat, self.ann, text)

    @property
    def events(self) -> list[str]:
        return self.bot.telemetry.events

    def judged(self) -> list[str]:
        """The texts that were judged, in order."""
        return [verdict.message.text for verdict in self.bot.telemetry.verdicts]

    def poller(self, api: BotApi) -> Poller:
        return Poller(api=api, reception=self.reception, clock=self.clock, telemetry=self.bot.telemetry)

    @asynccontextmanager
    async def polling(self, telegram: FakeTelegram) -> AsyncIterator[asyncio.Task[None]]:
        """The poller runs, and the intake."""
        async with BotApi(token=self.world.token, api_url=telegram.url) as api, self.bot.judging():
            task = asyncio.create_task(self.poller(api).run())
            try:
                yield task
            finally:
                task.cancel()
                await asyncio.wait({task})

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Fake Telegram, poller and intake."""
        async with FakeTelegram.serving(self.world) as telegram, self.polling(telegram):
            yield

    def settled(self) -> bool:
        """Nothing waits any more at Telegram's."""
        return self.world.pending() == []


async def until(done: Callable[[], Any]) -> None:
    """Let everybody work until this holds."""
    async with asyncio.timeout(20):
        while not done():  # noqa: ASYNC110  # what is waited for happens at many places
            await asyncio.sleep(0.001)
