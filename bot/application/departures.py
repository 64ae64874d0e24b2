"""Until when a request may leave: like a time-out it holds for whatever is asked for within."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_MAY_LEAVE: Final[ContextVar[Callable[[], bool]]] = ContextVar("may_leave", default=lambda: True)


@contextmanager
def leaving_only_while(in_time: Callable[[], bool]) -> Iterator[None]:
    """What has not left when this is false does not leave any more.

    Asked by clients at the last moment, when a connection stands; from any thread.
    """
    before = _MAY_LEAVE.set(in_time)
    try:
        yield
    finally:
        _MAY_LEAVE.reset(before)


@contextmanager
def leaving_at_any_time() -> Iterator[None]:
    """For what must be done after an answer came too."""
    with leaving_only_while(lambda: True):
        yield


def may_leave() -> Callable[[], bool]:
    """Says whether a request of the present task may leave."""
    return _MAY_LEAVE.get()
