"""Pushed updates: behind the real HTTP application, from a Telegram that pushes again what was not taken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from assembly import rows
from botapi.server import FakeTelegram
from http_world import Served, served
from raw_updates import said
from telegram_failing import FailingStore
from telegram_wire import Wire, until

from bot.adapters.http import HOOK_PATH
from bot.adapters.storage import SqlStore
from bot.adapters.telegram.client import BotApi
from bot.adapters.telegram.updates import ALLOWED
from bot.adapters.telegram.webhook import Hook, Webhook

SECRET = "X-Telegram-Bot-Api-Secret-Token"


@asynccontextmanager
async def pushing(wire: Wire) -> AsyncIterator[tuple[Served, Hook]]:
    """Telegram pushes to the application; nobody polls."""
    hook = Hook()
    async with (
        FakeTelegram.serving(wire.world) as telegram,
        served(wire.bot, hook=hook, delivers=False) as here,
        BotApi(token=wire.world.token, api_url=telegram.url) as api,
    ):
        webhook = Webhook(
            api=api,
            hook=hook,
            reception=wire.reception,
            url=f"{here.listener.url}{HOOK_PATH}",
            clock=wire.clock,
            telemetry=wire.bot.telemetry,
        )
        task = asyncio.create_task(webhook.run())
        try:
            await until(lambda: wire.world.webhook.url)
            yield here, hook
        finally:
            task.cancel()
            await asyncio.wait({task})


async def test_what_is_pushed_is_handled_in_order(store: SqlStore) -> None:
    wire = Wire(store)
    async with pushing(wire):
        wire.say("sad one", "/mode live", "sad two")
        await until(wire.settled)
    assert wire.judged() == ["sad one", "sad two"]
    assert wire.conversation.asked == ["/mode"]
    asked, *_ = wire.world.calls("setWebhook")
    assert asked["params"]["allowed_updates"] == list(ALLOWED)
    assert asked["params"]["max_connections"] == "1"


async def test_what_the_store_refuses_is_pushed_again(store: SqlStore, database: Path) -> None:
    failing = FailingStore(store)
    wire = Wire(failing)
    async with pushing(wire):
        failing.refuses = 3
        wire.say("/mode live")
        await until(wire.settled)
    assert failing.refused == 3
    assert len(wire.conversation.effects) == 1
    assert rows(database, "SELECT count(*) FROM handled_updates") == [1]


async def test_a_bad_update_is_recorded_and_taken(store: SqlStore, database: Path) -> None:
    wire = Wire(store)
    async with pushing(wire):
        wire.world.inject({"message": []})
        wire.say("sad one")
        await until(wire.settled)
    assert rows(database, "SELECT kind, error FROM failed_updates") == [("message", "WrongType: message")]
    assert wire.judged() == ["sad one"]


@pytest.mark.parametrize("given", [None, "", "wrong", "ä"])
async def test_who_does_not_know_the_secret_is_refused(given: str | None, store: SqlStore) -> None:
    wire = Wire(store)
    async with pushing(wire) as (here, hook):
        headers = {} if given is None else {SECRET: given.encode()}
        answer = await here.http.post(HOOK_PATH, json=said(), headers=headers)  # type: ignore[arg-type]
        assert answer.status_code == 403
        assert hook.secret not in answer.text + repr(hook)
    assert wire.judged() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"\xff", 400), (b"[" * 100_000, 400), (b'"x"', 200), (b"x" * 2_000_000, 413)],
)
async def test_what_is_no_update_breaks_nothing(body: bytes, status: int, store: SqlStore) -> None:
    wire = Wire(store)
    async with pushing(wire) as (here, hook):
        headers = {SECRET: hook.secret, "Content-Type": "application/json"}
        answer = await here.http.post(HOOK_PATH, content=body, headers=headers)
        assert answer.status_code == status
        assert (await here.http.post(HOOK_PATH, json=said("sad one"), headers=headers)).status_code == 200
    assert wire.judged() == ["sad one"]


@pytest.mark.parametrize("options", [{}, {"keys": {"shop": "shop-secret-0123456789"}}])
async def test_the_route_is_open_to_every_name_and_only_where_a_webhook_is_set(
    options: dict[str, Any], store: SqlStore
) -> None:
    wire = Wire(store)
    headers = {"Host": "bot.example.org", SECRET: "x"}
    async with served(wire.bot, **options) as here:
        assert (await here.http.post(HOOK_PATH, json={}, headers=headers)).status_code == 404
    async with served(wire.bot, hook=Hook(), **options) as here:
        assert (await here.http.post(HOOK_PATH, json={}, headers=headers)).status_code == 403


async def test_before_it_is_ready_it_asks_to_come_again(store: SqlStore) -> None:
    wire, hook = Wire(store), Hook()
    async with served(wire.bot, hook=hook) as here:
        answer = await here.http.post(HOOK_PATH, json=said(), headers={SECRET: hook.secret})
        assert answer.status_code == 503
