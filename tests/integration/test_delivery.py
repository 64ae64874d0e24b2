import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from assembly import LIVE, Assembly, rows
from fakes import FakeSender
from telegram_failing import FailingStore

from bot.adapters.storage import SqlStore
from bot.application.delivery import CLAIM, backoff
from bot.application.departures import leaving_at_any_time, may_leave
from bot.application.ports import Queries
from bot.domain.channels import Mode
from bot.domain.errors import (
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    ReplyRejected,
    ReplyUnconfirmed,
    StoreError,
)
from bot.domain.pacing import Pacer, Rate
from bot.domain.replies import OutgoingReply, Receipt

T = TypeVar("T")
SECOND = timedelta(seconds=1)


@pytest.fixture
def bot(store: SqlStore) -> Assembly:
    return Assembly(store)


async def test_a_reply_is_sent_once_and_its_address_forgotten(bot: Assembly, database: Path) -> None:
    await bot.judge(bot.message(message_id="m"))
    sender = await bot.deliver()
    assert [(reply.ref.message_id, dict(reply.address)["to"][:8]) for reply in sender.stored] == [
        ("m", "address-")
    ]
    assert (await bot.deliver()).calls == 0
    stored = rows(database, "SELECT state, address, run_id, attempts, sequence, sent_message_id FROM replies")
    assert stored == [("sent", None, None, 1, 1, "sent-1")]


@pytest.mark.parametrize(
    ("fate", "state", "again"),
    [
        (RateLimited(3 * SECOND), "pending", True),
        (PlatformUnavailable("no connection"), "pending", True),
        (ReplyRejected("blocked"), "failed", False),
        (ReplyUnconfirmed("timed out"), "unconfirmed", False),
    ],
)
async def test_the_error_says_whether_it_is_tried_again(
    bot: Assembly, database: Path, fate: PlatformError, state: str, again: bool
) -> None:
    await bot.judge(bot.message())
    assert (await bot.deliver(fate)).calls == 1
    assert rows(database, "SELECT state, detail FROM replies") == [(state, type(fate).__name__)]
    assert (await bot.deliver()).calls == 0  # at once: never
    await bot.clock.advance(5 * SECOND)
    assert (await bot.deliver()).calls == again


async def test_a_sender_with_a_bug_is_not_asked_twice(bot: Assembly, database: Path) -> None:
    class Broken(FakeSender):
        async def send(self, reply: object) -> None:  # type: ignore[override]
            del reply
            self.calls += 1
            raise KeyError("a bug")

    await bot.judge(bot.message())
    delivery = bot.delivery(Broken())
    delivery.stop()
    await delivery.run()
    assert rows(database, "SELECT state, detail FROM replies") == [("unconfirmed", "KeyError")]


async def test_past_its_deadline_nothing_is_sent(bot: Assembly, database: Path) -> None:
    await bot.judge(bot.message())
    await bot.clock.advance(11 * SECOND)
    assert (await bot.deliver()).calls == 0
    assert rows(database, "SELECT state, address FROM replies") == [("expired", None)]


async def test_a_reply_postponed_past_its_deadline_expires_when_that_comes(
    bot: Assembly, database: Path
) -> None:
    await bot.judge(bot.message())
    await bot.deliver(RateLimited(timedelta(hours=1)))
    await bot.clock.advance(11 * SECOND)
    await bot.deliver()
    assert rows(database, "SELECT state FROM replies") == ["expired"]


async def test_who_opts_out_gets_nothing_that_was_waiting(bot: Assembly, database: Path) -> None:
    message = bot.message()
    assert message.author is not None
    author = message.author
    await bot.judge(message)
    await bot.store.transact(lambda tx: tx.opt_out(author, at=bot.clock.now()))
    assert (await bot.deliver()).calls == 0
    assert rows(database, "SELECT state FROM replies") == ["cancelled"]


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.SHADOW])
async def test_a_chat_that_was_silenced_meanwhile_gets_nothing(
    store: SqlStore, database: Path, mode: Mode
) -> None:
    live = Assembly(store)
    await live.judge(live.message())
    silenced = Assembly(store, replace(LIVE, mode=mode))
    assert (await silenced.deliver()).calls == 0
    assert rows(database, "SELECT state FROM replies") == ["cancelled"]


