import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from assembly import FINE, LIVE, SAD, Assembly, rows
from sqlalchemy import event

from bot.adapters.storage import SqlStore
from bot.domain.channels import Mode
from bot.domain.decisions import Action, Reason
from bot.domain.errors import Overloaded, StoreError
from bot.domain.messages import IncomingMessage, Origin, Sender
from bot.domain.verdicts import Verdict

HOUR = timedelta(hours=1)


@pytest.fixture
def bot(store: SqlStore) -> Assembly:
    return Assembly(store)


def reasons(verdicts: Any) -> list[Reason | None]:
    return [verdict and verdict.outcome.reason for verdict in verdicts]


async def test_a_sad_comment_gets_a_reply_and_a_happy_one_a_reason(bot: Assembly, database: Path) -> None:
    sad, fine = await bot.judge(bot.message(SAD), bot.message(FINE))
    assert sad is not None
    assert fine is not None
    assert (sad.outcome.action, fine.outcome.reason) == (Action.REPLY, Reason.BELOW_THRESHOLD)
    assert rows(database, "SELECT action, reason FROM decisions ORDER BY id") == [
        ("reply", "support"),
        ("silence", "below_threshold"),
    ]
    assert rows(database, "SELECT state, text FROM replies") == [("pending", sad.reply_text)]
    assert rows(database, "SELECT text FROM texts") == [SAD, FINE]


async def test_a_message_is_judged_once_however_often_it_comes(bot: Assembly, database: Path) -> None:
    message = bot.message()
    first = await bot.judge(message, message)
    second = await bot.judge(message)
    assert reasons([*first, *second]) == [Reason.SUPPORT, None, None]
    assert rows(database, "SELECT count(*) FROM decisions") == [1]
    assert rows(database, "SELECT count(*) FROM replies") == [1]
    assert bot.classifier.seen == [SAD]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sender": Sender.SELF}, Reason.OWN_MESSAGE),
        ({"sender": Sender.BOT}, Reason.BOT),
        ({"text": "/start now"}, Reason.COMMAND),
        ({"text": "crisis"}, Reason.CRISIS),
        ({"text": "   "}, Reason.EMPTY),
        ({"text": "https://example.org"}, Reason.ONLY_LINKS),
        ({"text": "> sad sad"}, Reason.ONLY_QUOTE),
        ({"text": "sad"}, Reason.TOO_SHORT),
        ({"text": "sad " * 10_000 + "."}, Reason.TOO_LONG),
        ({"text": "bonjour sad /s " * 10_000}, Reason.TOO_LONG),
        ({"text": "crisis " + "sad " * 10_000}, Reason.CRISIS),
        ({"text": " " * 40_001}, Reason.EMPTY),
        ({"text": "> " + "sad " * 10_000}, Reason.ONLY_QUOTE),
        ({"text": "sad " * 10_000 + "crisis"}, Reason.TOO_LONG),
        ({"text": "bonjour sad sad"}, Reason.NOT_ENGLISH),
        ({"text": "sad sad sad /s"}, Reason.SARCASM_TAG),
    ],
)
async def test_what_a_gate_stops_is_recorded_and_never_classified(
    bot: Assembly, database: Path, changes: dict[str, Any], reason: Reason
) -> None:
    assert reasons(await bot.judge(bot.message(**changes))) == [reason]
    assert bot.classifier.seen == []
    assert rows(database, "SELECT reason FROM decisions") == [reason.value]
    assert rows(database, "SELECT count(*) FROM replies WHERE phrase_pool != 'crisis-card'") == [0]


async def test_others_get_a_turn_between_two_texts_that_gates_look_at(bot: Assembly) -> None:
    await bot.judge(bot.message())
    assert bot.clock.yields == 0, "a lone message waits for nobody"
    await bot.judge(*[bot.message("sad " * 10_000) for _ in range(6)])
    assert bot.clock.yields == 5


async def test_a_late_message_is_recorded_and_not_classified(bot: Assembly) -> None:
    message = bot.message()
    await bot.clock.advance(timedelta(seconds=11))
    assert reasons(await bot.judge(message)) == [Reason.LATE]
    assert bot.classifier.seen == []


