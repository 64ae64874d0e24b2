"""The fake Bot API: flood limits, ordered faults, the webhook, and the fake as a process of its own."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from botapi.faults import KINDS
from botapi.peer import peering
from botapi.plain import PlainBot
from botapi.world import World

NOW = 1_800_000_000.0


@pytest.fixture
async def bot() -> AsyncIterator[PlainBot]:
    async with PlainBot.talking(World(now=lambda: NOW)) as bot:
        yield bot


def a_private_chat(bot: PlainBot) -> int:
    return bot.world.private(bot.world.user())


async def codes(bot: PlainBot, chat: int, count: int) -> list[int]:
    return [(await bot.raw("sendMessage", chat_id=chat, text="x")).status_code for _ in range(count)]


# ------------------------------------------------------------------ floods


async def test_one_chat_takes_a_short_burst_and_then_one_a_second(bot: PlainBot) -> None:
    ann = a_private_chat(bot)
    assert await codes(bot, ann, 4) == [200, 200, 200, 429]
    bot.world.advance(1)
    assert await codes(bot, ann, 2) == [200, 429]
    assert bot.world.self_caused_429() == 2
    assert len(bot.world.sent()) == 4


async def test_a_group_takes_twenty_a_minute(bot: PlainBot) -> None:
    ann = bot.world.user()
    group = bot.world.group(owner=ann)
    bot.world.add_bot(group, by=ann)
    for _ in range(20):
        assert await codes(bot, group, 1) == [200]
        bot.world.advance(2)
    told = (await bot.raw("sendMessage", chat_id=group, text="x")).json()
    assert told["parameters"] == {"retry_after": 20}
    assert told["description"] == "Too Many Requests: retry after 20"
    bot.world.advance(20)
    assert await codes(bot, group, 1) == [200]


async def test_all_chats_together_take_thirty_a_second(bot: PlainBot) -> None:
    chats = [a_private_chat(bot) for _ in range(31)]
    answers = [(await codes(bot, chat, 1))[0] for chat in chats]
    assert answers == [200] * 30 + [429]
    bot.world.advance(1)
    assert await codes(bot, chats[-1], 1) == [200]


async def test_edits_count_and_a_switch_lets_everything_through(bot: PlainBot) -> None:
    ann = a_private_chat(bot)
    number = (await bot.ask("sendMessage", chat_id=ann, text="0"))["message_id"]
    edits = [
        (await bot.raw("editMessageText", chat_id=ann, message_id=number, text=str(turn))).status_code
        for turn in range(1, 4)
    ]
    assert edits == [200, 200, 429]
    bot.world.advance(0.95)
    assert await codes(bot, ann, 1) == [429]
    bot.world.switch(slack=0.05)
    assert await codes(bot, ann, 2) == [200, 429]
    bot.world.switch(enforced=False)
    assert await codes(bot, ann, 1) == [200]
    assert bot.world.self_caused_429() == 4, "what would have been refused is counted all the same"


# ------------------------------------------------------------------ faults


async def test_an_error_is_given_as_often_as_ordered_and_stores_nothing(bot: PlainBot) -> None:
    ann = a_private_chat(bot)
    bot.world.fault("error", "sendMessage", code=403, times=2, after=1)
    bot.world.fault("error", "sendMessage", code=429, retry_after=7, chat=ann)
    answers = [await bot.raw("sendMessage", chat_id=ann, text=str(turn)) for turn in range(5)]
    assert [one.status_code for one in answers] == [429, 403, 403, 200, 200]
    assert answers[0].json()["parameters"] == {"retry_after": 7}
    assert [one["text"] for one in bot.world.sent()] == ["3", "4"]
    assert (bot.world.self_caused_429(), bot.world.faults_left()) == (0, 0)


async def test_nobody_can_tell_from_the_answer_whether_it_was_stored(bot: PlainBot) -> None:
    ann = a_private_chat(bot)
    bot.world.fault("store_then_error", code=502)
    bot.world.fault("error", code=502)
    answers = [(await bot.raw("sendMessage", chat_id=ann, text="x")).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["error_code"] == 502
    assert len(bot.world.sent()) == 1


@pytest.mark.parametrize(("kind", "stored"), [("drop", 0), ("store_then_drop", 1), ("cut", 1)])
async def test_a_connection_breaks(bot: PlainBot, kind: str, stored: int) -> None:
    ann = a_private_chat(bot)
    bot.world.fault(kind)
    with pytest.raises(httpx.RemoteProtocolError):
        await bot.raw("sendMessage", chat_id=ann, text="x")
    assert len(bot.world.sent()) == stored
    assert await bot.ask("sendMessage", chat_id=ann, text="y"), "the next one is well"


@pytest.mark.parametrize(("kind", "stored"), [("hang", 0), ("store_then_hang", 1)])
async def test_a_call_hangs_until_it_is_let_go(bot: PlainBot, kind: str, stored: int) -> None:
    ann = a_private_chat(bot)
    bot.world.fault(kind, "sendMessage")
    call = asyncio.create_task(bot.ask("sendMessage", chat_id=ann, text="x"))
    await bot.telegram.until(bot.world.counts)
    assert await bot.ask("getMe"), "others are answered meanwhile"
    assert (len(bot.world.sent()), call.done()) == (stored, False)
    bot.world.release()
    assert (await call)["text"] == "x"


async def test_an_answer_that_is_no_json_or_comes_slowly(bot: PlainBot) -> None:
    ann = a_private_chat(bot)
    bot.world.fault("malformed")
    bot.world.fault("slow", seconds=0.01)
    with pytest.raises(json.JSONDecodeError):
        (await bot.raw("sendMessage", chat_id=ann, text="x")).json()
    assert (await bot.ask("sendMessage", chat_id=ann, text="y"))["text"] == "y"
    assert len(bot.world.sent()) == 2


async def test_polling_is_met_only_by_faults_that_name_it(bot: PlainBot) -> None:
    bot.world.fault("error", code=500)
    assert await bot.ask("getUpdates") == []
    bot.world.fault("error", "getUpdates", code=401, times=None)
    for _ in range(3):
        assert await bot.refused("getUpdates") == (401, "Unauthorized")
    bot.world.clear_faults()
    assert await bot.ask("getUpdates") == []
    with pytest.raises(ValueError, match="no fault"):
        bot.world.fault("explode")
    assert "error" in KINDS


# ------------------------------------------------------------------ webhook


async def test_a_webhook_is_asked_again_until_it_takes_an_update(bot: PlainBot) -> None:
    seen: list[tuple[int, str]] = []
    done = asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split()[0])
        update = json.loads(await reader.readexactly(length))
        secret = head.partition("x-telegram-bot-api-secret-token:")[2].split()[0]
        seen.append((update["update_id"], secret))
        status = b"500 No" if len(seen) == 1 else b"200 OK"
        writer.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        if len(seen) == 3:
            done.set()

    first, second = bot.world.inject({"message": {}}), bot.world.inject({"message": {}})
    hook = await asyncio.start_server(take, "127.0.0.1", 0)
    async with hook:
        url = f"http://127.0.0.1:{hook.sockets[0].getsockname()[1]}/hook"
        await bot.ask("setWebhook", url=url, secret_token="abc-123")
        assert (await bot.refused("getUpdates"))[0] == 409
        await asyncio.wait_for(done.wait(), 60)
        await bot.telegram.until(lambda: not bot.world.pending())
    assert seen == [(first, "abc-123"), (first, "abc-123"), (second, "abc-123")]
    info = await bot.ask("getWebhookInfo")
    assert (info["url"], info["pending_update_count"]) == (url, 0)
    assert "500" in info["last_error_message"]
    await bot.ask("deleteWebhook")
    assert await bot.ask("getUpdates") == []


# ------------------------------------------------------------------ a process of its own


@pytest.mark.slow
def test_the_same_world_can_be_had_from_outside() -> None:
    with peering(first_update=11) as peer:
        ann = peer.world.user("Ann")
        group = peer.world.supergroup("Far", owner=ann)
        peer.world.add_bot(group, by=ann)
        said = peer.world.write(group, ann, "sad")
        with httpx.Client(base_url=f"{peer.url}/bot{peer.token}", trust_env=False) as http:
            updates = http.post("/getUpdates", json={}).json()["result"]
            sent = http.post("/sendMessage", json={"chat_id": group, "text": "x"}).json()["result"]
        assert [one["update_id"] for one in updates] == [11, 12, 13]
        assert updates[-1]["message"] == said
        assert peer.world.by_bot(group) == [sent]
        assert peer.world.counts() == {"getUpdates": 1, "sendMessage": 1}
        with pytest.raises(ValueError, match="no method 'nothing'"):
            peer.world.nothing()
        with pytest.raises(ValueError, match="no button"):
            peer.world.press(group, ann, sent["message_id"], "x")
        both = peer.world.many([("write", {"chat": group, "user": ann, "text": text}) for text in "ab"])
        assert [one["text"] for one in both] == ["a", "b"]
