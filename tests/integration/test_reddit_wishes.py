"""Who may ask for what on Reddit, and what then happens."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from assembly import LIVE, rows
from reddit_people import (
    ANN,
    BEN,
    CELLAR,
    LOUNGE,
    ME,
    MOD,
    OTHER_MOD,
    OURS,
    PARENT,
    RedditPeople,
    author,
    words,
)

from bot.adapters.reddit import texts
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.values import REDDIT, chat_key
from bot.adapters.storage import SqlStore
from bot.application.chats import Chat
from bot.application.people import LEFT_ALONE_FOR, Feedback
from bot.application.watching import Wish
from bot.domain.channels import Mode
from bot.domain.errors import PlatformUnavailable

NO = [texts.NO_SUCH_REPLY]


@pytest.fixture
def people(store: SqlStore) -> RedditPeople:
    return RedditPeople(store)


def feedback(database: Path) -> list[str]:
    return rows(database, "SELECT kind FROM feedback ORDER BY id")


# ------------------------------------------------------------------ to be left alone


async def test_opting_out_is_confirmed_in_the_same_conversation_and_holds(people: RedditPeople) -> None:
    item = people.message("ANN", "!optout")
    (said,) = await people.gets(item)
    assert (said.path, said.form["thing_id"]) == ("api/comment", item["data"]["name"])
    assert words([said]) == [texts.OPTED_OUT]
    assert await people.read(lambda q: q.opted_out((author(ANN), author(BEN)))) == {author(ANN)}
    await people.writes(ANN)
    assert await people.read(lambda q: q.newest_reply(author(ANN), chat_key(LOUNGE))) is None


async def test_opting_out_in_public_is_confirmed_in_private_and_cancels_what_waits(
    people: RedditPeople, database: Path
) -> None:
    await people.writes(ANN)
    (said,) = await people.gets(people.comment(ANN, "!optout"))
    assert (said.path, said.form["to"]) == ("api/compose", ANN)
    assert rows(database, "SELECT state FROM replies") == ["cancelled"]


async def test_opting_in_takes_it_back_and_ends_being_left_alone(people: RedditPeople) -> None:
    now = people.clock.now()
    until = now + timedelta(days=7)
    await people.store.transact(lambda tx: tx.leave_alone(author(ANN), until=until, at=now))
    said = await people.gets(people.message(ANN, "!optout"), people.message(ANN, "!optin"))
    assert words(said) == [texts.OPTED_OUT, texts.OPTED_IN], "in the order in which they were written"
    assert not await people.read(lambda q: q.opted_out((author(ANN),)))
    assert not await people.read(lambda q: q.left_alone((author(ANN),), now=now))


@pytest.mark.parametrize("name", [None, ME, "AutoModerator", "[deleted]"])
async def test_who_is_nobody_opts_nobody_out(people: RedditPeople, database: Path, name: str | None) -> None:
    now = people.clock.now()
    await people.store.transact(lambda tx: tx.opt_out(author("[deleted]"), at=now))
    said = await people.gets(
        *[people.message(name, body) for body in ("!optout", "!optin")],
        *[people.from_moderators(body) for body in ("!optout", "!optin")],
    )
    assert said == []
    assert rows(database, "SELECT author FROM opt_outs") == [author("[deleted]")]


# ------------------------------------------------------------------ to be forgotten


@pytest.mark.parametrize("public", [True, False])
async def test_being_forgotten_erases_and_says_what_went_and_an_opt_out_stands(
    people: RedditPeople, database: Path, public: bool
) -> None:
    await people.answered()
    await people.answered(BEN, fullname="t1_aaa2", ours="t1_bbb2")
    chat = Chat(key=chat_key(LOUNGE), private=False, contact=ANN.lower(), notes_to=(ANN.lower(), MOD.lower()))
    await people.store.transact(lambda tx: tx.keep_chat(chat))
    wish = people.comment(ANN, "!forget") if public else people.message(ANN, "please delete my data")
    assert words(await people.gets(wish)) == [texts.FORGOTTEN]
    assert rows(database, "SELECT author FROM decisions ORDER BY id") == [None, author(BEN)]
    assert rows(database, "SELECT count(*) FROM texts") == [1]
    (kept,) = await people.read(lambda q: q.chats_of(REDDIT))
    assert (kept.contact, kept.notes_to) == (None, (MOD.lower(),))
    assert len(people.erasures) == 1
    said = await people.gets(people.message(ANN, "!optout"), people.message(ANN, "!forget"))
    assert words(said) == [texts.OPTED_OUT, texts.FORGOTTEN_AND_OPTED_OUT]
    assert await people.read(lambda q: q.opted_out((author(ANN),))) == {author(ANN)}


# ------------------------------------------------------------------ plain wishes


async def test_a_letter_that_asks_for_nothing_is_told_once_a_day_what_works(people: RedditPeople) -> None:
    said = await people.gets(
        people.message(ANN, "!help"), people.message(ANN, "hello"), people.message(BEN, "who are you?")
    )
    assert words(said) == [texts.WHAT_WORKS] * 2
    people.assemble()
    assert await people.gets(people.message(ANN, "hello")) == []
    await people.clock.advance(timedelta(days=1))
    assert words(await people.gets(people.message(ANN, "hello"))) == [texts.WHAT_WORKS]


async def test_nothing_is_explained_in_public_nor_to_bots(people: RedditPeople) -> None:
    said = await people.gets(
        people.comment(ANN, "!help"), people.comment(ANN, "hello"), people.message("OtherBot", "hello")
    )
    assert said == []


# ------------------------------------------------------------------ to have a reply deleted


@pytest.mark.parametrize(
    "body",
    [
        f"!delete {PARENT}",
        f"!delete {OURS}",
        "!delete https://www.reddit.com/r/lounge/comments/abc/_/aaa1/",
        "!delete",
    ],
    ids=["by what it answers", "by its own name", "by a link", "the newest"],
)
async def test_the_person_may_have_it_deleted_by_a_message(people: RedditPeople, body: str) -> None:
    reply = await people.answered()
    assert words(await people.gets(people.message(ANN, body))) == [texts.DELETED]
    assert await people.removals() == {reply.id: Wish.ASKED}


async def test_the_person_may_have_it_deleted_under_it(people: RedditPeople) -> None:
    reply = await people.answered()
    await people.answered(subreddit=CELLAR, fullname="t1_aaa2", ours="t1_bbb2")
    (said,) = await people.gets(people.comment(ANN, "!delete"))
    assert (said.path, said.form["to"]) == ("api/compose", ANN)
    assert await people.removals() == {reply.id: Wish.ASKED}


async def test_once_is_enough(people: RedditPeople) -> None:
    await people.answered()
    said = await people.gets(people.comment(ANN, "!delete"), people.comment(ANN, "!delete"))
    assert words(said) == [texts.DELETED, texts.DELETED_BEFORE]


async def test_a_reply_that_still_waits_is_cancelled(people: RedditPeople, database: Path) -> None:
    await people.writes(ANN)
    assert words(await people.gets(people.message(ANN, f"!delete {PARENT}"))) == [texts.DELETED]
    assert rows(database, "SELECT state FROM replies") == ["cancelled"]


async def test_a_reply_whose_name_reddit_never_told_is_found_by_what_it_answers(people: RedditPeople) -> None:
    reply = await people.answered(ours=None)
    ours = {"name": OURS, "author": ME, "parent_id": PARENT}
    people.api.answers["api/info"] = {"data": {"children": [{"kind": "t1", "data": ours}]}}
    assert words(await people.gets(people.comment(ANN, "!delete"))) == [texts.DELETED]
    assert await people.removals() == {reply.id: Wish.ASKED}


@pytest.mark.parametrize("ours", [{"author": 7}, {"author": ME}, {"author": ME, "parent_id": "t5_x"}, {}])
async def test_a_comment_of_which_reddit_tells_too_little_is_none_of_ours(
    people: RedditPeople, ours: dict[str, object]
) -> None:
    await people.answered(ours=None)
    people.api.answers["api/info"] = {"data": {"children": [{"kind": "t1", "data": ours}]}}
    assert words(await people.gets(people.comment(ANN, "!delete"))) == NO


@pytest.mark.parametrize("named", [PARENT, OURS])
async def test_a_reply_in_a_subreddit_that_is_read_no_more_is_found_still(
    people: RedditPeople, named: str
) -> None:
    reply = await people.answered(subreddit="attic")
    said = await people.gets(
        people.message(ANN, "!why"),
        people.message(ANN, f"!why {named}"),
        people.message(ANN, f"!delete {named}"),
    )
    assert words(said)[2] == texts.DELETED
    assert all("75 of 100" in each or "sure" in each for each in words(said)[:2])
    assert await people.removals() == {reply.id: Wish.ASKED}


@pytest.mark.parametrize("who", [BEN, ANN])
async def test_a_comment_of_somebody_elses_is_none_of_ours(people: RedditPeople, who: str) -> None:
    await people.answered(ours=None)
    theirs = {"name": "t1_ccc1", "author": BEN, "parent_id": PARENT}
    people.api.answers["api/info"] = {"data": {"children": [{"kind": "t1", "data": theirs}]}}
    assert words(await people.gets(people.comment(who, "!delete", parent="t1_ccc1"))) == NO
    assert await people.removals() == {}


async def test_a_moderator_may_have_it_deleted(people: RedditPeople) -> None:
    reply = await people.answered()
    assert words(await people.gets(people.comment(MOD.upper(), "!delete"))) == [texts.DELETED]
    assert await people.removals() == {reply.id: Wish.MODERATOR}


async def test_moderators_together_may_have_it_deleted(people: RedditPeople) -> None:
    reply = await people.answered()
    assert words(await people.gets(people.from_moderators(f"!delete {PARENT}"))) == [texts.DELETED]
    assert await people.removals() == {reply.id: Wish.MODERATOR}


@pytest.mark.parametrize("body", ["!delete", f"!delete {PARENT}", f"!delete {OURS}"])
@pytest.mark.parametrize("who", [BEN, OTHER_MOD])
async def test_nobody_else_may_and_nobody_else_learns_anything(
    people: RedditPeople, who: str, body: str
) -> None:
    await people.answered()
    said = await people.gets(
        people.comment(who, body), people.message(who, body), people.message(who, "!delete t1_nothing")
    )
    assert words(said) == NO * 3, "the same words whether there is such a reply or not"
    assert await people.removals() == {}


@pytest.mark.parametrize("body", ["!delete", f"!delete {PARENT}"])
async def test_the_moderators_of_another_subreddit_may_not(people: RedditPeople, body: str) -> None:
    await people.answered()
    assert words(await people.gets(people.from_moderators(body, subreddit=CELLAR))) == NO
    assert await people.removals() == {}


async def test_what_only_looks_like_moderators_may_not(people: RedditPeople) -> None:
    await people.answered()
    said = await people.gets(
        people.from_moderators(f"!delete {PARENT}", distinguished=None),
        people.from_moderators(f"!delete {PARENT}", dest="#lounge"),
        people.message(None, f"!delete {PARENT}"),
        people.comment(None, "!delete"),
        people.comment(ME, "!delete"),
        people.comment("AutoModerator", "!delete"),
    )
    assert said == []
    assert await people.removals() == {}


async def test_where_nobody_can_say_who_moderates_nobody_does(people: RedditPeople) -> None:
    await people.answered()
    people.api.answers["r/lounge/about/moderators"] = AccessRefused(403)
    assert words(await people.gets(people.comment(MOD, "!delete"))) == NO
    assert await people.removals() == {}


async def test_of_who_was_forgotten_nobody_is_that_person(people: RedditPeople) -> None:
    reply = await people.answered()

    def forget(tx: object) -> None:
        connection = getattr(tx, "_connection")  # noqa: B009
        connection.exec_driver_sql("UPDATE replies SET author = NULL")

    await people.store.transact(forget)
    assert words(await people.gets(people.comment(ANN, "!delete"), people.comment(ANN, "!why"))) == NO * 2
    assert words(await people.gets(people.comment(MOD, "!delete"))) == [texts.DELETED]
    assert await people.removals() == {reply.id: Wish.MODERATOR}


# ------------------------------------------------------------------ why


@pytest.mark.parametrize("public", [True, False])
async def test_the_person_hears_what_decided_in_private(people: RedditPeople, public: bool) -> None:
    await people.answered(text="sad sad sad lovely")
    asked = people.comment(ANN, "!why") if public else people.message(ANN, f"!why {PARENT}")
    (said,) = await people.gets(asked)
    assert said.path == ("api/compose" if public else "api/comment")
    (told,) = words([said])
    for needed in (
        "75 of 100",
        "fairly sure",
        "most: sad.",
        "words",
    ):
        assert needed in told
    assert "lovely" not in told
    assert people.asked_words == ["sad sad sad lovely"]


@pytest.mark.parametrize("who", [BEN, MOD, OTHER_MOD])
async def test_nobody_else_hears_it_moderators_neither(people: RedditPeople, who: str) -> None:
    await people.answered()
    said = await people.gets(
        people.comment(who, "!why"),
        people.message(who, f"!why {PARENT}"),
        people.message(who, "!why"),
        people.message(who, "!why t1_nothing"),
    )
    assert words(said) == [*NO * 2, texts.NEVER_ANSWERED, *NO]
    assert people.asked_words == []


async def test_a_subreddit_without_a_name_hears_it_neither(people: RedditPeople) -> None:
    await people.answered()
    assert words(await people.gets(people.from_moderators(f"!why {PARENT}"))) == NO
    assert people.asked_words == []


async def test_of_a_reply_that_was_only_imagined_nobody_hears(store: SqlStore) -> None:
    people = RedditPeople(store, replace(LIVE, mode=Mode.SHADOW))
    await people.writes(ANN)
    said = await people.gets(
        people.message(ANN, f"!why {PARENT}"),
        people.message(ANN, f"!delete {PARENT}"),
        people.message(ANN, "!why"),
    )
    assert words(said) == [*NO * 2, texts.NEVER_ANSWERED]
    assert await people.removals() == {}


async def test_a_card_tells_that_no_model_took_part(people: RedditPeople) -> None:
    await people.answered(text="crisis words")
    (told,) = words(await people.gets(people.comment(ANN, "!why")))
    assert told == texts.WHY_THE_CARD
    assert people.asked_words == []


async def test_words_are_no_markup(people: RedditPeople) -> None:
    await people.answered(text="sad sad sad [click](https://example.org) *now*")
    (told,) = words(await people.gets(people.comment(ANN, "!why")))
    assert "](" not in told


# ------------------------------------------------------------------ praise


async def test_whoever_reads_it_may_praise_or_blame_it_once_each(
    people: RedditPeople, database: Path
) -> None:
    await people.answered()
    said = await people.gets(
        people.comment(BEN, "Good bot!"), people.comment(BEN, "good bot"), people.comment(MOD, "bad bot")
    )
    assert said == [], "nothing is answered in public, and nothing in private"
    assert feedback(database) == [Feedback.GOOD_BOT, Feedback.BAD_BOT]


@pytest.mark.parametrize(
    ("body", "kept", "alone"),
    [("good bot", Feedback.HELPED, False), ("Bad bot.", Feedback.NOT_NEEDED, True)],
)
async def test_whom_it_was_for_says_whether_it_helped_and_is_left_alone_where_not(
    people: RedditPeople, database: Path, body: str, kept: str, alone: bool
) -> None:
    await people.answered()
    assert await people.gets(people.comment(ANN, body)) == []
    assert feedback(database) == [kept]
    now = people.clock.now()
    found = await people.read(lambda q: q.left_alone((author(ANN), author(BEN)), now=now))
    assert found == ({author(ANN): now + LEFT_ALONE_FOR} if alone else {})


async def test_praise_of_nothing_of_ours_counts_nowhere(people: RedditPeople, database: Path) -> None:
    await people.answered()
    people.api.answers["api/info"] = {"data": {"children": []}}
    await people.gets(
        people.comment(BEN, "good bot", parent="t1_ccc1"),
        people.comment(BEN, "good bot", subreddit=CELLAR),
        people.comment("AutoModerator", "good bot"),
        people.comment(ME, "good bot"),
    )
    assert feedback(database) == []


async def test_praise_waits_while_reddit_cannot_say_what_was_praised(
    people: RedditPeople, database: Path
) -> None:
    await people.answered(ours=None)
    people.api.fates["api/info"] = [PlatformUnavailable("down")]
    await people.gets(people.comment(BEN, "good bot"), people.message(BEN, "!optout"))
    assert [each["data"]["body"] for each in people.api.unread] == ["good bot"], "the other one was handled"
    ours = {"name": OURS, "author": ME, "parent_id": PARENT}
    people.api.answers["api/info"] = {"data": {"children": [{"kind": "t1", "data": ours}]}}
    await people.gets()
    assert feedback(database) == [Feedback.GOOD_BOT]
    assert people.api.unread == []
