"""What each comment costs, in counts: they hold on any machine, however busy."""

import asyncio
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from assembly import FINE, LIVE, SAD, Assembly, rows
from builders import NOW
from fakes import FakeSender
from http_world import a_comment, served
from sqlalchemy import event

from bot.adapters.http.lookups import Together
from bot.adapters.storage import SqlStore
from bot.domain.decisions import Reason
from bot.domain.errors import Overloaded, StoreError
from bot.domain.messages import AuthorHash

PATIENCE = 10
ANN = AuthorHash("a" * 32)


@pytest.fixture
def bot(store: SqlStore) -> Assembly:
    return Assembly(store)


@contextmanager
def counted(store: SqlStore) -> Iterator[Counter[str]]:
    """What the database is told while the context lasts: by the first word, and commits of the writer."""
    found: Counter[str] = Counter()

    def told(*call: Any) -> None:
        found[call[2].split()[0].upper()] += 1

    def committed(_: Any) -> None:
        found["COMMIT"] += 1

    engines = store._engines
    assert engines is not None
    for engine in engines:
        event.listen(engine, "before_cursor_execute", told)
    event.listen(engines[0], "commit", committed)
    yield found
    for engine in engines:
        event.remove(engine, "before_cursor_execute", told)
    event.remove(engines[0], "commit", committed)


@contextmanager
def held_up(store: SqlStore) -> Iterator[threading.Event]:
    """The writer is busy until the event is set, or the context ends."""
    gate = threading.Event()
    store._writer.submit(lambda _: gate.wait(PATIENCE))
    try:
        yield gate
    finally:
        gate.set()


async def _seen(bot: Assembly, *texts: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while bot.classifier.seen != list(texts):  # noqa: ASYNC110  # it rings no bell
            await asyncio.sleep(0)


async def test_a_lone_comment_with_its_reply_costs_three_commits_and_few_statements(
    bot: Assembly, store: SqlStore
) -> None:
    await bot.judge(bot.message())  # the settings that hold are stored once
    await bot.deliver()
    with counted(store) as told:
        await bot.judge(bot.message())
    assert told == {"COMMIT": 1, "BEGIN": 2, "SELECT": 9, "INSERT": 3}  # and no savepoint
    sender = FakeSender()
    delivery = bot.delivery(sender)
    delivery._resumed = True  # what is asked once a run
    with counted(store) as told:
        delivery.stop()  # after what goes now
        await delivery.run()
    assert sender.calls == 1
    assert told == {"COMMIT": 2, "BEGIN": 3, "SELECT": 7, "UPDATE": 2}


async def test_sixteen_replies_cost_as_many_statements_as_one(bot: Assembly, store: SqlStore) -> None:
    async def cost(replies: int) -> Counter[str]:
        await bot.judge(*[bot.message() for _ in range(replies)])
        delivery = bot.delivery(FakeSender())
        delivery._resumed = True
        with counted(store) as told:
            delivery.stop()  # after what goes now
        await delivery.run()
        return told

    assert await cost(1) == await cost(16)


async def test_a_batch_is_recorded_while_the_next_one_is_read(
    bot: Assembly, store: SqlStore, database: Path
) -> None:
    async with bot.judging():
        with held_up(store):
            first = asyncio.ensure_future(bot.intake.submit([bot.message(f"{SAD} one")]))
            await _seen(bot, f"{SAD} one")
            second = asyncio.ensure_future(bot.intake.submit([bot.message(f"{SAD} two")]))
            await _seen(bot, f"{SAD} one", f"{SAD} two")
            assert rows(database, "SELECT count(*) FROM decisions") == [0]
        await asyncio.gather(first, second)
    found = "SELECT text FROM texts JOIN decisions ON id = decision_id ORDER BY id"
    assert rows(database, found) == [f"{SAD} one", f"{SAD} two"]


async def test_one_person_in_two_batches_that_overlap_gets_one_reply(store: SqlStore, database: Path) -> None:
    bot = Assembly(store, replace(LIVE, author_cooldown=timedelta(hours=6)))
    one, two = [bot.message(f"{SAD} {word}", author=ANN) for word in ("one", "two")]
    async with bot.judging():
        with held_up(store):
            first = asyncio.ensure_future(bot.intake.submit([one]))
            await _seen(bot, one.text)
            second = asyncio.ensure_future(bot.intake.submit([two]))
            await _seen(bot, one.text, two.text)
        await asyncio.gather(first, second)
    assert rows(database, "SELECT reason FROM decisions ORDER BY id") == ["support", "author_cooldown"]
    assert rows(database, "SELECT count(*) FROM replies") == [1]


async def test_an_edit_of_what_is_being_recorded_waits_and_can_still_cancel(
    bot: Assembly, store: SqlStore, database: Path
) -> None:
    message = bot.message(SAD)
    async with bot.judging():
        with held_up(store):
            first = asyncio.ensure_future(bot.intake.submit([message]))
            await _seen(bot, SAD)
            again = asyncio.ensure_future(bot.intake.submit([replace(message, text=FINE, edited=True)]))
            await asyncio.sleep(0)
        (verdict,), (edited,) = await asyncio.gather(first, again)
    assert verdict is not None
    assert (verdict.outcome.reason, edited) == (Reason.SUPPORT, None)
    assert rows(database, "SELECT state FROM replies") == ["cancelled"]
    assert rows(database, "SELECT text FROM texts") == [SAD]


async def test_who_waits_for_a_record_when_the_intake_ends_is_told_and_may_ask_again(
    bot: Assembly, store: SqlStore, database: Path
) -> None:
    messages = [bot.message(), bot.message()]
    with held_up(store):
        async with bot.judging():
            first = asyncio.ensure_future(bot.intake.submit(messages[:1]))
            await _seen(bot, SAD)
            second = asyncio.ensure_future(bot.intake.submit(messages[1:]))
            await _seen(bot, SAD, SAD)
        outcomes = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(each) for each in outcomes] == [Overloaded, Overloaded]
    await bot.judge(*messages)
    assert rows(database, "SELECT count(*) FROM decisions") == [2]


