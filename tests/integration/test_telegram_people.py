"""Help, privacy, what is stored, opting out and in: in a group and in private, by whisper or by link."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from telegram_people import ANN, BEN, BOT, GROUP, OTHER_GROUP, OWNER, TelegramPeople, words

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.texts import feedback, notice
from bot.adapters.telegram.texts import people as texts
from bot.adapters.telegram.values import Act, Place, Say
from bot.application.chats import Chat
from bot.domain.channels import Mode
from bot.domain.decisions import Reason


@pytest.fixture(params=[True, False], ids=["whispers", "public only"])
def people(store: SqlStore, request: pytest.FixtureRequest) -> TelegramPeople:
    return TelegramPeople(store, whispers=request.param)


@pytest.fixture
def quiet(store: SqlStore) -> TelegramPeople:
    """Where the bot may whisper."""
    return TelegramPeople(store)


def only(acts: Sequence[Act]) -> Say:
    (act,) = acts
    assert isinstance(act, Say)
    return act


def links(say: Say) -> list[str | None]:
    return [button.url for row in say.keyboard for button in row]


@pytest.mark.parametrize("name", ["mydata", "privacy", "optout", "optin", "forget"])
async def test_a_personal_whisper_that_cannot_be_had_leaves_a_link_and_none_of_its_words(
    quiet: TelegramPeople, name: str
) -> None:
    whisper = only(await quiet.command(ANN, GROUP, name))
    assert whisper.whisper_to == ANN.person.user_id
    shown = whisper.otherwise
    assert shown is not None
    assert (shown.chat_id, shown.whisper_to, shown.text) == (GROUP.chat_id, None, notice.IN_PRIVATE)
    assert [str(link).startswith(f"https://t.me/{BOT}?start=") for link in links(shown)] == [True]


# ------------------------------------------------------------------ start


async def test_start_in_private_is_notice_and_consent(quiet: TelegramPeople) -> None:
    before = await quiet.write(ANN, ANN.home)
    assert before is not None
    assert before.outcome.reason is Reason.CHANNEL_OFF
    said = only(await quiet.command(ANN, ANN.home, "start"))
    assert said.chat_id == ANN.person.user_id
    for needed in ("bot", "30 days", "/privacy", "/forget", "/optout", "not a crisis service"):
        assert needed in said.text
    after = await quiet.write(ANN, ANN.home)
    assert after is not None
    assert after.outcome.would_reply
    chats = await quiet.store.read(lambda q: q.chats((ANN.home.key, BEN.home.key)))
    assert chats[ANN.home.key].private
    assert chats[ANN.home.key].noticed_at == quiet.bot.clock.now()
    assert BEN.home.key not in chats


async def test_starting_again_is_short_and_keeps_what_stands_about_the_chat(quiet: TelegramPeople) -> None:
    chat = Chat(key=ANN.home.key, private=True, told={"clock": "2026-01-01"}, silenced="blocked")
    await quiet.store.transact(lambda tx: tx.keep_chat(chat))
    await quiet.command(ANN, ANN.home, "start")
    assert only(await quiet.command(ANN, ANN.home, "start")).text == texts.STARTED
    kept = (await quiet.store.read(lambda q: q.chats((chat.key,))))[chat.key]
    assert (kept.told, kept.silenced) == (chat.told, None)


async def test_start_does_not_take_an_opt_out_back(quiet: TelegramPeople) -> None:
    await quiet.command(ANN, ANN.home, "optout")
    assert only(await quiet.command(ANN, ANN.home, "start")).text == texts.START_OPTED_OUT
    verdict = await quiet.write(ANN, ANN.home)
    assert verdict is not None
    assert not verdict.read
    await quiet.command(ANN, ANN.home, "optin")
    await quiet.command(ANN, ANN.home, "start")
    assert (await quiet.answered(ANN, ANN.home)).author == ANN.person.author


async def test_start_in_a_group_changes_nothing_there(quiet: TelegramPeople) -> None:
    assert only(await quiet.command(ANN, GROUP, "start")).text == texts.HELP_IN_GROUP
    assert await quiet.store.read(lambda q: q.channel_overrides((GROUP.key,))) == {}


@pytest.mark.parametrize("payload", ["help", "privacy", "mydata", "forget", "standing", "why_1", "why_x"])
async def test_a_deep_link_answers_and_switches_nothing_on_or_off(
    quiet: TelegramPeople, payload: str
) -> None:
    await quiet.command(ANN, GROUP, "optout")
    said = only(await quiet.command(ANN, ANN.home, payload, start=True))
    assert said.chat_id == ANN.person.user_id
    assert await quiet.store.read(lambda q: q.channel_overrides((ANN.home.key,))) == {}
    assert await quiet.store.read(lambda q: q.opted_out((ANN.person.author, BEN.person.author))) == {
        ANN.person.author
    }


# ------------------------------------------------------------------ help and privacy


async def test_help_is_short_in_groups_and_longer_for_admins_and_the_operator(
    people: TelegramPeople,
) -> None:
    member = only(await people.command(ANN, GROUP, "help"))
    admin = only(await people.command(BEN, GROUP, "help"))
    nobody = only(await people.command(None, GROUP, "help"))
    assert len(member.text) < 300
    assert "/settings" not in member.text
    assert "/settings" in admin.text
    assert nobody.text == admin.text, "an admin who writes as the group"
    assert links(member) == [f"https://t.me/{BOT}?start=help"]
    alone = only(await people.command(BEN, BEN.home, "help"))
    operator = only(await people.command(OWNER, OWNER.home, "help"))
    assert "/mydata" in alone.text
    assert "/drift" not in alone.text
    assert "/drift" in operator.text


async def test_privacy_says_what_it_must(people: TelegramPeople) -> None:
    everything = only(await people.command(ANN, ANN.home, "privacy")).text
    for needed in (
        "30 days",
        "does not erase",
        "crisis service",
        "/optout",
        "/forget",
        "/mydata",
        "example.org",
        "code",
    ):
        assert needed in everything


async def test_privacy_in_a_group_is_short_or_whispered_and_names_its_own_retention(
    store: SqlStore,
) -> None:
    loud, quiet = TelegramPeople(store, whispers=False), TelegramPeople(store)
    now = loud.bot.clock.now()
    changes = {"mode": Mode.LIVE, "retention": timedelta(hours=6)}
    await store.transact(lambda tx: tx.set_channel(GROUP.key, changes, at=now))
    short = only(await loud.command(ANN, GROUP, "privacy", update_id=901))
    assert short.whisper_to is None
    assert "6 hours" in short.text
    assert "off here" not in short.text
    assert links(short) == [f"https://t.me/{BOT}?start=privacy"]
    whole = only(await quiet.command(ANN, GROUP, "privacy", update_id=902))
    assert whole.whisper_to == ANN.person.user_id
    assert "6 hours" in whole.text
    elsewhere = only(await loud.command(ANN, OTHER_GROUP, "privacy", update_id=903))
    assert "I am off here" in elsewhere.text
    await store.transact(lambda tx: tx.set_channel(GROUP.key, {"retention": timedelta()}, at=now))
    assert "not your words" in only(await loud.command(ANN, GROUP, "privacy", update_id=904)).text


# ------------------------------------------------------------------ what is stored


async def test_my_data_counts_what_is_mine_in_all_chats_and_nothing_of_others(
    people: TelegramPeople,
) -> None:
    assert only(await people.command(ANN, ANN.home, "mydata")).text == texts.NOTHING_STORED
    await people.switch_on(GROUP, OTHER_GROUP, ANN.home)
    await people.answered(BEN, GROUP)
    reply = await people.answered(ANN, GROUP)
    await people.write(ANN, OTHER_GROUP, "all is well today")
    await people.answered(ANN, ANN.home)
    await people.press(ANN, GROUP, f"fb:{reply.id}:not_needed")
    contact = Chat(
        key=GROUP.key, private=False, contact=str(ANN.person.user_id), notes_to=(str(BEN.person.user_id),)
    )
    await people.store.transact(lambda tx: tx.keep_chat(contact))
    said = only(await people.command(ANN, ANN.home, "mydata")).text
    assert "3 messages" in said
    assert "the words of 3 of them, the last until 23 December 2026" in said
    assert "2 replies" in said
    assert "1 answer of yours" in said
    assert "no answer from me until 30 November 2026" in said
    assert "an admin of 1 chat" in said
    assert "read nothing of yours" not in said
    bens = only(await people.command(BEN, BEN.home, "mydata")).text
    assert "1 message " in bens
    assert "an admin of 1 chat" in bens


async def test_personal_answers_never_stand_in_a_group(people: TelegramPeople) -> None:
    await people.switch_on(GROUP)
    await people.answered(ANN, GROUP)
    for name in ("mydata", "forget", "why"):
        said = only(await people.command(ANN, GROUP, name))
        if said.whisper_to is None:
            assert said.text == "I answer this in private."
            assert [url for url in links(said) if url and f"?start={name}" in url]
        else:
            assert said.whisper_to == ANN.person.user_id


async def test_a_refused_whisper_is_remembered_and_the_answer_becomes_a_link(quiet: TelegramPeople) -> None:
    await quiet.store.transact(lambda tx: tx.keep_chat(Chat(key=GROUP.key, private=False, whispers=False)))
    said = only(await quiet.command(ANN, GROUP, "mydata"))
    assert said.whisper_to is None
    assert links(said) == [f"https://t.me/{BOT}?start=mydata"]


# ------------------------------------------------------------------ opting out and in


@pytest.mark.parametrize("where", [GROUP, ANN.home], ids=["in the group", "in private"])
async def test_an_opt_out_ends_all_reading_in_every_chat_at_once(
    people: TelegramPeople, where: Place
) -> None:
    await people.switch_on(GROUP, OTHER_GROUP, ANN.home)
    await people.write(ANN, OTHER_GROUP)  # its reply is pending
    seen = len(people.classifier.seen)
    confirmed = only(await people.command(ANN, where, "optout"))
    if where is GROUP and confirmed.whisper_to is None:
        assert confirmed.text == texts.DONE
        assert links(confirmed) == [f"https://t.me/{BOT}?start=standing"]
        assert confirmed.reply_to
    else:
        assert confirmed.text == texts.OPTED_OUT
    sender = await people.deliver()
    assert sender.calls == 0, "what was pending is not said any more"
    for chat in (GROUP, OTHER_GROUP, ANN.home):
        verdict = await people.write(ANN, chat)
        assert verdict is not None
        assert verdict.outcome.reason is Reason.OPTED_OUT
    assert len(people.classifier.seen) == seen, "no classifier sees a word"
    await people.write(BEN, GROUP)
    assert len(people.classifier.seen) == seen + 1, "others are read as before"
    standing = only(await people.command(ANN, ANN.home, "standing", start=True))
    assert standing.text == texts.OPTED_OUT


async def test_an_opt_out_never_runs_out_and_opting_in_takes_it_back(people: TelegramPeople) -> None:
    await people.switch_on(GROUP)
    await people.command(ANN, GROUP, "optout")
    await people.bot.clock.advance(timedelta(days=4000))
    verdict = await people.write(ANN, GROUP)
    assert verdict is not None
    assert verdict.outcome.reason is Reason.OPTED_OUT
    await people.command(ANN, GROUP, "optin")
    assert only(await people.command(ANN, ANN.home, "standing", start=True)).text == texts.READ
    assert (await people.answered(ANN, GROUP)).author == ANN.person.author


async def test_opting_in_also_ends_the_week_without_answers(people: TelegramPeople) -> None:
    await people.switch_on(GROUP)
    reply = await people.answered(ANN, GROUP)
    await people.press(ANN, GROUP, f"fb:{reply.id}:not_needed")
    await people.command(ANN, GROUP, "optin")
    verdict = await people.write(ANN, GROUP)
    assert verdict is not None
    assert verdict.outcome.reason is Reason.SUPPORT


async def test_an_admin_who_writes_as_the_group_has_nothing_of_their_own(people: TelegramPeople) -> None:
    for name in ("mydata", "forget", "optout", "optin", "why"):
        assert await people.command(None, GROUP, name) == ()


async def test_a_command_that_comes_again_does_nothing_twice(people: TelegramPeople) -> None:
    await people.switch_on(GROUP)
    await people.command(ANN, GROUP, "optout", update_id=77)
    await people.command(ANN, GROUP, "optin")
    assert await people.command(ANN, GROUP, "optout", update_id=77) == ()
    verdict = await people.write(ANN, GROUP)
    assert verdict is not None
    assert verdict.read, "the opt-out of before did not come back"


# ------------------------------------------------------------------ words


def test_pop_ups_are_short_enough_for_telegram() -> None:
    pop_ups = [
        feedback.THANKS,
        feedback.GONE,
        feedback.ALONE,
        feedback.SAID_BEFORE,
        feedback.NOT_FOR_YOU,
        feedback.CARD_GONE,
        feedback.NOT_MINE_TO_REMOVE,
        feedback.UNKNOWN_REPLY,
    ]
    assert [each for each in pop_ups if len(each) > 200] == []


async def test_nothing_is_shouted(people: TelegramPeople) -> None:
    await people.switch_on(GROUP, ANN.home)
    reply = await people.answered(ANN, GROUP)
    said = [
        words(await people.command(who, place, name))
        for who in (ANN, BEN, OWNER)
        for place in (GROUP, who.home)
        for name in ("start", "help", "privacy", "mydata", "forget", "why", "optout", "optin")
    ]
    said.append(words(await people.press(ANN, GROUP, f"fb:{reply.id}:helped")))
    everything = "\n".join(said)
    assert "!" not in everything
    assert everything.isascii(), "no emoji"
    assert max(map(len, said)) < 4096
