"""Keeps services alive: the one place where an error that nobody foresaw is caught."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from bot.application.ports import Clock, Service, Telemetry
from bot.domain.errors import LeaseHeld, SettingsError

FIRST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(seconds=60)
STEADY: Final = timedelta(minutes=5)
"""A service that ran this long starts again with the first wait."""


async def supervise(service: Service, *, clock: Clock, telemetry: Telemetry) -> None:
    """Run a service until it returns or is cancelled; start it again after every failure, ever more slowly.

    Raises:
        LeaseHeld, SettingsError: only a person can put these right.
    """
    wait = FIRST_WAIT
    while True:
        started = clock.now()
        try:
            await service.run()
        except (LeaseHeld, SettingsError):
            raise
        except Exception as error:  # noqa: BLE001  # the supervised boundary
            if clock.now() - started > STEADY:
                wait = FIRST_WAIT
            telemetry.noticed(
                "service_failed", service=service.name, error=type(error).__name__, exc_info=error
            )
            await clock.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)
        else:
            return


@asynccontextmanager
async def running(
    services: Sequence[Service], *, clock: Clock, telemetry: Telemetry
) -> AsyncIterator[Sequence[asyncio.Task[None]]]:
    """Supervised while the context lasts, cancelled at its end: together, so that none waits for another.

    Yields:
        their tasks: one that ends with an error ended for good.
    """
    tasks = [
        asyncio.create_task(supervise(service, clock=clock, telemetry=telemetry), name=service.name)
        for service in services
    ]
    try:
        yield tasks
    finally:
        await asyncio.gather(*[end(task, telemetry=telemetry) for task in tasks])


async def end(task: asyncio.Task[None], *, telemetry: Telemetry) -> None:
    """Cancel a task and wait for its end; an error that nobody waited for is told."""
    task.cancel()
    await asyncio.wait({task})
    error = None if task.cancelled() else task.exception()
    if error is not None:
        telemetry.noticed("service_ended", service=task.get_name(), error=type(error).__name__)


async def run_beside(service: Service, tasks: Iterable[asyncio.Task[None]]) -> None:
    """Run a service until it ends, or one of these tasks, which belong to it, fails.

    Raises:
        whatever ended it.
    """
    own = asyncio.create_task(service.run(), name=service.name)
    watched = {own, *tasks}
    try:
        while not own.done():
            done, watched = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        own.cancel()
        await asyncio.wait({own})


async def until_first_ends(tasks: Sequence[asyncio.Task[None]], stop: asyncio.Event) -> None:
    """Wait for the wish to stop, or for a service that ended.

    Raises:
        whatever ended it.
    """
    stopped = asyncio.create_task(stop.wait(), name="stop")
    try:
        done, _ = await asyncio.wait({*tasks, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
    for task in done - {stopped}:
        task.result()