async def test_an_opted_out_person_is_neither_read_nor_stored(bot: Assembly, database: Path) -> None:
    message = bot.message()
    assert message.author is not None
    author = message.author
    await bot.store.transact(lambda tx: tx.opt_out(author, at=bot.clock.now()))
    assert reasons(await bot.judge(message)) == [Reason.OPTED_OUT]
    assert bot.classifier.seen == []
    assert rows(database, "SELECT author, facts, emotions FROM decisions") == [(None, None, None)]
    assert rows(database, "SELECT count(*) FROM texts") == [0]


async def test_an_opt_out_between_reading_and_verdict_holds(bot: Assembly, database: Path) -> None:
    """The person opts out while the text is being classified: the verdict's transaction looks again."""
    message = bot.message()
    author = message.author
    assert author is not None
    classify = bot.classifier.classify

    async def opting_out(texts: Any) -> Any:
        await bot.store.transact(lambda tx: tx.opt_out(author, at=bot.clock.now()))
        return await classify(texts)

    bot.classifier.classify = opting_out  # type: ignore[method-assign]  # the moment that matters
    assert reasons(await bot.judge(message)) == [Reason.OPTED_OUT]
    assert rows(database, "SELECT author, emotions, negative FROM decisions") == [(None, None, None)]
    assert rows(database, "SELECT count(*) FROM texts") == [0]


async def test_somebody_who_answers_every_reply_of_the_bot_gets_two_in_an_hour(store: SqlStore) -> None:
    bot = Assembly(
        store, replace(LIVE, author_cooldown=timedelta(), thread_cap=None, chat_pace=None, deadline=HOUR)
    )
    first = bot.message()
    found: list[Verdict | None] = []
    for _ in range(4):
        found += await bot.judge(bot.message(author=first.author, answers_us=True))
        await bot.clock.advance(timedelta(minutes=1))
    assert reasons(found) == [Reason.SUPPORT] * 2 + [Reason.AUTHOR_COOLDOWN] * 2
    assert reasons(await bot.judge(bot.message(author=first.author))) == [Reason.SUPPORT]
    await bot.clock.advance(HOUR)
    again = bot.message(author=first.author, answers_us=True)
    assert reasons(await bot.judge(again)) == [Reason.SUPPORT]


async def test_limits_count_what_was_decided_earlier_in_the_same_batch(store: SqlStore) -> None:
    bot = Assembly(store, replace(LIVE, author_cooldown=6 * HOUR, thread_cap=2, chat_pace=3))
    one = bot.message(thread_id="t")
    again = bot.message(author=one.author, thread_id="t")
    others = [bot.message(thread_id="t"), bot.message(thread_id="t")]
    elsewhere = [bot.message(thread_id="u"), bot.message(thread_id="v")]
    verdicts = await bot.judge(one, again, *others, *elsewhere)
    assert reasons(verdicts) == [
        Reason.SUPPORT,
        Reason.AUTHOR_COOLDOWN,
        Reason.SUPPORT,
        Reason.THREAD_CAP,
        Reason.SUPPORT,
        Reason.CHAT_PACE,
    ]


async def test_limits_survive_a_restart(store: SqlStore) -> None:
    channel = replace(LIVE, author_cooldown=6 * HOUR)
    first = Assembly(store, channel)
    message = first.message()
    await first.judge(message)

    second = Assembly(store, channel)
    await second.clock.advance(5 * HOUR)
    assert reasons(await second.judge(second.message(author=message.author))) == [Reason.AUTHOR_COOLDOWN]
    await second.clock.advance(HOUR)
    assert reasons(await second.judge(second.message(author=message.author))) == [Reason.SUPPORT]


