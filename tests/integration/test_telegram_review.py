"""Reviews as admins see them, over the real store."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from assembly import Assembly, rows

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.conversation.choosing import Acted, Groups
from bot.adapters.telegram.conversation.review import ReviewConversation
from bot.adapters.telegram.texts import notice
from bot.adapters.telegram.texts import review as texts
from bot.adapters.telegram.values import (
    TELEGRAM,
    Act,
    Command,
    Edit,
    Effect,
    Person,
    Place,
    Popup,
    Press,
    Say,
)
from bot.application.chats import Chat
from bot.application.ports import Transaction
from bot.application.reviews import Label, Lesson, feedback_file, teachable
from bot.application.surveys import survey
from bot.domain.decisions import ReplyWhen
from bot.domain.messages import AuthorHash, MessageRef
from export.errors import DataError
from export.feedback import read as read_feedback
from model.preprocess import preprocess

GROUP = Place(chat_id=-1001, channel_id="-1001", private=False)
OTHER = Place(chat_id=-1002, channel_id="-1002", private=False)
ANN, BEN, EVE = (Person(author=AuthorHash(f"{n}" * 32), user_id=n * 1111) for n in (7, 8, 9))
_updates = count(1)


@dataclass
class Admins:
    """`Rights` that are known."""

    of: dict[int, set[int]] = field(default_factory=lambda: {GROUP.chat_id: {ANN.user_id, BEN.user_id}})

    async def is_admin(self, place: Place, person: Person | None) -> bool:
        return place.private or person is None or person.user_id in self.of.get(place.chat_id, set())

    async def own_status(self, place: Place) -> str:
        del place
        return "member"

    def forget(self, place: Place) -> None:
        raise AssertionError(place)


@dataclass
class Admin:
    """Somebody in front of their private chat with the bot; `screen` is the newest message there."""

    person: Person
    desk: "Desk"
    screen: Say | Edit | None = None
    popup: str = ""

    @property
    def place(self) -> Place:
        return Place(chat_id=self.person.user_id, channel_id=self.person.author, private=True)

    async def say(self, name: str, arguments: str = "", place: Place | None = None) -> Sequence[Act]:
        command = Command(
            update_id=next(_updates),
            place=place or self.place,
            person=self.person,
            name=name,
            arguments=arguments,
            message_id=5,
        )
        part = self.desk.part
        handler = part.starts["review"] if name == "start" else part.commands[name]
        return await self._see(await handler(command))

    async def press(self, label: str) -> Sequence[Act]:
        assert self.screen is not None
        button = next(each for row in self.screen.keyboard for each in row if each.text == label)
        assert button.data is not None
        return await self.send(button.data)

    async def send(self, data: str, place: Place | None = None) -> Sequence[Act]:
        assert len(data.encode()) <= 64
        press = Press(
            update_id=next(_updates),
            place=place or self.place,
            person=self.person,
            press_id="p",
            data=data,
            message_id=6,
        )
        return await self._see(await self.desk.part.presses["rv"](press))

    async def _see(self, effect: Effect) -> Sequence[Act]:
        acts = await self.desk.bot.store.transact(effect)
        for act in acts:
            if isinstance(act, Say | Edit):
                self.screen = act
                self.desk.seen.append(f"{act!r} {act.text}")
            elif isinstance(act, Popup):
                self.popup = act.text
        return acts

    @property
    def shown(self) -> str:
        """The comment on the screen, or nothing."""
        assert self.screen is not None
        head, _, comment = self.screen.text.partition("\n\n")
        return comment if head.startswith(texts.QUESTION) else ""


class Desk:
    """The review of one installation."""

    def __init__(self, store: SqlStore) -> None:
        self.bot = Assembly(store)
        self.rights = Admins()
        self.seen: list[str] = []
        self.urged = 0
        self.part = ReviewConversation(
            store=store,
            rights=self.rights,
            clock=self.bot.clock,
            bot="solace_bot",
            groups=Groups(store=store, rights=self.rights, acted=Acted()),
            defaults=self.bot.defaults,
            chance=Random(3),
            prepared=preprocess,
            erase_soon=self._urge,
        )

    def _urge(self) -> None:
        self.urged += 1

    def admin(self, person: Person = ANN) -> Admin:
        return Admin(person, self)

    async def hear(self, *comments: str, place: Place = GROUP, **changes: Any) -> list[MessageRef]:
        """People write, each a person of their own."""
        contact, others = str(ANN.user_id), (str(BEN.user_id), str(EVE.user_id))
        chat = Chat(key=place.key, private=False, contact=contact, notes_to=others)
        await self.bot.store.transact(lambda tx: tx.keep_chat(chat))
        refs = []
        for comment in comments:
            ref = MessageRef(
                platform=TELEGRAM, channel_id=place.channel_id, message_id=f"77{next(_updates):05}"
            )
            await self.bot.judge(self.bot.message(comment, ref=ref, **changes))
            refs.append(ref)
        return refs


@pytest.fixture
def desk(store: SqlStore) -> Desk:
    return Desk(store)


def comment(number: int, sad: int) -> str:
    """Ten words, so many of them "sad": that is its score in tenths. Its name makes it a text of its own."""
    name = "".join(chr(97 + int(digit)) for digit in f"{number:04}")
    return " ".join([*["sad"] * sad, name, *["day"] * (9 - sad)])


A_CHAT = [comment(number, sad=number % 10) for number in range(24)]


async def test_a_round_shows_one_comment_at_a_time_and_ends_with_what_the_labels_say(desk: Desk) -> None:
    await desk.hear(*A_CHAT)
    ann = desk.admin()
    await ann.say("review")
    shown = []
    while ann.shown:
        shown.append(ann.shown)
        await ann.press("negative" if ann.shown.count("sad") >= 5 else "positive")
    assert len(shown) == len(set(shown)) == 10
    near = [each for each in shown if 4 <= each.count("sad") <= 6]
    assert shown[: len(near)] == near, "uncertain ones come first"
    assert {each.count("sad") >= 5 for each in shown} == {True, False}, "answered and not answered, mixed"
    assert ann.screen is not None
    assert "10 comments are labelled" in ann.screen.text
    assert "too few" in ann.screen.text
    await ann.press(texts.MORE)
    while ann.shown:
        await ann.press("negative" if ann.shown.count("sad") >= 5 else "positive")
    await ann.press(texts.MORE)
    while ann.shown:
        await ann.press("negative" if ann.shown.count("sad") >= 5 else "positive")
    assert "Of 10 comments that I picked out to answer, about 10 (10 to 10) came from" in ann.screen.text
    assert "I picked out about 10 (10 to 10)" in ann.screen.text
    assert texts.NOTHING_LEFT in ann.screen.text
    assert [button.text for row in ann.screen.keyboard for button in row] == [texts.EXPORT]


async def test_nothing_that_is_shown_tells_who_wrote_it_or_where(desk: Desk, database: Path) -> None:
    said = "sad sad sad @ann_smith ann@example.org https://t.me/c/1001/77 t.me/x +49 170 1234567 sad sad"
    await desk.hear(*A_CHAT[:5], said, "sad sad crisis now")
    ann = desk.admin()
    await ann.say("review")
    while ann.shown:
        await ann.press("neutral")
    everything = "\n".join(desk.seen)
    authors = rows(database, "SELECT author FROM decisions WHERE author IS NOT NULL")
    messages = rows(database, "SELECT message_id FROM decisions")
    assert len(authors) == len(messages) == 7
    assert [each for each in (*authors, *messages) if each in everything] == []
    assert [each for each in ("ann_smith", "example", "t.me", "170", "http") if each in everything] == []
    assert "[NAME]" in everything
    assert "crisis" not in everything
    choices = re.findall(r"rv:([^']+)", everything)
    ids = {str(each) for each in rows(database, "SELECT id FROM decisions")} | {"more", "export"}
    assert {each.split(":")[0] for each in choices} <= ids, "no more than rows of our own"


async def test_who_opts_out_is_never_shown_or_taught_again(desk: Desk, database: Path) -> None:
    await desk.hear(*A_CHAT)
    ann = desk.admin()
    await ann.say("review")
    await ann.press(texts.TEACH_OFF)
    first = ann.shown
    await ann.press("positive")
    assert [each.text for each in await lessons(desk)] == [first]
    everybody = rows(database, "SELECT author FROM decisions")
    for author in everybody:
        await desk.bot.store.transact(partial(opt_out, author=author, at=desk.bot.clock.now()))
    before = len(desk.seen)
    await ann.press("positive")
    assert ann.shown == ""
    await ann.press(texts.EXPORT)
    await ann.say("review")
    assert not [each for each in A_CHAT if each in "\n".join(desk.seen[before:])]
    assert await lessons(desk) == []
    assert texts.NO_LESSONS in "\n".join(desk.seen[before:])


async def test_remove_deletes_the_bytes_and_is_no_label(desk: Desk, store: SqlStore, database: Path) -> None:
    marked = "sad sad sad zebrafinch"
    await desk.hear(marked)
    ann = desk.admin()
    await ann.say("review")
    assert ann.shown == marked
    assert b"zebrafinch" in stored(database)
    await ann.press(texts.REMOVE)
    assert ann.popup == texts.REMOVED
    assert desk.urged == 1
    assert await store.checkpoint()
    assert b"zebrafinch" not in stored(database)
    await ann.say("review")
    assert ann.shown == ""
    assert rows(database, "SELECT label, teach FROM reviews") == [(None, 0)]


async def test_teaching_is_a_switch_of_its_own_that_stays_on_for_the_next_comment(
    desk: Desk, database: Path
) -> None:
    await desk.hear(*A_CHAT)
    ann = desk.admin()
    await ann.say("review")
    await ann.press("negative")
    await ann.press(texts.TEACH_OFF)
    assert ann.popup == texts.TEACHES
    await ann.press("neutral")
    await ann.press("positive")
    await ann.press(texts.SKIP)
    await ann.press(texts.TEACH_ON)
    await ann.press("positive")
    found = rows(database, "SELECT label, teach FROM reviews WHERE at IS NOT NULL ORDER BY drawn_at, place")
    assert found == [("negative", 0), ("neutral", 1), ("positive", 1), (None, 0), ("positive", 0)]


async def test_of_two_admins_the_first_answer_stands(desk: Desk, database: Path) -> None:
    await desk.hear(*A_CHAT)
    ann, ben = desk.admin(), desk.admin(BEN)
    await ann.say("review")
    await ben.say("review")
    assert ann.shown == ben.shown
    both = ann.shown
    await ann.press("negative")
    await ben.press("positive")
    assert ben.popup == texts.FASTER
    assert ben.shown == ann.shown != both
    assert rows(database, "SELECT label FROM reviews WHERE at IS NOT NULL") == ["negative"]
    assert rows(database, "SELECT count(*) FROM reviews") == [10], "one round for both"


async def test_another_groups_admin_learns_nothing_from_any_id(desk: Desk, database: Path) -> None:
    await desk.hear(*A_CHAT)
    await desk.hear(*A_CHAT[:3], place=OTHER)
    desk.rights.of[OTHER.chat_id] = {EVE.user_id}
    await desk.admin().say("review")
    eve = desk.admin(EVE)
    drawn = set(rows(database, "SELECT decision_id FROM reviews"))
    answers = set()
    for decision_id in [*rows(database, "SELECT id FROM decisions"), 10**9, "x", "-1"]:
        for what in ("negative", "remove", "skip", "teach+", ""):
            answers.add(str(await eve.send(f"rv:{decision_id}:{what}")))
    for data in ("rv:more:-1001", "rv:export:-1001", "rv:more:5", "rv:more:", "rv"):
        answers.add(str(await eve.send(data)))
    assert len(answers) == 1, "the same words for what is there and what is not"
    assert eve.popup == texts.NOT_YOURS
    assert eve.screen is None
    await eve.say("start", "more_-1001")
    assert eve.screen is not None
    assert eve.screen.text == texts.NOT_YOURS
    assert rows(database, "SELECT count(*) FROM reviews WHERE at IS NOT NULL") == [0]
    assert rows(database, "SELECT count(*) FROM texts") == [27]
    assert len(drawn) == 10


async def test_an_admin_cannot_label_what_was_not_drawn_nor_in_the_group(desk: Desk, database: Path) -> None:
    await desk.hear(*A_CHAT)
    ann = desk.admin()
    await ann.say("review")
    [spare] = rows(
        database, "SELECT min(id) FROM decisions WHERE id NOT IN (SELECT decision_id FROM reviews)"
    )
    drawn = rows(database, "SELECT min(decision_id) FROM reviews")[0]
    await ann.send(f"rv:{spare}:remove")
    assert ann.popup == texts.NOT_YOURS
    await ann.send(f"rv:{drawn}:negative", place=GROUP)
    assert ann.popup == texts.NOT_YOURS
    assert rows(database, "SELECT count(*) FROM texts") == [24]


async def test_in_the_group_there_is_a_link_and_in_private_a_choice(desk: Desk) -> None:
    await desk.hear(*A_CHAT[:2])
    await desk.hear("all is well here today", place=OTHER)
    ann = desk.admin()
    (said,) = await ann.say("review", place=GROUP)
    assert isinstance(said, Say)
    assert said.text == notice.IN_PRIVATE
    assert said.keyboard[0][0].url == "https://t.me/solace_bot?start=review_more_-1001"
    await ann.say("start", "more_-1001")
    assert ann.shown in A_CHAT
    desk.rights.of[OTHER.chat_id] = {ANN.user_id}
    await ann.say("review")
    assert ann.screen is not None
    assert ann.screen.text == texts.WHICH_REVIEW
    await ann.send("rv:more:-1002")
    assert ann.shown == "all is well here today"
    stranger = desk.admin(EVE)
    await stranger.say("review")
    assert stranger.screen is not None
    assert stranger.screen.text == texts.NO_GROUP


async def test_what_may_be_learned_from_is_what_training_reads(desk: Desk, tmp_path: Path) -> None:
    comments = [comment(number, sad=9 if number % 2 else 1) for number in range(44)]
    await desk.hear(*comments, "My mail is a@b.org and I am sad", comment(1, sad=9).upper())
    ann = desk.admin()
    await ann.say("review")
    await ann.press(texts.TEACH_OFF)
    for _ in range(5):
        while ann.shown:
            sad = ann.shown.count("sad") > 1
            await ann.press("negative" if sad else "positive")
        if any(button.text == texts.MORE for row in ann.screen.keyboard for button in row):  # type: ignore[union-attr]
            await ann.press(texts.MORE)  # what was switched on stays on
    await ann.press(texts.EXPORT)
    assert isinstance(ann.screen, Say)
    assert ann.screen.file is not None
    path = tmp_path / "feedback.jsonl"
    path.write_bytes(ann.screen.file.content)
    feedback = read_feedback(path)
    assert len(feedback.texts) == 44, "all but the one that was labelled in two ways"
    assert feedback.notes == ()
    assert b"a@b.org" not in ann.screen.file.content
    assert {*json.loads(ann.screen.file.content.splitlines()[0])} == {"text", "label"}
    assert "44 labelled texts" in ann.screen.text


def test_training_would_refuse_what_is_left_out(tmp_path: Path) -> None:
    two = [
        Lesson(text=f"{so} sad today", label=label)
        for so, label in (("So", Label.NEGATIVE), ("\uff33\uff4f", Label.POSITIVE))
    ]
    path = tmp_path / "feedback.jsonl"
    path.write_bytes(feedback_file(two))
    with pytest.raises(DataError, match="contradicts itself"):
        read_feedback(path)
    assert teachable(two, preprocess) == []


async def test_texts_whose_time_is_up_and_old_decisions_are_not_shown(desk: Desk) -> None:
    await desk.hear(*A_CHAT)
    await desk.bot.clock.advance(timedelta(days=30))
    ann = desk.admin()
    await ann.say("review")
    assert ann.shown == ""
    assert ann.screen is not None
    assert texts.NOTHING_LEFT in ann.screen.text


async def test_strata_follow_the_settings_that_decided_and_replays_stay_out(desk: Desk) -> None:
    await desk.hear(*A_CHAT)
    now = desk.bot.clock.now()
    found = await desk.bot.store.read(lambda q: survey(q, GROUP.key, ReplyWhen.NEGATIVE, now=now))
    sizes = {name: tally.size for name, tally in found.tallies().items()}
    # scores are tenths, the threshold is .5, and .35 to .65 is near; 24 comments, tenths 0 to 9, then 0 to 3
    assert sizes == {"picked_near": 4, "picked_far": 6, "passed_near": 2, "passed_far": 12}


def opt_out(tx: Transaction, *, author: AuthorHash, at: datetime) -> None:
    tx.opt_out(author, at=at)


async def lessons(desk: Desk) -> Sequence[Lesson]:
    now = desk.bot.clock.now()
    return await desk.bot.store.read(lambda queries: queries.lessons(None, now=now))


def stored(database: Path) -> bytes:
    """Everything that stands on the disk."""
    return b"".join(path.read_bytes() for path in sorted(database.parent.glob(f"{database.name}*")))
