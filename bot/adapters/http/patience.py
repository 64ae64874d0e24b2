"""Connections whose clients take their time: nobody holds one for nothing, and nobody holds them all."""

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS: Final = 512
"""At once. Below the 1024 files that a process may have open by default."""
REQUEST_SECONDS: Final = 30.0
"""In which a whole request has to arrive, from its first byte, or from the opening of the connection."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that gives a request `request_seconds` to arrive, and closes what does not.

    A connection more than `most_connections` costs the one that has been waiting longest, one that keeps a
    client waiting never; where all are at work, the new one is closed.
    """

    request_seconds = REQUEST_SECONDS
    most_connections = MOST_CONNECTIONS

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._late: asyncio.TimerHandle | None = None
        self._silent_since = self.loop.time()

    @property
    def silent_since(self) -> float | None:
        """Since when (on the loop's clock) the client owes a request; None = it has sent one, and waits."""
        return None if self._whole and not self.cycle.response_complete else self._silent_since

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(transport)
        self._expect()
        if len(self.connections) > self.most_connections:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request, or of several."""
        self._expect()
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """The next request may begin, or has begun."""
        super().on_response_complete()
        self._silent_since = self.loop.time()
        if self.conn.their_state is h11.SEND_BODY or self.conn.trailing_data[0]:
            self._expect()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._forget()
        super().connection_lost(exc)

    @property
    def _whole(self) -> bool:
        """Whether the request that began last is here to its last byte."""
        return self.conn.their_state not in {h11.IDLE, h11.SEND_BODY}

    def _expect(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.request_seconds, self._give_up)

    def _look(self) -> None:
        if self._whole:
            self._forget()

    def _forget(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        self._late = None
        self.transport.abort()

    def _make_room(self) -> None:
        waiting = [
            (since, id(each), each)
            for each in self.connections
            if isinstance(each, PatientProtocol)
            and each is not self
            and (since := each.silent_since) is not None
        ]
        (min(waiting)[2] if waiting else self).transport.abort()
