"""What `solace doctor` says of Telegram is true of the program that it speaks about."""

import pytest
from botapi.server import FakeTelegram
from telegram_wire import Wire, until

from bot.adapters.storage import SqlStore
from bot.adapters.telegram import examination


async def test_the_advice_names_the_event_of_an_update_that_could_not_be_read(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    wire = Wire(store)
    wire.world.inject({"message": 5})
    async with FakeTelegram.serving(wire.world) as telegram, wire.polling(telegram):
        await until(wire.settled)
    (told,) = wire.events
    check = examination.chats([], failed_today=1)[-1]
    assert f"`{told}`" in str(check.advice)
