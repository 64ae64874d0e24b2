"""Each letter takes effect once, whatever fails around it."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from assembly import rows
from fakes import FakeClock
from reddit_people import ACCOUNT, ANN, BEN, MOD, PARENT, FailingStore, RedditPeople, author, words

from bot.adapters.reddit import texts
from bot.adapters.reddit.inbox import EVERY, TOO_LONG
from bot.adapters.reddit.letters import letter
from bot.adapters.reddit.patience import ANSWERS, MOST, WITHIN, Patience
from bot.adapters.storage import SqlStore
from bot.application.ports import Store
from bot.domain.errors import PlatformUnavailable, RateLimited, ReplyRejected, ReplyUnconfirmed, SettingsError


@pytest.fixture
def people(store: SqlStore) -> RedditPeople:
    return RedditPeople(store)


async def out(people: RedditPeople, *names: str) -> frozenset[str]:
    hashes = {author(name): name for name in names}
    return frozenset(hashes[each] for each in await people.read(lambda q: q.opted_out(list(hashes))))


async def test_what_was_handled_is_marked_as_read_in_bundles(people: RedditPeople) -> None:
    await people.gets(*[people.comment(f"person{number}", "hello") for number in range(60)])
    marks = [call for call in people.api.writes if call.path == "api/read_message"]
    assert [len(str(mark.form["id"]).split(",")) for mark in marks] == [25, 25, 10]
    assert people.api.unread == []


async def test_every_page_is_read_and_the_oldest_letter_comes_first(people: RedditPeople) -> None:
    fill = [people.comment(f"person{number}", "hello") for number in range(248)]
    await people.gets(people.message(ANN, "!optout"), *fill, people.message(ANN, "!optin"))
    pages = [call for call in people.api.asked if call.path == "message/unread"]
    assert len(pages) == 3
    assert {page.form["limit"] for page in pages} == {100}
    assert await out(people, ANN) == frozenset(), "the last wish holds"


async def test_a_letter_that_could_not_be_marked_has_no_second_effect(people: RedditPeople) -> None:
    people.api.fates["api/read_message"] = [ReplyUnconfirmed("hung")]
    assert len(await people.gets(people.message(ANN, "!optout"))) == 1
    assert people.telemetry.events == ["letter_not_marked"]
    await people.store.transact(lambda tx: tx.opt_in(author(ANN)))
    people.assemble()
    assert await people.gets() == []
    assert await out(people, ANN) == frozenset()
    assert people.api.unread == []


async def test_an_answer_that_was_owed_when_the_program_ended_is_given_after_it(people: RedditPeople) -> None:
    await people.answered()
    letters = [people.message(ANN, body) for body in ("!optout", f"!delete {PARENT}", f"!why {PARENT}")]
    people.api.unread = letters[::-1]
    await people.inbox.look()
    assert await out(people, ANN) == {ANN}
    assert len(people.api.unread) == 3, "what is not answered is not done with"
    await people.store.transact(lambda tx: tx.opt_in(author(ANN)))
    people.assemble()
    said = words(await people.gets())
    assert said[:2] == [texts.OPTED_OUT, texts.DELETED_BEFORE]
    assert len(said) == 3
    assert await out(people, ANN) == frozenset(), "it is said again, and not done again"
    assert people.api.unread == []
    people.assemble()
    assert await people.gets() == []


async def test_what_waits_for_its_answer_is_not_answered_twice(people: RedditPeople) -> None:
    people.api.unread = [people.message(ANN, "!optout")]
    for _ in range(3):
        await people.inbox.look()
    assert words(await people.said()) == [texts.OPTED_OUT]


@pytest.mark.parametrize(("hours", "holds"), [(47, True), (49, False)])
async def test_older_than_what_is_remembered_only_wishes_to_be_left_alone_hold(
    people: RedditPeople, hours: int, holds: bool
) -> None:
    written = (people.clock.now() - timedelta(hours=hours)).timestamp()
    await people.gets(
        people.message(BEN, "!optout"),
        people.message(ANN, "!optout", created_utc=written),
        people.message(BEN, "!optin", created_utc=written),
        people.message(MOD, "!pause r/lounge", created_utc=written),
    )
    assert await out(people, ANN, BEN) == ({ANN} if holds else {ANN, BEN})
    assert ((await people.settings()).paused_until is not None) is holds
    assert people.api.unread == []


async def test_one_letter_that_cannot_be_marked_keeps_no_other_unread(people: RedditPeople) -> None:
    people.api.fates["api/read_message"] = [ReplyRejected("no"), ReplyRejected("no"), None, None]
    await people.gets(*[people.comment(f"person{number}", "hello") for number in range(3)])
    assert len(people.api.unread) == 1
    await people.gets()
    assert people.api.unread == []


async def test_a_letter_whose_effect_was_not_stored_is_tried_again(store: SqlStore) -> None:
    failing = FailingStore(store, 0)
    people = RedditPeople(failing)
    failing.failures = 1
    said = await people.gets(people.message(ANN, "!optout"), people.message(BEN, "!optout"))
    assert [call.form["thing_id"] for call in said] == ["t4_zz2"]
    assert await out(people, ANN, BEN) == {BEN}
    assert [each["data"]["author"] for each in people.api.unread] == [ANN]
    assert len(await people.gets()) == 1
    assert await out(people, ANN, BEN) == {ANN, BEN}


async def test_what_cannot_be_read_never_costs_its_neighbours(people: RedditPeople, database: Path) -> None:
    broken = [
        None,
        7,
        {},
        {"kind": "t4", "data": []},
        {"kind": "t4", "data": {"name": "t4_"}},
        {"kind": "t4", "data": {"name": "t4_zzzzzzzzzzzzz", "body": "!optout", "author": BEN}},
        people.message(BEN, {"text": "secret words"}),
        people.message(BEN, "!optout", author=["x"]),
    ]
    for each in broken:
        await people.gets(each, people.message(ANN, "!optout"))
        assert await out(people, ANN, BEN) == {ANN}
        await people.store.transact(lambda tx: tx.opt_in(author(ANN)))
    assert rows(database, "SELECT kind, error FROM failed_updates ORDER BY id") == [
        ("letter", "WrongType: body"),
        ("letter", "WrongType: author"),
    ]
    assert "secret" not in str(people.telemetry.events)


async def test_a_letter_that_nobody_foresaw_is_recorded_and_holds_up_no_other(
    people: RedditPeople, database: Path
) -> None:
    await people.answered()
    people.fails_to_explain = RecursionError("secret words")
    people.api.unread = []
    said = await people.gets(people.comment(ANN, "!why"), people.message(ANN, "!optout"))
    assert words(said) == [texts.OPTED_OUT]
    assert people.api.unread == []
    assert rows(database, "SELECT kind, error FROM failed_updates") == [("letter", "RecursionError")]
    assert "secret" not in str(people.telemetry.events)


async def test_nothing_that_people_write_is_logged_or_shown(people: RedditPeople) -> None:
    shown = repr(letter(people.message(ANN, "!delete t1_abc secret"), me="x"))
    assert "secret" not in shown
    assert ANN not in shown


async def test_reddit_is_asked_again_when_it_fails_and_the_service_goes_on(people: RedditPeople) -> None:
    people.api.fates["message/unread"] = [PlatformUnavailable("down"), RateLimited(EVERY), None]
    people.api.unread = [people.message(ANN, "!optout")]
    tasks = {asyncio.create_task(each.run()) for each in (people.inbox, people.postman)}
    await people.bot.pass_time_until(lambda: people.api.unread == [])
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert people.telemetry.events.count("inbox_unreachable") == 2
    assert await out(people, ANN) == {ANN}


async def test_an_inbox_that_cannot_be_read_for_long_is_a_trouble(people: RedditPeople) -> None:
    people.api.fates["message/unread"] = [PlatformUnavailable("down")] * 70
    task = asyncio.create_task(people.inbox.run())
    await people.clock.advance(TOO_LONG - timedelta(minutes=1))
    assert people.inbox.trouble is None
    await people.clock.advance(timedelta(minutes=1))
    assert people.inbox.trouble is not None
    await people.clock.advance(timedelta(minutes=10))
    await people.bot.pass_time_until(lambda: people.inbox.trouble is None)
    task.cancel()
    await asyncio.wait({task})


async def test_looks_are_no_closer_than_they_should_be(people: RedditPeople) -> None:
    task = asyncio.create_task(people.inbox.run())
    await people.clock.advance(20 * EVERY - EVERY / 2)
    task.cancel()
    await asyncio.wait({task})
    assert len(people.api.asked) == 20


async def test_credentials_that_are_not_accepted_end_it(people: RedditPeople) -> None:
    people.api.answers["message/unread"] = None
    people.api.fates["message/unread"] = [SettingsError("credentials")]  # type: ignore[list-item]
    with pytest.raises(SettingsError):
        await people.inbox.run()


async def test_one_account_gets_so_many_answers_an_hour_and_all_its_wishes(people: RedditPeople) -> None:
    wishes = [people.message(ANN, "!why t1_x") for _ in range(ANSWERS + 5)]
    said = await people.gets(*wishes, people.message(ANN, "!optout"), people.message(BEN, "!optout"))
    assert len(said) == ANSWERS + 1
    assert await out(people, ANN, BEN) == {ANN, BEN}
    await people.clock.advance(WITHIN)
    assert len(words(await people.gets(people.message(ANN, "!optin")))) == 1


async def test_patience_remembers_so_many_accounts() -> None:
    patience = Patience(clock=FakeClock())
    for number in range(2 * MOST):
        assert patience.answers(f"person{number}")
    assert len(patience._answered) == MOST


async def test_letters_of_another_account_are_not_confused(people: RedditPeople, store: Store) -> None:
    item = people.message(ANN, "!optout")
    await store.transact(lambda tx: tx.handle_once(f"{ACCOUNT}_other", 1, at=people.clock.now()))
    assert len(await people.gets(item)) == 1
