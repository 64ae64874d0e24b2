import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.domain.messages import ChannelKey

MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiding:
    """Something about a chat that one of its admins should hear in private.

    Attributes:
        to: that admin's id.
        words: what is said, by the chat's name.
    """

    about: ChannelKey
    to: str = field(repr=False)
    words: Callable[[str], str]


class Tidings:
    """What waits for `Messenger` to say it: best effort, in memory, bounded."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Tiding] = asyncio.Queue(MOST)

    def put(self, tiding: Tiding | None) -> None:
        """Leave word, if there is one; where too much waits already, this is not said."""
        if tiding is not None and not self._waiting.full():
            self._waiting.put_nowait(tiding)

    async def next(self) -> Tiding:
        """The oldest; waits for one."""
        return await self._waiting.get()
