"""The Bot API's errors in our words, over real HTTP; the token in none of them."""

import asyncio
import logging
import socket
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from botapi.server import FakeTelegram
from botapi.world import World
from tcp_proxy import proxying

from bot.adapters.quiet import quieten
from bot.adapters.telegram.client import BotApi
from bot.adapters.telegram.values import File
from bot.application.departures import leaving_only_while
from bot.domain.errors import (
    AccountInUse,
    BotError,
    ChannelMoved,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    ReplyForbidden,
    ReplyRejected,
    ReplyUnconfirmed,
    SettingsError,
)

TEXT = "zq7x is sad"


@pytest.fixture(autouse=True)
def timedelta_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture(autouse=True)
def nothing_told(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test does, no line of any logger holds a token or a text, also not on the level DEBUG."""
    caplog.set_level(logging.DEBUG)
    yield
    told = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    secret = World().token.partition(":")[2]
    assert secret not in told
    assert "zq7x" not in told


@asynccontextmanager
async def talking() -> AsyncIterator[tuple[World, BotApi, dict[str, Any]]]:
    """A fake Telegram, a client, and what it takes to say something in a group there."""
    async with FakeTelegram.serving() as telegram:
        world = telegram.world
        ann = world.user("Ann")
        chat = world.supergroup("Friends", owner=ann)
        world.add_bot(chat, by=ann, admin=True)
        async with BotApi(token=world.token, api_url=telegram.url) as api:
            yield world, api, {"chat_id": chat, "text": TEXT}


def all_of(error: BaseException) -> str:
    """Everything that could be printed of an error, and of what hangs on it."""
    chain: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in chain:
        chain.append(found)
        found = found.__cause__ or found.__context__
    return "\n".join(f"{each!s} {each!r} {each.args} {getattr(each, '__dict__', {})}" for each in chain)


async def failure(api: BotApi, method: str, params: dict[str, Any], **options: Any) -> BotError:
    with pytest.raises(BotError) as caught:
        await api.call(method, params, **options)
    told = f"{all_of(caught.value)} {api!r}".lower()
    assert api._token.partition(":")[2].lower() not in told
    assert "zq7x" not in told
    assert caught.value.__context__ is None
    return caught.value


async def test_what_goes_well_comes_back_as_json() -> None:
    async with talking() as (world, api, said):
        assert (await api.call("getMe"))["id"] == world.bot
        assert (await api.call("sendMessage", {**said, "reply_markup": None}))["text"] == TEXT
        assert (await api.call("sendChatAction", {**said, "action": "typing"})) is True
        assert [call["method"] for call in world.calls()] == ["getMe", "sendMessage", "sendChatAction"]


async def test_a_file_is_uploaded() -> None:
    async with talking() as (world, api, said):
        file = File(name="counts.csv", content=b"day,replies\n")
        sent = await api.call("sendDocument", {"chat_id": said["chat_id"]}, files={"document": file})
        assert sent["document"]["file_name"] == "counts.csv"
        assert world.file(sent["document"]["file_id"]) == "day,replies\n"


FAULTS: list[tuple[dict[str, Any], type[BotError], int]] = [
    ({"kind": "error", "code": 429, "retry_after": 7}, RateLimited, 0),
    ({"kind": "error", "code": 403, "description": "Forbidden: bot was kicked"}, ReplyForbidden, 0),
    ({"kind": "error", "code": 400, "description": "Bad Request: message not found"}, ReplyRejected, 0),
    ({"kind": "error", "code": 409, "description": "Conflict: another one"}, AccountInUse, 0),
    ({"kind": "error", "code": 401, "description": "Unauthorized"}, SettingsError, 0),
    ({"kind": "error", "code": 500}, ReplyUnconfirmed, 0),
    ({"kind": "error", "code": 502}, ReplyUnconfirmed, 0),
    ({"kind": "store_then_error", "code": 502}, ReplyUnconfirmed, 1),
    ({"kind": "drop"}, ReplyUnconfirmed, 0),
    ({"kind": "store_then_drop"}, ReplyUnconfirmed, 1),
    ({"kind": "cut"}, ReplyUnconfirmed, 1),
    ({"kind": "malformed"}, ReplyUnconfirmed, 1),
    ({"kind": "hang"}, ReplyUnconfirmed, 0),
    ({"kind": "store_then_hang"}, ReplyUnconfirmed, 1),
]


@pytest.mark.parametrize(("fault", "error", "stored"), FAULTS)
async def test_every_failure_says_whether_it_may_be_tried_again(
    fault: dict[str, Any], error: type[BotError], stored: int
) -> None:
    async with talking() as (world, api, said):
        world.fault(**fault)
        found = await failure(api, "sendMessage", said, timeout=0.2)
        assert type(found) is error
        assert len(world.calls("sendMessage")) == 1
        assert len(world.sent(said["chat_id"])) == stored
        if fault["kind"] == "error" and "description" in fault and error is not SettingsError:
            words = fault["description"].removeprefix("Bad Request: ").lower()
            assert str(found).lower() == words
        assert (await api.call("getMe"))["is_bot"]  # and it goes on


async def test_a_429_says_how_long_to_wait() -> None:
    async with talking() as (world, api, said):
        world.fault("error", code=429, retry_after=7)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = await failure(api, "sendMessage", said)
        assert isinstance(found, RateLimited)
        assert found.retry_after == timedelta(seconds=7)


async def test_without_the_variable_the_library_warns_at_every_429(monkeypatch: pytest.MonkeyPatch) -> None:
    """So `bootstrap` has to set it; a warning that is an error looks like an unknown outcome."""
    monkeypatch.delenv("PTB_TIMEDELTA")
    async with talking() as (world, api, said):
        world.fault("error", code=429, retry_after=7, times=2)
        with pytest.warns(match="timedelta"):
            found = await failure(api, "sendMessage", said)
        assert isinstance(found, RateLimited)
        assert found.retry_after == timedelta(seconds=7)
        assert type(await failure(api, "sendMessage", said)) is ReplyUnconfirmed


async def test_a_group_that_moved_says_where() -> None:
    async with talking() as (world, api, said):
        ann = world.user("Ann")
        chat = world.group("Old", owner=ann)
        world.add_bot(chat, by=ann)
        new = world.migrate(chat)
        found = await failure(api, "sendMessage", {**said, "chat_id": chat})
        assert isinstance(found, ChannelMoved)
        assert found.migrate_to_chat_id == new


async def test_what_was_sent_is_cut_out_of_descriptions() -> None:
    async with talking() as (world, api, said):
        quoting = f"Bad Request: can't parse \"{TEXT}\": tag 'b zq7x' at {world.token} in {TEXT}\nx"
        world.fault("error", code=400, description=quoting)
        assert str(await failure(api, "sendMessage", said)) == "Can't parse …: tag … at … in … x"


async def test_a_method_that_the_server_lacks_is_not_the_tokens_fault() -> None:
    async with talking() as (_, api, said):
        await api.call("getMe")
        assert type(await failure(api, "sendTelepathy", said)) is ReplyRejected


async def test_a_token_that_is_not_accepted_names_its_variable() -> None:
    async with talking() as (world, api, said):
        async with BotApi(token="1:zq7x-zq7x-zq7x-zq7x", api_url=api._url) as other:
            found = await failure(other, "getMe", {})
        assert isinstance(found, SettingsError)
        assert str(found).startswith("SOLACE_TELEGRAM__TOKEN: ")
        assert world.sent(said["chat_id"]) == []


async def test_where_nobody_listens_nothing_was_stored() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with BotApi(token=World().token, api_url=url) as api:
            assert type(await failure(api, "sendMessage", {"text": TEXT})) is PlatformUnavailable


class Hourglass:
    """Runs out after it was asked so often."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self) -> bool:
        self.left -= 1
        return self.left >= 0


async def test_what_is_too_late_when_its_connection_stands_does_not_leave() -> None:
    async with FakeTelegram.serving() as telegram:
        with proxying(telegram.url) as proxy:
            async with BotApi(token=telegram.world.token, api_url=proxy.url) as api:
                with leaving_only_while(Hourglass(2)):
                    await api.call("getMe")
                    await api.call("getMe")
                    assert type(await failure(api, "getMe", {})) is PlatformUnavailable
                assert (await api.call("getMe"))["is_bot"]
            assert (
                proxy.accepted == 2
            )  # one that stood already, and one in the place of that which said nothing
        assert len(telegram.world.calls()) == 3


async def test_a_429_may_ask_for_an_hour_at_most() -> None:
    async with talking() as (world, api, said):
        world.fault("error", code=429, retry_after=10**6)
        found = await failure(api, "sendMessage", said)
        assert isinstance(found, RateLimited)
        assert found.retry_after == timedelta(hours=1)


async def test_a_full_pool_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.adapters.telegram.client.CONNECTIONS", 1)
    monkeypatch.setattr("bot.adapters.telegram.client.POOL", 0.05)
    async with talking() as (world, api, said):
        world.fault("hang", "sendMessage")
        first = asyncio.create_task(api.call("sendMessage", said))
        while not world.calls("sendMessage"):  # noqa: ASYNC110  # on its way in another task
            await asyncio.sleep(0)
        assert type(await failure(api, "sendMessage", said)) is PlatformUnavailable
        world.release()
        assert (await first)["text"] == TEXT
        assert len(world.sent(said["chat_id"])) == 1


async def test_a_rebuilt_client_works_and_the_old_ones_requests_end() -> None:
    async with talking() as (world, api, said):
        world.fault("hang", "getUpdates")
        stalled = asyncio.create_task(api.call("getUpdates", {"timeout": 30}, timeout=40))
        while not world.calls("getUpdates"):  # noqa: ASYNC110  # on its way in another task
            await asyncio.sleep(0)
        await api.rebuild()
        assert (await api.call("sendMessage", said))["text"] == TEXT
        stalled.cancel()
        await asyncio.wait({stalled})


async def test_a_closed_client_sends_nothing() -> None:
    api = BotApi(token=World().token, api_url="http://127.0.0.1:9")
    assert type(await failure(api, "getMe", {})) is PlatformUnavailable
    assert isinstance(await failure(api, "getMe", {}), PlatformError)
    assert api.account == f"telegram:{World().bot}"


@pytest.mark.parametrize(
    "name", ["telegram", "telegram.Bot", "telegram.ext.Updater", "httpx", "httpcore.http11"]
)
def test_lines_of_the_libraries_quote_nobody(name: str, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger(name)
    quieten("telegram", "httpx", "httpcore")
    quieten("telegram", "httpx", "httpcore")
    logger.info("HTTP Request: POST https://api.telegram.org/bot%s/getMe", World().token)
    try:
        raise ValueError(TEXT)  # noqa: TRY301  # as an error of theirs would be logged
    except ValueError:
        logger.exception("Can not load %s", TEXT)
    assert [record.getMessage() for record in caplog.records if record.name == name] == [
        f"a error of {name}, not shown"
    ]
    assert len(logger.filters) == 1