async def test_a_work_that_is_alone_in_its_transaction_undoes_itself(store: SqlStore, database: Path) -> None:
    def failing(tx: Any) -> None:
        tx.opt_out(ANN, at=NOW)
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        await store.transact(failing)
    with pytest.raises(StoreError):
        await store.transact(
            lambda tx: cast("Any", tx)._connection.exec_driver_sql("SELECT nothing FROM nowhere")
        )
    assert rows(database, "SELECT count(*) FROM opt_outs") == [0]


async def test_a_crowd_of_requests_asks_the_store_twice() -> None:
    asked: list[set[int]] = []
    gate = asyncio.Event()

    async def ask(keys: Collection[int]) -> Mapping[int, str]:
        asked.append(set(keys))
        await gate.wait()
        return {key: str(key) for key in keys if key != 7}

    together = Together(ask)
    first = asyncio.ensure_future(together([0]))
    while not asked:  # noqa: ASYNC110
        await asyncio.sleep(0)
    crowd = [asyncio.ensure_future(together([number, number + 1])) for number in range(1, 100)]
    await asyncio.sleep(0)
    crowd.pop().cancel()  # takes nobody with it
    gate.set()
    assert await first == {0: "0"}
    answers = await asyncio.gather(*crowd)
    assert answers[0] == {1: "1", 2: "2"}
    assert answers[6] == {8: "8"}
    assert asked == [{0}, set(range(1, 101))]


async def test_an_error_is_told_to_everybody_who_shared_the_question_and_to_nobody_later() -> None:
    fails = [True, False]

    async def ask(keys: Collection[int]) -> Mapping[int, str]:
        if fails.pop(0):
            raise StoreError("the disk is full")
        return dict.fromkeys(keys, "there")

    together = Together(ask)
    outcomes = await asyncio.gather(together([1]), together([2]), return_exceptions=True)
    assert [type(each) for each in outcomes] == [StoreError, StoreError]
    assert await together([3]) == {3: "there"}


async def test_past_capacity_requests_hear_503_at_once_and_all_is_well_afterwards(
    bot: Assembly, database: Path
) -> None:
    async with served(bot, judges=False, most_at_once=4) as api:
        inside = [asyncio.ensure_future(api.bring(a_comment(f"m{n}"))) for n in range(4)]
        async with asyncio.timeout(PATIENCE):
            while len(bot.intake._seats) < 4:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        refused = [await api.bring(a_comment(f"r{n}")) for n in range(8)]
        assert {(each.status_code, each.headers["retry-after"]) for each in refused} == {(503, "2")}
        assert refused[0].headers["content-type"] == "application/problem+json"
        assert (await api.http.get("/healthz")).status_code == 200
        assert len(bot.intake._seats) == 4  # nothing of them was taken
        async with bot.judging():
            assert [each.status_code for each in await asyncio.gather(*inside)] == [200] * 4
            later = [await api.bring(a_comment(f"r{n}")) for n in range(8)]
    assert [each.status_code for each in later] == [200] * 8
    assert rows(database, "SELECT count(*) FROM decisions") == [12]


async def test_a_backlog_of_late_messages_is_recorded_in_batches_and_never_classified(
    bot: Assembly, store: SqlStore, database: Path
) -> None:
    await bot.judge(bot.message())
    old = bot.clock.now() - timedelta(minutes=1)
    backlog = [bot.message(sent_at=old, received_at=old) for _ in range(256)]
    with counted(store) as told:
        await bot.judge(*backlog)
    assert bot.classifier.seen == [SAD]
    assert told["COMMIT"] == 256 // 64
    assert rows(database, "SELECT count(*) FROM decisions WHERE reason = 'late'") == [256]
    assert rows(database, "SELECT count(*) FROM replies") == [1]


async def test_no_request_waits_for_a_thread_of_the_web_framework(bot: Assembly) -> None:
    async with served(bot) as api:
        before = {each.name for each in threading.enumerate()}
        for number in range(4):
            assert (await api.bring(a_comment(f"m{number}"))).status_code == 200
        assert (await api.http.get("/v1/replies")).status_code == 200
        assert (await api.http.get("/metrics")).status_code == 200
        new = {each.name for each in threading.enumerate()} - before
    assert not [name for name in new if not name.startswith("solace-")]
