"""Turns for whatever an account writes besides its replies of support."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from bot.application.ports import Clock
from bot.domain.errors import PlatformUnavailable, RateLimited
from bot.domain.pacing import Pacer

T = TypeVar("T")
PATIENCE: Final = timedelta(minutes=2)
"""How long something waits for its turn before it is given up: nobody expects the answer any more."""

AGAIN: Final = timedelta(seconds=2)
"""After a request that did not reach the platform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How much a request may take.

    Attributes:
        urgent: before all that waits for a turn.
        patience: how long it waits for one.
        attempts: how often it is made where nothing was stored.
    """

    urgent: bool = False
    patience: timedelta = PATIENCE
    attempts: int = 3


class Pace:
    """Turns for what is no reply of support: they come while no reply that may go is waiting.

    Args:
        pacer: the account's, shared with its delivery.
        clock: time.
    """

    def __init__(self, *, pacer: Pacer, clock: Clock) -> None:
        self._pacer = pacer
        self._clock = clock
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def turn(self, channel: str, *, urgent: bool = False, patience: timedelta = PATIENCE) -> None:
        """Return when one request about this chat may go out; it has its place in the pace then.

        Turns in one chat come in the order in which they were asked for. An urgent one goes before the others
        and beside the replies, but at the pace too.

        Args:
            channel: the chat's stored id.
            urgent: see above.
            patience: how long it waits at most.

        Raises:
            PlatformUnavailable: no turn came in time.
        """
        until = self._clock.now() + patience
        if urgent:
            await self._wait(channel, until, urgent=True)
            return
        queue = self._queues.get(channel)
        if queue is None:
            queue = self._queues[channel] = asyncio.Lock()
        async with queue:
            await self._wait(channel, until, urgent=False)

    async def kept(self, channel: str, request: Callable[[], Awaitable[T]], *, manner: Manner) -> T:
        """What a request brings that waits for its turn, and is made again where nothing was stored.

        Raises:
            RateLimited, PlatformUnavailable: nothing was stored, as often as it was tried.
            whatever else the request raises.
        """
        for left in reversed(range(manner.attempts)):
            await self.turn(channel, urgent=manner.urgent, patience=manner.patience)
            try:
                return await request()
            except RateLimited as error:
                self.hold(error.retry_after)
                if not left:
                    raise
            except PlatformUnavailable:
                if not left:
                    raise
                await self._clock.sleep(AGAIN)
        raise PlatformUnavailable("it was not tried")

    def hold(self, retry_after: timedelta) -> None:
        """The platform said to wait: nothing of this account goes out before."""
        self._pacer.hold(self._clock.now() + retry_after)

    async def _wait(self, channel: str, until: datetime, *, urgent: bool) -> None:
        earliest = self._pacer.earliest if urgent else self._pacer.earliest_behind
        while (at := earliest(channel, now := self._clock.now())) > now:
            if at > until:
                raise PlatformUnavailable("no turn came in time")
            await self._clock.sleep(at - now)
        self._pacer.record(channel, now)
