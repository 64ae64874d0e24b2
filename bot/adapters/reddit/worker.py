import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class Worker:
    """A thread that does one thing after another.

    Unlike an executor's it can be left behind while it hangs: the end of the program does not wait for it.

    Args:
        name: of the thread.
    """

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        Thread(target=self._work, name=name, daemon=True).start()

    async def do(self, job: Callable[[], T]) -> T:
        """What the job returns or raises. A caller who is cancelled does not stop it."""
        future: Future[T] = Future()
        self._jobs.put((future, job))
        return await asyncio.wrap_future(future)

    def leave(self) -> None:
        """Nothing more comes; the thread ends after the job in hand."""
        self._jobs.put(None)

    def _work(self) -> None:
        while (given := self._jobs.get()) is not None:
            _done(*given)
            del given  # nothing of it is kept until the next one


def _done(future: Future[Any], job: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(job())
    except BaseException as error:  # noqa: BLE001  # it is raised where somebody waits
        future.set_exception(error)