async def test_a_shadow_chat_is_judged_and_never_answered(store: SqlStore, database: Path) -> None:
    bot = Assembly(store, replace(LIVE, mode=Mode.SHADOW, author_cooldown=HOUR))
    message = bot.message()
    first, second = await bot.judge(message, bot.message(author=message.author))
    assert first is not None
    assert first.outcome.action is Action.SHADOW
    assert reasons([second]) == [
        Reason.AUTHOR_COOLDOWN
    ]  # a preview that forgot its limits would promise too much
    assert rows(database, "SELECT state, address FROM replies") == [("simulated", None)]
    assert (await bot.deliver()).calls == 0


async def test_a_replay_is_judged_apart_and_answers_nobody(store: SqlStore, database: Path) -> None:
    channel = replace(LIVE, author_cooldown=HOUR)
    live, replay = Assembly(store, channel), Assembly(store, channel, origin=Origin.REPLAY)
    message = live.message()
    assert reasons(await live.judge(message)) == [Reason.SUPPORT]
    assert reasons(await replay.judge(message)) == [Reason.SUPPORT]  # the live reply does not count here
    assert reasons(await replay.judge(message)) == [None]
    other = live.message(author=replay.message().author)
    assert reasons(await live.judge(other)) == [Reason.SUPPORT]
    states = rows(database, "SELECT origin, state FROM replies ORDER BY id")
    assert states == [("live", "pending"), ("replay", "simulated"), ("live", "pending")]


async def test_a_replay_stands_at_each_message_s_own_time(store: SqlStore) -> None:
    bot = Assembly(store, replace(LIVE, author_cooldown=HOUR), origin=Origin.REPLAY)
    past = bot.clock.now() - timedelta(days=400)
    author = bot.message().author
    times = [past, past + HOUR / 2, past + HOUR]
    messages = [bot.message(author=author, sent_at=at, received_at=at) for at in times]
    verdicts = await bot.judge(*messages)
    assert reasons(verdicts) == [Reason.SUPPORT, Reason.AUTHOR_COOLDOWN, Reason.SUPPORT]


async def test_an_edit_before_the_verdict_brings_the_newest_text(bot: Assembly) -> None:
    message = bot.message(SAD)
    edited = replace(message, text=FINE, edited=True)
    assert reasons(await bot.judge(message, edited)) == [Reason.BELOW_THRESHOLD, None]
    assert bot.classifier.seen == [FINE]


@pytest.mark.parametrize(("text", "state"), [(FINE, "cancelled"), ("sad sad indeed sad", "pending")])
async def test_an_edit_can_only_cancel_a_pending_reply(
    bot: Assembly, database: Path, text: str, state: str
) -> None:
    message = bot.message(SAD)
    await bot.judge(message)
    assert reasons(await bot.judge(replace(message, text=text, edited=True))) == [None]
    assert rows(database, "SELECT state FROM replies") == [state]
    assert rows(database, "SELECT text FROM texts") == [SAD]


async def test_an_edit_after_sending_changes_nothing(bot: Assembly, database: Path) -> None:
    message = bot.message(SAD)
    await bot.judge(message)
    await bot.deliver()
    await bot.judge(replace(message, text=FINE, edited=True))
    assert rows(database, "SELECT state FROM replies") == ["sent"]


