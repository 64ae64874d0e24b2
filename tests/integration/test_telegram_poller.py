"""The poller against a Telegram over real HTTP, with the real store: nothing lost, nothing done twice."""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from assembly import rows
from botapi.server import FakeTelegram
from raw_updates import said
from telegram_failing import FailingStore
from telegram_wire import ACCOUNT, LONGEST, Wire, until

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.client import BotApi
from bot.adapters.telegram.values import Say
from bot.application.ports import Inbox, Transaction
from bot.domain.decisions import Prediction
from bot.domain.errors import Overloaded, RateLimited, SettingsError
from bot.domain.messages import IncomingMessage
from bot.domain.verdicts import Verdict

FAILED = "SELECT kind, error FROM failed_updates ORDER BY id"
HANDLED = "SELECT update_id FROM handled_updates ORDER BY update_id"
DECISIONS = "SELECT message_id FROM decisions"


@pytest.fixture(autouse=True)
def timedelta_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


async def test_updates_are_handled_in_their_order_and_then_acknowledged(
    store: SqlStore, database: Path
) -> None:
    wire = Wire(store)
    wire.world.promote_bot(wire.chat, by=wire.ann)
    wire.say("first", "second", "/mode live", "third", "/pause 2h")
    async with wire.running():
        await until(wire.settled)
    assert wire.judged() == ["first", "second", "third"]
    assert wire.conversation.asked == ["administrator", "/mode", "/pause"]
    assert [place.channel_id for place in wire.conversation.introduced_to] == [str(wire.chat)] * 2
    assert [act.text for act in wire.speaker.acts if isinstance(act, Say)] == [
        "heard administrator",
        "heard /mode",
        "heard /pause",
    ]
    assert rows(database, HANDLED) == wire.conversation.effects
    assert rows(database, FAILED) == []
    calls = wire.world.calls("getUpdates")
    assert sorted(calls[0]["params"]) == ["allowed_updates", "limit", "timeout"]
    assert (calls[0]["params"]["limit"], calls[0]["params"]["timeout"]) == ("100", "10")
    assert "offset" in calls[1]["params"]
    assert "offset" not in calls[-1]["params"] or len(calls) == 2


async def test_commands_act_before_the_next_message_is_judged(store: SqlStore) -> None:
    wire = Wire(store)
    order: list[str] = []
    wire.say("before", "/off", "after")
    judge, effect = wire.bot.telemetry.judged, wire.conversation._effect

    def judged(verdict: Verdict) -> None:
        order.append(verdict.message.text)
        judge(verdict)

    wire.bot.telemetry.judged = judged  # type: ignore[method-assign]

    def noting(what: str, *given: Any) -> Any:
        work = effect(what, *given)

        def noted(tx: Transaction) -> Any:
            order.append(what)
            return work(tx)

        return noted

    wire.conversation._effect = noting  # type: ignore[method-assign,assignment]
    async with wire.running():
        await until(wire.settled)
    assert order == ["before", "/off", "after"]


BAD: list[dict[str, Any]] = [
    {"message": "nonsense"},
    {"message": {"text": "no chat"}},
    {
        "callback_query": {
            "id": "5",
            "from": {"id": "zq7x"},
            "data": "me:forget",
            "message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}},
        }
    },
    {"my_chat_member": []},
]


async def test_a_bad_update_is_recorded_and_its_neighbours_are_handled(
    store: SqlStore, database: Path
) -> None:
    wire = Wire(store)
    for number, bad in enumerate(BAD):
        wire.say(f"before {number}")
        wire.world.inject(bad)
    wire.say("last")
    async with wire.running():
        await until(wire.settled)
    assert wire.judged() == ["before 0", "before 1", "before 2", "before 3", "last"]
    assert rows(database, FAILED) == [
        ("message", "WrongType: message"),
        ("message", "Missing: chat"),
        ("callback_query", "WrongType: id"),
        ("my_chat_member", "WrongType: my_chat_member"),
    ]
    assert wire.events.count("update_skipped") == len(BAD)


async def test_a_message_that_breaks_the_judging_is_recorded_and_its_neighbours_are_judged(
    store: SqlStore, database: Path
) -> None:
    wire = Wire(store)
    classify = wire.bot.classifier.classify

    async def breaking(texts: Sequence[str]) -> list[Prediction]:
        if any("poison" in text for text in texts):
            raise ZeroDivisionError
        return await classify(texts)

    wire.bot.classifier.classify = breaking  # type: ignore[method-assign]
    wire.say("sad one two", "poison three four", "sad five six")
    async with wire.running():
        await until(wire.settled)
    assert sorted(wire.judged()) == ["sad five six", "sad one two"]
    assert rows(database, FAILED) == [("message", "ZeroDivisionError")]


