"""`!pause` and `!resume`: moderators decide about their own subreddit, and nobody else does."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from reddit_people import ANN, CELLAR, LOUNGE, ME, MOD, OTHER_MOD, RedditPeople, words

from bot.adapters.reddit import texts
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.values import REDDIT, chat_key, ref_of
from bot.adapters.storage import SqlStore
from bot.application.pauses import OPEN_END
from bot.application.watching import Block
from bot.domain.channels import Mode

NO = [texts.MODERATORS_ONLY]


@pytest.fixture
def people(store: SqlStore) -> RedditPeople:
    return RedditPeople(store)


async def until(people: RedditPeople, subreddit: str = LOUNGE) -> datetime | None:
    return (await people.settings(subreddit)).paused_until


def asked(people: RedditPeople, way: str, body: str) -> dict[str, Any]:
    """A moderator of the lounge wants something, in one of the ways that there are."""
    match way:
        case "message":
            return people.message(MOD, f"{body} r/Lounge")
        case "comment":
            return people.comment(MOD, body)
        case "as the subreddit":
            return people.from_moderators(body)
        case "named, as the subreddit":
            return people.from_moderators(f"{body} r/lounge", author=MOD)
    raise AssertionError


WAYS = ["message", "comment", "as the subreddit", "named, as the subreddit"]


@pytest.mark.parametrize("way", WAYS)
async def test_a_moderator_pauses_and_resumes(people: RedditPeople, way: str) -> None:
    said = await people.gets(asked(people, way, "!pause"))
    assert words(said) == [texts.paused(LOUNGE, OPEN_END)]
    assert await until(people) == OPEN_END
    assert await until(people, CELLAR) is None
    (verdict,) = await people.bot.judge(people.bot.message(ref=ref_of(LOUNGE, "t1_p1"), account="x"))
    assert verdict is not None
    assert verdict.outcome.reason == "paused"
    await people.clock.advance(timedelta(hours=3))
    assert words(await people.gets(asked(people, way, "!resume"))) == [texts.resumed(LOUNGE, Mode.LIVE)]
    assert await until(people) == people.clock.now(), "so that what was written until now stays unread"


@pytest.mark.parametrize("end", ["!pause r/lounge 1h", "!resume r/lounge"])
async def test_what_was_written_during_a_break_stays_unread_after_it(people: RedditPeople, end: str) -> None:
    await people.gets(people.message(MOD, "!pause r/lounge"))
    written = people.bot.message(ref=ref_of(LOUNGE, "t1_p1"), account="x")
    await people.clock.advance(timedelta(minutes=1))
    await people.gets(people.message(MOD, end))
    await people.clock.advance(timedelta(hours=1))
    later = people.bot.message(ref=ref_of(LOUNGE, "t1_p2"), account="x")
    verdicts = await people.bot.judge(written, later)
    assert [each.outcome.reason if each else "" for each in verdicts] == ["paused", "support"]
    assert verdicts[0] is not None
    assert verdicts[0].facts is None, "unread"


@pytest.mark.parametrize(
    ("body", "span"),
    [
        ("!pause r/lounge 2h", timedelta(hours=2)),
        ("!pause 3 days r/lounge", timedelta(days=3)),
        ("!pause /r/LOUNGE 30 min", timedelta(minutes=30)),
    ],
)
async def test_a_pause_can_have_an_end(people: RedditPeople, body: str, span: timedelta) -> None:
    end = people.clock.now() + span
    assert words(await people.gets(people.message(MOD, body))) == [texts.paused(LOUNGE, end)]
    assert await until(people) == end


@pytest.mark.parametrize(("mode", "said"), [(Mode.SHADOW, "answer nobody"), (Mode.OFF, "switched off")])
async def test_the_end_of_a_pause_says_what_holds_then(people: RedditPeople, mode: Mode, said: str) -> None:
    now = people.clock.now()
    await people.store.transact(lambda tx: tx.set_channel(chat_key(LOUNGE), {"mode": mode}, at=now))
    (_, resumed) = words(
        await people.gets(people.message(MOD, "!pause r/lounge"), people.message(MOD, "!resume r/lounge"))
    )
    assert said in resumed


async def test_a_watched_subreddit_is_understood_by_its_bare_name(people: RedditPeople) -> None:
    end = people.clock.now() + timedelta(days=1)
    assert words(await people.gets(people.message(MOD, "!pause lounge 1 day"))) == [texts.paused(LOUNGE, end)]


@pytest.mark.parametrize("span", ["0h", "31 days", "a while", "2 weeks", "-2h"])
async def test_what_is_no_span_changes_nothing(people: RedditPeople, span: str) -> None:
    assert words(await people.gets(people.message(MOD, f"!pause r/lounge {span}"))) == [texts.PAUSE_USAGE]
    assert await until(people) is None


@pytest.mark.parametrize("command", ["!pause", "!resume"])
@pytest.mark.parametrize("who", [ANN, OTHER_MOD])
async def test_nobody_else_may(people: RedditPeople, who: str, command: str) -> None:
    await people.gets(people.message(MOD, "!pause r/lounge 2h"))
    before = await until(people)
    said = await people.gets(
        people.message(who, f"{command} r/lounge"),
        people.comment(who, command),
        people.from_moderators(command, author=who),
        people.from_moderators(f"{command} r/lounge", subreddit=CELLAR),
        people.from_moderators(f"{command} r/lounge", author=who, subreddit=CELLAR),
    )
    assert words(said) == NO * 5
    assert await until(people) == before


async def test_what_only_looks_like_the_subreddit_may_not(people: RedditPeople) -> None:
    said = await people.gets(
        people.from_moderators("!pause", distinguished=None),
        people.from_moderators("!pause", distinguished="admin"),
        people.from_moderators("!pause", dest="#lounge"),
        people.message(None, "!pause r/lounge"),
        people.comment(None, "!pause"),
        people.message(ME, "!pause r/lounge"),
        people.message("AutoModerator", "!pause r/lounge"),
    )
    assert said == []
    assert await until(people) is None


@pytest.mark.parametrize("body", ["!pause", "!pause 2h", "!pause r/elsewhere", "!resume"])
async def test_a_message_has_to_name_a_subreddit_that_is_watched(people: RedditPeople, body: str) -> None:
    people.api.answers["r/elsewhere/about/moderators"] = people.api.answers["r/lounge/about/moderators"]
    assert words(await people.gets(people.message(MOD, body))) == NO
    assert await until(people) is None
    assert (REDDIT, "elsewhere") not in await people.read(
        lambda q: q.channel_overrides((chat_key("elsewhere"),))
    )


async def test_a_name_counts_more_than_the_place_where_it_is_said(people: RedditPeople) -> None:
    assert words(await people.gets(people.comment(MOD, "!pause r/cellar"))) == NO
    assert await until(people) is None
    assert await until(people, CELLAR) is None


async def test_where_reddit_does_not_say_who_moderates_nobody_does(people: RedditPeople) -> None:
    people.api.answers["r/lounge/about/moderators"] = AccessRefused(403)
    assert words(await people.gets(people.message(MOD, "!pause r/lounge"))) == NO
    people.api.answers["r/lounge/about/moderators"] = {"data": {"children": [{"name": MOD}]}}
    assert words(await people.gets(people.message(MOD, "!pause r/lounge"))) == [
        texts.paused(LOUNGE, OPEN_END)
    ], "nothing was remembered of an answer that never came"


async def test_resuming_what_is_not_paused_says_so(people: RedditPeople) -> None:
    assert words(await people.gets(people.message(MOD, "!resume r/lounge"))) == [texts.not_paused(LOUNGE)]


async def test_resuming_tries_again_where_reddit_had_kept_us_out(people: RedditPeople) -> None:
    now = people.clock.now()
    block = Block(chat=chat_key(LOUNGE), reason="banned", times=1, since=now, until=now + timedelta(days=1))
    await people.store.transact(lambda tx: tx.keep_block(block))
    assert words(await people.gets(people.message(MOD, "!resume r/lounge"))) == [
        texts.resumed(LOUNGE, Mode.LIVE)
    ]
    assert await people.read(lambda q: q.blocks(REDDIT)) == {}


async def test_moderators_are_asked_for_once_an_hour(people: RedditPeople) -> None:
    path = "r/lounge/about/moderators"
    for _ in range(3):
        await people.gets(people.message(ANN, "!pause r/lounge"))
    assert [each.path for each in people.api.asked].count(path) == 1
    people.api.answers[path] = {"data": {"children": [{"name": ANN}]}}
    await people.clock.advance(timedelta(minutes=59))
    assert words(await people.gets(people.message(ANN, "!pause r/lounge"))) == NO
    await people.clock.advance(timedelta(minutes=1))
    assert words(await people.gets(people.message(ANN, "!pause r/lounge"))) == [
        texts.paused(LOUNGE, OPEN_END)
    ]
    assert words(await people.gets(people.message(MOD, "!pause r/lounge"))) == NO, "not one any more"
