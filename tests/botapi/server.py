"""The fake Bot API behind a port of this machine."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

import h11
from botapi import asking, sending, whispering
from botapi.faults import Fault
from botapi.parameters import Parameters
from botapi.refusals import USUAL, Refused, bad, conflict, not_found
from botapi.webhooks import deliver
from botapi.wire import DROPPED, Answer, Asked, Line, answer
from botapi.world import World
from traps import ANSWERED, BROUGHT, POLLED, SENT, STORED

METHODS: Final = {
    name.lower(): method for table in (asking, sending, whispering) for name, method in table.METHODS.items()
}
NAMES: Final = {name.lower(): name for table in (asking, sending, whispering) for name in table.METHODS} | {
    "getupdates": "getUpdates"
}
"""By name in lower case: "All methods in the Bot API are case-insensitive"."""

_ADDRESS: Final = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>[A-Za-z]+)")
_TOKEN: Final = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{8,}")


class FakeTelegram:
    """A Bot API server for one bot, speaking HTTP on loopback.

    Attributes:
        world: what a test builds and looks at; only from the event loop that serves.
        url: what a client takes for `https://api.telegram.org`.
    """

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.url = ""
        self._lines: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def serving(cls, world: World | None = None, *, port: int = 0) -> AsyncIterator["FakeTelegram"]:
        """Serve while the context lasts; port 0 is a free one."""
        fake = cls(world)
        server = await asyncio.start_server(fake._connected, "127.0.0.1", port)
        fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        delivering = asyncio.create_task(deliver(fake.world))
        try:
            yield fake
        finally:
            server.close()
            delivering.cancel()
            for line in fake._lines:
                line.cancel()
            await asyncio.gather(delivering, *fake._lines, return_exceptions=True)

    async def until(self, condition: Callable[[], object]) -> None:
        """Until something about the world holds: looked at after every call and every new update."""
        while not condition():
            await self.world.updates.changed()

    # -------------------------------------------------------------- connections

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        line = Line(reader, writer)
        try:
            await self._talk(line)
        except (OSError, h11.RemoteProtocolError, asyncio.CancelledError):
            pass  # the other side is gone, or we are
        finally:
            self._lines.discard(task)
            await line.close()

    async def _talk(self, line: Line) -> None:
        while (asked := await line.next()) is not None:
            given = await self._answer(asked)
            more = await line.say(given, now=self.world.now())
            self.world.traps.springs(given.after)
            if not more:
                return

    async def _answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/control/"):
            return self._control(asked)
        try:
            method, given = self._meant(asked)
        except Refused as refused:
            return answer(refused.code, refused.body())
        polls, replies = method.lower() == "getupdates", _is_reply(method, given)
        if self.world.traps.springs(POLLED if polls else SENT if replies else None):
            return DROPPED
        fault = self.world.faults.take(method, given.get("chat_id"))
        entry = {
            "method": NAMES.get(method.lower(), method),
            "params": given.shown(),
            "code": 0,
            "at": self.world.now(),
        }
        self.world.note("calls", entry)
        said = await self._faulty(fault, method, given) if fault else await self._done(method, given)
        entry["code"] = said.code if said.manner != "drop" else 0
        self.world.updates.wake()
        if replies and said.code == 200 and self.world.traps.springs(STORED):
            return DROPPED
        news = polls and said.body.startswith(b'{"ok": true, "result": [{')
        return replace(said, after=BROUGHT if news else ANSWERED if replies else None)

    def _meant(self, asked: Asked) -> tuple[str, Parameters]:
        """Method and parameters.

        Raises:
            Refused: 404 (no such address or method), 401 (another bot's token), 400 (unreadable).
        """
        address = _ADDRESS.fullmatch(asked.path)
        if address is None or not _TOKEN.fullmatch(address["token"]):
            raise not_found()
        if address["token"] != self.world.token:
            raise Refused(code=401, description=USUAL[401])
        try:
            return address["method"], asked.parameters()
        except (ValueError, UnicodeDecodeError):
            raise bad("can't parse the request") from None

    # -------------------------------------------------------------- what is asked

    async def _done(self, method: str, given: Parameters) -> Answer:
        """Do it, and say how it went."""
        try:
            result = await self._result(method.lower(), given)
        except Refused as refused:
            return answer(refused.code, refused.body())
        return answer(200, {"ok": True, "result": result})

    async def _result(self, method: str, given: Parameters) -> Any:
        if method == "getupdates":
            return await self._updates(given)
        if method not in METHODS:
            raise not_found()
        return METHODS[method](self.world, given)

    async def _updates(self, given: Parameters) -> Any:
        """https://core.telegram.org/bots/api#getupdates."""
        if self.world.webhook.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        self.world.updates.allow(given.data("allowed_updates"))
        seconds, most = float(given.integer("timeout")), self.world.switches.poll_seconds
        found = await self.world.updates.poll(
            offset=given.integer("offset"),
            limit=given.integer("limit", 100),
            seconds=seconds if most is None else min(seconds, most),
        )
        return [*reversed(found), *found] if self.world.switches.doubled else found

    async def _faulty(self, fault: Fault, method: str, given: Parameters) -> Answer:
        """Go wrong as ordered."""
        if fault.kind in {"error", "drop"}:
            return _error(fault)
        if fault.kind == "hang":
            await self.world.faults.hang()
        said = await self._done(method, given)
        if fault.kind == "store_then_hang":
            await self.world.faults.hang()
        if fault.kind in {"store_then_error", "store_then_drop"}:
            return _error(fault)
        if fault.kind == "malformed":
            return Answer(code=200, body=b"<html><body>Not quite JSON</body>")
        if fault.kind == "cut":
            return replace(said, manner="cut")
        return replace(said, manner="slow", seconds=fault.seconds) if fault.kind == "slow" else said

    # -------------------------------------------------------------- what a test asks from outside

    def _control(self, asked: Asked) -> Answer:
        """POST /control/<name of a public method of `World`> with its keyword arguments as JSON."""
        name = asked.path.removeprefix("/control/")
        call = getattr(self.world, name, None)
        if name.startswith("_") or not callable(call):
            return answer(404, {"ok": False, "error": f"World has no method {name!r}"})
        try:
            given = asked.parameters().values
            return answer(
                200, {"ok": True, "result": call(*given.get("args", ()), **given.get("kwargs", {}))}
            )
        except Exception as error:  # noqa: BLE001 - whatever the test did wrong, it is told
            return answer(400, {"ok": False, "error": f"{type(error).__name__}: {error}"})


def _is_reply(method: str, given: Parameters) -> bool:
    """Whether it is a reply of support, as far as a server can tell: it has buttons to judge it by."""
    return method.lower() == "sendmessage" and "helped" in str(given.get("reply_markup"))


def _error(fault: Fault) -> Answer:
    if fault.kind.endswith("drop"):
        return DROPPED
    description = fault.description or USUAL.get(fault.code, "Something went wrong")
    if fault.code == 429:
        seconds = fault.retry_after or 1
        description = f"Too Many Requests: retry after {seconds}"
        return answer(429, Refused(code=429, description=description, retry_after=seconds).body())
    return answer(fault.code, Refused(code=fault.code, description=description).body())
