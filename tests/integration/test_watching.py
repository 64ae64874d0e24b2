"""What the store remembers of polled platforms."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from assembly import FAKE, KEY, LIVE, Assembly, rows
from fakes import FakeSender

from bot.adapters.storage import SqlStore
from bot.application.people import Feedback
from bot.application.ports import Transaction
from bot.application.retention import Retention
from bot.application.watching import Block, Cursor, Wish
from bot.domain.decisions import DELETED_THERE, FORGOTTEN
from bot.domain.errors import RateLimited, ReplyUnconfirmed
from bot.domain.messages import AuthorHash, IncomingMessage, MessageRef, Origin, Platform
from bot.domain.replies import OutgoingReply, Receipt

ANN = AuthorHash("a" * 32)
CHAT = (FAKE, "chat")
A_MINUTE = timedelta(minutes=1)
STATE = "SELECT state FROM replies ORDER BY id"


@pytest.fixture
def bot(store: SqlStore) -> Assembly:
    return Assembly(store, replace(LIVE, deadline=10 * A_MINUTE))


async def answered(bot: Assembly, *, by: str | None = "sent", **changes: Any) -> IncomingMessage:
    """A message and its reply; `by` says how sending it ended: sent, unconfirmed, or not at all."""
    message = bot.message(**changes)
    await bot.judge(message)
    if by is not None:
        await bot.deliver(ReplyUnconfirmed("lost") if by == "unconfirmed" else None)
    return message


# ------------------------------------------------------------------ cursors and blocks


async def test_a_cursor_is_what_was_kept_last(store: SqlStore, bot: Assembly) -> None:
    now = bot.clock.now()
    first = Cursor(account="fake", stream="comments", recent=("t1_b", "t1_a"), polled_at=now, seen=2)
    other = replace(first, stream="new", recent=())
    later = replace(first, recent=("t1_c",), seen=3, gaps=1, last_gap_at=now, polled_at=now + A_MINUTE)
    for cursor in (first, other, later, replace(first, account="else")):
        await store.transact(lambda tx, cursor=cursor: tx.keep_cursor(cursor))  # type: ignore[misc]
    assert await store.read(lambda q: q.cursors("fake")) == {"comments": later, "new": other}
    assert await store.read(lambda q: q.cursors("nobody")) == {}


async def test_a_block_stands_until_it_is_lifted(store: SqlStore, bot: Assembly) -> None:
    now = bot.clock.now()
    first = Block(chat=CHAT, reason="forbidden", times=1, since=now, until=now + A_MINUTE)
    again = replace(first, reason="banned", times=2, until=now + 30 * A_MINUTE)
    elsewhere = replace(first, chat=(Platform("other"), "chat"))
    for block in (first, again, elsewhere):
        await store.transact(lambda tx, block=block: tx.keep_block(block))  # type: ignore[misc]
    assert await store.read(lambda q: q.blocks(FAKE)) == {CHAT: again}
    await store.transact(lambda tx: tx.lift_block(CHAT))
    assert await store.read(lambda q: q.blocks(FAKE)) == {}
    assert len(await store.read(lambda q: q.blocks(Platform("other")))) == 1


async def test_nothing_is_said_in_a_chat_that_refuses_us_until_the_block_is_lifted(
    store: SqlStore, bot: Assembly, database: Path
) -> None:
    await answered(bot, by=None)
    await answered(bot, by=None, channel_id="open")
    now = bot.clock.now()
    over = Block(chat=CHAT, reason="banned", times=1, since=now - A_MINUTE, until=now)
    other = replace(over, chat=(Platform("other"), "open"))
    for block in (over, other):
        await store.transact(lambda tx, block=block: tx.keep_block(block))  # type: ignore[misc]
    assert (await bot.deliver()).calls == 1
    assert rows(database, STATE) == ["cancelled", "sent"]
    await store.transact(lambda tx: tx.lift_block(CHAT))
    await answered(bot)
    assert rows(database, STATE) == ["cancelled", "sent", "sent"]


# ------------------------------------------------------------------ doubts


async def test_a_reply_in_doubt_is_listed_until_it_was_looked_for_twice(
    store: SqlStore, bot: Assembly
) -> None:
    message = await answered(bot, by="unconfirmed")
    (doubt,) = await store.read(lambda q: q.doubts("fake", limit=10))
    assert (doubt.ref, doubt.looks, doubt.since) == (message.ref, 0, bot.clock.now())
    assert doubt.text
    assert doubt.deadline == message.received_at + 10 * A_MINUTE
    assert await store.read(lambda q: q.doubts("else", limit=10)) == []
    await store.transact(lambda tx: tx.not_seen(doubt.reply_id))
    assert [each.looks for each in await store.read(lambda q: q.doubts("fake", limit=10))] == [1]
    await store.transact(lambda tx: tx.not_seen(doubt.reply_id))
    assert await store.read(lambda q: q.doubts("fake", limit=10)) == []


async def test_doubts_come_the_oldest_first(store: SqlStore, bot: Assembly) -> None:
    refs = []
    for _ in range(3):
        refs.append((await answered(bot, by="unconfirmed")).ref)
        await bot.clock.advance(timedelta(seconds=1))
    assert [doubt.ref for doubt in await store.read(lambda q: q.doubts("fake", limit=2))] == refs[:2]


async def test_a_reply_that_was_found_is_sent_and_new_to_the_feed(
    store: SqlStore, bot: Assembly, database: Path
) -> None:
    await answered(bot, by="unconfirmed")
    await answered(bot)
    await store.transact(lambda tx: tx.found(1, sent_message_id="t1_mine", at=bot.clock.now()))
    assert rows(database, "SELECT state, sent_message_id, sequence FROM replies WHERE id = 1") == [
        ("sent", "t1_mine", 3)
    ]
    mine = MessageRef(platform=FAKE, channel_id="chat", message_id="t1_mine")
    others = replace(mine, channel_id="other"), replace(mine, message_id="t1_else")
    assert await store.read(lambda q: q.ours([*others, mine])) == {mine}
    await store.transact(lambda tx: tx.not_seen(1))
    assert await store.transact(lambda tx: tx.send_again(1, at=bot.clock.now())) is False
    assert rows(database, "SELECT looks FROM replies") == [0, 0]


async def test_a_reply_that_never_arrived_is_sent_again_in_time(
    store: SqlStore, bot: Assembly, database: Path
) -> None:
    message = await answered(bot, by="unconfirmed")
    await store.transact(lambda tx: tx.not_seen(1))
    assert await store.read(lambda q: q.waiting_for("fake")) == frozenset()
    assert await store.transact(lambda tx: tx.send_again(1, at=bot.clock.now()))
    assert await store.read(lambda q: q.waiting_for("fake")) == {message.ref}
    assert rows(database, "SELECT looks, settled_at, sequence, run_id FROM replies") == [
        (0, None, None, None)
    ]
    assert (await bot.deliver()).calls == 1
    assert rows(database, "SELECT state, attempts FROM replies") == [("sent", 2)]


async def test_a_reply_that_is_too_late_is_not_sent_again(
    store: SqlStore, bot: Assembly, database: Path
) -> None:
    await answered(bot, by="unconfirmed")
    await bot.clock.advance(11 * A_MINUTE)
    assert await store.transact(lambda tx: tx.send_again(1, at=bot.clock.now())) is False
    assert rows(database, STATE) == ["unconfirmed"]


async def test_who_opted_out_meanwhile_gets_nothing_again(
    store: SqlStore, bot: Assembly, database: Path
) -> None:
    await answered(bot, by="unconfirmed", author=ANN)
    await store.transact(lambda tx: tx.opt_out(ANN, at=bot.clock.now()))
    assert await store.transact(lambda tx: tx.send_again(1, at=bot.clock.now()))
    assert (await bot.deliver()).calls == 0
    assert rows(database, STATE) == ["cancelled"]


async def test_who_was_forgotten_meanwhile_gets_nothing_again(
    store: SqlStore, bot: Assembly, database: Path
) -> None:
    await answered(bot, by="unconfirmed", author=ANN)
    await store.transact(lambda tx: forget(tx, bot.clock.now()))
    assert [doubt.text for doubt in await store.read(lambda q: q.doubts("fake", limit=9))] == [""]
    assert await store.transact(lambda tx: tx.send_again(1, at=bot.clock.now())) is False
    assert rows(database, STATE) == ["unconfirmed"]


def forget(tx: Transaction, at: datetime) -> None:
    tx.forget(ANN, platform=FAKE, platform_id="ann", unread=KEY.unread, at=at)


# ------------------------------------------------------------------ removals


async def test_a_reply_that_arrived_is_wished_away_once_and_done_once(store: SqlStore, bot: Assembly) -> None:
    message, now = await answered(bot), bot.clock.now()
    assert await store.transact(lambda tx: tx.want_removed(1, Wish.ASKED, at=now))
    assert await store.transact(lambda tx: tx.want_removed(1, Wish.MODERATOR, at=now)) is False
    (removal,) = await store.read(lambda q: q.removals(FAKE, limit=9))
    assert (removal.ref, removal.wish, removal.asked_at) == (message.ref, Wish.ASKED, now)
    assert removal.sent_message_id is not None
    await store.transact(lambda tx: tx.removal_failed(1))
    assert [each.attempts for each in await store.read(lambda q: q.removals(FAKE, limit=9))] == [1]
    await store.transact(lambda tx: tx.removal_done(1, found=True, at=now))
    assert await store.read(lambda q: q.removals(FAKE, limit=9)) == []
    await store.transact(lambda tx: tx.removal_done(1, found=False, at=now))
    assert await store.read(lambda q: q.removed(FAKE, since=now)) == {"asked": 1}
    assert await store.read(lambda q: q.removed(FAKE, since=now + A_MINUTE)) == {}
    assert await store.transact(lambda tx: tx.want_removed(1, Wish.ASKED, at=now)) is False


async def test_what_was_tried_in_vain_waits_behind_the_others(store: SqlStore, bot: Assembly) -> None:
    for reply_id in (1, 2, 3):
        await answered(bot)
        await store.transact(
            lambda tx, reply_id=reply_id: tx.want_removed(reply_id, Wish.ASKED, at=bot.clock.now())  # type: ignore[misc]
        )
        await bot.clock.advance(A_MINUTE)
    await store.transact(lambda tx: tx.removal_failed(1))
    assert [each.reply_id for each in await store.read(lambda q: q.removals(FAKE, limit=9))] == [2, 3, 1]
    assert await store.read(lambda q: q.removals(Platform("else"), limit=9)) == []


async def test_a_pending_reply_that_nobody_wants_is_cancelled_instead(
    store: SqlStore, bot: Assembly, database: Path
) -> None:
    await answered(bot, by=None)
    assert await store.transact(lambda tx: tx.want_removed(1, Wish.MODERATOR, at=bot.clock.now()))
    assert await store.transact(lambda tx: tx.want_removed(1, Wish.MODERATOR, at=bot.clock.now())) is False
    assert rows(database, STATE) == ["cancelled"]
    assert rows(database, "SELECT count(*) FROM removals") == [0]


@pytest.mark.parametrize("ends", ["sent", "postponed"])
async def test_a_reply_on_the_wire_goes_once_it_has_arrived_and_is_not_tried_again(
    store: SqlStore, bot: Assembly, database: Path, ends: str
) -> None:
    listed: list[int] = []

    class Slow(FakeSender):
        async def send(self, reply: OutgoingReply) -> Receipt:
            await store.transact(lambda tx: tx.want_removed(reply.id, Wish.ASKED, at=bot.clock.now()))
            listed.append(len(await store.read(lambda q: q.removals(FAKE, limit=9))))
            if ends == "postponed":
                raise RateLimited(timedelta(seconds=1))
            return Receipt(message_id="e1")

    await answered(bot, by=None)
    delivery = bot.delivery(Slow())
    delivery.stop()
    await delivery.run()
    await bot.clock.advance(timedelta(seconds=2))
    assert (await bot.deliver()).calls == 0
    found = await store.read(lambda q: q.removals(FAKE, limit=9))
    assert listed == [0]
    if ends == "sent":
        assert [each.sent_message_id for each in found] == ["e1"]
        assert rows(database, STATE) == ["sent"]
    else:
        assert found == []
        assert rows(database, STATE) == ["cancelled"]


async def test_a_reply_in_doubt_that_nobody_wants_is_looked_for_and_never_sent_again(
    store: SqlStore, bot: Assembly
) -> None:
    await answered(bot, by="unconfirmed")
    await store.transact(lambda tx: tx.want_removed(1, Wish.MODERATOR, at=bot.clock.now()))
    (removal,) = await store.read(lambda q: q.removals(FAKE, limit=9))
    assert removal.sent_message_id is None
    assert await store.transact(lambda tx: tx.send_again(1, at=bot.clock.now())) is False
    assert len(await store.read(lambda q: q.doubts("fake", limit=9))) == 1
    await store.transact(lambda tx: tx.found(1, sent_message_id="e9", at=bot.clock.now()))
    (removal,) = await store.read(lambda q: q.removals(FAKE, limit=9))
    assert removal.sent_message_id == "e9"
    await store.transact(lambda tx: tx.removal_done(1, found=True, at=bot.clock.now()))
    assert await store.read(lambda q: q.doubts("fake", limit=9)) == []


async def test_a_sent_reply_whose_id_nobody_told_is_looked_for_twice_and_named_once(
    store: SqlStore, bot: Assembly, database: Path
) -> None:
    class Silent(FakeSender):
        async def send(self, reply: OutgoingReply) -> Receipt:
            del reply
            return Receipt(message_id=None)

    for _ in range(2):
        await answered(bot, by=None)
        delivery = bot.delivery(Silent())
        delivery.stop()
        await delivery.run()
    await answered(bot)
    now = bot.clock.now()

    async def unnamed(since: datetime = now) -> list[tuple[int, int, bool]]:
        found = await store.read(lambda q: q.unnamed("fake", since=since, limit=9))
        return [(each.reply_id, each.looks, each.sent) for each in found]

    assert await store.read(lambda q: q.doubts("fake", limit=9)) == []
    assert await unnamed() == [(1, 0, True), (2, 0, True)]
    assert await unnamed(now + A_MINUTE) == []
    await store.transact(lambda tx: tx.named(1, sent_message_id="e7"))
    await store.transact(lambda tx: tx.named(3, sent_message_id="e8"))
    for looks in (1, 2):
        await store.transact(lambda tx: tx.not_seen(2))
        await store.transact(lambda tx: tx.not_seen(3))
        assert await unnamed() == ([(2, 1, True)] if looks == 1 else [])
    named = rows(database, "SELECT sent_message_id FROM replies ORDER BY id")
    assert (named[0], named[1], named[2] == "e8") == ("e7", None, False)
    assert await store.transact(lambda tx: tx.send_again(2, at=now)) is False
    assert rows(database, "SELECT state, looks FROM replies") == [("sent", 0), ("sent", 2), ("sent", 0)]


# ------------------------------------------------------------------ what people delete


async def test_a_message_that_its_author_deleted_leaves_nothing_but_that_it_was_judged(
    store: SqlStore, bot: Assembly, database: Path
) -> None:
    await answered(bot, author=ANN)
    other = await answered(bot, author=ANN)
    await store.transact(lambda tx: tx.keep_feedback(1, Feedback.GOOD_BOT, at=bot.clock.now()))
    assert await store.transact(lambda tx: tx.author_deleted([1], at=bot.clock.now())) == 1
    blank = "SELECT author, reason, label, emotions, facts, model FROM decisions WHERE id = 1"
    assert rows(database, blank) == [(None, DELETED_THERE, None, None, None, None)]
    assert rows(database, "SELECT author, text, phrase_id, state FROM replies WHERE id = 1") == [
        (None, "", FORGOTTEN, "sent")
    ]
    assert rows(database, "SELECT decision_id FROM texts") == [2]
    assert rows(database, "SELECT count(*) FROM feedback") == [0]
    assert rows(database, "SELECT author FROM decisions WHERE id = 2") == [ANN]
    (removal,) = await store.read(lambda q: q.removals(FAKE, limit=9))
    assert (removal.reply_id, removal.wish) == (1, Wish.PARENT_DELETED)
    assert await store.transact(lambda tx: tx.author_deleted([1], at=bot.clock.now())) == 0
    assert len(await store.read(lambda q: q.removals(FAKE, limit=9))) == 1
    assert await bot.judge(other) == [None]


async def test_what_was_erased_because_it_was_deleted_there_is_counted_for_good(
    store: SqlStore, bot: Assembly
) -> None:
    await answered(bot)
    await answered(bot, text="all is well today")
    await store.transact(lambda tx: tx.author_deleted([2], at=bot.clock.now()))
    counts = await store.read(lambda q: q.activity(since=bot.clock.now() - A_MINUTE, origin=None))
    assert sum(each.count for each in counts if each.reason == DELETED_THERE) == 1
    past = await store.read(
        lambda q: q.past_decisions(
            origin=Origin.LIVE, after=(bot.clock.now() - A_MINUTE, 0), last_id=9, limit=9
        )
    )
    assert [each.read for each in past] == [True, True]


async def test_a_reply_to_a_deleted_message_is_not_sent_any_more(
    store: SqlStore, bot: Assembly, database: Path
) -> None:
    await answered(bot, by="unconfirmed")
    await answered(bot, by=None)
    await store.transact(lambda tx: tx.author_deleted([1, 2, 77], at=bot.clock.now()))
    assert await store.transact(lambda tx: tx.send_again(1, at=bot.clock.now())) is False
    assert (await bot.deliver()).calls == 0
    assert rows(database, STATE) == ["unconfirmed", "cancelled"]
    assert await store.transact(lambda tx: tx.author_deleted([], at=bot.clock.now())) == 0


async def test_who_asks_to_be_forgotten_leaves_removals_standing(store: SqlStore, bot: Assembly) -> None:
    await answered(bot, author=ANN)
    await store.transact(lambda tx: tx.keep_feedback(1, Feedback.UPVOTED, at=bot.clock.now()))
    await store.transact(lambda tx: tx.want_removed(1, Wish.ASKED, at=bot.clock.now()))
    await store.transact(lambda tx: forget(tx, bot.clock.now()))
    (removal,) = await store.read(lambda q: q.removals(FAKE, limit=9))
    assert removal.sent_message_id is not None
    kept = await store.read(lambda q: q.kept_of(ANN, platform=FAKE, platform_id="ann", now=bot.clock.now()))
    assert (kept.replies, kept.feedback, kept.texts) == (0, 0, 0)


# ------------------------------------------------------------------ traces


async def test_traces_are_what_is_left_of_messages_in_order(store: SqlStore, bot: Assembly) -> None:
    messages = [
        await answered(bot),
        await answered(bot, text="all is well today"),
        await answered(bot, by="unconfirmed"),
        await answered(bot, by=None),
    ]
    found = await store.read(lambda q: q.traces(FAKE, after=0, limit=9))
    assert [trace.ref for trace in found] == [message.ref for message in messages]
    assert [trace.reply_id for trace in found] == [1, None, 2, None]
    assert [trace.sent_message_id is None for trace in found] == [False, True, True, True]
    page = await store.read(lambda q: q.traces(FAKE, after=1, limit=2))
    assert [trace.decision_id for trace in page] == [2, 3]
    assert await store.read(lambda q: q.traces(Platform("else"), after=0, limit=9)) == []


async def test_a_reply_is_a_trace_until_it_is_gone(store: SqlStore, bot: Assembly) -> None:
    await answered(bot)
    await answered(bot, text="all is well today")
    await bot.clock.advance(timedelta(days=31))
    await Retention(store=store, clock=bot.clock, telemetry=bot.telemetry).erase()
    (trace,) = await store.read(lambda q: q.traces(FAKE, after=0, limit=9))
    assert (trace.decision_id, trace.reply_id) == (1, 1)
    await store.transact(lambda tx: tx.want_removed(1, Wish.ASKED, at=bot.clock.now()))
    assert len(await store.read(lambda q: q.traces(FAKE, after=0, limit=9))) == 1
    await store.transact(lambda tx: tx.removal_done(1, found=False, at=bot.clock.now()))
    assert await store.read(lambda q: q.traces(FAKE, after=0, limit=9)) == []
