"""Clients that take their time, or ask too much, hold up nobody else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta

import pytest
from assembly import Assembly
from fakes import FakeClock
from http_world import KEYS, a_comment, served
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bot.adapters.http import Bell, HttpServer, listening
from bot.adapters.http.allowance import Allowance
from bot.adapters.http.keys import ApiKeys
from bot.adapters.http.patience import MOST_CONNECTIONS, PatientProtocol
from bot.adapters.http.waiting import MOST_EACH, MOST_OF_ALL, Waiting
from bot.adapters.storage import SqlStore
from bot.domain.pacing import Rate

HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"
LONG = 10.0
"""Seconds after which a test has failed; none of them is waited for."""


class Hasty(PatientProtocol):
    """What takes half a minute otherwise, in a twentieth of a second; two connections."""

    request_seconds = 0.05
    most_connections = 2


class Few(PatientProtocol):
    most_connections = 2


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(body or b"hello")(scope, receive, send)


Dial = Callable[[], "asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]"]


@asynccontextmanager
async def serving(protocol: type[PatientProtocol]) -> AsyncIterator[Dial]:
    """A server behind a port; yields what opens a connection to it."""
    with listening(host="127.0.0.1", port=0, keys=ApiKeys()) as listener:
        server = HttpServer(app=_echo, listener=listener, bell=Bell(), protocol=protocol)
        task = asyncio.create_task(server.run())
        writers: list[asyncio.StreamWriter] = []

        async def dial() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            writers.append(writer)
            return reader, writer

        try:
            yield lambda: asyncio.ensure_future(dial())
        finally:
            for writer in writers:
                writer.close()
            task.cancel()
            await asyncio.wait({task})


async def end_of(reader: asyncio.StreamReader) -> bytes:
    """Everything until the server hangs up."""
    async with asyncio.timeout(LONG):
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Whether a whole request gets its answer, and the connection stays open."""
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    async with asyncio.timeout(LONG):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            return b" 200 " in head and await reader.readexactly(5) == b"hello"
        except (ConnectionResetError, asyncio.IncompleteReadError):
            return False


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HT", HEAD, HEAD + b"\r\n12345", b"GET / HTTP/1.1\r\nContent-Length: 9\r\n\r\n1"],
    ids=["nothing", "half a line", "half a head", "half a body", "half a body that nobody wants"],
)
async def test_who_does_not_finish_a_request_is_hung_up_on(sent: bytes) -> None:
    async with serving(Hasty) as dial:
        reader, writer = await dial()
        writer.write(sent)
        assert b" 500 " not in await end_of(reader)


async def test_a_trickle_of_bytes_buys_no_time() -> None:
    async with serving(Hasty) as dial:
        reader, writer = await dial()
        hung_up = asyncio.ensure_future(end_of(reader))
        sent = 0
        while not hung_up.done() and sent < 1000:
            writer.write(b"G" if sent == 0 else b"E")
            sent += 1
            await asyncio.wait({hung_up}, timeout=0.01)
        assert hung_up.done()
        assert sent < 1000


async def test_after_a_request_the_connection_stays_for_the_next_and_each_has_its_time() -> None:
    async with serving(PatientProtocol) as dial:
        reader, writer = await dial()
        for _ in range(3):
            assert await answered(reader, writer)
        writer.write(HEAD + b"\r\n1234567890" * 1)
        assert (await reader.readuntil(b"1234567890")).count(b" 200 ") == 1


async def test_who_opens_all_connections_loses_the_oldest_and_the_next_client_is_served() -> None:
    async with serving(Few) as dial:
        lazy = [await dial() for _ in range(2)]
        for _, writer in lazy:
            writer.write(HEAD)
        for _ in range(3):
            reader, writer = await dial()
            assert await answered(reader, writer)
        for reader, _ in lazy:
            assert await end_of(reader) == b""


def test_a_key_may_ask_so_much_at_once_and_so_much_in_the_long_run() -> None:
    clock = FakeClock()
    allowance = Allowance(Rate(count=4, per=timedelta(seconds=2)), clock)
    assert [allowance.wait(b"shop") for _ in range(4)] == [timedelta()] * 4
    assert allowance.wait(b"shop") == timedelta(seconds=0.5)
    assert allowance.wait(b"shop") == timedelta(seconds=0.5), "a refusal costs nothing"
    assert allowance.wait(b"forum") == timedelta(), "another key has its own"