async def test_the_first_reply_a_person_gets_says_that_it_is_a_bot(bot: Assembly) -> None:
    message = bot.message()
    (first,) = await bot.judge(message)
    (hasty,) = await bot.judge(bot.message(author=message.author))
    await bot.deliver()
    (later,) = await bot.judge(bot.message(author=message.author))
    assert first is not None
    assert hasty is not None
    assert later is not None
    assert "bot" in (first.reply_text or "")
    assert "bot" in (hasty.reply_text or ""), "the first may never arrive"
    assert "bot" not in (later.reply_text or "")
    assert len({first.choice, hasty.choice, later.choice}) == 3


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("text", [SAD, "/me is sad, sad, sad"])
async def test_nothing_of_an_opted_out_person_is_stored_whatever_they_write(
    bot: Assembly, database: Path, text: str, private: bool
) -> None:
    author = bot.message().author
    assert author is not None
    await bot.store.transact(lambda tx: tx.opt_out(author, at=bot.clock.now()))
    channel = str(author) if private else "chat"
    messages = [bot.message(text, author=author, private=private, channel_id=channel) for _ in range(2)]
    await bot.judge(*messages)
    await bot.judge(*messages)
    assert rows(database, "SELECT count(*) FROM decisions") == [2]
    assert rows(database, "SELECT count(*) FROM texts") == [0]
    await bot.store.transact(lambda tx: tx.opt_in(author))
    await bot.store.checkpoint()
    assert str(author).encode() not in database.read_bytes()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('{"mode": "off"}', Reason.CHANNEL_OFF),
        ('{"paused_until": "2999-01-01T00:00:00+00:00"}', Reason.PAUSED),
        ('{"min_words": 9, "author_cooldown": 3600, "quiet_hours": null}', Reason.TOO_SHORT),
        ('{"quiet_hours": {"start": "00:00", "end": "23:59", "zone": "UTC"}}', Reason.QUIET_HOURS),
        ('{"mode": "loud"}', Reason.CHANNEL_OFF),
        ('{"colour": "red"}', Reason.CHANNEL_OFF),
        ('{"thread_cap": "many"}', Reason.CHANNEL_OFF),
        ('{"quiet_hours": {"start": "00:00", "end": "23:59", "zone": "Nowhere/At-All"}}', Reason.CHANNEL_OFF),
    ],
)
async def test_a_chat_s_own_row_holds_and_a_bad_one_switches_off_only_its_chat(
    bot: Assembly, store: SqlStore, row: str, reason: Reason
) -> None:
    assert store._engines is not None
    with store._engines[0].begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO channels VALUES ('fake', 'own', NULL, ?, '2026-01-01 00:00:00.000000')", (row,)
        )
    verdicts = await bot.judge(bot.message(channel_id="own"), bot.message(channel_id="other"))
    assert reasons(verdicts) == [reason, Reason.SUPPORT]


async def test_a_message_that_breaks_the_classifier_takes_no_neighbour_with_it(
    bot: Assembly, database: Path
) -> None:
    classify = bot.classifier.classify

    async def fragile(texts: Any) -> Any:
        if any("poison" in text for text in texts):
            raise ZeroDivisionError("a bug")
        return await classify(texts)

    bot.classifier.classify = fragile  # type: ignore[method-assign]  # the bug
    messages = [bot.message(), bot.message("sad sad poison"), bot.message()]
    async with bot.judging():
        outcomes = await asyncio.gather(
            *[bot.intake.submit([message]) for message in messages], return_exceptions=True
        )
        assert [type(each) for each in outcomes] == [list, ZeroDivisionError, list]
        assert reasons(await bot.intake.submit([bot.message()])) == [Reason.SUPPORT]
    assert rows(database, "SELECT count(*) FROM decisions") == [3]
    assert bot.telemetry.events == ["message_failed"]


async def test_who_still_waits_when_the_intake_ends_is_told(bot: Assembly) -> None:
    waiting = asyncio.ensure_future(bot.intake.submit([bot.message()]))
    await asyncio.sleep(0)
    task = asyncio.create_task(bot.intake.run())
    task.cancel()
    await asyncio.wait({task})
    async with bot.judging():
        assert not waiting.done() or isinstance(waiting.exception(), Overloaded) or waiting.result()


async def test_texts_of_a_replay_are_kept_by_the_real_clock(store: SqlStore, database: Path) -> None:
    bot = Assembly(store, origin=Origin.REPLAY)
    for years in (-20, 900):
        at = bot.clock.now() + timedelta(days=365 * years)
        await bot.judge(bot.message(sent_at=at, received_at=at))
    kept = (bot.clock.now() + timedelta(days=30)).replace(tzinfo=None)
    assert rows(database, "SELECT DISTINCT expires_at FROM texts") == [f"{kept:%Y-%m-%d %H:%M:%S.%f}"]


