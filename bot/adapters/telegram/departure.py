"""The last moment at which a request can be kept back: its connection stands, and nothing was sent yet.

Waiting for a place among the connections, for a name's address, for the connection itself and for its
encryption may each take seconds; a reply's deadline may pass meanwhile.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Final

import httpx

from bot.application.departures import may_leave

_LEAVES: Final = ".send_request_headers.started"
_PRESENT: Final[ContextVar["Departure | None"]] = ContextVar("departure", default=None)


class KeptBack(Exception):
    """The request did not leave: its time was over."""


class Departure:
    """One call on its way out.

    Attributes:
        kept_back: whether it was.
    """

    def __init__(self) -> None:
        self._may_leave: Final[Callable[[], bool]] = may_leave()
        self.kept_back = False
        _PRESENT.set(self)

    async def traced(self, event: str, info: Mapping[str, Any]) -> None:
        """Take what httpcore tells that it does.

        Raises:
            KeptBack: it is about to send, and must not.
        """
        to_a_proxy = getattr(info.get("request"), "method", b"") == b"CONNECT"
        if event.endswith(_LEAVES) and not to_a_proxy and not self._may_leave():
            self.kept_back = True
            raise KeptBack


async def watch(request: httpx.Request) -> None:
    """A hook of httpx, run in the task that asks: the request is watched by the task's own departure."""
    departure = _PRESENT.get()
    if departure is not None:
        request.extensions["trace"] = departure.traced
