import asyncio
import signal
import socket
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from fakes import FakeClock
from starlette.responses import PlainTextResponse

from bot.adapters.http import ApiKeys, Bell, HttpServer, Listener, listening
from bot.adapters.http.bell import watch
from bot.domain.access import ApiKey
from bot.domain.errors import SettingsError

SECOND = timedelta(seconds=1)
NO_KEYS = ApiKeys()
A_KEY = ApiKeys([ApiKey.of("shop", "shop-secret-0123456789")])


def a_server(listener: Listener) -> HttpServer:
    return HttpServer(app=PlainTextResponse("hello"), listener=listener, bell=Bell())


async def ask(listener: Listener) -> str:
    async with httpx.AsyncClient() as client:
        return (await client.get(listener.url)).text


def test_a_port_in_use_is_told_before_anything_starts() -> None:
    with listening(host="127.0.0.1", port=0, keys=NO_KEYS) as first:
        expected = f"SOLACE_HTTP__PORT: {first.port} is in use: choose another"
        with pytest.raises(SettingsError) as caught:
            Listener(host="127.0.0.1", port=first.port, keys=NO_KEYS)
    assert str(caught.value).startswith(expected)
    with listening(host="127.0.0.1", port=first.port, keys=NO_KEYS):
        pass  # given back


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", ""])
def test_beyond_loopback_a_key_is_needed(host: str) -> None:
    with pytest.raises(SettingsError, match=r"^SOLACE_HTTP__API_KEYS: other machines can reach") as caught:
        Listener(host=host, port=0, keys=NO_KEYS)
    assert not host or host not in str(caught.value), "a setting's value is nobody's business"


def test_with_a_key_it_may_listen_everywhere() -> None:
    with listening(host="0.0.0.0", port=0, keys=A_KEY) as listener:
        assert listener.url == f"http://127.0.0.1:{listener.port}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "127.0.0.2"])
def test_loopback_needs_none(host: str) -> None:
    with listening(host=host, port=0, keys=NO_KEYS) as listener:
        assert listener.port > 0


@pytest.mark.parametrize(
    ("host", "port", "message"),
    [
        ("192.0.2.7", 0, "SOLACE_HTTP__HOST: is not an address of this machine"),
        ("no.such.host.invalid", 0, "SOLACE_HTTP__HOST: is not known to this machine"),
        ("127.0.0.1", 65_536, "SOLACE_HTTP__PORT: must be between 0 and 65535"),
    ],
)
def test_what_cannot_be_had_names_its_setting(host: str, port: int, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Listener(host=host, port=port, keys=A_KEY)
    assert str(caught.value) == message


def test_ipv6_is_written_in_brackets() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        with listening(host="::1", port=0, keys=NO_KEYS) as listener:
            assert listener.url == f"http://[::1]:{listener.port}"
    except SettingsError:
        pytest.skip("this machine has no IPv6 loopback")


async def test_the_server_ends_when_it_is_cancelled_and_can_start_again() -> None:
    with listening(host="127.0.0.1", port=0, keys=NO_KEYS) as listener:
        server = a_server(listener)
        for _ in range(2):
            task = asyncio.create_task(server.run())
            assert await ask(listener) == "hello"
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
    with pytest.raises(httpx.ConnectError):
        await ask(listener)


async def test_signals_stay_with_the_program() -> None:
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    with listening(host="127.0.0.1", port=0, keys=NO_KEYS) as listener:
        task = asyncio.create_task(a_server(listener).run())
        await ask(listener)
        assert {each: signal.getsignal(each) for each in before} == before
        task.cancel()
        await asyncio.wait({task})
    assert {each: signal.getsignal(each) for each in before} == before


async def test_whoever_connects_early_is_served_when_it_starts() -> None:
    with listening(host="127.0.0.1", port=0, keys=NO_KEYS) as listener:
        early = asyncio.create_task(ask(listener))
        server = asyncio.create_task(a_server(listener).run())
        assert await early == "hello"
        server.cancel()
        await asyncio.wait({server})


async def still_there() -> bool:
    return False


def a_look(*seen: str | None) -> Callable[[], "asyncio.Future[str | None]"]:
    """Sees these things one after the other, and then always the last."""
    rest = list(seen)

    def look() -> "asyncio.Future[str | None]":
        future: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        future.set_result(rest.pop(0) if len(rest) > 1 else rest[0])
        return future

    return look


async def test_watching_ends_with_what_was_seen() -> None:
    clock = FakeClock(auto=True)
    started = clock.now()
    seen = await watch(
        a_look(None, None, "it"), bell=Bell(), clock=clock, patience=10 * SECOND, gone=still_there
    )
    assert seen == "it"
    assert clock.now() - started < SECOND


async def test_watching_ends_with_its_patience() -> None:
    clock = FakeClock(auto=True)
    started = clock.now()
    assert await watch(a_look(None), bell=Bell(), clock=clock, patience=10 * SECOND, gone=still_there) is None
    assert clock.now() - started == 10 * SECOND


async def test_without_patience_one_look_is_all() -> None:
    assert (
        await watch(a_look(None, "it"), bell=Bell(), clock=FakeClock(), patience=0 * SECOND, gone=still_there)
        is None
    )


async def test_a_ring_is_heard_at_once_and_a_closed_bell_ends_it() -> None:
    bell, clock = Bell(), FakeClock()  # its time stands still: only the bell can wake
    watching = asyncio.create_task(
        watch(a_look(None, "it"), bell=bell, clock=clock, patience=SECOND, gone=still_there)
    )
    await clock.advance(timedelta())  # the watcher falls asleep
    bell.ring()
    assert await watching == "it"
    closing = asyncio.create_task(
        watch(a_look(None), bell=bell, clock=clock, patience=SECOND, gone=still_there)
    )
    await clock.advance(timedelta())
    bell.close()
    assert await closing is None