async def test_a_full_intake_refuses_all_or_holds_back(bot: Assembly) -> None:
    crowd = [bot.message() for _ in range(256)]
    waiting = bot.intake.offer(crowd)
    with pytest.raises(Overloaded) as refused:
        bot.intake.offer([bot.message()])
    assert refused.value.retry_after > timedelta()
    held_back = asyncio.ensure_future(bot.intake.submit([bot.message()]))
    await asyncio.sleep(0)
    assert not held_back.done()
    async with bot.judging():
        assert reasons(await waiting) == [Reason.SUPPORT] * 256
        assert reasons(await held_back) == [Reason.SUPPORT]


async def test_batches_grow_with_load_and_statements_do_not(bot: Assembly, store: SqlStore) -> None:
    """64 comments cost as many statements as one: each question to the database is asked once a batch."""
    statements: list[str] = []
    assert store._engines is not None
    for engine in store._engines:
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    async def cost(messages: list[IncomingMessage]) -> int:
        statements.clear()
        await bot.judge(*messages)
        return len([each for each in statements if not each.startswith(("PRAGMA", "BEGIN"))])

    await bot.judge(bot.message())  # the settings that hold are stored once, and not asked about again
    alone = await cost([bot.message(channel_id="c0")])
    crowd = await cost([bot.message(channel_id=f"c{n}") for n in range(64)])
    assert crowd == alone


async def test_a_database_error_acknowledges_nothing_and_the_intake_goes_on(
    bot: Assembly, store: SqlStore, database: Path
) -> None:
    assert store._engines is not None

    def refuse(*_: Any) -> None:
        raise StoreError("the disk is full")

    async with bot.judging():
        event.listen(store._engines[0], "begin", refuse)
        with pytest.raises(StoreError):
            await bot.intake.submit([bot.message()])
        event.remove(store._engines[0], "begin", refuse)
        assert reasons(await bot.intake.submit([bot.message()])) == [Reason.SUPPORT]
    assert rows(database, "SELECT count(*) FROM decisions") == [1]


async def test_nothing_is_stored_of_a_text_where_retention_is_zero(store: SqlStore, database: Path) -> None:
    bot = Assembly(store, replace(LIVE, retention=timedelta()))
    assert reasons(await bot.judge(bot.message())) == [Reason.SUPPORT]
    assert rows(database, "SELECT count(*) FROM texts") == [0]


async def test_what_is_stored_names_the_policy_and_the_history_it_was_decided_by(
    bot: Assembly, database: Path
) -> None:
    await bot.judge(bot.message(), bot.message())
    policies = rows(
        database,
        "SELECT DISTINCT json_extract(p.json, '$.channel.mode') "
        "FROM decisions d JOIN policies p ON p.hash = d.policy_hash",
    )
    assert policies == ["live"]
    histories = rows(database, "SELECT json_extract(history, '$.chat_replies') FROM decisions ORDER BY id")
    assert histories == [0, 1]


async def test_when_and_by_which_settings_a_text_was_read_is_recorded(bot: Assembly, database: Path) -> None:
    """A setting that changes while the text is classified: gates saw the old one, the verdict the new one."""
    message = bot.message()
    classify = bot.classifier.classify
    read_at = bot.clock.now()

    async def meanwhile(texts: Any) -> Any:
        with closing(sqlite3.connect(database)) as connection, connection:
            row = ("fake", "chat", None, '{"chat_pace": 9}', "2026-01-01 00:00:00.000000")
            connection.execute("INSERT OR IGNORE INTO channels VALUES (?, ?, ?, ?, ?)", row)
        await bot.clock.advance(timedelta(seconds=2))
        return await classify(texts)

    bot.classifier.classify = meanwhile  # type: ignore[method-assign]  # the moment that matters
    await bot.judge(message)
    await bot.judge(bot.message(channel_id="elsewhere"))
    changed, plain = rows(database, "SELECT facts, policy_hash FROM decisions ORDER BY id")
    facts = json.loads(changed[0])
    assert facts["read_at"] == read_at.isoformat()
    paces = dict(rows(database, "SELECT hash, json_extract(json, '$.channel.chat_pace') FROM policies"))
    assert (paces[facts["read_under"]], paces[changed[1]]) == (None, 9)
    assert "read_under" not in json.loads(plain[0])
