"""What would be decided is what is decided, and nothing of it stays."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from assembly import FAKE, FINE, LIVE, SAD, Assembly, rows

from bot.adapters.storage import SqlStore
from bot.application.rehearsal import Rehearsal
from bot.domain.decisions import Action, Reason
from bot.domain.messages import AuthorHash, MessageRef

TABLES = ("decisions", "texts", "replies", "policies", "channels", "opt_outs")
ANN = AuthorHash("a" * 32)


@pytest.fixture
def bot(store: SqlStore) -> Assembly:
    return Assembly(store, replace(LIVE, author_cooldown=timedelta(hours=6)))


def rehearsal(bot: Assembly) -> Rehearsal:
    return Rehearsal(store=bot.store, reader=bot.intake._reader, bench=bot.intake._bench)


def counts(database: Path) -> list[object]:
    return [rows(database, f"SELECT count(*) FROM {table}") for table in TABLES]


@pytest.mark.parametrize(("text", "action"), [(SAD, Action.REPLY), (FINE, Action.SILENCE)])
async def test_it_is_what_the_intake_decides_and_leaves_no_trace(
    bot: Assembly, database: Path, text: str, action: Action
) -> None:
    message, before = bot.message(text), counts(database)
    found = await rehearsal(bot)(message)
    assert counts(database) == before
    assert found.recorded is None
    (verdict,) = await bot.judge(message)
    assert verdict is not None
    assert found.verdict.outcome == verdict.outcome
    assert found.verdict.outcome.action is action
    assert found.verdict.reply_text == verdict.reply_text


async def test_it_is_never_too_late_and_what_was_decided_stands_beside_it(bot: Assembly) -> None:
    message = bot.message()
    await bot.judge(replace(message, sent_at=message.sent_at - timedelta(days=1)))
    found = await rehearsal(bot)(replace(message, sent_at=message.sent_at - timedelta(days=1)))
    assert found.verdict.outcome.action is Action.REPLY
    assert found.recorded is not None
    assert found.recorded.reason == Reason.LATE


async def test_what_was_answered_before_counts(bot: Assembly) -> None:
    await bot.judge(bot.message(author=ANN))
    found = await rehearsal(bot)(bot.message(author=ANN))
    assert found.verdict.outcome.reason is Reason.AUTHOR_COOLDOWN


@pytest.mark.parametrize("text", [SAD, "crisis words"])
async def test_its_own_reply_holds_a_message_back_nowhere(bot: Assembly, text: str) -> None:
    message = bot.message(text, author=ANN)
    (verdict,) = await bot.judge(message)
    assert verdict is not None
    found = await rehearsal(bot)(message)
    assert found.recorded is not None
    assert found.verdict.outcome == verdict.outcome
    again = await rehearsal(bot)(bot.message(text, author=ANN))
    assert again.verdict.outcome.action is Action.SILENCE, "another message is held back by it"


async def test_who_opted_out_is_not_read_here_either(bot: Assembly) -> None:
    await bot.store.transact(lambda tx: tx.opt_out(ANN, at=bot.clock.now()))
    found = await rehearsal(bot)(bot.message(author=ANN))
    assert found.verdict.outcome.reason is Reason.OPTED_OUT
    assert bot.classifier.seen == []


async def test_an_answer_to_one_of_our_replies_is_known_as_such(bot: Assembly) -> None:
    first = bot.message()
    await bot.judge(first)
    await bot.deliver(None)
    (name,) = rows(bot.store.path, "SELECT sent_message_id FROM replies")  # type: ignore[attr-defined]
    ours = MessageRef(platform=FAKE, channel_id="chat", message_id=name)
    assert (await rehearsal(bot)(bot.message(), [ours])).verdict.message.answers_us
    assert not (
        await rehearsal(bot)(bot.message(), [replace(ours, message_id="else")])
    ).verdict.message.answers_us
