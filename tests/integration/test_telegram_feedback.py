"""The buttons under a reply: only the person concerned, once, and with their effect."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from assembly import rows
from telegram_people import ANN, BEN, GROUP, OTHER_GROUP, TelegramPeople

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.texts import feedback as texts
from bot.adapters.telegram.texts.sending import LEAVE_ME_ALONE
from bot.adapters.telegram.values import Act, Button, Edit, Place, Popup, Remove
from bot.application.people import LEFT_ALONE_FOR
from bot.domain.decisions import Reason

FEEDBACK = "SELECT reply_id, kind FROM feedback ORDER BY id"
PLACES = pytest.mark.parametrize("place", [GROUP, ANN.home], ids=["group", "private"])
WHISPERED = pytest.mark.parametrize("ephemeral_id", [None, 31], ids=["public", "whisper"])


@pytest.fixture
def people(store: SqlStore) -> TelegramPeople:
    return TelegramPeople(store)


def parts(acts: Sequence[Act]) -> tuple[str, Act]:
    """The pop-up's words, and the one thing that happens to the message."""
    popup, shown = acts
    assert isinstance(popup, Popup)
    return popup.text, shown


@PLACES
async def test_helped_says_thanks_and_leaves_only_the_way_out(
    people: TelegramPeople, database: Path, place: Place
) -> None:
    await people.switch_on(place)
    reply = await people.answered(ANN, place)
    said, shown = parts(await people.press(ANN, place, f"fb:{reply.id}:helped"))
    assert said == texts.THANKS
    keyboard = [[Button(text=LEAVE_ME_ALONE, data=f"fb:{reply.id}:leave_me_alone")]]
    assert shown == Edit(chat_id=place.chat_id, message_id=900, text=reply.said, keyboard=keyboard)
    assert rows(database, FEEDBACK) == [(reply.id, "helped")]


@WHISPERED
async def test_not_needed_takes_the_reply_back_and_gives_a_week_of_peace(
    people: TelegramPeople, database: Path, ephemeral_id: int | None
) -> None:
    await people.switch_on(GROUP, ANN.home)
    reply = await people.answered(ANN, GROUP, ephemeral_id=ephemeral_id)
    await people.write(ANN, ANN.home)  # another reply is pending
    said, shown = parts(
        await people.press(ANN, GROUP, f"fb:{reply.id}:not_needed", ephemeral_id=ephemeral_id)
    )
    assert said == texts.GONE
    assert shown == Remove(
        chat_id=GROUP.chat_id,
        message_id=ephemeral_id or 900,
        instead="(removed)",
        whisper_to=ANN.person.user_id if ephemeral_id else None,
    )
    assert (await people.deliver()).calls == 0
    assert rows(database, FEEDBACK) == [(reply.id, "not_needed")]
    for chat in (GROUP, ANN.home):
        verdict = await people.write(ANN, chat)
        assert verdict is not None
        assert verdict.outcome.reason is Reason.LEFT_ALONE
    assert (await people.answered(BEN, GROUP)).author == BEN.person.author
    await people.bot.clock.advance(LEFT_ALONE_FOR)
    verdict = await people.write(ANN, GROUP)
    assert verdict is not None
    assert verdict.outcome.reason is Reason.SUPPORT


async def test_a_card_still_comes_to_who_needed_no_phrase(people: TelegramPeople) -> None:
    await people.switch_on(GROUP)
    reply = await people.answered(ANN, GROUP)
    await people.write(ANN, GROUP, "crisis")
    await people.press(ANN, GROUP, f"fb:{reply.id}:not_needed")
    assert (await people.deliver()).calls == 1


@WHISPERED
async def test_leave_me_alone_is_an_opt_out_and_the_message_says_so(
    people: TelegramPeople, database: Path, ephemeral_id: int | None
) -> None:
    await people.switch_on(GROUP, ANN.home)
    reply = await people.answered(ANN, GROUP, ephemeral_id=ephemeral_id)
    seen = len(people.classifier.seen)
    said, shown = parts(
        await people.press(ANN, GROUP, f"fb:{reply.id}:leave_me_alone", ephemeral_id=ephemeral_id)
    )
    assert said == texts.ALONE
    assert isinstance(shown, Edit)
    assert "/optin" in shown.text
    assert shown.keyboard == ()
    assert shown.message_id == (ephemeral_id or 900)
    assert shown.whisper_to == (ANN.person.user_id if ephemeral_id else None)
    assert ("yours" in shown.text) == bool(ephemeral_id), "in public it speaks to nobody"
    for chat in (GROUP, ANN.home):
        verdict = await people.write(ANN, chat)
        assert verdict is not None
        assert verdict.outcome.reason is Reason.OPTED_OUT
    assert len(people.classifier.seen) == seen
    assert rows(database, FEEDBACK) == [(reply.id, "leave_me_alone")]


@pytest.mark.parametrize("kind", ["helped", "not_needed", "leave_me_alone"])
@PLACES
async def test_nobody_else_can_press(people: TelegramPeople, database: Path, kind: str, place: Place) -> None:
    await people.switch_on(place)
    reply = await people.answered(ANN, place)
    (popup,) = await people.press(BEN, place, f"fb:{reply.id}:{kind}")
    assert isinstance(popup, Popup)
    assert (popup.text, popup.alert) == (texts.NOT_FOR_YOU, True)
    assert rows(database, FEEDBACK) == []
    assert rows(database, "SELECT count(*) FROM opt_outs") == [0]
    assert rows(database, "SELECT count(*) FROM left_alone") == [0]


