"""One pace for everything that the account writes: replies, command answers, notices, edits, deletions.

Telegram's limits are unofficial: about 30 requests a second, one a second in a chat, 20 a minute in a group.
We stay a little under each, since what left us evenly need not arrive evenly.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakValueDictionary

from bot.application.ports import Clock
from bot.domain.errors import PlatformUnavailable
from bot.domain.pacing import Pacer, Rate

ACCOUNT: Final = Rate(count=28, per=timedelta(seconds=1), burst=10)
"""No second holds more than 28. Ten at once, since a reply is on its way for longer than its share of a
second: 19 a second is what goes on for ever, and more than the 17 that 50 busy groups may get."""
CHAT: Final = Rate(count=1, per=timedelta(milliseconds=1100))
GROUP: Final = Rate(count=20, per=timedelta(seconds=62), burst=5)
"""Five go at the chat's own pace, so that an answer to a command need not wait behind a reply."""
PATIENCE: Final = timedelta(minutes=2)
"""How long something waits for its turn before it is given up: nobody expects the answer any more."""


def telegram_pacer() -> Pacer:
    """A fresh one, for one account; a group's id is negative, a private chat's is its person's hash."""
    return Pacer(
        account=[ACCOUNT], chat=[CHAT], group=[GROUP], is_group=lambda channel: channel.startswith("-")
    )


class Pace:
    """Turns for what is no reply of support: they come while no reply that may go is waiting.

    Args:
        pacer: the account's, shared with its delivery.
        channel_of: the stored id of a chat, by Telegram's: in a private chat it is the person's hash.
        clock: time.
    """

    def __init__(self, *, pacer: Pacer, channel_of: Callable[[int], str], clock: Clock) -> None:
        self._pacer = pacer
        self._channel_of = channel_of
        self._clock = clock
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def turn(self, chat_id: int, *, urgent: bool = False, patience: timedelta = PATIENCE) -> None:
        """Return when one request about this chat may go out; it has its place in the pace then.

        Turns in one chat come in the order in which they were asked for. An urgent one goes before the others
        and beside the replies, but at the pace too.

        Raises:
            PlatformUnavailable: no turn came in time.
        """
        channel, until = self._channel_of(chat_id), self._clock.now() + patience
        if urgent:
            await self._wait(channel, until, urgent=True)
            return
        queue = self._queues.get(channel)
        if queue is None:
            queue = self._queues[channel] = asyncio.Lock()
        async with queue:
            await self._wait(channel, until, urgent=False)

    def hold(self, retry_after: timedelta) -> None:
        """Telegram said to wait: nothing of this account goes out before."""
        self._pacer.hold(self._clock.now() + retry_after)

    async def _wait(self, channel: str, until: datetime, *, urgent: bool) -> None:
        earliest = self._pacer.earliest if urgent else self._pacer.earliest_behind
        while (at := earliest(channel, now := self._clock.now())) > now:
            if at > until:
                raise PlatformUnavailable("no turn came in time")
            await self._clock.sleep(at - now)
        self._pacer.record(channel, now)
