"""The bot and moderators: it introduces itself once, hears them in modmail, and passes crisis notes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from assembly import LIVE
from reddit_people import (
    ABOUT,
    ANN,
    CELLAR,
    LOUNGE,
    ME,
    MOD,
    OPERATOR,
    FailingStore,
    RedditPeople,
    author,
    words,
)

from bot.adapters.reddit import texts
from bot.adapters.reddit.modmail import EVERY, FIRST_WORD, NOT_OURS_FOR, RECENT
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.values import REDDIT, chat_key, ref_of
from bot.adapters.storage import SqlStore
from bot.application.pauses import OPEN_END
from bot.domain.channels import Mode
from bot.domain.crisis import CrisisAction
from bot.domain.errors import (
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    ReplyRejected,
    ReplyUnconfirmed,
    SettingsError,
)

LIST = "api/mod/conversations"


@pytest.fixture
def people(store: SqlStore) -> RedditPeople:
    return RedditPeople(store)


# ------------------------------------------------------------------ the notice


async def noticed(people: RedditPeople) -> set[str]:
    return {chat.key[1] for chat in await people.read(lambda q: q.chats_of(REDDIT)) if chat.noticed_at}


async def test_moderators_hear_once_that_a_bot_begins_to_read(people: RedditPeople) -> None:
    await people.modmail.introduce()
    said = people.api.writes
    assert [(call.path, call.form["to"]) for call in said] == [
        ("api/compose", "/r/cellar"),
        ("api/compose", "/r/lounge"),
    ]
    assert words(said) == [
        texts.notice(
            subreddit=each,
            mode=Mode.LIVE,
            retention=LIVE.retention,
            card=True,
            notes=False,
            operator=OPERATOR,
            about=ABOUT,
        )
        for each in (CELLAR, LOUNGE)
    ]
    people.assemble()
    await people.modmail.introduce()
    assert len(people.api.writes) == 2
    assert await noticed(people) == {LOUNGE, CELLAR}


async def test_in_the_shadow_it_says_that_it_answers_nobody(store: SqlStore) -> None:
    people = RedditPeople(store, replace(LIVE, mode=Mode.SHADOW))
    await people.modmail.introduce()
    (first, _) = words(people.api.writes)
    assert "answer nobody" in first
    assert "words for 30 days" in first


async def test_where_it_is_off_nobody_is_told(people: RedditPeople) -> None:
    now = people.clock.now()
    await people.store.transact(lambda tx: tx.set_channel(chat_key(CELLAR), {"mode": Mode.OFF}, at=now))
    await people.modmail.introduce()
    assert await noticed(people) == {LOUNGE}


@pytest.mark.parametrize("error", [ReplyRejected("no"), AccessRefused(403)])
async def test_a_notice_that_fails_is_logged_and_tried_at_the_next_start(
    people: RedditPeople, error: Exception
) -> None:
    people.api.fates["api/compose"] = [error, None]  # type: ignore[list-item]
    await people.modmail.introduce()
    assert await noticed(people) == {LOUNGE}
    assert people.telemetry.events == ["letter_failed", "moderators_not_told"]
    assert len(people.api.writes) == 2, "one attempt each"
    people.assemble()
    await people.modmail.introduce()
    assert await noticed(people) == {LOUNGE, CELLAR}


async def test_a_notice_that_may_have_arrived_is_not_posted_again(people: RedditPeople) -> None:
    people.api.fates["api/compose"] = [ReplyUnconfirmed("hung"), None]
    await people.modmail.introduce()
    people.assemble()
    await people.modmail.introduce()
    assert len(people.api.writes) == 2, "one each"
    assert await noticed(people) == {LOUNGE, CELLAR}


async def test_a_notice_that_had_to_wait_is_posted_at_the_next_look(people: RedditPeople) -> None:
    people.api.fates["api/compose"] = [RateLimited(timedelta(minutes=1)), None]
    await people.modmail.introduce()
    assert await noticed(people) == {LOUNGE}
    await people.modmail.introduce()
    await people.modmail.introduce()
    assert await noticed(people) == {LOUNGE, CELLAR}
    assert len(people.api.writes) == 3


async def test_what_was_refused_is_not_tried_at_every_look(people: RedditPeople) -> None:
    people.api.fates["api/compose"] = [AccessRefused(403), None]
    for _ in range(3):
        await people.modmail.introduce()
    assert len(people.api.writes) == 2


async def test_who_reads_waits_for_the_notice(people: RedditPeople) -> None:
    async with running(people):
        await people.modmail.first_word()
        assert len(people.api.writes) == 2


async def test_who_reads_does_not_wait_for_ever(people: RedditPeople) -> None:
    waiting = asyncio.create_task(people.modmail.first_word())
    await people.clock.advance(FIRST_WORD - timedelta(seconds=1))
    assert not waiting.done()
    await people.clock.advance(timedelta(seconds=1))
    await waiting


async def test_moderators_hear_once_more_when_the_bot_begins_to_answer(store: SqlStore) -> None:
    people = RedditPeople(store, replace(LIVE, mode=Mode.SHADOW))
    await people.modmail.introduce()
    now = people.clock.now()
    await people.store.transact(lambda tx: tx.set_channel(chat_key(CELLAR), {"mode": Mode.LIVE}, at=now))
    people.api.writes.clear()
    for _ in range(2):
        await people.modmail.introduce()
        people.assemble()
    (said,) = people.api.writes
    assert said.form["to"] == "/r/cellar"
    assert words([said]) == [
        texts.goes_live(subreddit=CELLAR, card=True, notes=False, operator=OPERATOR, about=ABOUT)
    ]


async def test_the_notice_says_what_moderators_have_to_know(store: SqlStore) -> None:
    people = RedditPeople(store, replace(LIVE, crisis=CrisisAction.CARD_AND_NOTE))
    await people.modmail.introduce()
    (told, _) = words(people.api.writes)
    for needed in (
        "experiment",
        "!optout",
        "!forget",
        "may need a person",
        OPERATOR,
        "suicide",
        "deleted here",
    ):
        assert needed in told, needed


@pytest.mark.parametrize(("failures", "told"), [(1, set()), (0, {LOUNGE, CELLAR})])
async def test_a_database_that_fails_stops_nothing(store: SqlStore, failures: int, told: set[str]) -> None:
    failing = FailingStore(store)
    people = RedditPeople(failing)
    failing.failures = failures
    await people.modmail.introduce()
    assert await noticed(people) == told


async def test_a_notice_that_is_not_remembered_is_given_again_at_the_next_start(store: SqlStore) -> None:
    failing = FailingStore(store)
    people = RedditPeople(failing)
    people.api.post = _then_fail(people.api.post, failing)  # type: ignore[method-assign]
    await people.modmail.introduce()
    assert await noticed(people) == {LOUNGE}
    assert people.telemetry.events == ["notice_forgotten"]


def _then_fail(post: Any, store: FailingStore) -> Any:
    """The first write goes out, and then the database fails once."""
    failures = [1]

    async def posting(path: str, data: Any, *, urgent: bool = False) -> Any:
        answer = await post(path, data, urgent=urgent)
        store.failures = failures.pop() if failures else 0
        return answer

    return posting


# ------------------------------------------------------------------ crisis notes


async def test_moderators_who_asked_for_it_hear_that_somebody_may_need_a_person_and_never_who(
    store: SqlStore,
) -> None:
    people = RedditPeople(store, replace(LIVE, crisis=CrisisAction.SILENCE_AND_NOTE))
    async with running(people):
        await settled()
        people.api.writes.clear()
        said = people.bot.message("crisis words", ref=ref_of(LOUNGE, "t1_a"), author=author(ANN), account="x")
        await people.bot.judge(said)
        await settled()
    (note,) = people.api.writes
    assert (note.path, note.form["to"], note.form["text"]) == (
        "api/compose",
        "/r/lounge",
        "Somebody may need a person in r/lounge. I can't say more than that.",
    )


async def test_a_crisis_note_goes_before_what_waits(people: RedditPeople) -> None:
    people.api.unread = [people.message(ANN, "!optin")]
    await people.inbox.look()
    people.bot.notes.due(chat_key(LOUNGE))
    task = asyncio.create_task(people.modmail._warn())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert words(await people.said())[0] == texts.somebody_may_need_a_person(LOUNGE)


# ------------------------------------------------------------------ what moderators say in modmail


def said_by(name: str, *, moderator: bool, body: str, number: str, at: str) -> dict[str, Any]:
    return {
        "id": number,
        "author": {"name": name, "isMod": moderator, "isAdmin": False},
        "bodyMarkdown": body,
        "isInternal": False,
        "date": at,
    }


class Mailbox:
    """One subreddit's modmail as Reddit shows it, newest conversation first."""

    def __init__(self, people: RedditPeople, *, owner: str = "Lounge") -> None:
        self._people = people
        self._owner = owner
        self._listing: dict[str, Any] = {}
        self._numbers = 0

    def says(
        self, name: str, body: str, *, moderator: bool, conversation: str = "c1", **changes: Any
    ) -> None:
        self._numbers += 1
        at = changes.pop("at", self._people.clock.now()).isoformat()
        answers = self._people.api.answers
        kept = answers.setdefault(f"{LIST}/{conversation}", {"messages": {}})
        number = changes.pop("number", f"m{self._numbers}")
        kept["messages"][number] = (
            said_by(name, moderator=moderator, body=body, number=number, at=at) | changes
        )
        owner = {"displayName": self._owner, "type": "subreddit", "id": "t5_x"}
        self._listing[conversation] = {"id": conversation, "owner": owner, "lastUpdated": at}
        answers[LIST] = {
            "conversations": self._listing,
            "conversationIds": list(self._listing),
            "messages": {},
        }


