"""What a program that has put everything away still holds: it should be nothing."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from bot.application.ports import Telemetry

OF_THE_LOOP: Final = "solace-loop"
"""Threads of the loop's own: a look-up of a name may hang in one, and nobody can end it."""
_LASTING_LONGER: Final = frozenset({OF_THE_LOOP, "AnyIO worker thread"})
"""The latter are ended by anyio when the loop's first task is, which is the one that asks here."""
_LOOKS: Final = 20
_BETWEEN: Final = 0.05
_HANDLES: Final = Path("/proc/self/fd")


@asynccontextmanager
async def nothing_left_behind(telemetry: Telemetry) -> AsyncIterator[None]:
    """Tell of tasks, threads, files and connections that are there at the end and were not at the start.

    What is just ending gets a second for it.
    """
    before = _there()
    try:
        yield
    finally:
        left = _there() - before
        for _ in range(_LOOKS):
            if not left:
                break
            await asyncio.sleep(_BETWEEN)
            left = _there() - before
        if left:
            telemetry.noticed("left_over_at_shutdown", **_by_kind(left))


def use_threads_that_may_hang() -> None:
    """The running loop looks names up on threads of which none keeps the program from ending.

    The usual ones are waited for at the end, also where a resolver does not answer; and while all of them
    hang nothing else gets a thread, not even what closes the database.
    """
    asyncio.get_running_loop().set_default_executor(_OwnThreads())


class _OwnThreads(ThreadPoolExecutor):
    """A thread for each job. They are few: look-ups, and what is joined at the end."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Start it at once."""
        future: Future[Any] = Future()
        job = partial(fn, *args, **kwargs)
        threading.Thread(target=_do, args=(future, job), name=OF_THE_LOOP, daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nobody is waited for."""


def _do(future: Future[Any], job: Any) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = job()
    except BaseException as error:  # noqa: BLE001  # it is raised where somebody waits
        future.set_exception(error)
    else:
        future.set_result(result)


def _there() -> Counter[tuple[str, str]]:
    """(kind, name) of everything that is held now, and how often."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    threads = [thread for thread in threading.enumerate() if thread.name not in _LASTING_LONGER]
    return Counter(
        [
            *(("tasks", task.get_name()) for task in tasks),
            *(("threads", thread.name) for thread in threads),
            *(("handles", name) for name in _handles()),
        ]
    )


def _handles() -> list[str]:
    """What each open handle leads to, without folders; nothing where the system does not tell."""
    found: list[str] = []
    with suppress(OSError):
        for each in sorted(_HANDLES.iterdir()):
            with suppress(OSError):  # the one by which the folder itself is read
                found.append(each.readlink().name.partition(":[")[0])
    return found


def _by_kind(left: Counter[tuple[str, str]]) -> Mapping[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for (kind, name), times in sorted(left.items()):
        kinds.setdefault(kind, []).extend([name] * times)
    return kinds