async def test_what_another_run_had_on_the_wire_is_unconfirmed_for_good(
    bot: Assembly, database: Path
) -> None:
    """The process dies between the request and its settlement."""
    await bot.judge(bot.message())
    caught = asyncio.Event()

    class Hanging(FakeSender):
        async def send(self, reply: object) -> None:  # type: ignore[override]
            del reply
            caught.set()
            await asyncio.Event().wait()

    dying = asyncio.create_task(bot.delivery(Hanging(), run_id="dead").run())
    await asyncio.wait_for(caught.wait(), 10)
    dying.cancel()
    await asyncio.wait({dying})
    assert rows(database, "SELECT state, run_id FROM replies") == [("sending", "dead")]

    assert (await bot.deliver(run_id="next")).calls == 0
    assert rows(database, "SELECT state, detail FROM replies") == [("unconfirmed", "interrupted")]
    assert bot.telemetry.events == ["replies_unconfirmed_after_restart"]


async def test_who_is_ended_while_one_reply_hangs_records_the_others(bot: Assembly, database: Path) -> None:
    await bot.judge(*[bot.message() for _ in range(3)])
    others = asyncio.Event()

    class HangingOnce(FakeSender):
        async def send(self, reply: object) -> object:  # type: ignore[override]
            if not self.called.is_set():
                self.called.set()
                await asyncio.Event().wait()
            receipt = await super().send(reply)  # type: ignore[arg-type]
            if self.calls == 2:
                others.set()
            return receipt

    ending = asyncio.create_task(bot.delivery(HangingOnce(), run_id="ended").run())
    await asyncio.wait_for(others.wait(), 10)
    ending.cancel()
    await asyncio.wait({ending})
    assert ending.cancelled()
    states = "SELECT state FROM replies ORDER BY id"
    assert rows(database, states) == ["sending", "sent", "sent"]
    assert (await bot.deliver(run_id="next")).calls == 0
    assert rows(database, states) == ["unconfirmed", "sent", "sent"]


async def test_the_pace_holds_and_urgent_chats_do_not_wait_for_slow_ones(bot: Assembly) -> None:
    rates = [Rate(count=1, per=5 * SECOND)]
    messages = [bot.message(channel_id="busy") for _ in range(20)] + [bot.message(channel_id="quiet")]
    await bot.judge(*messages)
    sender = await bot.deliver(pacer=Pacer(chat=rates))
    assert [reply.ref.channel_id for reply in sender.stored] == ["busy", "quiet"]
    assert (await bot.deliver(pacer=Pacer(chat=rates))).calls == 0
    await bot.clock.advance(5 * SECOND)
    assert (await bot.deliver(pacer=Pacer(chat=rates))).calls == 1


async def test_the_pace_goes_on_after_a_restart(bot: Assembly) -> None:
    rates = [Rate(count=1, per=5 * SECOND)]
    await bot.judge(bot.message(), bot.message())
    assert (await bot.deliver(pacer=Pacer(account=rates))).calls == 1
    await bot.clock.advance(4 * SECOND)
    assert (await bot.deliver(pacer=Pacer(account=rates), run_id="next")).calls == 0
    await bot.clock.advance(SECOND)
    assert (await bot.deliver(pacer=Pacer(account=rates), run_id="third")).calls == 1


async def test_at_most_sixteen_are_on_the_wire(bot: Assembly) -> None:
    class Counting(FakeSender):
        now = most = 0

        async def send(self, reply: object) -> object:  # type: ignore[override]
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= 1
            return await super().send(reply)  # type: ignore[arg-type]

    await bot.judge(*[bot.message() for _ in range(50)])
    sender = Counting()
    running = asyncio.create_task(bot.delivery(sender).run())
    await bot.pass_time_until(lambda: sender.calls == 50)
    running.cancel()
    await asyncio.wait({running})
    assert sender.most == 16


