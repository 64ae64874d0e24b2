"""`solace run`: everything that is configured."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, AsyncExitStack
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path

from bot.adapters.http import (
    ApiKeys,
    ASGIApp,
    Bell,
    Gateway,
    HttpFeedSender,
    HttpServer,
    Listener,
    TryItSender,
    create_app,
    listening,
)
from bot.adapters.reddit.values import chat_key
from bot.adapters.telegram.webhook import Hook
from bot.adapters.telemetry import StructlogTelemetry
from bot.application.ports import Service
from bot.application.retention import Retention
from bot.application.runner import running, until_first_ends
from bot.application.successor import Successor
from bot.bootstrap.leftovers import nothing_left_behind, use_threads_that_may_hang
from bot.bootstrap.parts import active_model
from bot.bootstrap.pipeline import Solace, pipeline
from bot.bootstrap.reddit import reddit
from bot.bootstrap.telegram import telegram
from bot.domain.communities import sensitive
from bot.domain.errors import SettingsError
from bot.domain.messages import Origin
from bot.domain.pacing import Pacer
from bot.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What `solace run` has to say when it is ready.

    Attributes:
        url: of the pages; None = there are none.
        telegram: how updates come; None = there is no bot account.
        reddit: which subreddits are watched, and how; None = there is no account.
    """

    url: str | None
    telegram: str | None
    reddit: str | None
    data_dir: Path
    model: str


async def run(settings: Settings, *, started: Callable[[Started], None]) -> None:
    """Everything that is configured, until SIGTERM or SIGINT; a second SIGINT ends at once.

    Args:
        settings: where nothing is configured: the API and the try-it page on 127.0.0.1:8080.
        started: called when everything is ready.

    Raises:
        SettingsError, LeaseHeld: nothing was started.
    """
    if not settings.http.enabled and settings.telegram.token is None and not settings.reddit.wanted:
        raise SettingsError("SOLACE_HTTP__ENABLED: is false, and no platform is configured: nothing to run")
    stop = _stop_on_signals()
    use_threads_that_may_hang()
    async with nothing_left_behind(StructlogTelemetry()), AsyncExitStack() as stack:
        listener = stack.enter_context(_listening(settings)) if settings.http.enabled else None
        solace = await stack.enter_async_context(pipeline(settings))
        services = await _services(stack, settings, solace, listener)
        tasks = await stack.enter_async_context(
            running(services, clock=solace.clock, telemetry=solace.telemetry)
        )
        started(_started(settings, solace, listener))
        try:
            await until_first_ends([*solace.tasks, *tasks], stop)
        finally:
            solace.grace.begin()


async def _services(
    stack: AsyncExitStack, settings: Settings, solace: Solace, listener: Listener | None
) -> list[Service]:
    """What runs beside the pipeline; what they need to have open lasts as long as `stack`."""
    retention = Retention(store=solace.store, clock=solace.clock, telemetry=solace.telemetry)
    services: list[Service] = [
        retention,
        Successor(
            running=solace.classifier.version,
            chosen=partial(active_model, settings),
            clock=solace.clock,
            telemetry=solace.telemetry,
        ),
    ]
    hook = Hook() if settings.telegram.webhook_url is not None else None
    if listener is not None:
        services.append(await _http(stack, settings, solace, listener, hook))
    if settings.telegram.token is not None:
        account = telegram(settings, solace, retention=retention, hook=hook)
        services.append(await stack.enter_async_context(account))
    if settings.reddit.wanted:
        services.append(await stack.enter_async_context(reddit(settings, solace, retention=retention)))
    return services


def _started(settings: Settings, solace: Solace, listener: Listener | None) -> Started:
    account = settings.telegram
    way = None if account.token is None else "by polling" if account.webhook_url is None else "by webhook"
    return Started(
        url=listener.url if listener is not None else None,
        telegram=way,
        reddit=_watched(settings, solace) if settings.reddit.wanted else None,
        data_dir=settings.data_dir,
        model=solace.classifier.version,
    )


def _watched(settings: Settings, solace: Solace) -> str:
    """Subreddits by what is set for them; a moderator's word in the database may differ."""
    by_mode: dict[str, list[str]] = {}
    for name in settings.reddit.subreddits:
        mode = solace.defaults.settings(chat_key(name), {}, origin=Origin.LIVE).mode
        by_mode.setdefault(mode, []).append(f"r/{name}")
    told = [f"{', '.join(names)} ({mode})" for mode, names in by_mode.items()]
    crisis = len(sensitive(settings.reddit.subreddits))
    return "; ".join(told + [f"warning: {crisis} of them for people in crisis"] * bool(crisis))


def _keys(settings: Settings) -> ApiKeys:
    return ApiKeys(settings.http.api_keys)


def _listening(settings: Settings) -> AbstractContextManager[Listener]:
    return listening(host=settings.http.host, port=settings.http.port, keys=_keys(settings))


async def _http(
    stack: AsyncExitStack, settings: Settings, solace: Solace, listener: Listener, hook: Hook | None
) -> HttpServer:
    """The server with its deliveries, which last as long as `stack`."""
    bell = Bell()
    pacer = Pacer(account=[settings.http.account_pace.in_bursts()], chat=[settings.http.chat_pace])
    await stack.enter_async_context(solace.deliver(HttpFeedSender(bell), pacer))
    await stack.enter_async_context(solace.deliver(TryItSender(bell)))
    return HttpServer(app=_http_app(settings, solace, bell, hook), listener=listener, bell=bell)


def _http_app(settings: Settings, solace: Solace, bell: Bell, hook: Hook | None) -> ASGIApp:
    return create_app(
        Gateway(
            inbox=solace.inbox,
            store=solace.store,
            classify=solace.classify,
            author_key=solace.author_key,
            clock=solace.clock,
            metrics=solace.telemetry.render_metrics,
            readiness=solace.readiness,
            bell=bell,
            hook=hook,
        ),
        keys=_keys(settings),
        version=metadata.version("solace-bot"),
        retention=settings.policy.retention,
        max_body=settings.http.max_body_bytes,
        own_names=[settings.http.host],
        key_pace=settings.http.key_pace,
    )


def _stop_on_signals() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT; a second SIGINT meets no handler and ends the process at once."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def interrupted() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, interrupted)
    return stop
