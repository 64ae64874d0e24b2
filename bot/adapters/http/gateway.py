import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from fastapi import Depends, Request

from bot.adapters.http.bell import Bell
from bot.adapters.http.lookups import Lookups
from bot.adapters.http.turns import Turns
from bot.adapters.http.waiting import Waiting
from bot.application.ports import Clock, Inbox, Store
from bot.domain.authors import AuthorKey


class ClassifiedText(Protocol):
    """One classified text, as the application hands it out."""

    def as_json(self) -> Mapping[str, object]:
        """The row of `solace classify --json`."""
        ...


class Hook(Protocol):
    """Takes what a platform pushes."""

    def admits(self, secret: str | None) -> bool:
        """Whether who pushes knows the secret; asked in constant time."""
        ...

    async def take(self, raw: object, /) -> None:
        """Handle one update, as decoded JSON; returns after the commit.

        Raises:
            BotError: nothing was kept; it has to be pushed again.
        """
        ...


Classify = Callable[[Sequence[str]], Awaitable[Sequence[ClassifiedText]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Everything that the routes ask of the program.

    Attributes:
        classify: judges texts alone and records nothing.
        metrics: the metrics in Prometheus' text format.
        readiness: each part that is needed, and whether it works.
        bell: rung by the senders.
        turns: whose request is classified next.
        waiting: how many requests wait for replies.
        hook: takes pushed updates, where a webhook is set.
        lookups: what is asked of the store for every comment.
        claiming: held while chats that nobody has get their owner.
    """

    inbox: Inbox
    store: Store
    classify: Classify
    author_key: AuthorKey
    clock: Clock
    metrics: Callable[[], bytes]
    readiness: Callable[[], Awaitable[Mapping[str, bool]]]
    bell: Bell
    hook: Hook | None = None
    turns: Turns = field(default_factory=Turns)
    waiting: Waiting = field(default_factory=Waiting)
    claiming: asyncio.Lock = field(default_factory=asyncio.Lock)
    lookups: Lookups = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lookups", Lookups(self.store))


async def _gateway(request: Request) -> Gateway:  # a plain function would cost a thread a request
    found: Gateway = request.app.state.gateway
    return found


async def _owner(request: Request) -> str:
    owner: str = request.state.owner  # the guard put it there, or refused
    return owner


async def _asking(request: Request) -> bytes:
    digest: bytes = request.state.key
    return digest


Here = Annotated[Gateway, Depends(_gateway)]
Owner = Annotated[str, Depends(_owner)]
"""The name of the key that asks."""
Asking = Annotated[bytes, Depends(_asking)]
"""The digest of the key that asks: two keys of one name are two."""