async def test_what_has_no_place_on_the_wire_when_it_is_stopped_waits_for_the_next_run(
    bot: Assembly, database: Path
) -> None:
    await bot.judge(*[bot.message() for _ in range(50)])
    assert (await bot.deliver()).calls == 16
    states = "SELECT state, count(*) FROM replies GROUP BY state ORDER BY state"
    assert rows(database, states) == [("pending", 34), ("sent", 16)]


async def test_who_is_ended_while_something_landed_ends_although_the_database_refuses(
    store: SqlStore,
) -> None:
    failing = FailingStore(store)
    bot = Assembly(failing)
    await bot.judge(bot.message(channel_id="stuck"), bot.message(channel_id="quick"))
    sender = Hanging()
    running = asyncio.create_task(bot.delivery(sender).run())
    await bot.pass_time_until(lambda: bool(sender.hanging) and sender.calls == 1)
    failing.refuses = 10**9
    running.cancel()
    done, _ = await asyncio.wait({running}, timeout=10)
    assert done
    assert running.cancelled()


async def test_a_card_waits_for_no_phrase_that_hangs(bot: Assembly) -> None:
    await bot.judge(*[bot.message(channel_id="stuck") for _ in range(20)])
    sender = Hanging()
    running = asyncio.create_task(bot.delivery(sender).run())
    await bot.pass_time_until(lambda: sender.hanging == 16)
    await bot.judge(bot.message("a crisis of mine", channel_id="elsewhere"))
    await bot.pass_time_until(lambda: sender.calls == 1)
    assert [reply.card for reply in sender.stored] == [True]
    running.cancel()
    await asyncio.wait({running})


async def test_whether_a_reply_may_leave_is_known_at_the_last_moment(bot: Assembly) -> None:
    class Slow(FakeSender):
        async def send(self, reply: OutgoingReply) -> Receipt:
            assert may_leave()()
            await bot.clock.advance(11 * SECOND)
            with leaving_at_any_time():
                assert may_leave()()
            if not may_leave()():
                raise PlatformUnavailable("its time was over")
            return await super().send(reply)

    await bot.judge(bot.message())
    sender = Slow()
    for _ in range(2):
        delivery = bot.delivery(sender)
        delivery.stop()
        await delivery.run()
    assert sender.stored == []
    assert [each.state for each in bot.telemetry.settlements] == ["pending", "expired"]
    assert may_leave()()


