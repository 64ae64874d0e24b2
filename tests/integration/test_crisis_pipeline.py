"""The card, through the whole pipeline: intake, SQLite, delivery."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from functools import partial
from pathlib import Path

import pytest
from assembly import LIVE, SAD, Assembly, rows

from bot.adapters.phrasefile import load_crisis_card
from bot.adapters.storage import SqlStore
from bot.domain.channels import ChannelDefaults, Mode, QuietHours
from bot.domain.crisis import CARD, CrisisAction
from bot.domain.decisions import Action, Reason
from bot.domain.errors import RateLimited
from bot.domain.messages import Origin
from bot.domain.pacing import Pacer, Rate
from bot.domain.verdicts import Verdict

CRISIS = "sad sad, this is a crisis"
TEXT = load_crisis_card(None).text
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
STRICT = replace(
    LIVE,
    author_cooldown=6 * HOUR,
    thread_cap=1,
    chat_pace=1,
    quiet_hours=None,
)


def outcomes(verdicts: Sequence[Verdict | None]) -> list[tuple[Action, Reason] | None]:
    return [(each.outcome.action, each.outcome.reason) if each else None for each in verdicts]


CARD_GOES = (Action.REPLY, Reason.CRISIS)
HAD_IT = (Action.SILENCE, Reason.CRISIS_CARD_GIVEN)


async def test_a_sad_message_a_reply_and_a_crisis_a_minute_later_the_card_comes(
    store: SqlStore, database: Path
) -> None:
    bot = Assembly(store, STRICT)
    sad = bot.message(SAD)
    await bot.judge(sad)
    assert len((await bot.deliver()).stored) == 1
    await bot.clock.advance(MINUTE)

    (verdict,) = await bot.judge(bot.message(CRISIS, author=sad.author))
    assert outcomes([verdict]) == [CARD_GOES]
    (card,) = (await bot.deliver()).stored
    assert card.text == TEXT
    assert rows(database, "SELECT state, priority, phrase_id FROM replies ORDER BY id")[1] == (
        "sent",
        1,
        CARD,
    )
    assert CRISIS not in bot.classifier.seen


async def test_quiet_hours_cooldown_caps_and_pace_hold_no_card_back(store: SqlStore) -> None:
    night = QuietHours(start=time(0), end=time(23, 59), zone="UTC")
    bot = Assembly(store, replace(STRICT, quiet_hours=night))
    verdicts = await bot.judge(*[bot.message(CRISIS) for _ in range(5)])
    assert outcomes(verdicts) == [CARD_GOES] * 5
    hourly = Pacer(chat=[Rate(count=1, per=HOUR)], account=[Rate(count=1, per=HOUR)])
    assert len((await bot.deliver(pacer=hourly)).stored) == 5


async def test_a_card_goes_before_everything_else(store: SqlStore) -> None:
    bot = Assembly(store)
    await bot.judge(*[bot.message(SAD) for _ in range(3)], bot.message(CRISIS))
    sender = await bot.deliver()
    assert [reply.text == TEXT for reply in sender.stored] == [True, False, False, False]


async def test_a_card_counts_for_no_cooldown_cap_or_pace(store: SqlStore) -> None:
    bot = Assembly(store, STRICT)
    crisis = bot.message(CRISIS)
    await bot.judge(crisis)
    await bot.deliver()
    await bot.clock.advance(MINUTE)
    (verdict,) = await bot.judge(bot.message(SAD, author=crisis.author))
    assert outcomes([verdict]) == [(Action.REPLY, Reason.SUPPORT)]
    assert verdict is not None
    assert verdict.history is not None
    assert (verdict.history.chat_replies, verdict.history.author_phrases) == (0, ())


async def test_one_card_a_person_and_day(store: SqlStore, database: Path) -> None:
    bot = Assembly(store)
    first = bot.message(CRISIS)
    again = partial(bot.message, CRISIS, author=first.author)
    assert outcomes(await bot.judge(first, again(channel_id="c0"))) == [CARD_GOES, HAD_IT]
    await bot.deliver()
    await bot.clock.advance(timedelta(days=1) - MINUTE)
    assert outcomes(await bot.judge(again(channel_id="c1"))) == [HAD_IT]
    assert outcomes(await bot.judge(bot.message(CRISIS))) == [CARD_GOES]
    await bot.clock.advance(MINUTE)
    assert outcomes(await bot.judge(again(channel_id="c2"))) == [CARD_GOES]
    assert rows(database, "SELECT count(*) FROM replies WHERE phrase_pool = 'crisis-card'") == [3]


async def test_a_card_that_never_went_out_is_no_card(store: SqlStore, database: Path) -> None:
    bot = Assembly(store)
    first = bot.message(CRISIS)
    await bot.judge(first)
    await bot.clock.advance(timedelta(minutes=10, seconds=1))
    assert (await bot.deliver()).calls == 0
    assert rows(database, "SELECT state FROM replies") == ["expired"]
    assert outcomes(await bot.judge(bot.message(CRISIS, author=first.author))) == [CARD_GOES]


async def test_a_card_that_waits_past_its_deadline_is_no_card_either(store: SqlStore) -> None:
    bot = Assembly(store)
    first = bot.message(CRISIS)
    await bot.judge(first)
    await bot.clock.advance(10 * MINUTE)
    assert outcomes(await bot.judge(bot.message(CRISIS, author=first.author))) == [HAD_IT]
    await bot.clock.advance(timedelta(microseconds=1))
    assert outcomes(await bot.judge(bot.message(CRISIS, author=first.author))) == [CARD_GOES]
    assert len((await bot.deliver()).stored) == 1


async def test_a_crisis_that_comes_too_late_hides_no_fresh_one(store: SqlStore, database: Path) -> None:
    bot = Assembly(store)
    fresh = bot.message(CRISIS)
    before = fresh.sent_at - 20 * MINUTE
    stale = bot.message(CRISIS, author=fresh.author, sent_at=before)
    assert outcomes(await bot.judge(fresh, stale)) == [CARD_GOES, (Action.SILENCE, Reason.CRISIS_LATE)]
    (card,) = (await bot.deliver()).stored
    assert card.ref == fresh.ref
    assert rows(database, "SELECT count(*) FROM replies") == [1]


async def test_a_card_still_goes_after_nine_minutes_and_a_phrase_does_not(store: SqlStore) -> None:
    bot = Assembly(store)
    await bot.judge(bot.message(CRISIS), bot.message(SAD))
    await bot.clock.advance(9 * MINUTE)
    sender = await bot.deliver()
    assert [reply.text for reply in sender.stored] == [TEXT]


async def test_a_platform_that_says_wait_is_heard_by_a_card_too(store: SqlStore) -> None:
    bot = Assembly(store)
    await bot.judge(bot.message(CRISIS))
    pacer = Pacer()
    assert (await bot.deliver(RateLimited(MINUTE), pacer=pacer)).stored == []
    assert (await bot.deliver(pacer=pacer)).calls == 0
    await bot.clock.advance(MINUTE)
    assert len((await bot.deliver(pacer=pacer)).stored) == 1


async def test_who_opted_out_is_not_read_and_gets_no_card(store: SqlStore, database: Path) -> None:
    bot = Assembly(store)
    message = bot.message(CRISIS)
    author = message.author
    assert author is not None
    await bot.store.transact(lambda tx: tx.opt_out(author, at=bot.clock.now()))
    assert outcomes(await bot.judge(message)) == [(Action.SILENCE, Reason.OPTED_OUT)]
    assert rows(database, "SELECT count(*) FROM replies") == [0]


async def test_an_opt_out_cancels_a_card_that_waits(store: SqlStore, database: Path) -> None:
    bot = Assembly(store)
    message = bot.message(CRISIS)
    author = message.author
    assert author is not None
    await bot.judge(message)
    await bot.store.transact(lambda tx: tx.opt_out(author, at=bot.clock.now()))
    assert (await bot.deliver()).calls == 0
    assert rows(database, "SELECT state FROM replies") == ["cancelled"]


async def test_a_shadow_chat_records_a_card_and_sends_none(store: SqlStore, database: Path) -> None:
    bot = Assembly(store, replace(LIVE, mode=Mode.SHADOW))
    message = bot.message(CRISIS)
    verdicts = await bot.judge(message, bot.message(CRISIS, author=message.author))
    assert outcomes(verdicts) == [(Action.SHADOW, Reason.CRISIS), HAD_IT]
    assert rows(database, "SELECT state, address FROM replies") == [("simulated", None)]
    assert (await bot.deliver()).calls == 0
    live = Assembly(store)
    assert outcomes(await live.judge(live.message(CRISIS, author=message.author))) == [CARD_GOES]


async def test_a_replay_has_cards_of_its_own(store: SqlStore) -> None:
    live, replay = Assembly(store), Assembly(store, origin=Origin.REPLAY)
    message = live.message(CRISIS)
    past = message.sent_at - timedelta(days=90)
    times = [past, past + HOUR, past + timedelta(days=1)]
    recorded = [live.message(CRISIS, author=message.author, sent_at=at, received_at=at) for at in times]
    assert outcomes(await live.judge(message)) == [CARD_GOES]
    assert outcomes(await replay.judge(*recorded)) == [CARD_GOES, HAD_IT, CARD_GOES]
    assert len((await live.deliver()).stored) == 1


@pytest.mark.parametrize(
    ("action", "cards", "notes"),
    [
        (CrisisAction.CARD, 1, 0),
        (CrisisAction.SILENCE, 0, 0),
        (CrisisAction.CARD_AND_NOTE, 1, 1),
        (CrisisAction.SILENCE_AND_NOTE, 0, 1),
    ],
)
async def test_what_follows_is_the_chats_choice(
    store: SqlStore, database: Path, action: CrisisAction, cards: int, notes: int
) -> None:
    bot = Assembly(store, replace(LIVE, crisis=action))
    (verdict,) = await bot.judge(bot.message(CRISIS))
    assert verdict is not None
    assert verdict.outcome.reason is Reason.CRISIS
    assert len((await bot.deliver()).stored) == cards
    assert bot.telemetry.events == ["crisis_note_due"] * notes
    assert rows(database, "SELECT json_extract(json, '$.channel.crisis') FROM policies") == [action.value]


@pytest.mark.parametrize("action", [CrisisAction.SILENCE_AND_NOTE, CrisisAction.CARD_AND_NOTE])
async def test_one_note_a_person_and_day(store: SqlStore, action: CrisisAction) -> None:
    bot = Assembly(store, replace(LIVE, crisis=action))
    author = bot.message().author

    async def notes(*others: str) -> int:
        before = len(bot.telemetry.events)
        await bot.judge(bot.message(CRISIS, author=author), *[bot.message(CRISIS) for _ in others])
        return len(bot.telemetry.events) - before

    assert await notes("somebody else") == 2
    await bot.clock.advance(HOUR)  # a card that waited is past its deadline
    assert await notes() == 0
    await bot.clock.advance(22 * HOUR)
    assert await notes() == 0
    await bot.clock.advance(HOUR)
    assert await notes() == 1, "what was held back holds nothing back"
    assert await notes("somebody else") == 1


async def test_two_statements_in_one_batch_are_one_note(store: SqlStore) -> None:
    bot = Assembly(store, replace(LIVE, crisis=CrisisAction.SILENCE_AND_NOTE))
    author = bot.message().author
    await bot.judge(*[bot.message(CRISIS, author=author) for _ in range(3)])
    assert bot.telemetry.events == ["crisis_note_due"]


async def test_a_note_is_due_for_a_statement_that_is_too_late_for_the_card(store: SqlStore) -> None:
    bot = Assembly(store, replace(LIVE, crisis=CrisisAction.CARD_AND_NOTE))
    await bot.judge(bot.message(CRISIS, sent_at=bot.clock.now() - HOUR))
    assert bot.telemetry.events == ["crisis_note_due"]


@pytest.mark.parametrize("action", [CrisisAction.SILENCE_AND_NOTE, CrisisAction.CARD_AND_NOTE])
async def test_a_chat_that_only_watches_and_a_replay_raise_no_note(
    store: SqlStore, action: CrisisAction
) -> None:
    shadow = Assembly(store, replace(LIVE, crisis=action, mode=Mode.SHADOW))
    replay = Assembly(store, replace(LIVE, crisis=action), origin=Origin.REPLAY)
    live = Assembly(store, replace(LIVE, crisis=action))
    author = live.message().author
    for bot in (shadow, replay, live):
        await bot.judge(bot.message(CRISIS, author=author))
    assert [bot.telemetry.events for bot in (shadow, replay, live)] == [[], [], ["crisis_note_due"]]


async def test_a_chat_chooses_in_its_own_row(store: SqlStore) -> None:
    assert store._engines is not None
    with store._engines[0].begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO channels VALUES ('fake', 'own', NULL, ?, '2026-01-01 00:00:00.000000')",
            ('{"crisis": "silence"}',),
        )
    bot = Assembly(store)
    verdicts = await bot.judge(bot.message(CRISIS, channel_id="own"), bot.message(CRISIS))
    assert outcomes(verdicts) == [(Action.SILENCE, Reason.CRISIS), CARD_GOES]


async def test_a_chat_that_chooses_silence_meanwhile_gets_no_card_that_waits(
    store: SqlStore, database: Path
) -> None:
    bot = Assembly(store)
    await bot.judge(bot.message(CRISIS), bot.message(SAD))
    bot.defaults = ChannelDefaults(otherwise=replace(LIVE, crisis=CrisisAction.SILENCE))
    assert [reply.text == TEXT for reply in (await bot.deliver()).stored] == [False]
    assert rows(database, "SELECT state FROM replies ORDER BY id") == ["cancelled", "sent"]


async def test_an_edit_takes_no_card_back_and_a_crisis_takes_a_phrase_back(
    store: SqlStore, database: Path
) -> None:
    bot = Assembly(store)
    crisis, sad = bot.message(CRISIS), bot.message(SAD)
    await bot.judge(crisis, sad)
    await bot.judge(replace(crisis, text="never mind", edited=True), replace(sad, text=CRISIS, edited=True))
    assert rows(database, "SELECT state FROM replies ORDER BY id") == ["pending", "cancelled"]


async def test_who_has_no_name_gets_a_card_each_time(store: SqlStore) -> None:
    bot = Assembly(store)
    verdicts = await bot.judge(*[bot.message(CRISIS, author=None) for _ in range(2)])
    assert outcomes(verdicts) == [CARD_GOES] * 2