@pytest.fixture
def mailbox(people: RedditPeople) -> Mailbox:
    return Mailbox(people)


async def paused(people: RedditPeople, subreddit: str = LOUNGE) -> bool:
    until = (await people.settings(subreddit)).paused_until
    return until is not None and people.clock.now() < until


async def test_a_moderator_pauses_and_resumes_through_modmail(people: RedditPeople, mailbox: Mailbox) -> None:
    mailbox.says(MOD, "!pause", moderator=True)
    await people.modmail.listen_to(LOUNGE)
    (said,) = await people.said()
    assert (said.path, said.form) == (
        f"{LIST}/c1",
        {"body": texts.paused(LOUNGE, OPEN_END), "isInternal": "true", "isAuthorHidden": "false"},
    )
    assert await paused(people)
    await people.clock.advance(timedelta(minutes=1))
    mailbox.says(MOD, "!resume", moderator=True)
    mailbox.says(ANN, "thank you", moderator=False)
    await people.modmail.listen_to(LOUNGE)
    assert words(await people.said()) == [texts.resumed(LOUNGE, Mode.LIVE)], (
        "also where somebody spoke after it"
    )
    assert not await paused(people)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        (ANN, {"moderator": False}),
        (ME, {"moderator": True}),
        ("AutoModerator", {"moderator": True}),
        (MOD, {"moderator": True, "author": None}),
        (MOD, {"moderator": True, "author": {"name": MOD}}),
        (MOD, {"moderator": True, "author": {"name": MOD, "isMod": "yes"}}),
        (MOD, {"moderator": True, "bodyMarkdown": None}),
        (MOD, {"moderator": True, "date": "yesterday"}),
        (MOD, {"moderator": True, "date": "2026-11-23T12:00:00"}),
        (MOD, {"moderator": True, "number": "../x"}),
        (MOD, {"moderator": True, "number": "z" * 40}),
    ],
)
async def test_nobody_else_may_and_what_cannot_be_read_is_left_out(
    people: RedditPeople, mailbox: Mailbox, name: str, changes: dict[str, Any]
) -> None:
    mailbox.says(name, "!pause", **changes)
    await people.modmail.listen_to(LOUNGE)
    assert await people.said() == []
    assert not await paused(people)
    mailbox.says(MOD, "!pause", moderator=True, conversation="c2")
    await people.modmail.listen_to(LOUNGE)
    assert await paused(people), "its neighbour is heard"