class Hanging(FakeSender):
    """Requests into one chat do not end until they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()
        self.hanging = 0

    async def send(self, reply: OutgoingReply) -> Receipt:
        if reply.ref.channel_id == "stuck":
            self.hanging += 1
            await self.let_go.wait()
        return await super().send(reply)


async def test_requests_that_hang_hold_up_no_others(bot: Assembly, database: Path) -> None:
    sender = Hanging()
    delivery = bot.delivery(sender)
    running = asyncio.create_task(delivery.run())
    await bot.judge(*[bot.message(channel_id="stuck") for _ in range(CLAIM - 1)])
    await bot.judge(*[bot.message() for _ in range(40)])
    await bot.pass_time_until(
        lambda: rows(database, "SELECT count(*) FROM replies WHERE state = 'sent'") == [40]
    )
    assert (sender.calls, sender.hanging) == (40, CLAIM - 1)
    delivery.stop()
    sender.let_go.set()
    await running
    assert rows(database, "SELECT DISTINCT state FROM replies") == ["sent"]


async def test_when_all_places_on_the_wire_are_taken_it_looks_no_oftener_than_it_would(
    bot: Assembly,
) -> None:
    sender = Hanging()
    await bot.judge(*[bot.message(channel_id="stuck") for _ in range(CLAIM)], bot.message())
    reads = 0
    read = bot.store.read

    async def counted(work: Callable[[Queries], T]) -> T:
        nonlocal reads
        reads += 1
        return await read(work)

    bot.store.read = counted  # type: ignore[method-assign]
    running = asyncio.create_task(bot.delivery(sender).run())
    await bot.pass_time_until(lambda: sender.hanging == CLAIM)
    before, start = reads, bot.clock.now()
    await bot.pass_time_until(lambda: bot.clock.now() - start >= 60 * SECOND)
    assert reads - before <= 62
    assert sender.calls == 0
    running.cancel()
    await asyncio.wait({running})


async def test_what_is_on_the_wire_is_settled_where_the_service_itself_breaks(
    store: SqlStore, database: Path
) -> None:
    failing = FailingStore(store)
    bot = Assembly(failing)
    sender = Hanging()
    await bot.judge(bot.message(channel_id="stuck"))
    delivery = bot.delivery(sender)
    running = asyncio.create_task(delivery.run())
    await bot.pass_time_until(lambda: bool(sender.hanging))
    await bot.judge(bot.message())
    failing.refuses = 1
    bot.doorbell.ring("fake")
    await bot.pass_time_until(lambda: failing.refused == 1)
    sender.let_go.set()
    with pytest.raises(StoreError):
        await running
    assert rows(database, "SELECT state FROM replies ORDER BY id") == ["sent", "pending"]


async def test_who_is_cancelled_ends_also_where_the_database_refuses(store: SqlStore, database: Path) -> None:
    failing = FailingStore(store)
    bot = Assembly(failing)
    sender = Hanging()
    await bot.judge(bot.message(channel_id="stuck"))
    running = asyncio.create_task(bot.delivery(sender).run())
    await bot.pass_time_until(lambda: bool(sender.hanging))
    failing.refuses = 10**9
    running.cancel()
    done, _ = await asyncio.wait({running}, timeout=10)
    assert done
    assert running.cancelled()
    assert rows(database, "SELECT state FROM replies") == ["sending"]


async def test_a_lone_reply_costs_two_looks_at_the_outbox(bot: Assembly) -> None:
    looks = 0
    read = bot.store.read

    async def counted(work: Callable[[Queries], T]) -> T:
        nonlocal looks
        looks += 1
        return await read(work)

    delivery = bot.delivery(sender := FakeSender())
    await delivery._resume()
    bot.store.read = counted  # type: ignore[method-assign]
    await bot.judge(bot.message())
    judged = looks
    running = asyncio.create_task(delivery.run())
    await bot.pass_time_until(lambda: len(bot.telemetry.settlements) == 1)
    delivery.stop()
    await running
    assert sender.calls == 1
    assert looks - judged <= 3  # before it, after it, and one for `stop`


async def test_a_bell_brings_a_new_reply_out_without_waiting(bot: Assembly) -> None:
    sender = FakeSender()
    delivery = bot.delivery(sender)
    running = asyncio.create_task(delivery.run())
    async with bot.judging():
        await bot.intake.submit([bot.message()])
        await asyncio.wait_for(sender.called.wait(), 10)  # the clock stands still: only the bell can do it
    delivery.stop()
    await asyncio.wait_for(running, 10)
    assert sender.calls == 1


async def test_the_feed_numbers_what_was_sent_in_the_order_of_settling(bot: Assembly, database: Path) -> None:
    await bot.judge(*[bot.message() for _ in range(3)])
    await bot.deliver(None, RateLimited(SECOND), ReplyRejected("blocked"))
    await bot.clock.advance(2 * SECOND)
    await bot.deliver()
    assert rows(database, "SELECT id, state, sequence FROM replies ORDER BY sequence") == [
        (1, "sent", 1),
        (3, "failed", 2),
        (2, "sent", 3),
    ]


async def test_a_paced_reply_goes_when_its_time_comes_and_not_at_the_next_look(bot: Assembly) -> None:
    sender = FakeSender()
    delivery = bot.delivery(sender, pacer=Pacer(chat=[Rate(count=10, per=SECOND)]))
    await bot.judge(*[bot.message() for _ in range(3)])
    running = asyncio.create_task(delivery.run())
    async with asyncio.timeout(10):
        while sender.calls < 3:
            await bot.clock.advance(timedelta(milliseconds=50) if bot.clock.sleepers else timedelta())
    assert sender.stored[-1].deadline - bot.clock.now() > 9 * SECOND
    delivery.stop()
    await asyncio.wait_for(running, 10)


class BusyStore:
    """The real store, with something that happens before each transaction."""

    def __init__(self, store: SqlStore, before: Callable[[int], Awaitable[None]]) -> None:
        self._store = store
        self._before = before
        self._transactions = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def transact(self, work: Any) -> Any:
        self._transactions += 1
        await self._before(self._transactions)
        return await self._store.transact(work)


async def test_a_reply_that_became_late_while_the_writer_was_busy_is_not_sent(
    bot: Assembly, store: SqlStore, database: Path
) -> None:
    async def keep_the_claim_waiting(transaction: int) -> None:
        if transaction == 2:  # the first one resumes
            await bot.clock.advance(60 * SECOND)

    await bot.judge(bot.message())
    bot.store = BusyStore(store, keep_the_claim_waiting)  # type: ignore[assignment]
    assert (await bot.deliver()).calls == 0
    assert rows(database, "SELECT state FROM replies") == ["expired"]
    assert [each.state for each in bot.telemetry.settlements] == ["expired"]


async def test_what_was_sent_is_settled_even_when_the_database_refuses_at_first(
    bot: Assembly, store: SqlStore, database: Path
) -> None:
    await bot.judge(bot.message())
    refusals = [StoreError("the disk is full")] * 3

    async def refuse_what_follows_the_sending(_transaction: int) -> None:
        if sender.calls and refusals:
            raise refusals.pop()

    sender = FakeSender()
    bot.store = BusyStore(store, refuse_what_follows_the_sending)  # type: ignore[assignment]
    delivery = bot.delivery(sender)
    delivery.stop()
    running = asyncio.create_task(delivery.run())
    await bot.pass_time_until(running.done)
    assert (sender.calls, refusals) == (1, [])
    assert rows(database, "SELECT state FROM replies") == ["sent"]
    assert bot.telemetry.events == ["settle_failed"] * 3


async def test_after_a_429_the_whole_account_waits(bot: Assembly) -> None:
    await bot.judge(*[bot.message(channel_id=f"c{n}") for n in range(48)])
    sender = FakeSender([RateLimited(5 * SECOND)] * 16)
    delivery = bot.delivery(sender)
    running = asyncio.create_task(delivery.run())
    start = bot.clock.now()
    await bot.pass_time_until(lambda: bot.clock.now() >= start + 4 * SECOND)
    assert sender.calls == 16
    await bot.pass_time_until(lambda: sender.calls == 16 + 48)
    delivery.stop()
    await asyncio.wait_for(running, 10)


async def test_an_hour_of_429_costs_one_request_and_no_reply_is_late(bot: Assembly, database: Path) -> None:
    sender = FakeSender([RateLimited(timedelta(hours=1))])
    delivery = bot.delivery(sender)
    running = asyncio.create_task(delivery.run())
    end = bot.clock.now() + timedelta(hours=1)
    for number in range(6):
        await bot.judge(bot.message(message_id=f"meanwhile-{number}"))
        await bot.pass_time_until(
            lambda: not rows(database, "SELECT 1 FROM replies WHERE state IN ('pending', 'sending')")
        )
        await bot.clock.advance(timedelta(minutes=9))
    assert sender.calls == 1
    assert rows(database, "SELECT DISTINCT state FROM replies") == ["expired"]
    await bot.clock.advance(end - bot.clock.now())
    await bot.judge(bot.message(message_id="after"))
    await bot.pass_time_until(lambda: sender.calls == 2)
    delivery.stop()
    await running
    assert [reply.ref.message_id for reply in sender.stored] == ["after"]


def test_an_unreachable_platform_is_left_alone_ever_longer() -> None:
    assert [backoff(attempts).total_seconds() for attempts in (1, 2, 3, 4, 5, 6, 99)] == [
        1,
        2,
        4,
        8,
        16,
        30,
        30,
    ]
