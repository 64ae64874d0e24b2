"""Who asks to be forgotten leaves no word, no score and no name, to the last byte; messages stay judged."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from assembly import KEY, rows
from fakes import FakeSender
from telegram_people import ACCOUNT, ANN, BEN, GROUP, OTHER_GROUP, TelegramPeople, words

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.texts import people as texts
from bot.adapters.telegram.values import TELEGRAM, Edit, Place, Popup, Say
from bot.application.audit import Audit
from bot.application.chats import Chat
from bot.application.ports import Transaction
from bot.application.reading import Gates
from bot.application.records import Missing
from bot.application.retention import SOON
from bot.domain.decisions import FORGOTTEN, Reason
from bot.domain.errors import RateLimited
from bot.domain.messages import AuthorHash, Origin
from bot.domain.own_phrases import OwnPhrase
from bot.domain.replies import OutgoingReply, Receipt

ANN_SAID = "sad sad sad annsword"
BEN_SAID = "sad sad sad bensword"
HASH, USER_ID = ANN.person.author, str(ANN.person.user_id)
ALL = "SELECT count(*) FROM decisions"


@pytest.fixture
def people(store: SqlStore) -> TelegramPeople:
    return TelegramPeople(store)


def on_disk(database: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(database.parent.glob(f"{database.name}*")))


async def a_life(people: TelegramPeople) -> None:
    """Ann and Ben write, are answered, press and set things up, in groups and in private."""
    await people.switch_on(GROUP, OTHER_GROUP)
    for who, said in ((ANN, ANN_SAID), (BEN, BEN_SAID)):
        await people.command(who, who.home, "start")
        reply = await people.answered(who, GROUP, said)
        await people.press(who, GROUP, f"fb:{reply.id}:helped")
        reply = await people.answered(who, who.home, said)
        await people.press(who, who.home, f"fb:{reply.id}:helped")
        await people.write(who, OTHER_GROUP, f"{said} crisis")  # a card is pending
        await people.write(who, OTHER_GROUP, f"all is well {said.split()[-1]}")
    chat = Chat(key=GROUP.key, private=False, contact=USER_ID, notes_to=(USER_ID, str(BEN.person.user_id)))
    mine, now = OwnPhrase(id="own-1", text="annsword of my own"), people.bot.clock.now()
    await people.store.transact(lambda tx: tx.keep_chat(chat))
    await people.store.transact(lambda tx: tx.keep_own_phrase(ANN.home.key, mine, at=now))
    await people.store.transact(_reviews)


def _reviews(tx: Transaction) -> None:
    getattr(tx, "_connection").exec_driver_sql(  # noqa: B009
        "INSERT INTO reviews (decision_id, platform, channel_id, place, drawn_at, label, teach, at)"
        " SELECT id, platform, channel_id, id, decided_at, 'negative', 1, decided_at"
        " FROM decisions WHERE author IS NOT NULL"
    )


async def forget(people: TelegramPeople, data: str = "me:forget") -> Sequence[object]:
    """Ann confirms, and the retention does what it was asked for."""
    acts = await people.press(ANN, ANN.home, data)
    await people.retention.erase()
    return acts


# ------------------------------------------------------------------ the conversation


async def test_it_asks_first_and_erases_only_when_confirmed(people: TelegramPeople, database: Path) -> None:
    await a_life(people)
    (asked,) = await people.command(ANN, GROUP, "forget")
    assert isinstance(asked, Say)
    buttons = [button.data for row in asked.keyboard for button in row]
    assert buttons == ["me:forget", "me:forget_optout", "me:keep"]
    popup, kept = await people.press(ANN, GROUP, "me:keep", ephemeral_id=5)
    assert isinstance(popup, Popup)
    assert popup.text == ""
    assert isinstance(kept, Edit)
    assert kept.text == texts.NOT_FORGOTTEN
    assert rows(database, f"SELECT count(*) FROM decisions WHERE author = '{HASH}'") == [4]
    assert people.erasing == 0
    _, done = await people.press(ANN, GROUP, "me:forget", ephemeral_id=5)
    assert isinstance(done, Edit)
    assert (done.text, done.whisper_to) == (texts.FORGOTTEN, ANN.person.user_id)
    assert people.erasing == 1
    assert words(await people.command(ANN, ANN.home, "mydata")).startswith(texts.NOTHING_STORED)


@pytest.mark.parametrize("data", ["me:", "me:else", "me:forget:1"])
async def test_made_up_buttons_erase_nothing(people: TelegramPeople, database: Path, data: str) -> None:
    await a_life(people)
    (popup,) = await people.press(ANN, ANN.home, data)
    assert isinstance(popup, Popup)
    assert rows(database, f"SELECT count(*) FROM decisions WHERE author = '{HASH}'") == [4]


# ------------------------------------------------------------------ what is gone, and what stays


async def test_no_byte_of_hers_is_left_and_all_of_his(people: TelegramPeople, database: Path) -> None:
    await a_life(people)
    before = on_disk(database)
    for trace in (b"annsword", HASH.encode(), USER_ID.encode()):
        assert trace in before
    number = rows(database, ALL)
    await forget(people)
    after = on_disk(database)
    for trace in (b"annsword", HASH.encode(), USER_ID.encode()):
        assert trace not in after
    for trace in (b"bensword", BEN.person.author.encode(), str(BEN.person.user_id).encode()):
        assert trace in after
    assert rows(database, ALL) == number
    assert rows(database, "PRAGMA integrity_check") == ["ok"]
    assert rows(database, "PRAGMA foreign_key_check") == []


async def test_what_stays_says_that_a_message_was_judged_and_no_more(
    people: TelegramPeople, database: Path
) -> None:
    await a_life(people)
    await people.write(ANN, OTHER_GROUP, ANN_SAID)  # and its reply is pending
    hers = rows(database, f"SELECT id FROM decisions WHERE author = '{HASH}' ORDER BY id")
    replies = rows(database, f"SELECT id FROM replies WHERE author = '{HASH}' ORDER BY id")
    counted = rows(database, "SELECT action, count(*) FROM decisions GROUP BY action")
    await forget(people)
    ids = ",".join(map(str, hers))
    blank = (
        "SELECT DISTINCT author, reason, label, positive, negative, neutral, ambiguous, distress, emotions, "
        f"facts, history, model, preprocessing FROM decisions WHERE id IN ({ids})"
    )
    assert rows(database, blank) == [(None, FORGOTTEN, *[None] * 11)]
    their = ",".join(map(str, replies))
    said = (
        "SELECT DISTINCT author, address, text, phrase_id, phrase_pool, avoided, priority "
        f"FROM replies WHERE id IN ({their})"
    )
    assert rows(database, said) == [(None, None, "", FORGOTTEN, FORGOTTEN, "[]", 0)]
    assert rows(database, "SELECT action, count(*) FROM decisions GROUP BY action") == counted
    assert rows(database, f"SELECT state FROM replies WHERE id IN ({their}) ORDER BY id") == [
        "sent",
        "sent",
        "sent",
        "cancelled",
    ]
    assert rows(database, "SELECT count(*) FROM texts") == [4]
    assert rows(database, "SELECT count(*) FROM reviews") == [4]
    assert rows(database, "SELECT count(*) FROM feedback") == [2]
    assert rows(database, "SELECT count(*) FROM own_phrases") == [0]
    (chat,) = rows(database, "SELECT contact, notes_to FROM chats WHERE channel_id = '-1001'")
    assert chat == (None, json.dumps([str(BEN.person.user_id)]))


async def test_her_private_chat_is_unknown_and_off_and_two_messages_there_cannot_be_linked(
    people: TelegramPeople, database: Path
) -> None:
    await a_life(people)
    await people.answered(ANN, ANN.home, ANN_SAID)
    await forget(people)
    private = rows(
        database, f"SELECT channel_id FROM decisions WHERE private AND reason = '{FORGOTTEN}' ORDER BY id"
    )
    assert len(private) == len(set(private)) == 2
    assert (
        rows(database, "SELECT channel_id FROM replies WHERE private AND author IS NULL ORDER BY id")
        == private
    )
    assert await people.store.read(lambda q: q.chats((ANN.home.key,))) == {}
    assert await people.store.read(lambda q: q.channel_overrides((ANN.home.key,))) == {}
    verdict = await people.write(ANN, ANN.home)
    assert verdict is not None
    assert verdict.outcome.reason is Reason.CHANNEL_OFF


@pytest.mark.parametrize("where", [GROUP, ANN.home], ids=["group", "private"])
async def test_a_message_that_comes_again_afterwards_is_not_judged_again(
    people: TelegramPeople, database: Path, where: Place
) -> None:
    await people.switch_on(where)
    message = people.message(ANN, where, ANN_SAID)
    await people.bot.judge(message)
    await forget(people)
    await people.switch_on(where)  # she starts anew
    seen, number = len(people.classifier.seen), rows(database, ALL)
    assert await people.bot.judge(message) == [None]
    assert (len(people.classifier.seen), rows(database, ALL)) == (seen, number)
    await people.store.checkpoint()
    assert b"annsword" not in on_disk(database)


async def test_a_message_that_was_not_read_in_private_is_not_read_when_it_comes_again(
    people: TelegramPeople, database: Path
) -> None:
    message = people.message(ANN, ANN.home, ANN_SAID)  # before /start
    (verdict,) = await people.bot.judge(message)
    assert verdict is not None
    assert not verdict.read
    await people.command(ANN, ANN.home, "start")
    assert await people.bot.judge(message) == [None]
    assert b"annsword" not in on_disk(database)


async def test_the_same_message_read_and_unread_stands_in_nobodys_way(
    people: TelegramPeople, database: Path
) -> None:
    await people.switch_on(ANN.home)
    message = people.message(ANN, ANN.home, ANN_SAID)
    await people.bot.judge(message)
    digest = KEY.unread(message.ref).channel_id

    def unread(tx: Transaction) -> None:
        getattr(tx, "_connection").exec_driver_sql(  # noqa: B009
            "INSERT INTO decisions (origin, platform, channel_id, message_id, private, sent_at, received_at,"
            " decided_at, arm, action, reason, policy_hash, milliseconds)"
            " SELECT origin, platform, ?, message_id, private, sent_at, received_at, decided_at, arm,"
            " 'silence', 'channel_off', policy_hash, 0 FROM decisions",
            (digest,),
        )

    await people.store.transact(unread)
    await forget(people)
    assert rows(database, "SELECT channel_id, reason FROM decisions") == [(digest, FORGOTTEN)]


async def test_what_she_asked_for_outlives_it(people: TelegramPeople, database: Path) -> None:
    await a_life(people)
    now = people.bot.clock.now()
    until = now + timedelta(days=7)
    await people.store.transact(lambda tx: tx.leave_alone(HASH, until=until, at=now))
    await people.command(ANN, GROUP, "optout")
    (asked,) = await people.command(ANN, ANN.home, "forget")
    assert isinstance(asked, Say)
    assert len(asked.keyboard) == 2, "nothing more to opt out of"
    _, done = await forget(people)
    assert isinstance(done, Edit)
    assert done.text == texts.FORGOTTEN_AND_OPTED_OUT
    assert await people.store.read(lambda q: q.opted_out((HASH,))) == {HASH}
    assert await people.store.read(lambda q: q.left_alone((HASH,), now=now)) == {HASH: until}
    verdict = await people.write(ANN, GROUP)
    assert verdict is not None
    assert verdict.outcome.reason is Reason.OPTED_OUT
    assert b"annsword" not in on_disk(database)
    await people.bot.clock.advance(timedelta(days=7))
    await people.retention.erase()
    assert rows(database, "SELECT count(*) FROM left_alone") == [0], "a week is a week"
    assert on_disk(database).count(HASH.encode()) > 0, "the opt-out stays"


async def test_one_button_forgets_and_opts_out(people: TelegramPeople, database: Path) -> None:
    await a_life(people)
    _, done = await forget(people, "me:forget_optout")
    assert isinstance(done, Edit)
    assert done.text == texts.FORGOTTEN_AND_OPTED_OUT
    where = [
        table
        for table in ("decisions", "replies", "opt_outs", "left_alone")
        if HASH in rows(database, f"SELECT author FROM {table}")
    ]
    assert where == ["opt_outs"]


async def test_forgetting_twice_and_forgetting_nobody_change_nothing(
    people: TelegramPeople, database: Path
) -> None:
    await a_life(people)
    await forget(people)
    dump = rows(database, "SELECT * FROM decisions") + rows(database, "SELECT * FROM replies")
    await forget(people)
    nobody = AuthorHash("0" * 32)
    now = people.bot.clock.now()
    await people.store.transact(
        lambda tx: tx.forget(nobody, platform=TELEGRAM, platform_id="1", unread=KEY.unread, at=now)
    )
    assert rows(database, "SELECT * FROM decisions") + rows(database, "SELECT * FROM replies") == dump


# ------------------------------------------------------------------ what is on its way


async def test_pending_replies_are_never_sent(people: TelegramPeople) -> None:
    await people.switch_on(GROUP, OTHER_GROUP)
    await people.write(ANN, GROUP, ANN_SAID)
    await people.write(ANN, OTHER_GROUP, "crisis")
    await forget(people)
    assert (await people.deliver()).calls == 0


async def test_a_reply_on_the_wire_is_not_tried_again_and_keeps_nothing(
    people: TelegramPeople, database: Path
) -> None:
    await people.switch_on(ANN.home)
    await people.write(ANN, ANN.home, ANN_SAID)

    class Slow(FakeSender):
        async def send(self, reply: OutgoingReply) -> Receipt:
            self.calls += 1
            await people.press(ANN, ANN.home, "me:forget")
            raise RateLimited(timedelta(seconds=1)) if self.calls == 1 else AssertionError(reply)

    sender = Slow(account=ACCOUNT)
    delivery = people.bot.delivery(sender)
    delivery.stop()
    await delivery.run()
    await people.bot.clock.advance(timedelta(seconds=2))
    later = await people.deliver()
    assert (sender.calls, later.calls) == (1, 0)
    assert rows(database, "SELECT state, author, address FROM replies") == [("expired", None, None)]
    await people.store.checkpoint()
    assert HASH.encode() not in on_disk(database)


# ------------------------------------------------------------------ reports, the audit and the bytes


class NoShelf:
    """Nothing is ever classified again here."""

    async def classifier(self, model: str, preprocessing: str) -> Missing:
        raise AssertionError((model, preprocessing))


async def test_an_audit_counts_the_forgotten_as_decisions_that_cannot_be_made_again(
    people: TelegramPeople,
) -> None:
    await people.switch_on(GROUP, ANN.home)
    await people.write(ANN, GROUP, ANN_SAID)
    await people.write(ANN, ANN.home, ANN_SAID)
    await forget(people)
    gates = Gates(crisis_gate=lambda _: False, language_filter=lambda _: "en")
    summary = await Audit(store=people.store, gates=gates, shelf=NoShelf()).run(
        since=people.bot.clock.now() - timedelta(days=1),
        origin=Origin.LIVE,
        found=lambda finding: pytest.fail(str(finding)),
        advanced=lambda _done, _of: None,
    )
    assert summary.decisions == 2
    assert summary.missing == {Missing.TEXT_GONE: 2}


async def test_reports_count_them_on(people: TelegramPeople) -> None:
    await a_life(people)
    since = people.bot.clock.now() - timedelta(days=1)
    before = await people.store.read(lambda q: q.activity(since=since, origin=None))
    await forget(people)
    after = await people.store.read(lambda q: q.activity(since=since, origin=None))
    assert sum(each.count for each in after) == sum(each.count for each in before)
    assert sum(each.count for each in after if each.reason == FORGOTTEN) == 4
    refs = [people.message(BEN, GROUP).ref]
    assert await people.store.read(lambda q: q.decisions(refs, origin=Origin.LIVE)) == {}


async def test_others_are_answered_as_before_with_forgotten_replies_in_the_chats_history(
    people: TelegramPeople,
) -> None:
    await a_life(people)
    await forget(people)
    assert (await people.answered(BEN, GROUP)).author == BEN.person.author


async def test_the_bytes_go_soon_after_and_not_within_the_hour(
    people: TelegramPeople, database: Path
) -> None:
    await a_life(people)
    task = asyncio.create_task(people.retention.run())
    clock = people.bot.clock
    await people.bot.pass_time_until(lambda: clock.sleepers == 1)
    start = clock.now()
    await people.press(ANN, ANN.home, "me:forget")
    while b"annsword" in on_disk(database) and clock.now() - start < timedelta(minutes=1):
        await clock.advance(timedelta(seconds=1))
        await people.store.read(lambda q: q.opted_out(()))
    assert b"annsword" not in on_disk(database)
    assert clock.now() - start < 6 * SOON
    task.cancel()
    await asyncio.wait({task})