async def test_moderators_decide_about_no_other_subreddit(people: RedditPeople, mailbox: Mailbox) -> None:
    mailbox.says(MOD, "!pause r/cellar", moderator=True)
    await people.modmail.listen_to(LOUNGE)
    assert words(await people.said()) == [texts.MODERATORS_ONLY]
    assert not await paused(people, CELLAR)
    assert not await paused(people)


async def test_a_conversation_of_another_subreddit_is_not_looked_into(people: RedditPeople) -> None:
    Mailbox(people, owner="cellar").says(MOD, "!pause", moderator=True)
    await people.modmail.listen_to(LOUNGE)
    assert not await paused(people)
    assert not await paused(people, CELLAR)


async def test_what_is_said_about_single_people_is_not_for_modmail(
    people: RedditPeople, mailbox: Mailbox
) -> None:
    await people.answered()
    mailbox.says(MOD, "!optout", moderator=True)
    mailbox.says(MOD, "!delete t1_aaa1", moderator=True)
    await people.modmail.listen_to(LOUNGE)
    assert await people.said() == []
    assert await people.removals() == {}


async def test_old_words_are_no_commands_and_new_ones_are_heard_once(
    people: RedditPeople, mailbox: Mailbox
) -> None:
    mailbox.says(MOD, "!pause", moderator=True, at=people.clock.now() - RECENT)
    await people.modmail.listen_to(LOUNGE)
    assert not await paused(people)
    mailbox.says(MOD, "!pause 2h", moderator=True)
    await people.modmail.listen_to(LOUNGE)
    await people.store.transact(
        lambda tx: tx.set_channel(chat_key(LOUNGE), {"paused_until": None}, at=people.clock.now())
    )
    people.assemble()
    await people.modmail.listen_to(LOUNGE)
    assert not await paused(people), "heard before the restart"


