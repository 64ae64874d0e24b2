"""A client that adds nothing: one request, one answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from botapi.server import FakeTelegram
from botapi.world import World


class PlainBot:
    """Speaks to a fake, and holds its world.

    Attributes:
        telegram: the fake, for its `until`.
        http: for requests that are not even a call.
    """

    def __init__(self, telegram: FakeTelegram, http: httpx.AsyncClient) -> None:
        self.telegram, self.world, self.http = telegram, telegram.world, http

    @classmethod
    @asynccontextmanager
    async def talking(cls, world: World | None = None) -> AsyncIterator["PlainBot"]:
        """A fake and its bot, while the context lasts."""
        async with (
            FakeTelegram.serving(world) as telegram,
            httpx.AsyncClient(base_url=telegram.url, timeout=60, trust_env=False) as http,
        ):
            yield cls(telegram, http)

    async def raw(self, method: str, **parameters: Any) -> httpx.Response:
        """The answer as it came."""
        return await self.http.post(f"/bot{self.world.token}/{method}", json=parameters)

    async def ask(self, method: str, **parameters: Any) -> Any:
        """The result.

        Raises:
            AssertionError: there is none.
        """
        answer = await self.raw(method, **parameters)
        assert answer.is_success, answer.text
        assert answer.json()["ok"] is True
        return answer.json()["result"]

    async def refused(self, method: str, **parameters: Any) -> tuple[int, str]:
        """Code and description of a refusal.

        Raises:
            AssertionError: it was none, or status and code differ.
        """
        answer = await self.raw(method, **parameters)
        told = answer.json()
        assert told["ok"] is False
        assert told["error_code"] == answer.status_code
        return answer.status_code, told["description"]


def a_group(world: World, *, admin: bool = True, forum: bool = False) -> tuple[int, int, int]:
    """A supergroup with the bot in it, its owner and a member; nothing of that waits any more."""
    ann, bob = world.user("Ann"), world.user("Bob")
    group = world.supergroup(owner=ann, members=[bob], forum=forum)
    world.add_bot(group, by=ann, admin=admin)
    world.updates.drop_all()
    return group, ann, bob