async def test_a_command_that_breaks_is_recorded_and_does_not_hold_up_the_rest(
    store: SqlStore, database: Path
) -> None:
    wire = Wire(store)
    wire.conversation.breaks = KeyError("zq7x")
    wire.say("/mode", "sad and alone")
    async with wire.running():
        await until(wire.settled)
    assert rows(database, FAILED) == [("message", "KeyError")]
    assert rows(database, HANDLED) == []
    assert wire.judged() == ["sad and alone"]


async def test_a_platform_that_fails_a_command_does_not_hold_up_the_rest(
    store: SqlStore, database: Path
) -> None:
    wire = Wire(store)
    wire.conversation.breaks = RateLimited(timedelta(seconds=1))
    wire.say("/mode")
    async with wire.running():
        await until(wire.settled)
    assert rows(database, FAILED) == [("message", "RateLimited")]


async def test_while_the_store_refuses_nothing_is_acknowledged(store: SqlStore, database: Path) -> None:
    failing = FailingStore(store)
    wire = Wire(failing)
    failing.refuses = 10**9
    wire.say("sad one", "/mode", "sad two")
    async with wire.running():
        await until(lambda: failing.refused >= 8)
        assert len(wire.world.pending()) == 3
        assert len(wire.world.calls("getUpdates")) == 1
        assert wire.clock.waits[:7] == [1, 2, 4, 8, 16, 30, 30]
        assert (wire.judged(), wire.conversation.effects) == ([], [])
        failing.refuses = 0
        await until(wire.settled)
    assert wire.judged() == ["sad one", "sad two"]
    assert len(wire.conversation.effects) == 1
    assert rows(database, FAILED) == []


class BusyInbox:
    """Has no room, a few times."""

    def __init__(self, inbox: Inbox, times: int) -> None:
        self._inbox = inbox
        self.left = times

    async def submit(self, messages: Sequence[IncomingMessage]) -> Sequence[Verdict | None]:
        if self.left:
            self.left -= 1
            raise Overloaded(timedelta(seconds=3))
        return await self._inbox.submit(messages)

    def offer(self, messages: Sequence[IncomingMessage]) -> Awaitable[Sequence[Verdict | None]]:
        return self._inbox.offer(messages)


async def test_an_intake_without_room_is_waited_for(store: SqlStore) -> None:
    wire = Wire(store)
    wire.reception._inbox = BusyInbox(wire.bot.intake, 3)
    wire.say("sad one")
    async with wire.running():
        await until(wire.settled)
    assert wire.judged() == ["sad one"]
    assert wire.clock.waits == [3, 3, 4]


async def test_a_second_poller_is_told_once_and_waited_out(store: SqlStore) -> None:
    wire = Wire(store)
    wire.world.fault("error", "getUpdates", code=409, description="Conflict: terminated", times=4)
    wire.say("sad one")
    async with wire.running():
        await until(wire.settled)
    assert wire.events.count("second_poller") == 1
    assert wire.events.count("telegram_reachable") == 1
    assert wire.clock.waits == [30, 30, 30, 30]
    assert wire.judged() == ["sad one"]


async def test_a_real_second_poller_ends_in_no_crash(store: SqlStore) -> None:
    wire = Wire(store)
    async with FakeTelegram.serving(wire.world) as telegram, wire.polling(telegram) as first:
        wire.world.switch(poll_seconds=5)
        async with BotApi(token=wire.world.token, api_url=telegram.url) as other:
            await until(lambda: wire.world.calls("getUpdates"))
            taking = asyncio.create_task(other.call("getUpdates", {"timeout": 1}, timeout=5))
            await until(lambda: "second_poller" in wire.events)
            with suppress(Exception):
                await taking
        assert not first.done()


async def test_a_token_that_is_not_accepted_ends_it(store: SqlStore) -> None:
    wire = Wire(store)
    wire.world.fault("error", "getUpdates", code=401, description="Unauthorized", times=None)
    async with FakeTelegram.serving(wire.world) as telegram, wire.polling(telegram) as task:
        with pytest.raises(SettingsError, match="SOLACE_TELEGRAM__TOKEN"):
            await task


async def test_without_the_network_it_waits_ever_longer_and_catches_up(store: SqlStore) -> None:
    wire = Wire(store)
    async with FakeTelegram.serving(wire.world) as telegram:
        port, url = int(telegram.url.rpartition(":")[2]), telegram
    async with wire.polling(url):
        await until(lambda: len(wire.clock.waits) >= 8)
        assert wire.clock.waits[:8] == [1, 2, 4, 8, 16, 30, 30, 30]
        wire.say("sad meanwhile", "sad again")
        async with FakeTelegram.serving(wire.world, port=port):
            await until(wire.settled)
    assert wire.judged() == ["sad meanwhile", "sad again"]
    assert wire.events.count("telegram_unreachable") == 1