async def test_an_answer_that_was_owed_when_the_program_ended_is_given_after_it(
    people: RedditPeople, mailbox: Mailbox
) -> None:
    mailbox.says(MOD, "!pause", moderator=True)
    await people.modmail.listen_to(LOUNGE)
    people.assemble()
    await people.modmail.listen_to(LOUNGE)
    assert words(await people.said()) == [texts.paused(LOUNGE, OPEN_END)]
    people.assemble()
    await people.modmail.listen_to(LOUNGE)
    assert await people.said() == []


async def test_what_did_not_change_is_not_read_again(people: RedditPeople, mailbox: Mailbox) -> None:
    mailbox.says(MOD, "hello", moderator=True)
    for _ in range(3):
        await people.modmail.listen_to(LOUNGE)
    assert [call.path for call in people.api.asked].count(f"{LIST}/c1") == 1


async def test_where_the_account_is_no_moderator_modmail_is_left_alone_for_an_hour(
    people: RedditPeople,
) -> None:
    people.api.answers[LIST] = AccessRefused(403)
    await people.modmail.listen_to(LOUNGE)
    await people.clock.advance(NOT_OURS_FOR - EVERY)
    await people.modmail.listen_to(LOUNGE)
    assert len(people.api.asked) == 1
    await people.modmail.listen_to(CELLAR)
    assert len(people.api.asked) == 2, "one subreddit says nothing about another"
    await people.clock.advance(EVERY)
    await people.modmail.listen_to(LOUNGE)
    assert len(people.api.asked) == 3


async def test_a_conversation_that_could_not_be_read_is_read_later(
    people: RedditPeople, mailbox: Mailbox
) -> None:
    mailbox.says(MOD, "!pause", moderator=True)
    people.api.fates[f"{LIST}/c1"] = [PlatformUnavailable("down")]
    await people.modmail.listen_to(LOUNGE)
    assert not await paused(people)
    await people.modmail.listen_to(LOUNGE)
    assert await paused(people)


@pytest.mark.parametrize("error", [AccessRefused(403), AccessRefused(404), PlatformUnavailable("down")])
async def test_a_conversation_that_is_refused_silences_no_other(
    people: RedditPeople, mailbox: Mailbox, error: PlatformError
) -> None:
    mailbox.says(ANN, "hello", moderator=False, conversation="c1")
    mailbox.says(MOD, "!pause", moderator=True, conversation="c2")
    people.api.answers[f"{LIST}/c1"] = error
    await people.modmail.listen_to(LOUNGE)
    assert await paused(people)
    await people.clock.advance(EVERY)
    mailbox.says(MOD, "!resume", moderator=True, conversation="c2")
    await people.modmail.listen_to(LOUNGE)
    assert not await paused(people)


@pytest.mark.parametrize("at", ["yesterday", "2026-11-23T12:00:00"])
async def test_a_conversation_of_no_known_time_is_left_out(
    people: RedditPeople, mailbox: Mailbox, at: str
) -> None:
    mailbox.says(MOD, "!pause", moderator=True)
    people.api.answers[LIST]["conversations"]["c1"]["lastUpdated"] = at
    await people.modmail.listen_to(LOUNGE)
    assert not await paused(people)


async def test_memory_holds_the_newest_page_alone(people: RedditPeople, mailbox: Mailbox) -> None:
    mailbox.says(MOD, "hello", moderator=True)
    await people.modmail.listen_to(LOUNGE)
    people.api.answers[LIST] = {"conversations": {}}
    await people.modmail.listen_to(LOUNGE)
    assert people.modmail._seen == {LOUNGE: {}}


async def test_it_goes_on_while_reddit_fails_and_ends_where_only_a_person_can_help(
    people: RedditPeople, mailbox: Mailbox
) -> None:
    mailbox.says(MOD, "!pause", moderator=True)
    people.api.fates[LIST] = [PlatformUnavailable("down"), PlatformUnavailable("down")]
    async with running(people):
        await settled()
        assert not await paused(people)
        await people.clock.advance(EVERY)
        await settled()
        assert await paused(people)
    people.api.fates[LIST] = [SettingsError("credentials")]  # type: ignore[list-item]
    with pytest.raises(SettingsError):
        await people.modmail.run()


@asynccontextmanager
async def running(people: RedditPeople) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each.run()) for each in (people.modmail, people.postman)]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def settled() -> None:
    """The store's threads ring no bell."""
    for _ in range(60):
        await asyncio.sleep(0.001)
