import asyncio
from typing import Final

MOST: Final = 100


class Alerts:
    """Words to the operator, on their way to whoever can say them: best effort, in memory, bounded.

    Whoever leaves one has logged the event first, so that an alert nobody carries is not lost.
    """

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MOST)

    def put(self, words: str) -> None:
        """Leave word; never a person's name, text or id in it. A board that is full takes no more."""
        if not self._waiting.full():
            self._waiting.put_nowait(words)

    async def next(self) -> str:
        """The oldest; waits for one."""
        return await self._waiting.get()
