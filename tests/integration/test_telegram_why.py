"""`/why` tells what decided, to the person concerned and to nobody else."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from assembly import rows
from telegram_people import ANN, BEN, BOT, GROUP, OTHER_GROUP, TelegramPeople, words

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.texts import feedback as texts
from bot.adapters.telegram.values import Place, Say
from bot.application.chats import Chat
from bot.domain.decisions import ReplyWhen

SAID = "sad sad sad lovely"


@pytest.fixture
def people(store: SqlStore) -> TelegramPeople:
    return TelegramPeople(store)


@pytest.fixture
def loud(store: SqlStore) -> TelegramPeople:
    """Where the bot cannot whisper."""
    return TelegramPeople(store, whispers=False)


async def seen_as(people: TelegramPeople, message_id: str) -> None:
    """The newest reply's message has this id in its chat."""

    def rename(tx: object) -> None:
        connection = getattr(tx, "_connection")  # noqa: B009
        connection.exec_driver_sql("UPDATE replies SET sent_message_id = ?", (message_id,))

    await people.store.transact(rename)


@pytest.mark.parametrize("place", [GROUP, ANN.home], ids=["group", "private"])
async def test_it_names_the_words_the_label_the_number_and_the_model(
    people: TelegramPeople, place: Place
) -> None:
    await people.switch_on(place)
    await people.answered(ANN, place, SAID)
    (said,) = await people.command(ANN, place, "why")
    assert isinstance(said, Say)
    assert said.whisper_to == (None if place.private else ANN.person.user_id)
    for needed in (
        "75 of 100",
        "fairly sure",
        "label: negative",
        "most: sad.",
        "Against it spoke: lovely",
        "words",
    ):
        assert needed in said.text
    assert people.asked_words == [SAID]


@pytest.mark.parametrize(("sent_as", "fields"), [("77", {"answers": 77}), ("e9", {"answers_ephemeral": 9})])
async def test_a_message_of_the_bots_is_found_by_what_was_replied_to(
    people: TelegramPeople, sent_as: str, fields: dict[str, Any]
) -> None:
    await people.switch_on(GROUP)
    await people.answered(ANN, GROUP, SAID)
    await seen_as(people, sent_as)
    assert "75 of 100" in words(await people.command(ANN, GROUP, "why", **fields))
    assert words(await people.command(BEN, GROUP, "why", **fields)).startswith(texts.NOT_ABOUT_YOU)
    elsewhere = await people.command(ANN, OTHER_GROUP, "why", **fields)
    assert words(elsewhere).startswith(texts.NO_SUCH_REPLY), "the same number in another chat"
    assert people.asked_words == [SAID], "nobody looks at words for somebody else"


async def test_where_nothing_can_be_whispered_there_is_a_link_for_the_one_and_silence_for_others(
    loud: TelegramPeople,
) -> None:
    await loud.switch_on(GROUP)
    reply = await loud.answered(ANN, GROUP, SAID)
    await seen_as(loud, "77")
    (said,) = await loud.command(ANN, GROUP, "why", answers=77)
    assert isinstance(said, Say)
    assert (said.text, said.keyboard[0][0].url) == (
        "I answer this in private.",
        f"https://t.me/{BOT}?start=why_{reply.id}",
    )
    assert await loud.command(BEN, GROUP, "why", answers=77) == ()
    assert await loud.command(BEN, GROUP, "why") == ()
    assert loud.asked_words == []
    assert "75 of 100" in words(await loud.command(ANN, ANN.home, f"why_{reply.id}", start=True))
    stranger = words(await loud.command(BEN, BEN.home, f"why_{reply.id}", start=True))
    assert stranger.startswith(texts.NOT_ABOUT_YOU)
    assert loud.asked_words == [SAID]


async def test_a_card_names_its_gate_and_no_words(people: TelegramPeople) -> None:
    await people.switch_on(GROUP)
    reply = await people.answered(ANN, GROUP, "this is a crisis")
    assert reply.card
    (said,) = await people.command(ANN, GROUP, "why")
    assert isinstance(said, Say)
    assert said.text == texts.WHY_THE_CARD
    assert people.asked_words == []


async def test_words_that_are_erased_are_not_guessed(people: TelegramPeople) -> None:
    await people.switch_on(GROUP)
    await people.answered(ANN, GROUP, SAID)
    await people.bot.clock.advance(timedelta(days=30))
    assert await people.retention.erase() == 1
    said = words(await people.command(ANN, GROUP, "why"))
    assert texts.WORDS_GONE in said
    assert "75 of 100" in said
    assert people.asked_words == []


async def test_another_model_in_use_is_named(people: TelegramPeople) -> None:
    await people.switch_on(GROUP)
    await people.answered(ANN, GROUP, SAID)
    people.model = "newer-1"
    assert "newer-1" in words(await people.command(ANN, GROUP, "why"))


@pytest.mark.parametrize(
    ("reply_when", "sounded"),
    [(ReplyWhen.NOT_POSITIVE, "not positive"), (ReplyWhen.DISTRESS, "distressed")],
)
async def test_it_speaks_of_the_score_that_the_chat_went_by(
    people: TelegramPeople, reply_when: ReplyWhen, sounded: str
) -> None:
    await people.switch_on(GROUP)
    now = people.bot.clock.now()
    await people.store.transact(lambda tx: tx.set_channel(GROUP.key, {"reply_when": reply_when}, at=now))
    await people.answered(ANN, GROUP, SAID)
    assert f"sounded {sounded} to a program" in words(await people.command(ANN, GROUP, "why"))


async def test_it_is_never_all_sure_and_an_unreadable_snapshot_stops_nothing(
    people: TelegramPeople, database: Path
) -> None:
    await people.switch_on(GROUP)
    await people.answered(ANN, GROUP, "sad sad sad sad")
    assert "99 of 100, so it was very sure" in words(await people.command(ANN, GROUP, "why"))

    def spoil(tx: object) -> None:
        getattr(tx, "_connection").exec_driver_sql("UPDATE policies SET json = '{}'")  # noqa: B009

    await people.store.transact(spoil)
    assert json.loads(rows(database, "SELECT json FROM policies")[0]) == {}
    assert "sounded negative" in words(await people.command(ANN, GROUP, "why"))


async def test_of_several_replies_the_newest_in_this_chat_is_meant(people: TelegramPeople) -> None:
    await people.switch_on(GROUP, OTHER_GROUP)
    await people.answered(ANN, GROUP, "sad sad sad first")
    await people.answered(ANN, GROUP, "sad sad sad second")
    await people.answered(BEN, GROUP, "sad sad sad other")
    await people.answered(ANN, OTHER_GROUP, "sad sad sad elsewhere")
    assert "second" in words(await people.command(ANN, GROUP, "why"))


@pytest.mark.parametrize("payload", ["why_0", "why_", "why_x", "why_" + "9" * 50])
async def test_made_up_links_are_answered_with_what_to_do(people: TelegramPeople, payload: str) -> None:
    said = words(await people.command(ANN, ANN.home, payload, start=True))
    assert said.startswith(texts.NO_SUCH_REPLY)


async def test_long_words_are_cut_and_said_once(people: TelegramPeople) -> None:
    await people.switch_on(GROUP)
    await people.store.transact(lambda tx: tx.keep_chat(Chat(key=GROUP.key, private=False, whispers=True)))
    await people.answered(ANN, GROUP, "sad sad " + "x" * 500)
    said = words(await people.command(ANN, GROUP, "why"))
    assert "x" * 40 in said
    assert "x" * 41 not in said
    assert said.count("sad") == 1
