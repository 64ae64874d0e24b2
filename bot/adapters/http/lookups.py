"""Questions that many requests have at the same time, asked once for all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar

from bot.application.ports import Store
from bot.domain.messages import ChannelKey, MessageRef, Origin
from bot.domain.verdicts import RecordedDecision

K = TypeVar("K")
V = TypeVar("V")


class Together(Generic[K, V]):
    """One question at a time: who comes while it is under way shares the next one with all who came since.

    So the fewer there are to ask, the sooner they are answered, and a crowd costs little more than one. A
    question begins after its last asker came, and so sees what was committed before.

    Args:
        ask: answers for many keys; those without an answer are absent.
    """

    def __init__(self, ask: Callable[[Collection[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._ask = ask
        self._turn = asyncio.Lock()
        self._keys: set[K] = set()
        self._next: asyncio.Task[Mapping[K, V]] | None = None

    async def __call__(self, keys: Collection[K]) -> dict[K, V]:
        """What is known about these keys.

        Raises:
            BotError: nobody who shared the question got an answer.
        """
        self._keys.update(keys)
        if self._next is None:
            self._next = asyncio.create_task(self._answer())
            self._next.add_done_callback(_heard)
        found = await asyncio.shield(self._next)  # one asker's end is not that of the others
        return {key: found[key] for key in keys if key in found}

    async def _answer(self) -> Mapping[K, V]:
        async with self._turn:
            keys, self._keys, self._next = self._keys, set(), None
            return await self._ask(keys)


def _heard(asked: "asyncio.Task[Mapping[K, V]]") -> None:
    """Everybody may have gone before the answer came; an error is then nobody's."""
    if not asked.cancelled():
        asked.exception()


class Lookups:
    """What the routes ask of the store for every comment."""

    def __init__(self, store: Store) -> None:
        async def owners(chats: Collection[ChannelKey]) -> Mapping[ChannelKey, str]:
            return await store.read(lambda ask: ask.channel_owners(chats))

        async def decisions(refs: Collection[MessageRef]) -> Mapping[MessageRef, RecordedDecision]:
            return await store.read(lambda ask: ask.decisions(refs, origin=Origin.LIVE))

        self.owners = Together(owners)
        self.decisions = Together(decisions)
