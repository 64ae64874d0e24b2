"""The real application behind a real port of this machine, over an `Assembly` with the real store."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from assembly import KEY, Assembly

from bot.adapters.http import (
    ApiKeys,
    Bell,
    Gateway,
    Hook,
    HttpFeedSender,
    HttpServer,
    Listener,
    TryItSender,
    create_app,
    listening,
)
from bot.adapters.http.gateway import Classify as Classifying
from bot.adapters.http.waiting import Waiting
from bot.application.classify import Classify
from bot.application.delivery import Delivery
from bot.application.ports import Clock, ReplySender
from bot.application.reading import Reader
from bot.domain.access import ApiKey, Role
from bot.domain.pacing import Pacer

KEYS = {"shop": "shop-secret-0123456789", "forum": "forum-secret-0123456789"}


def made(name: str, secret: str) -> ApiKey:
    """The key of a name, or of `name:read`."""
    owner, _, role = name.partition(":")
    return ApiKey.of(owner, secret, Role(role or Role.ADMIN))


class RealWaits:
    """The assembly's time, which stands still, and waits that really pass: for requests on real sockets."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.sleep(duration.total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One installation that can be asked over HTTP.

    Attributes:
        http: a client without any key.
        bot: what stands behind it.
    """

    http: httpx.AsyncClient
    bot: Assembly
    listener: Listener

    def by(self, name: str) -> dict[str, str]:
        """Headers of one key's owner."""
        return {"Authorization": f"Bearer {KEYS[name]}"}

    async def bring(self, *messages: Mapping[str, Any], **options: Any) -> httpx.Response:
        """POST /v1/messages."""
        return await self.http.post("/v1/messages", json={"messages": messages}, **options)


async def all_well() -> Mapping[str, bool]:
    """Everything works."""
    return {"database": True, "intake": True}


@asynccontextmanager
async def served(
    bot: Assembly,
    *,
    keys: Mapping[str, str] | None = None,
    judges: bool = True,
    delivers: bool = True,
    metrics: Callable[[], bytes] = lambda: b"solace_up 1\n",
    readiness: Callable[[], Awaitable[Mapping[str, bool]]] = all_well,
    classify: Classifying | None = None,
    hook: Hook | None = None,
    waiting: Waiting | None = None,
    **options: Any,
) -> AsyncIterator[Served]:
    """Serve on a free port while the context lasts.

    Args:
        bot: what stands behind the port.
        keys: API keys by name, or by `name:read`.
        judges: whether what comes in is judged.
        delivers: whether replies leave the outbox.
        metrics, readiness, classify, hook, waiting: as the application takes them; what is not given works.
        options: for `create_app`.
    """
    known, bell = ApiKeys(made(name, secret) for name, secret in (keys or {}).items()), Bell()
    here = Gateway(
        inbox=bot.intake,
        store=bot.store,
        classify=classify or _classify(bot),
        author_key=KEY,
        clock=RealWaits(bot.clock),
        metrics=metrics,
        readiness=readiness,
        bell=bell,
        hook=hook,
        waiting=waiting or Waiting(),
    )
    app = create_app(here, keys=known, version="0.0.0", **options)
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(listening(host="127.0.0.1", port=0, keys=known))
        if judges:
            await stack.enter_async_context(bot.judging())
        for sender in (HttpFeedSender(bell), TryItSender(bell)):
            if delivers:
                await stack.enter_async_context(_delivering(bot, sender))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=listener.url, timeout=30))
        server = asyncio.create_task(HttpServer(app=app, listener=listener, bell=bell).run())
        stack.push_async_callback(_end, server)
        yield Served(http=client, bot=bot, listener=listener)


def _classify(bot: Assembly) -> Classify:
    reader = Reader(
        classifier=bot.classifier,
        crisis_gate=lambda text: "crisis" in text,
        language_filter=lambda text: "fr" if "bonjour" in text else "en",
        clock=bot.clock,
        moment=lambda _: bot.clock.now(),
    )
    return Classify(classifier=bot.classifier, reader=reader, channel=bot.defaults.otherwise)


@asynccontextmanager
async def _delivering(bot: Assembly, sender: ReplySender) -> AsyncIterator[None]:
    delivery = Delivery(
        store=bot.store,
        sender=sender,
        pacer=Pacer(),
        defaults=bot.defaults,
        doorbell=bot.doorbell,
        clock=bot.clock,
        telemetry=bot.telemetry,
        run_id="run-1",
    )
    task = asyncio.create_task(delivery.run())
    try:
        yield
    finally:
        delivery.stop()
        await task


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


def a_comment(message_id: str = "m1", **changes: Any) -> dict[str, Any]:
    """A comment as another system brings it: sad, unless said otherwise."""
    return {
        "channel_id": "lounge",
        "message_id": message_id,
        "author_id": "u-1",
        "text": "sad sad sad sad",
    } | changes
