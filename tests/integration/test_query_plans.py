"""No question that is asked for every comment ever reads a whole table, however many are asked at once."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from assembly import KEY, Assembly
from builders import NOW, a_reply
from sqlalchemy import event

from bot.adapters.storage import SqlStore
from bot.application.people import Feedback
from bot.application.watching import Cursor, Wish
from bot.domain.history import Scope, Subject
from bot.domain.messages import AuthorHash, MessageRef, Origin, Platform
from bot.domain.replies import ReplyState, Settlement

BIG_TABLES = {
    "decisions",
    "replies",
    "texts",
    "channels",
    "opt_outs",
    "left_alone",
    "feedback",
    "reviews",
    "own_phrases",
    "removals",
}
ALL_BUT_A_SCAN = {"(origin=?)", "(platform=?)", "(state=?)"}
"""What nearly every row has in common: a search for it alone reads them all."""
ONE_A_CHAT = (" chats ", " blocks ", " cursors ")
"""Small tables, which may be read whole for one who asks about themselves, or by platform."""
Work = Callable[[Any], object]
ANN, FAKE = AuthorHash("a" * 32), Platform("fake")
REFS = [MessageRef(platform=FAKE, channel_id=f"c{n}", message_id=f"m{n}") for n in range(256)]
CHATS = [(ref.platform, ref.channel_id) for ref in REFS]
PERSON = AuthorHash("b" * 32)
PEOPLE = [AuthorHash(f"{n:032}") for n in range(64)]
CURSOR = Cursor(account="fake", stream="comments", recent=("m1",), polled_at=NOW)
SUBJECTS = {
    Subject(
        scope=scope, origin=origin, platform=FAKE, id=f"{scope}-{number}", channel_id="c", imagined=imagined
    ): 10
    for scope in Scope
    for origin in Origin
    for imagined in (False, True)
    for number in range(3)
}
HOT: dict[str, Work] = {
    "known": lambda q: q.known(REFS, origin=Origin.LIVE),
    "one known": lambda q: q.known(REFS[:1], origin=Origin.LIVE),
    "opted_out": lambda q: q.opted_out(PEOPLE),
    "cards_given": lambda q: q.cards_given(PEOPLE, origin=Origin.LIVE, since=NOW, now=NOW),
    "notes_due": lambda q: q.notes_due(PEOPLE, since=NOW),
    "left_alone": lambda q: q.left_alone(PEOPLE, now=NOW),
    "channel_overrides": lambda q: q.channel_overrides(CHATS),
    "channel_owners": lambda q: q.channel_owners(CHATS),
    "one channel_owners": lambda q: q.channel_owners(CHATS[:1]),
    "recent_replies": lambda q: q.recent_replies(SUBJECTS),
    "decisions": lambda q: q.decisions(REFS, origin=Origin.LIVE),
    "one decisions": lambda q: q.decisions(REFS[:1], origin=Origin.LIVE),
    "own_phrases": lambda q: q.own_phrases(CHATS[:64]),
    "one own_phrases": lambda q: q.own_phrases(CHATS[:1]),
    "outcomes": lambda q: q.outcomes(CHATS[0], since=NOW),
    "examples": lambda q: q.examples(CHATS[0], since=NOW, each=3),
    "sent_reply": lambda q: q.sent_reply(CHATS[0], sent_message_id="7", but_for="e"),
    "newest sent_reply": lambda q: q.sent_reply(CHATS[0], sent_message_id=None, but_for="e"),
    "take_away": lambda tx: tx.take_away(1),
    "due": lambda q: q.due("fake", now=NOW, limit=256),
    "recent_sends": lambda q: q.recent_sends("fake", since=NOW),
    "feed": lambda q: q.feed("local", after=17, limit=100),
    "past_decisions": lambda q: q.past_decisions(
        origin=Origin.LIVE, after=(NOW, 17), last_id=1000, limit=128
    ),
    "stretch": lambda q: q.stretch(since=NOW, origin=Origin.LIVE),
    "policies": lambda q: q.policies([f"{n:064}" for n in range(256)]),
    "claim": lambda tx: tx.claim(range(1, 17), run_id="r", now=NOW, speaks=lambda _chat, _card: True),
    "settle": lambda tx: tx.settle([Settlement(reply=a_reply(), state=ReplyState.SENT, at=NOW)]),
    "abandon": lambda tx: tx.abandon("fake", run_id="r", now=NOW),
    "cancel_pending": lambda tx: tx.cancel_pending(REFS[0], now=NOW),
    "opt_out": lambda tx: tx.opt_out(ANN, at=NOW),
    "reviewable": lambda q: q.reviewable(CHATS[0], since=NOW, now=NOW, limit=100),
    "review_card": lambda q: q.review_card(17, now=NOW),
    "lessons": lambda q: q.lessons(CHATS[0], now=NOW),
    "chat_days": lambda q: q.chat_days(CHATS[0], since=NOW),
    "reply_fates": lambda q: q.reply_fates(CHATS[0], since=NOW),
    "chat_feedback": lambda q: q.chat_feedback(CHATS[0], since=NOW),
    "draw_reviews": lambda tx: tx.draw_reviews((FAKE, "chat"), range(1, 11), at=NOW),
    "answer_review": lambda tx: tx.answer_review(17, None, teach=False, at=NOW),
    "remove_text": lambda tx: tx.remove_text(17, at=NOW),
    "erase_texts": lambda tx: tx.erase_texts(now=NOW),
    "kept_of": lambda q: q.kept_of(PERSON, platform=FAKE, platform_id="77", now=NOW),
    "given_reply": lambda q: q.given_reply(1),
    "reply_seen_as": lambda q: q.reply_seen_as(CHATS[0], "e5"),
    "newest_reply": lambda q: q.newest_reply(PERSON, CHATS[0]),
    "leave_alone": lambda tx: tx.leave_alone(PERSON, until=NOW, at=NOW),
    "end_left_alone": lambda tx: tx.end_left_alone(PERSON),
    "keep_feedback": lambda tx: tx.keep_feedback(1, Feedback.HELPED, at=NOW),
    "cursors": lambda q: q.cursors("fake"),
    "blocks": lambda q: q.blocks(FAKE),
    "doubts": lambda q: q.doubts("fake", limit=100),
    "unnamed": lambda q: q.unnamed("fake", since=NOW, limit=100),
    "waiting_for": lambda q: q.waiting_for("fake"),
    "ours": lambda q: q.ours(REFS),
    "one of ours": lambda q: q.ours(REFS[:1]),
    "traces": lambda q: q.traces(FAKE, after=7, limit=100),
    "removals": lambda q: q.removals(FAKE, limit=100),
    "removed": lambda q: q.removed(FAKE, since=NOW),
    "keep_cursor": lambda tx: tx.keep_cursor(CURSOR),
    "not_seen": lambda tx: tx.not_seen(1),
    "named": lambda tx: tx.named(1, sent_message_id="e5"),
    "found": lambda tx: tx.found(1, sent_message_id="e5", at=NOW),
    "send_again": lambda tx: tx.send_again(1, at=NOW),
    "want_removed": lambda tx: tx.want_removed(1, Wish.ASKED, at=NOW),
    "removal_failed": lambda tx: tx.removal_failed(1),
    "removal_done": lambda tx: tx.removal_done(1, found=True, at=NOW),
    "author_deleted": lambda tx: tx.author_deleted(range(1, 101), at=NOW),
    "forget": lambda tx: tx.forget(PERSON, platform=FAKE, platform_id="77", unread=KEY.unread, at=NOW),
}


@pytest.mark.parametrize("name", HOT)
async def test_a_hot_query_uses_an_index_and_never_reads_a_whole_table(
    store: SqlStore, database: Path, name: str
) -> None:
    bot = Assembly(store)
    await bot.judge(*[bot.message() for _ in range(20)])
    await bot.judge(bot.message(author=PERSON, channel_id=PERSON, private=True))
    with overheard(store) as statements:
        await store.transact(HOT[name])
    assert statements
    plan = [step for statement in statements for step in steps(database, *statement)]
    assert not [step for step in plan if step.startswith("SCAN") and BIG_TABLES & set(step.split())], plan
    assert not [step for step in plan if step.endswith(tuple(ALL_BUT_A_SCAN)) and not _small(step)], plan
    assert not [step for step in plan if "AUTOMATIC" in step], "an index made for one query only"


def _small(step: str) -> bool:
    return any(table in step for table in ONE_A_CHAT)


async def test_keys_of_any_letters_are_found_again(store: SqlStore) -> None:
    odd = [
        '"',
        "\\",
        "\\u0041",
        "$[0]",
        "🫂",
        "e\u0301",
        "\u00e9",
        "\x01",
        "\u2028",
        "\ufffd",
        "7",
        "null",
        "x" * 200,
    ]
    bot = Assembly(store)
    messages = [bot.message(message_id=each, channel_id=each) for each in odd]
    await bot.judge(*messages)
    refs = [message.ref for message in messages]
    strangers = [replace(ref, channel_id=f"{ref.message_id[:-1]}?") for ref in refs]
    assert await store.read(lambda q: q.known(refs + strangers, origin=Origin.LIVE)) == set(refs)
    assert await store.read(lambda q: q.known(refs, origin=Origin.REPLAY)) == frozenset()
    assert (await store.read(lambda q: q.decisions(refs + strangers, origin=Origin.LIVE))).keys() == set(refs)
    chats = [(ref.platform, ref.channel_id) for ref in refs]
    await store.transact(lambda tx: tx.own_channels(chats, "local", at=NOW))
    assert await store.read(lambda q: q.channel_owners(chats)) == dict.fromkeys(chats, "local")
    assert (await store.read(lambda q: q.channel_overrides(chats))).keys() == set(chats)


async def test_a_page_of_past_decisions_begins_behind_the_one_before_and_sorts_nothing(
    store: SqlStore, database: Path
) -> None:
    with overheard(store) as statements:
        await store.read(HOT["past_decisions"])
    plan = steps(database, *statements[0])
    assert any(
        step.endswith("ix_decisions_origin_decided_at (origin=? AND decided_at>?)") for step in plan
    ), plan
    assert not [step for step in plan if "TEMP B-TREE" in step], plan


async def test_the_test_above_sees_a_scan(store: SqlStore, database: Path) -> None:
    with overheard(store) as statements:
        await store.read(lambda q: q.reply_counts(since=NOW, origin=None))
    assert any(step.startswith("SCAN replies") for step in steps(database, *statements[0]))


@contextmanager
def overheard(store: SqlStore) -> Iterator[list[tuple[str, Any]]]:
    """The statements that reach the database, with their parameters."""
    statements: list[tuple[str, Any]] = []

    def hear(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, many: bool) -> None:
        if statement.split(maxsplit=1)[0] in {"SELECT", "UPDATE", "DELETE", "INSERT"}:
            statements.append((statement, parameters[0] if many else parameters))

    assert store._engines is not None
    for engine in store._engines:
        event.listen(engine, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        for engine in store._engines:
            event.remove(engine, "before_cursor_execute", hear)


def steps(database: Path, statement: str, parameters: Any) -> list[str]:
    """How SQLite would go about it."""
    with closing(sqlite3.connect(database)) as connection:
        return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