@pytest.mark.parametrize("kind", ["helped", "not_needed", "leave_me_alone"])
async def test_pressing_again_is_counted_once(people: TelegramPeople, database: Path, kind: str) -> None:
    await people.switch_on(GROUP)
    reply = await people.answered(ANN, GROUP)
    data = f"fb:{reply.id}:{kind}"
    _, first = parts(await people.press(ANN, GROUP, data, update_id=500))
    standing = rows(database, "SELECT * FROM left_alone UNION ALL SELECT * FROM opt_outs")
    await people.bot.clock.advance(timedelta(hours=1))
    assert await people.press(ANN, GROUP, data, update_id=500) == (), "the same update, come again"
    assert rows(database, "SELECT * FROM left_alone UNION ALL SELECT * FROM opt_outs") == standing
    said, again = parts(await people.press(ANN, GROUP, data))
    assert said == texts.SAID_BEFORE
    assert again == first, "whoever can press still sees the message, so it is mended"
    assert rows(database, FEEDBACK) == [(reply.id, kind)]
    assert len(rows(database, "SELECT author FROM left_alone UNION ALL SELECT author FROM opt_outs")) == len(
        standing
    )


@pytest.mark.parametrize(
    ("kind", "reason"), [("leave_me_alone", Reason.OPTED_OUT), ("not_needed", Reason.LEFT_ALONE)]
)
async def test_a_wish_that_was_taken_back_can_be_pressed_again(
    people: TelegramPeople, kind: str, reason: Reason
) -> None:
    await people.switch_on(GROUP)
    reply = await people.answered(ANN, GROUP)
    await people.press(ANN, GROUP, f"fb:{reply.id}:{kind}")
    await people.command(ANN, GROUP, "optin")
    await people.press(ANN, GROUP, f"fb:{reply.id}:{kind}")
    verdict = await people.write(ANN, GROUP)
    assert verdict is not None
    assert verdict.outcome.reason is reason


@pytest.mark.parametrize("kind", ["helped", "not_needed", "leave_me_alone"])
@pytest.mark.parametrize(
    ("place", "where"),
    [
        (GROUP, {"message_id": 901}),
        (GROUP, {"ephemeral_id": 900}),
        (OTHER_GROUP, {}),
        (ANN.home, {}),
    ],
    ids=["another message", "a whisper", "another group", "in private"],
)
async def test_a_forged_button_reaches_no_other_message(
    people: TelegramPeople, database: Path, kind: str, place: Place, where: dict[str, int]
) -> None:
    await people.switch_on(GROUP)
    reply = await people.answered(ANN, GROUP)
    (popup,) = await people.press(ANN, place, f"fb:{reply.id}:{kind}", **where)
    assert isinstance(popup, Popup)
    assert popup.text == texts.UNKNOWN_REPLY
    assert rows(database, FEEDBACK) == []


async def test_where_the_id_was_never_told_the_wish_holds_and_no_message_is_touched(
    people: TelegramPeople, database: Path
) -> None:
    await people.switch_on(GROUP)
    reply = await people.answered(ANN, GROUP)
    await people.store.transact(
        lambda tx: tx._connection.exec_driver_sql(  # type: ignore[attr-defined]
            "UPDATE replies SET state = 'unconfirmed', sent_message_id = NULL"
        )
    )
    (popup,) = await people.press(ANN, GROUP, f"fb:{reply.id}:not_needed")
    assert isinstance(popup, Popup)
    assert popup.text == texts.NOT_MINE_TO_REMOVE
    assert rows(database, "SELECT count(*) FROM left_alone") == [1]


async def test_a_card_that_is_put_away_promises_no_silence(people: TelegramPeople) -> None:
    await people.switch_on(GROUP)
    card = await people.answered(ANN, GROUP, "crisis")
    said, shown = parts(await people.press(ANN, GROUP, f"fb:{card.id}:not_needed"))
    assert card.card
    assert said == texts.CARD_GONE
    assert isinstance(shown, Remove)


async def test_a_later_wish_never_shortens_an_earlier_one(people: TelegramPeople, database: Path) -> None:
    now = people.bot.clock.now()
    later, sooner = now + timedelta(days=7), now + timedelta(days=1)
    author = ANN.person.author
    await people.store.transact(lambda tx: tx.leave_alone(author, until=later, at=now))
    await people.store.transact(lambda tx: tx.leave_alone(author, until=sooner, at=now))
    assert await people.store.read(lambda q: q.left_alone((author,), now=now)) == {author: later}
    assert rows(database, "SELECT count(*) FROM left_alone") == [1]


@pytest.mark.parametrize(
    "data",
    [
        "fb:",
        "fb:1",
        "fb:1:",
        "fb:x:helped",
        "fb:1:loved",
        "fb:-1:helped",
        "fb:" + "9" * 40 + ":helped",
        "fb:7:helped",
        "fb:\u0661:helped",
    ],
)
async def test_made_up_buttons_do_nothing(people: TelegramPeople, database: Path, data: str) -> None:
    (popup,) = await people.press(ANN, GROUP, data)
    assert isinstance(popup, Popup)
    assert popup.text == texts.UNKNOWN_REPLY
    assert rows(database, FEEDBACK) == []


async def test_nobody_learns_from_a_button_that_somebody_was_forgotten(people: TelegramPeople) -> None:
    await people.switch_on(GROUP)
    reply = await people.answered(ANN, GROUP)
    await people.press(ANN, ANN.home, "me:forget")
    for who in (ANN, BEN):
        (popup,) = await people.press(who, GROUP, f"fb:{reply.id}:leave_me_alone")
        assert isinstance(popup, Popup)
        assert popup.text == texts.UNKNOWN_REPLY
