"""What was recorded by the pipeline, on a real file, is made again from what stands there alone."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from assembly import FINE, LIVE, SAD, Assembly, rows
from fakes import Classifiers, WordClassifier

from bot.adapters.storage import SqlStore
from bot.application.audit import PAGE, Audit, AuditSummary, Finding, ModelShelf
from bot.application.reading import Gates
from bot.application.records import Missing
from bot.domain.audit import Agreement, Difference
from bot.domain.channels import ChannelSettings, Mode, QuietHours
from bot.domain.crisis import CrisisAction
from bot.domain.decisions import Reason, ReplyWhen
from bot.domain.messages import Origin, Sender
from bot.domain.snapshots import digest

HOUR = timedelta(hours=1)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
GATES = Gates(
    crisis_gate=lambda text: "crisis" in text,
    language_filter=lambda text: "fr" if "bonjour" in text else "en",
)
HALF = "sad sad well well"
TEXTS = [
    SAD,
    FINE,
    HALF,
    "crisis",
    "   ",
    "https://example.org",
    "> sad sad",
    "sad",
    "sad " * 10_001,
    "bonjour sad sad",
    "sad sad sad /s",
    "/start now",
]


async def audited(
    store: SqlStore,
    *,
    gates: Gates = GATES,
    shelf: ModelShelf | None = None,
    since: datetime = BEGINNING,
    origin: Origin = Origin.LIVE,
) -> tuple[AuditSummary, list[Finding]]:
    findings: list[Finding] = []
    audit = Audit(store=store, gates=gates, shelf=shelf or Classifiers(WordClassifier()))
    summary = await audit.run(
        since=since, origin=origin, found=findings.append, advanced=lambda _done, _of: None
    )
    assert summary.decisions == summary.agreements.total() + summary.missing.total()
    return summary, findings


def change(database: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement, values)


@pytest.fixture
def bot(store: SqlStore) -> Assembly:
    return Assembly(store)


CHANNELS: dict[str, ChannelSettings] = {
    "open": LIVE,
    "shadow": replace(LIVE, mode=Mode.SHADOW),
    "limits": replace(LIVE, author_cooldown=6 * HOUR, thread_cap=2, chat_pace=3),
    "asleep": replace(LIVE, quiet_hours=QuietHours(start=time(11), end=time(13), zone="UTC")),
    "not positive": replace(LIVE, reply_when=ReplyWhen.NOT_POSITIVE, language_filter=False, min_words=0),
    "distress": replace(LIVE, reply_when=ReplyWhen.DISTRESS, min_words=5),
}


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("channel", CHANNELS.values(), ids=CHANNELS)
async def test_whatever_was_decided_would_be_decided_again(
    store: SqlStore, channel: ChannelSettings, origin: Origin
) -> None:
    bot = Assembly(store, channel, origin=origin)
    people = [bot.message().author for _ in range(3)]
    for _ in range(4):
        await bot.judge(*[bot.message(text, author=who, thread_id="t") for text in TEXTS for who in people])
        await bot.judge(*[bot.message(text, sender=Sender.BOT) for text in TEXTS])
        await bot.clock.advance(4 * HOUR)

    summary, findings = await audited(store, origin=origin)

    assert findings == []
    assert summary.decisions == 4 * (len(TEXTS) * 4)
    assert summary.agreements == {Agreement.SAME: 4 * (len(TEXTS) - 1) * 3}
    assert summary.missing == {Missing.UNREAD: 4 * (len(TEXTS) + 3)}
    reasons = {verdict.outcome.reason for verdict in bot.telemetry.verdicts}
    assert len(reasons) >= 7
    other = Origin.REPLAY if origin is Origin.LIVE else Origin.LIVE
    assert (await audited(store, origin=other))[0].decisions == 0


async def test_what_a_limit_held_back_is_made_again_by_the_recorded_history(
    store: SqlStore, database: Path
) -> None:
    bot = Assembly(store, CHANNELS["limits"])
    one = bot.message(thread_id="t")
    again = bot.message(author=one.author, thread_id="u")
    others = [bot.message(thread_id="t") for _ in range(3)]
    await bot.judge(one, again, *others, *[bot.message(thread_id=f"v{n}") for n in range(3)])
    held = Counter(rows(database, "SELECT reason FROM decisions"))
    assert held == {"support": 3, "author_cooldown": 1, "thread_cap": 2, "chat_pace": 2}
    change(database, "DELETE FROM replies")

    assert (await audited(store))[0].agreements == {Agreement.SAME: 8}

    change(database, "UPDATE decisions SET history = NULL WHERE reason = 'author_cooldown'")
    summary, (finding,) = await audited(store)
    assert summary.agreements[Agreement.DIFFER] == 1
    assert (finding.recorded.reason, finding.again.reason) == ("author_cooldown", "support")


async def test_what_was_late_is_late_again_and_what_became_late_while_it_was_classified_is_not(
    bot: Assembly, store: SqlStore, database: Path
) -> None:
    slow, late = bot.message(), bot.message()
    classify = bot.classifier.classify

    async def slowly(texts: Any) -> Any:
        await bot.clock.advance(timedelta(seconds=30))
        return await classify(texts)

    bot.classifier.classify = slowly  # type: ignore[method-assign]  # the moment that matters
    await bot.judge(slow)
    await bot.judge(late)
    assert rows(database, "SELECT reason FROM decisions ORDER BY id") == ["support", "late"]

    assert (await audited(store))[0].agreements == {Agreement.SAME: 2}

    change(database, "UPDATE decisions SET facts = json_remove(facts, '$.read_at', '$.too_long')")
    assert (await audited(store))[0].agreements == {Agreement.SAME: 2}, "rows of the first version"


async def test_a_crisis_that_came_too_late_for_the_card_would_again(
    bot: Assembly, store: SqlStore, database: Path
) -> None:
    before = bot.clock.now() - HOUR
    await bot.judge(bot.message("crisis", sent_at=before), bot.message("crisis"))
    assert rows(database, "SELECT reason FROM decisions ORDER BY id") == ["crisis_late", "crisis"]

    assert (await audited(store))[0].agreements == {Agreement.SAME: 2}


async def test_a_note_is_no_part_of_a_decision(store: SqlStore, database: Path) -> None:
    bot = Assembly(store, replace(LIVE, crisis=CrisisAction.SILENCE_AND_NOTE))
    await bot.judge(bot.message("crisis"))
    assert rows(database, "SELECT facts ->> 'note_due' FROM decisions") == [1]

    assert (await audited(store))[0].agreements == {Agreement.SAME: 1}


async def test_the_silence_of_the_version_before_the_card_is_no_difference(
    store: SqlStore, database: Path
) -> None:
    bot = Assembly(store, replace(LIVE, crisis=CrisisAction.SILENCE))
    await bot.judge(bot.message("crisis"))
    (stored,) = rows(database, "SELECT json FROM policies")
    old = json.loads(stored)
    del old["card"], old["channel"]["crisis"]
    snapshot = json.dumps(old, sort_keys=True, separators=(",", ":"))
    change(database, "INSERT INTO policies VALUES (?, ?)", digest(snapshot), snapshot)
    change(database, "UPDATE decisions SET history = NULL, policy_hash = ?", digest(snapshot))

    assert (await audited(store))[0].agreements == {Agreement.SAME: 1}


async def test_a_setting_that_changed_between_gates_and_verdict_is_no_difference(
    bot: Assembly, store: SqlStore, database: Path
) -> None:
    classify = bot.classifier.classify

    async def meanwhile(texts: Any) -> Any:
        values = ("fake", "chat", None, '{"min_words": 9, "chat_pace": 0}', "2026-01-01 00:00:00.000000")
        change(database, "INSERT INTO channels VALUES (?, ?, ?, ?, ?)", *values)
        return await classify(texts)

    bot.classifier.classify = meanwhile  # type: ignore[method-assign]  # the moment that matters
    await bot.judge(bot.message(SAD))
    assert rows(database, "SELECT reason FROM decisions") == ["chat_pace"]

    assert (await audited(store))[0].agreements == {Agreement.SAME: 1}


@pytest.mark.parametrize(
    ("assignment", "differences"),
    [
        ("action = 'silence'", [Difference.ACTION]),
        ("reason = 'chat_pace', action = 'silence'", [Difference.ACTION, Difference.REASON]),
        ("label = 'neutral'", [Difference.LABEL]),
        ("negative = negative - 0.01", [Difference.SCORES]),
        ("emotions = json_set(emotions, '$.joy', 0.5)", [Difference.SCORES]),
        ("emotions = NULL", [Difference.SCORES]),
        ("facts = json_set(facts, '$.language', 'fr')", [Difference.FACTS]),
        ("facts = json_set(facts, '$.words', 7)", [Difference.FACTS]),
        ("model = 'another'", [Difference.MODEL]),
    ],
)
async def test_a_row_that_was_changed_is_named(
    bot: Assembly, store: SqlStore, database: Path, assignment: str, differences: list[Difference]
) -> None:
    await bot.judge(*[bot.message() for _ in range(5)])
    change(database, f"UPDATE decisions SET {assignment} WHERE id = 3")

    summary, (finding,) = await audited(store)

    assert summary.agreements == {Agreement.SAME: 4, Agreement.DIFFER: 1}
    assert (finding.decision, list(finding.comparison.differences)) == (3, differences)
    assert summary.differences == dict.fromkeys(differences, 1)


async def test_gates_that_see_more_than_then_show_as_facts_and_reasons(
    bot: Assembly, store: SqlStore
) -> None:
    await bot.judge(bot.message(SAD), bot.message(FINE), bot.message("bonjour sad"))
    now = Gates(crisis_gate=lambda text: "well" in text, language_filter=lambda _: "en")

    _, findings = await audited(store, gates=now)

    told = {each.decision: (each.again.reason, each.comparison.facts) for each in findings}
    assert told == {2: ("crisis", ("crisis",)), 3: ("support", ("language",))}


async def test_what_cannot_be_made_again_is_counted(bot: Assembly, store: SqlStore, database: Path) -> None:
    await bot.judge(*[bot.message() for _ in range(9)], bot.message(sender=Sender.SELF))
    other = json.dumps({"model": "words"})
    change(database, "DELETE FROM texts WHERE decision_id = 1")
    change(database, "UPDATE decisions SET facts = '[]' WHERE id = 2")
    change(database, "UPDATE decisions SET history = '{\"none\": 1}' WHERE id = 3")
    change(database, "UPDATE decisions SET facts = '{broken' WHERE id = 4")
    change(database, "UPDATE decisions SET policy_hash = 'gone' WHERE id = 5")
    change(database, "INSERT INTO policies VALUES ('odd', ?)", other)
    change(database, "UPDATE decisions SET policy_hash = 'odd' WHERE id = 6")
    change(database, "UPDATE decisions SET facts = json_set(facts, '$.read_under', 'gone') WHERE id = 7")

    summary, findings = await audited(store)

    assert findings == []
    assert summary.agreements == {Agreement.SAME: 2}
    assert summary.missing == {Missing.UNREAD: 1, Missing.TEXT_GONE: 1, Missing.UNREADABLE: 6}


async def test_a_snapshot_that_is_not_what_its_hash_says_is_not_believed(
    bot: Assembly, store: SqlStore, database: Path
) -> None:
    await bot.judge(bot.message())
    change(database, "UPDATE policies SET json = replace(json, '0.5', '0.4')")

    assert (await audited(store))[0].missing == {Missing.UNREADABLE: 1}


async def test_only_what_needs_a_model_misses_it(bot: Assembly, store: SqlStore) -> None:
    await bot.judge(bot.message(SAD), bot.message("sad"), bot.message("crisis sad"))
    other = WordClassifier()
    other.version = "promoted-since"

    gone, _ = await audited(store, shelf=Classifiers(other))

    assert gone.agreements == {Agreement.SAME: 2}
    assert gone.missing == {Missing.MODEL_GONE: 1}
    prepared = WordClassifier()
    prepared.preprocessing = "2"
    assert (await audited(store, shelf=Classifiers(prepared)))[0].missing == {Missing.PREPROCESSING_GONE: 1}


async def test_a_new_model_beside_it_changes_nothing_and_its_thresholds_are_the_recorded_ones(
    bot: Assembly, store: SqlStore
) -> None:
    await bot.judge(bot.message(SAD), bot.message(HALF), bot.message(FINE))
    moved, other = WordClassifier(), WordClassifier()
    moved.thresholds = {when: dict.fromkeys(lines, 0.9) for when, lines in moved.thresholds.items()}
    other.version = "promoted-since"
    shelf = Classifiers(other, moved)

    assert (await audited(store, shelf=shelf))[0].agreements == {Agreement.SAME: 3}
    assert shelf.asked == ["words"]


async def test_it_looks_at_what_stood_there_when_it_began_a_page_at_a_time(
    bot: Assembly, store: SqlStore, database: Path
) -> None:
    """All of it decided in the same moment: pages go on by row, none is left out and none comes twice."""
    for _ in range(5):
        await bot.judge(*[bot.message() for _ in range(60)])
    assert len(set(rows(database, "SELECT decided_at FROM decisions"))) == 1
    seen = WordClassifier()
    steps: list[tuple[int, int]] = []
    audit = Audit(store=store, gates=GATES, shelf=Classifiers(seen))

    def advanced(done: int, total: int) -> None:
        steps.append((done, total))
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("CREATE TEMP TABLE newer AS SELECT * FROM decisions WHERE id = 1")
            number = len(steps)
            connection.execute("UPDATE newer SET id = 1000 + ?, message_id = ?", (number, f"new-{number}"))
            connection.execute("INSERT INTO decisions SELECT * FROM newer")

    summary = await audit.run(since=BEGINNING, origin=Origin.LIVE, found=print, advanced=advanced)

    assert steps == [(PAGE, 300), (2 * PAGE, 300), (300, 300)]
    assert (summary.decisions, len(seen.seen)) == (300, 300)


async def test_since_leaves_out_what_was_decided_before(bot: Assembly, store: SqlStore) -> None:
    await bot.judge(*[bot.message() for _ in range(3)])
    await bot.clock.advance(HOUR)
    await bot.judge(*[bot.message() for _ in range(2)])

    assert (await audited(store, since=bot.clock.now()))[0].decisions == 2
    assert (await audited(store, since=bot.clock.now() + timedelta(microseconds=1)))[0].decisions == 0
    assert (await audited(store, since=bot.clock.now() - HOUR))[0].decisions == 5


async def test_nothing_is_written(bot: Assembly, store: SqlStore, database: Path) -> None:
    await bot.judge(*[bot.message(text) for text in TEXTS])
    await store.checkpoint()
    dump: Callable[[], list[str]] = lambda: list(sqlite3.connect(database).iterdump())  # noqa: E731
    before, content = dump(), database.read_bytes()

    await audited(store)

    assert (dump(), database.read_bytes()) == (before, content)
    assert Reason.SUPPORT in {verdict.outcome.reason for verdict in bot.telemetry.verdicts}
