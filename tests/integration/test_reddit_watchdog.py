"""A request that does not come back is left behind with its thread, and can do nothing any more."""

import asyncio
import threading

import pytest
from fakes import ListTelemetry
from scripted_reddit import Fault, Says, ScriptedReddit, client

from bot.domain.errors import BotError, PlatformUnavailable, ReplyUnconfirmed

LONG = 60.0
SHORT = 0.7
A_TOKEN = {"access_token": "late", "token_type": "bearer", "expires_in": 3600, "scope": "*"}


@pytest.mark.parametrize(("method", "kind"), [("get", PlatformUnavailable), ("post", ReplyUnconfirmed)])
@pytest.mark.parametrize("fault", [Fault.HANG, Fault.DRIP])
async def test_a_wedged_thread_is_left_behind_and_another_goes_on(
    fault: Fault, method: str, kind: type[BotError]
) -> None:
    telemetry = ListTelemetry()
    async with ScriptedReddit.serving() as reddit:
        async with client(reddit, telemetry=telemetry, read_timeout=LONG, patience=SHORT) as api:
            reddit.says.append(fault)
            with pytest.raises(kind):
                await getattr(api, method)("api/comment", {"text": "hello"})
            assert len(reddit.heard) == 1
            assert await api.get("r/one/comments") == {}
        reddit.goes_on.set()
    assert telemetry.events == ["reddit_client_rebuilt"]
    assert len(reddit.heard) == 2


async def test_a_reply_that_waited_for_its_token_when_it_was_given_up_never_leaves() -> None:
    token_comes = asyncio.Event()
    async with ScriptedReddit.serving() as reddit, client(reddit, read_timeout=LONG, patience=SHORT) as api:
        [old] = [each for each in threading.enumerate() if each.name == "reddit-reader"]
        reddit.tokens.append(Says(after=token_comes, json=A_TOKEN))
        with pytest.raises(PlatformUnavailable):
            await api.post("api/comment", {"text": "hello"})
        token_comes.set()
        await asyncio.to_thread(old.join, 30)
        assert not old.is_alive()
        assert (len(reddit.heard), len(reddit.signed_in)) == (0, 1)
        assert await api.post("api/comment", {"text": "hello"}) == {}
        assert (len(reddit.heard), len(reddit.signed_in)) == (1, 2)


async def test_a_caller_who_gives_up_leaves_no_thread_in_the_way() -> None:
    async with ScriptedReddit.serving() as reddit, client(reddit, read_timeout=LONG) as api:
        reddit.says.append(Fault.HANG)
        call = asyncio.create_task(api.post("api/comment", {"text": "hello"}))
        await reddit.until_heard(requests=1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await api.get("r/one/comments") == {}


async def test_closing_waits_for_nothing_that_hangs() -> None:
    async with ScriptedReddit.serving() as reddit:
        async with client(reddit, read_timeout=LONG) as api:
            reddit.says.append(Fault.HANG)
            call = asyncio.create_task(api.get("api/v1/me"))
            await reddit.until_heard(requests=1)
        reddit.goes_on.set()
        with pytest.raises(PlatformUnavailable):
            await call
