import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from bot.adapters.http.bell import Bell
from bot.adapters.http.listener import Listener
from bot.adapters.http.patience import PatientProtocol

_GRACE_SECONDS: Final = 5


class _Server(uvicorn.Server):
    """Leaves signals to the program: uvicorn's own handling raises them again after its shutdown."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


class HttpServer:
    """Serves the application until it is cancelled, then ends the requests that are under way.

    Args:
        app: what `create_app` made.
        listener: where; stays open when the server ends, so that it can be started again.
        bell: what waiting requests listen to; closed at the end, so that none of them holds it up.
        protocol: how long clients may take.
    """

    def __init__(
        self,
        *,
        app: ASGIApp,
        listener: Listener,
        bell: Bell,
        protocol: type[PatientProtocol] = PatientProtocol,
    ) -> None:
        self._app = app
        self._listener = listener
        self._bell = bell
        self._protocol = protocol

    @property
    def name(self) -> str:
        """How logs call it."""
        return "http"

    async def run(self) -> None:
        """Serve until cancelled."""
        server = _Server(self._config())
        self._bell.open()
        serving = asyncio.create_task(server.serve(sockets=[self._listener.duplicate()]))
        try:
            await asyncio.shield(serving)
        finally:
            self._bell.close()
            server.should_exit = True
            await serving

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            self._app,
            http=self._protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,  # addresses hold people's conversation ids
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=75,  # longer than clients keep one: none is closed under a request
            backlog=256,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