async def test_when_the_network_goes_in_between_nothing_is_lost(store: SqlStore) -> None:
    wire = Wire(store)
    async with wire.running():
        wire.say("sad one")
        await until(wire.settled)
        for number in range(3):
            wire.world.fault("drop", "getUpdates", times=3)
            wire.say(f"sad {number}")
            await until(lambda number=number: wire.events.count("telegram_reachable") == number + 1)  # type: ignore[misc]
        await until(wire.settled)
    assert wire.judged() == ["sad one", "sad 0", "sad 1", "sad 2"]
    assert wire.events.count("telegram_unreachable") == 3


async def test_a_stalled_client_is_built_anew(store: SqlStore) -> None:
    wire = Wire(store)
    wire.world.fault("hang", "getUpdates", times=1)
    wire.say("sad one")
    async with wire.running():
        await until(lambda: wire.world.calls("getUpdates"))
        await until(lambda: wire.clock.sleepers)
        await wire.clock.advance(LONGEST - timedelta(seconds=1))
        assert "telegram_client_rebuilt" not in wire.events
        assert wire.judged() == []
        await wire.clock.advance(timedelta(seconds=1))
        await until(wire.settled)
    assert wire.events.count("telegram_client_rebuilt") == 1
    assert wire.judged() == ["sad one"]


async def test_what_is_delivered_again_does_nothing_twice(store: SqlStore, database: Path) -> None:
    wire = Wire(store)
    wire.say("sad one", "/mode live", "sad two", "/pause")
    wire.world.inject({"message": "nonsense"})
    wire.world.fault("drop", "getUpdates", after=1, times=None)  # no acknowledgement arrives
    async with wire.running():
        await until(lambda: "telegram_unreachable" in wire.events)
    assert len(wire.world.pending()) == 5
    before = (rows(database, DECISIONS), rows(database, HANDLED), rows(database, FAILED))
    effects = list(wire.conversation.effects)
    wire.world.clear_faults()
    async with wire.running():
        await until(wire.settled)
    assert (rows(database, DECISIONS), rows(database, HANDLED), rows(database, FAILED)) == before
    assert wire.conversation.effects == effects
    assert len(wire.conversation.asked) == 4, "asked again, and without effect"
    assert len(wire.speaker.acts) == 2
    assert len(wire.judged()) == 2


async def test_ended_at_any_moment_it_goes_on_where_it_was(store: SqlStore, database: Path) -> None:
    wire = Wire(store)
    for number in range(60):
        wire.say(f"/do {number}" if number % 5 == 4 else f"sad {number}")
    async with FakeTelegram.serving(wire.world) as telegram:
        for turns in range(0, 60, 6):
            async with wire.polling(telegram):
                polls = len(wire.world.calls("getUpdates"))
                await until(lambda polls=polls: len(wire.world.calls("getUpdates")) > polls)  # type: ignore[misc]
                for _ in range(turns):
                    await asyncio.sleep(0)
            wire.say(f"sad in between {turns}")
        async with wire.polling(telegram):
            await until(wire.settled)
    assert len(rows(database, DECISIONS)) == 48 + 10
    assert len(set(rows(database, DECISIONS))) == 48 + 10
    assert sorted(wire.conversation.effects) == rows(database, HANDLED)
    assert len(set(wire.conversation.effects)) == len(wire.conversation.effects) == 12
    assert rows(database, FAILED) == []


async def test_ids_that_start_again_lower_are_not_missed(store: SqlStore) -> None:
    wire = Wire(store)
    wire.say("sad one")
    async with wire.running():
        await until(wire.settled)
        polls = len(wire.world.calls("getUpdates"))
        await until(lambda: len(wire.world.calls("getUpdates")) > polls + 2)
        wire.world.inject({**said("sad and lower"), "update_id": 17})
        await until(wire.settled)
    assert wire.judged() == ["sad one", "sad and lower"]


async def test_skew_is_told_once_and_messages_are_as_old_as_they_are(store: SqlStore) -> None:
    wire = Wire(store)
    ahead = wire.clock.now() - timedelta(seconds=40)

    def batch(number: int) -> list[object]:
        return [said(f"sad {number}", date=int(ahead.timestamp()))]

    for number in range(6):
        wire.reception.read(batch(number), waited=True)
    assert wire.events == ["clock_skew"]
    (run,) = wire.reception.read(batch(7))
    assert isinstance(run, Sequence)
    assert wire.clock.now() - run[0].message.sent_at <= timedelta(seconds=1)
    assert wire.events == ["clock_skew"]
    assert wire.reception._me.account == ACCOUNT