async def test_the_allowance_comes_back_with_time() -> None:
    clock = FakeClock()
    allowance = Allowance(Rate(count=4, per=timedelta(seconds=2)), clock)
    granted = 0
    for _ in range(20):
        granted += allowance.wait(b"shop") == timedelta()
        await clock.advance(timedelta(seconds=0.25))
    assert granted == 4 + 9, "four at once, then one every half second"


async def test_a_key_that_asks_too_much_hears_when_to_come_back_and_the_others_are_served(
    store: SqlStore,
) -> None:
    keys = KEYS | {"shop:read": "look-secret-0123456789"}
    look = {"Authorization": f"Bearer {keys['shop:read']}"}
    async with served(Assembly(store), keys=keys, key_pace=Rate(count=2, per=timedelta(seconds=4))) as api:
        first, second, third = [await api.http.get("/metrics", headers=api.by("shop")) for _ in range(3)]
        other = await api.bring(a_comment(), headers=api.by("forum"))
        same_name = await api.http.get("/metrics", headers=look)
        unknown = await api.http.get("/metrics", headers={"Authorization": "Bearer who-knows"})
        page = await api.http.get("/", headers=api.by("shop"))
    assert [first.status_code, second.status_code, third.status_code] == [200, 200, 429]
    assert third.headers["retry-after"] == "2"
    assert third.headers["content-type"] == "application/problem+json"
    assert (same_name.status_code, other.status_code, unknown.status_code) == (200, 200, 401)
    assert page.status_code == 200


def full(waiting: Waiting, key: bytes) -> bool:
    """Whether one more request of this key may not wait."""
    try:
        with waiting.place(key, seconds=20):
            return False
    except HTTPException as refused:
        return refused.status_code == 429


def test_a_key_may_wait_in_so_many_requests_and_all_keys_together_in_half_the_connections() -> None:
    waiting, keys = Waiting(), [bytes([number]) for number in range(MOST_OF_ALL // MOST_EACH + 1)]
    with ExitStack() as inside:
        for key in keys[:-1]:
            for _ in range(MOST_EACH):
                assert not full(waiting, key)
                inside.enter_context(waiting.place(key, seconds=20))
            assert full(waiting, key)
        assert full(waiting, keys[-1]), "all places are taken"
        inside.enter_context(waiting.place(keys[-1], seconds=0))
    assert not any(full(waiting, key) for key in keys), "who is done gives the place back"
    assert 2 * MOST_OF_ALL <= MOST_CONNECTIONS


async def test_a_key_that_waits_in_all_its_places_hears_429_and_the_others_wait(store: SqlStore) -> None:
    keys = KEYS | {"shop:read": "look-secret-0123456789"}
    look = {"Authorization": f"Bearer {keys['shop:read']}"}
    async with served(Assembly(store), keys=keys, waiting=Waiting(each=1)) as api:
        polls = [asyncio.create_task(api.http.get("/v1/replies?wait=20", headers=look)) for _ in range(2)]
        async with asyncio.timeout(LONG):
            (refused,), (waits,) = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
        others = [
            await api.http.get(f"/v1/replies?wait={wait}", headers=headers)
            for wait, headers in ((0.05, api.by("forum")), (0.05, api.by("shop")), (0, look))
        ]
        assert not waits.done()
    answer = refused.result()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert answer.headers["content-type"] == "application/problem+json"
    assert [each.status_code for each in (*others, await waits)] == [200] * 4


async def test_who_hangs_up_while_waiting_gives_the_place_back(store: SqlStore) -> None:
    waiting = Waiting(each=1)
    async with served(Assembly(store), waiting=waiting) as api:
        _, writer = await asyncio.open_connection("127.0.0.1", api.listener.port)
        writer.write(b"GET /v1/replies?wait=20 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(LONG):
            while not full(waiting, b""):
                await api.http.get("/healthz")
            writer.close()
            while full(waiting, b""):
                await api.http.get("/healthz")
