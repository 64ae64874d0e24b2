import asyncio
from collections import defaultdict
from functools import partial
from typing import Final

from bot.domain.messages import ChannelKey, Platform

MOST: Final = 100
"""Notes that wait for one platform; where nobody fetches them, memory stays flat and the log has told."""


class NoteBoard:
    """Crisis notes on their way from the intake to whoever can reach a platform's admins: `crises.Notes`.

    In memory only: a note that a crash takes along is not given twice, and the log line stands.
    """

    def __init__(self) -> None:
        self._waiting: defaultdict[Platform, asyncio.Queue[ChannelKey]] = defaultdict(
            partial(asyncio.Queue, MOST)
        )

    def due(self, chat: ChannelKey) -> None:
        """See `crises.Notes`; a board that is full takes no more."""
        queue = self._waiting[chat[0]]
        if not queue.full():
            queue.put_nowait(chat)

    async def next(self, platform: Platform) -> ChannelKey:
        """The chat that the oldest note is about; waits for one."""
        return await self._waiting[platform].get()
