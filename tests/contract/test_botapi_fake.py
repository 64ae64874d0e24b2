"""The fake Bot API keeps Telegram's word: first as this project reads it, with raw requests."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from botapi.server import FakeTelegram


class Bot:
    """A client that adds nothing."""

    def __init__(self, telegram: FakeTelegram, http: httpx.AsyncClient) -> None:
        self.world, self._http = telegram.world, http

    async def raw(self, method: str, **parameters: Any) -> httpx.Response:
        return await self._http.post(f"/bot{self.world.token}/{method}", json=parameters)

    async def get(self, method: str, **parameters: Any) -> Any:
        answer = await self.raw(method, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    async def refused(self, method: str, **parameters: Any) -> Any:
        answer = await self.raw(method, **parameters)
        assert answer.json()["error_code"] == answer.status_code != 200
        return answer.json()


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with (
        FakeTelegram.serving() as telegram,
        httpx.AsyncClient(base_url=telegram.url, timeout=30, trust_env=False) as http,
    ):
        yield Bot(telegram, http)


async def test_what_is_not_acknowledged_comes_again(bot: Bot) -> None:
    ann = bot.world.user("Ann")
    for text in ("one", "two", "three"):
        bot.world.write(ann, ann, text)
    first = await bot.get("getUpdates")
    assert [one["message"]["text"] for one in first] == ["one", "two", "three"]
    assert await bot.get("getUpdates") == first
    second = await bot.get("getUpdates", offset=first[1]["update_id"], limit=1)
    assert [one["message"]["text"] for one in second] == ["two"]
    assert [one["message"]["text"] for one in bot.world.pending()] == ["two", "three"]
