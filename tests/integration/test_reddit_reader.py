"""The reader over listings that a test writes: nothing is lost, nothing is brought in twice."""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from reddit_world import MemoryStore, Subreddits, a_listing, a_submission

from bot.adapters.reddit.reception import MOST_HELD
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.rules import Rules
from bot.adapters.reddit.values import chat_key, ref_of
from bot.adapters.reddit.watch import HELD_BACK, NOT_YET, OUTSIDE, UNREACHABLE, WAITS
from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.errors import (
    Overloaded,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    SettingsError,
    StoreError,
)


@pytest.fixture
def kept() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def one(kept: MemoryStore) -> Subreddits:
    return Subreddits(kept)


# ------------------------------------------------------------------ what is brought in


async def test_the_first_start_ever_reads_one_page_oldest_first(one: Subreddits) -> None:
    names = one.reddit.write(250)
    async with one.running():
        assert one.inbox.names == names[-100:]
    assert one.reddit.calls == [("r/one+two+three/comments", {"limit": 100, "raw_json": 1})]
    cursor = await one.cursor()
    assert (cursor.recent[0], cursor.seen, cursor.gaps) == (names[-1], 100, 0)


async def test_later_polls_overlap_and_bring_only_what_is_new(one: Subreddits) -> None:
    one.reddit.write(80)
    async with one.running():
        fresh = one.reddit.write(30, subreddit="two")
        await one.pass_()
        assert one.inbox.names[80:] == fresh
        await one.pass_()
        assert len(one.inbox.given) == 110
    assert all("before" not in params for params in one.reddit.polls())
    assert (await one.cursor()).seen == 110


async def test_after_a_stop_everything_is_caught_up_once(one: Subreddits) -> None:
    one.reddit.write(100)
    async with one.running():
        pass
    missed = one.reddit.write(450)
    async with one.running():
        assert len(one.reddit.polls()) == 1 + 6
        assert one.inbox.names[-len(missed) :] == missed
        assert set(missed) <= set(one.inbox.names)
    cursor = await one.cursor()
    assert (cursor.seen, cursor.gaps, cursor.recent[0]) == (550, 0, missed[-1])
    assert "listing_gap" not in one.telemetry.events


async def test_a_listing_that_ends_before_anything_known_is_a_gap_and_counted_once(one: Subreddits) -> None:
    one.reddit.write(10)
    async with one.running():
        pass
    missed = one.reddit.write(1500)
    async with one.running():
        assert one.inbox.names[-1000:] == missed[-1000:]
        at = one.clock.now()
        for _ in range(5):
            await one.pass_()
    cursor = await one.cursor()
    assert (cursor.gaps, cursor.last_gap_at, cursor.seen) == (1, at, 1010)
    assert one.telemetry.events.count("listing_gap") == 1
    assert len(cursor.recent) == 200


async def test_the_owner_is_told_of_a_gap_once_and_not_with_every_poll(one: Subreddits) -> None:
    one.reddit.write(10)
    async with one.running():
        for _ in range(3):
            one.reddit.write(1500)
            await one.pass_(5)
        assert (await one.cursor()).gaps == 3
        (words,) = await one.alerted()
        assert words.startswith(
            "More was written on Reddit since 23 November 2026, 12:00 UTC than it shows: "
        )
        await one.pass_(60)
        one.reddit.write(1500)
        await one.pass_(60)
        assert len(await one.alerted()) == 1, "another gap"


async def test_a_short_listing_in_which_nothing_is_known_any_more_is_no_gap(one: Subreddits) -> None:
    one.reddit.write(10)
    async with one.running():
        one.reddit.comments.clear()
        fresh = one.reddit.write(40)
        await one.pass_()
    assert one.inbox.names[10:] == fresh
    assert (await one.cursor()).gaps == 0


@pytest.mark.parametrize(("written", "gaps"), [(450, 0), (1500, 1)])
async def test_where_nothing_was_known_before_only_a_listing_that_was_cut_is_a_gap(
    one: Subreddits, written: int, gaps: int
) -> None:
    async with one.running():
        assert one.inbox.names == []
    fresh = one.reddit.write(written)
    async with one.running():
        assert one.inbox.names == fresh[-1000:]
    assert (await one.cursor()).gaps == gaps


async def test_what_is_much_older_than_the_last_poll_ends_the_search(one: Subreddits) -> None:
    one.reddit.write(100, subreddit="two")
    async with one.running():
        pass
    one.subreddits = ["three"]  # of which nothing is known
    one.reddit.write(500, subreddit="three", at=one.clock.now() - timedelta(hours=2))
    async with one.running():
        assert len(one.reddit.polls()) == 2
    assert (await one.cursor()).gaps == 0


async def test_an_empty_answer_forgets_nothing(one: Subreddits) -> None:
    names = one.reddit.write(20)
    async with one.running():
        one.reddit.fates.append(a_listing([]))
        await one.pass_()
        assert (await one.cursor()).recent == tuple(reversed(names))
        one.reddit.write(150)
        await one.pass_()
    assert len(one.inbox.given) == 170


async def test_ended_on_its_first_page_ever_it_reads_the_rest_of_it_later(one: Subreddits) -> None:
    old = one.reddit.write(150, at=one.clock.now() - timedelta(hours=3))
    one.inbox.fates.append(StoreError("full"))
    async with one.running():
        assert one.inbox.given == []
    missed = one.reddit.write(300)
    async with one.running():
        assert set(missed) <= set(one.inbox.names)
        assert one.inbox.names[:100] == old[-100:], "and no more of what was written before"
    cursor = await one.cursor()
    assert (cursor.recent[0], cursor.gaps) == (missed[-1], 0)


async def test_a_page_behind_what_was_just_taken_away_is_found(one: Subreddits) -> None:
    one.reddit.write(10)
    async with one.running():
        pass
    missed = one.reddit.write(350)
    gone = next(raw for raw in one.reddit.comments if raw["data"]["name"] == missed[150])

    def taking_away() -> None:
        if one.reddit.calls[-1][1].get("after") == missed[150] and gone in one.reddit.comments:
            one.reddit.comments.remove(gone)

    one.reddit.written = taking_away
    async with one.running():
        assert set(missed) <= set(one.inbox.names)
    assert (await one.cursor()).gaps == 0
    assert len(one.inbox.names) == len(set(one.inbox.names)) + 10, "the ten of before, known by then"


async def test_a_page_that_fails_holds_back_neither_its_neighbours_nor_itself(one: Subreddits) -> None:
    one.reddit.write(10)
    async with one.running():
        pass
    before = await one.cursor()
    missed = one.reddit.write(250)
    one.reddit.fates.extend([None, PlatformUnavailable("503")])
    async with one.running():
        assert one.inbox.names[-100:] == missed[-100:]
        assert await one.cursor() == before, "what lies behind is not read yet"
        await one.pass_(1)
        assert sorted(one.inbox.names[-150:]) == sorted(missed[:150])
    cursor = await one.cursor()
    assert (cursor.recent[0], cursor.seen, cursor.gaps) == (missed[-1], 260, 0)


async def test_what_listings_show_late_is_found_below_what_is_known(one: Subreddits) -> None:
    one.reddit.write(20)
    one.reddit.lag = timedelta(seconds=30)
    async with one.running():
        assert one.inbox.given == []
        await one.pass_(60)
        late = one.reddit.write(1, at=one.clock.now() - timedelta(minutes=2))
        one.reddit.comments.rotate(7)
        await one.pass_(30)
        assert one.inbox.names[20:] == late


@pytest.mark.parametrize(("a_second", "late"), [(2, 30), (4, 30), (4, 80), (10, 30)])
async def test_what_one_subreddit_shows_late_is_found_although_others_filled_pages_since(
    one: Subreddits, a_second: int, late: int
) -> None:
    one.reddit.lags = {"one": timedelta(seconds=late)}
    mine: list[str] = []
    async with one.running():
        one.reddit.write(3)
        await one.pass_(60)
        for second in range(240):
            one.reddit.write(a_second, subreddit="two")
            if second % 5 == 0 and second < 120:
                mine += one.reddit.write(1)
            await one.pass_(1)
    assert not set(mine) - set(one.inbox.names)
    assert (await one.cursor()).gaps == 0
    assert len(one.inbox.names) == len(set(one.inbox.names)), "and nothing is brought in twice"


async def test_looking_for_what_shows_late_costs_a_quiet_listing_nothing(one: Subreddits) -> None:
    one.reddit.write(300, at=one.clock.now() - timedelta(minutes=10))
    async with one.running():
        for _ in range(20):
            one.reddit.write(5)
            await one.pass_(30)
    assert all("after" not in params for params in one.reddit.polls())


async def test_what_showed_late_while_nobody_looked_is_found_at_the_next_start(one: Subreddits) -> None:
    one.reddit.lags = {"one": timedelta(seconds=60)}
    async with one.running():
        late = one.reddit.write(1)
        one.reddit.write(150, subreddit="two")
        await one.pass_(31)
        known = len(one.inbox.names)
    await one.pass_(40)
    async with one.running():
        pass
    assert known == 150
    assert set(late) <= set(one.inbox.names)


async def test_comments_of_other_subreddits_are_left_out(one: Subreddits) -> None:
    one.reddit.fates.append(a_listing([*one.reddit.comments]))
    async with one.running():
        foreign = one.reddit.write(2)
        one.reddit.write(1, subreddit="elsewhere")
        one.reddit.fates.append(a_listing(list(reversed(one.reddit.comments))))
        await one.pass_()
    assert one.inbox.names == foreign


async def test_a_listing_without_an_end_is_left_after_a_few_pages(one: Subreddits) -> None:
    one.reddit.write(1)
    one.reddit.depth = 10_000
    async with one.running():
        pass
    one.reddit.write(2_500)
    async with one.running():
        await one.pass_(5)
        assert len(one.reddit.polls()) == 1 + 12 + 1
    assert (await one.cursor()).gaps == 1


# ------------------------------------------------------------------ edits


async def test_an_edit_is_brought_in_once_for_each_new_text(one: Subreddits) -> None:
    one.reddit.write(5)
    async with one.running():
        edited = one.reddit.comments[2]["data"]
        for number in (1, 2):
            edited |= {"edited": 1_800_000_000.0 + number, "body": f"text {number}"}
            await one.pass_()
            await one.pass_()
    assert [(each.text, each.edited) for each in one.inbox.given[5:]] == [("text 1", True), ("text 2", True)]
    assert (await one.cursor()).seen == 5


async def test_an_edit_of_which_reddit_says_nothing_is_one(one: Subreddits) -> None:
    one.reddit.write(5)
    async with one.running():
        one.reddit.comments[2]["data"]["body"] = "never mind, all good"
        await one.pass_()
        await one.pass_()
    assert [(each.text, each.edited) for each in one.inbox.given[5:]] == [("never mind, all good", True)]
    assert (await one.cursor()).seen == 5


@pytest.mark.parametrize("edited", [False, 1_800_000_000.0])
async def test_what_waits_for_its_reply_is_read_again_when_no_page_shows_it(
    one: Subreddits, kept: MemoryStore, edited: float
) -> None:
    async with one.running():
        (name,) = one.reddit.write(1)
        thing = one.reddit.comments[0]["data"]
        await one.pass_()
        kept.shelf.pending.add(ref_of("one", name))
        one.reddit.write(900, subreddit="two", at=one.clock.now() + timedelta(minutes=2))
        await one.pass_(300)
        before = one.reddit.asked("api/info")
        assert before <= 10, "once in half a minute, while there is one"
        thing |= {"edited": edited, "body": "never mind, all good"}
        await one.pass_(60)
        given = [(each.text, each.edited) for each in one.inbox.given if each.ref.message_id == name]
        assert given[1:] == [("never mind, all good", True)]
        kept.shelf.pending.clear()
        asked = one.reddit.asked("api/info")
        await one.pass_(300)
        assert one.reddit.asked("api/info") == asked
    assert one.telemetry.events == []


async def test_what_waited_for_its_reply_over_a_stop_may_have_been_edited_meanwhile(
    one: Subreddits, kept: MemoryStore
) -> None:
    async with one.running():
        (name, other) = one.reddit.write(2)
        await one.pass_()
    kept.shelf.pending.add(ref_of("one", name))
    async with one.running():
        pass
    assert [(each.ref.message_id, each.edited) for each in one.inbox.given[2:]] == [
        (name, True),
        (other, False),
    ]


async def test_where_reddit_does_not_say_how_it_reads_now_the_poll_goes_on(
    one: Subreddits, kept: MemoryStore
) -> None:
    async with one.running():
        kept.shelf.pending.add(ref_of("one", "t1_zzz"))
        one.reddit.fates.extend([None, PlatformUnavailable("503")])
        fresh = one.reddit.write(1)
        await one.pass_(6)
        assert one.inbox.names == fresh
        assert one.reader.trouble is None
    assert one.telemetry.events == ["pending_not_reread"]


# ------------------------------------------------------------------ what cannot be read


async def test_a_comment_that_cannot_be_read_is_recorded_and_its_neighbours_are_judged(
    one: Subreddits,
) -> None:
    one.reddit.write(1)
    one.reddit.write(1, body=["zq7x"])
    one.reddit.write(1, created_utc="zq7x")
    one.reddit.write(1)
    async with one.running():
        for _ in range(3):
            await one.pass_()
    assert len(one.inbox.given) == 2
    assert await one.skipped() == [("t1", "WrongType: body"), ("t1", "WrongType: created_utc")]
    assert one.telemetry.events.count("thing_skipped") == 2
    assert (await one.cursor()).seen == 2


async def test_something_without_a_name_is_told_and_spoils_nothing(one: Subreddits) -> None:
    one.reddit.write(1)
    one.reddit.write(1, name=None)
    one.reddit.write(1)
    async with one.running():
        await one.pass_(5)
    assert len(one.inbox.given) == 2
    assert await one.skipped() == []
    assert "thing_skipped" in one.telemetry.events


async def test_a_comment_that_breaks_the_judging_is_recorded_and_its_neighbours_are_judged(
    one: Subreddits,
) -> None:
    one.inbox.poison = "poison"
    one.reddit.write(2)
    one.reddit.write(1, body="poison")
    one.reddit.write(2)
    async with one.running():
        await one.pass_()
    assert len(one.inbox.given) == 4
    assert await one.skipped() == [("t1", "ZeroDivisionError")]
    assert (await one.cursor()).seen == 4


# ------------------------------------------------------------------ acknowledging


async def test_while_the_intake_refuses_the_cursor_stands_still(one: Subreddits) -> None:
    one.reddit.write(10)
    async with one.running():
        before = await one.cursor()
        fresh = one.reddit.write(20)
        one.inbox.fates.extend([StoreError("full"), Overloaded(timedelta(seconds=7)), None])
        await one.pass_(5)
        assert await one.cursor() == before
        await one.pass_(1)
        assert await one.cursor() == before
        await one.pass_(6)
        assert await one.cursor() == before
        await one.pass_(1)
        assert one.inbox.names[-20:] == fresh
    assert (await one.cursor()).recent[0] == fresh[-1]
    assert one.telemetry.events == ["reddit_not_read", "reddit_read_again"]


async def test_a_cursor_that_is_not_kept_is_kept_with_the_next_poll(
    one: Subreddits, kept: MemoryStore
) -> None:
    one.reddit.write(10)
    kept.refuses = 2
    async with one.running():
        assert kept.shelf.kept == {}
        await one.pass_(1)
        assert kept.shelf.kept == {}
        await one.pass_(2)
        assert (await one.cursor()).seen == 10
    assert len(one.inbox.given) == 10


async def test_the_time_of_a_poll_that_brought_nothing_is_kept_once_a_minute(
    one: Subreddits, kept: MemoryStore
) -> None:
    async with one.running():
        await one.pass_(600)
        assert one.clock.now() - (await one.cursor()).polled_at <= timedelta(minutes=1)
    assert kept.shelf.written <= 11
    assert len(one.reddit.polls()) >= 20


@pytest.mark.parametrize("turns", range(0, 24, 2))
async def test_ended_at_any_moment_it_goes_on_where_it_was(one: Subreddits, turns: int) -> None:
    written: list[str] = []
    async with one.running():
        pass
    for number in range(40):
        written += one.reddit.write(7 * number % 230, subreddit="two")
        task = asyncio.create_task(one.a_reader().run())
        for _ in range((turns + 3 * number) % 25):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        if number % 6 == 5:
            async with one.running():
                pass
    async with one.running():
        pass
    assert {ref.message_id for ref in one.inbox.judged} == set(written)
    cursor = await one.cursor()
    assert (cursor.recent[0], cursor.gaps) == (written[-1], 0)


# ------------------------------------------------------------------ when it does not work


FAILURES: Sequence[tuple[Any, str]] = [
    (PlatformUnavailable("503"), UNREACHABLE),
    (PlatformError("what is that"), UNREACHABLE),
    (RateLimited(timedelta(seconds=2)), WAITS),
    ("<html>", UNREACHABLE),
    ({"kind": "Listing"}, UNREACHABLE),
    ({"data": {"children": {}}}, UNREACHABLE),
    ([], UNREACHABLE),
]


@pytest.mark.parametrize(("failure", "wrong"), FAILURES, ids=lambda each: str(each)[:20])
async def test_no_failure_ends_the_watcher(one: Subreddits, failure: Any, wrong: str) -> None:
    async with one.running() as task:
        assert one.reader.trouble is None
        one.reddit.fates.extend([failure] * 50)
        await one.pass_(29)
        assert one.reader.trouble is None, "one missed poll is no trouble"
        await one.pass_(200)
        assert one.reader.trouble == wrong
        assert one.telemetry.events == ["reddit_not_read"]
        one.reddit.fates.clear()
        fresh = one.reddit.write(3)
        await one.pass_(61)
        assert (one.reader.trouble, task.done()) == (None, False)
    assert one.inbox.names == fresh
    assert one.telemetry.events == ["reddit_not_read", "reddit_read_again"]


async def test_failures_are_tried_again_ever_more_slowly_and_as_told(one: Subreddits) -> None:
    one.reddit.fates.extend([PlatformUnavailable("503")] * 7 + [RateLimited(timedelta(seconds=90))])
    async with one.running():
        await one.pass_(600)
    waits = [
        (after - before).total_seconds()
        for before, after in zip(one.reddit.times, one.reddit.times[1:], strict=False)
    ]
    assert waits[:8] == [1, 2, 4, 8, 16, 30, 30, 90]


async def test_before_the_first_poll_it_is_not_ready(one: Subreddits) -> None:
    one.reddit.fates.append(PlatformUnavailable("no network"))
    assert one.a_reader().trouble == NOT_YET
    async with one.running():
        assert one.reader.trouble == UNREACHABLE
        await one.pass_(1)
        assert one.reader.trouble is None


async def test_a_store_that_cannot_be_written_is_a_trouble(one: Subreddits, kept: MemoryStore) -> None:
    async with one.running():
        kept.refuses = 10**6
        one.reddit.write(1)
        await one.pass_(300)
        assert one.reader.trouble == HELD_BACK


async def test_credentials_that_are_not_accepted_end_it(one: Subreddits) -> None:
    one.reddit.fates.append(SettingsError("SOLACE_REDDIT__PASSWORD"))
    with pytest.raises(SettingsError):
        await one.a_reader().run()


async def test_submissions_that_fail_for_good_hold_up_no_comment(one: Subreddits) -> None:
    one.submissions = True
    get = one.reddit.get

    async def failing(path: str, params: Any = None) -> Any:
        if path.endswith("/new"):
            raise PlatformUnavailable("503")
        return await get(path, params)

    one.reddit.get = failing  # type: ignore[assignment, method-assign]
    async with one.running():
        fresh = one.reddit.write(3)
        await one.pass_(120)
        assert one.reader.trouble == UNREACHABLE
    assert one.inbox.names == fresh


# ------------------------------------------------------------------ refusals


PRIVATE = AccessRefused(403, "private")


async def test_the_subreddit_that_refuses_is_left_alone_and_the_rest_goes_on(one: Subreddits) -> None:
    async with one.running():
        one.reddit.closed["two"] = PRIVATE
        fresh = one.reddit.write(3, subreddit="three")
        await one.pass_()
        assert one.inbox.names == fresh
        assert one.reddit.calls[-1][0] == "r/one+three/comments"
        block = await one.block("two")
        assert block is not None
        assert (block.reason, block.times, block.until - block.since) == ("private", 1, timedelta(days=1))
        assert one.reader.trouble is None
    (words,) = await one.alerted()
    assert words.startswith("r/two refuses the bot (private). ")
    assert one.telemetry.events == ["listing_refused", "subreddit_refused"]


async def test_it_is_tried_after_a_day_and_then_after_thirty(one: Subreddits) -> None:
    one.reddit.closed["two"] = AccessRefused(404)
    async with one.running():
        tries: list[datetime] = []
        seen = 0
        for _ in range(33):
            await one.skip(days=1)
            if one.reddit.asked("r/two/about") > seen:
                seen = one.reddit.asked("r/two/about")
                tries.append(one.clock.now())
        block = await one.block("two")
        assert block is not None
        assert (block.reason, block.times) == ("not_found", 3)
        assert [(at - tries[0]).days for at in tries] == [0, 30]
        del one.reddit.closed["two"]
        await one.skip(days=30)
        assert await one.block("two") is None
        fresh = one.reddit.write(1, subreddit="two")
        await one.pass_()
    assert one.inbox.names == fresh
    assert (await one.alerted())[-1] == "r/two lets the bot in again."


async def test_a_subreddit_that_listings_leave_out_is_found_within_the_hour(one: Subreddits) -> None:
    one.reddit.omits = True
    one.reddit.closed["two"] = PRIVATE
    async with one.running():
        for _ in range(70):
            one.reddit.write(1)
            one.reddit.write(1, subreddit="three")
            await one.pass_(60)
        assert await one.block("two") is not None
    assert one.reddit.asked("r/one/about") == 0


async def test_a_quiet_subreddit_is_asked_once_an_hour_and_not_blamed(one: Subreddits) -> None:
    async with one.running():
        await one.pass_(4 * 3600 + 60)
    assert one.reddit.asked("r/two/about") == 4
    assert await one.block("two") is None


@pytest.mark.parametrize("error", [PlatformUnavailable("500"), RateLimited(timedelta(seconds=9))])
async def test_a_quiet_subreddit_about_which_reddit_says_nothing_is_read_on(
    one: Subreddits, error: PlatformError
) -> None:
    get = one.reddit.get

    async def failing(path: str, params: Any = None) -> Any:
        answer = await get(path, params)
        if path.endswith("/about"):
            raise error
        return answer

    one.reddit.get = failing  # type: ignore[assignment, method-assign]
    async with one.running():
        await one.pass_(3700)
        fresh = one.reddit.write(1)
        await one.pass_(60)
    assert one.inbox.names == fresh
    assert await one.block("one") is None


async def test_a_door_that_cannot_be_tried_in_time_is_tried_when_reddit_wants_it(one: Subreddits) -> None:
    await one.blocks.refused("two", "forbidden")
    async with one.running():
        one.reddit.fates.append(RateLimited(timedelta(seconds=9)))
        await one.skip(days=1)
        assert await one.block("two") is None
    assert one.reddit.asked("r/two/about") == 2


async def test_where_reddit_refuses_the_account_itself_nobody_is_blocked(one: Subreddits) -> None:
    refused = AccessRefused(403)
    async with one.running():
        get = one.reddit.get

        async def refusing(path: str, params: Any = None) -> Any:
            await get(path, params)
            raise refused

        one.reddit.get = refusing  # type: ignore[assignment, method-assign]
        await one.pass_(300)
        assert one.reader.trouble == OUTSIDE
        assert await one.block("one") is None
        one.reddit.get = get  # type: ignore[method-assign]
        await one.pass_(61)
        assert one.reader.trouble is None


async def test_a_refusal_that_nobody_alone_repeats_is_waited_out(one: Subreddits) -> None:
    async with one.running():
        one.reddit.fates.append(AccessRefused(403))
        await one.pass_(31)
        assert one.reddit.asked("api/v1/me") == 1
        assert one.reader.trouble is None
    assert await one.alerted() == []


async def test_where_reddit_refuses_some_together_and_nobody_alone_they_are_read_apart() -> None:
    one = Subreddits(MemoryStore())
    one.subreddits = [f"s{number}" for number in range(100)]
    get = one.reddit.get

    async def refusing(path: str, params: Any = None, **more: bool) -> Any:
        answer = await get(path, params, **more)
        if {"s17", "s18"} <= set(path.split("/")[1].split("+")):
            raise AccessRefused(403, "quarantined")
        return answer

    one.reddit.get = refusing  # type: ignore[method-assign]
    async with one.running():
        for number in range(240):
            one.reddit.write(1, subreddit=f"s{number % 100}")
            await one.pass_(15)
        await one.pass_(30)
        assert one.reader.trouble is None
    assert len(one.inbox.judged) == 240
    assert (await one.cursor()).gaps == 0
    assert await one.alerted() == []
    assert len(one.reddit.calls) - one.reddit.asked("api/v1/me") <= 121 * 7 + 2 * 14 + 200
    assert one.reddit.asked("api/v1/me") <= 3
    assert sum(path.endswith("/about") for path, _ in one.reddit.calls) <= 100, (
        "asked once while it was silent"
    )


async def test_one_of_a_hundred_that_refuses_is_found_with_few_requests() -> None:
    one = Subreddits(MemoryStore())
    one.subreddits = [f"s{number}" for number in range(100)]
    async with one.running():
        one.reddit.closed["s63"] = PRIVATE
        before = len(one.reddit.calls)
        fresh = one.reddit.write(1, subreddit="s64")
        await one.pass_(30)
        assert await one.block("s63") is not None
        assert one.inbox.names == fresh
        again = [path for path, _ in one.reddit.calls[before:] if path.count("+") == 98]
        assert len(one.reddit.calls) - before - len(again) <= 1 + 1 + 2 * 7 + 1


async def test_a_listing_that_is_refused_although_its_subreddit_is_open_holds_up_no_other(
    one: Subreddits,
) -> None:
    get = one.reddit.get

    async def refusing(path: str, params: Any = None, **more: bool) -> Any:
        answer = await get(path, params, **more)
        if path.endswith("/comments") and "two" in path and params["limit"] == 100:
            raise AccessRefused(403)
        return answer

    async with one.running():
        one.reddit.get = refusing  # type: ignore[method-assign]
        fresh = one.reddit.write(3, subreddit="three")
        await one.pass_(31)
        assert one.inbox.names == fresh
        assert one.reader.trouble is None, "it was not wrong for long"
        await one.pass_(31)
        block = await one.block("two")
        assert block is not None
        assert block.reason == "listing"
        assert one.telemetry.events.count("reddit_not_read") == 1


async def test_a_listing_that_fails_in_one_part_is_read_in_the_others(one: Subreddits) -> None:
    async with one.running():
        one.reddit.fates.append(AccessRefused(403))
        await one.pass_(31)
        before = await one.cursor()
        fresh = one.reddit.write(1)
        one.reddit.write(1, subreddit="three")
        one.reddit.fates.extend([None, PlatformUnavailable("503")])
        while one.reddit.fates:
            await one.pass_(0.5)
        assert one.inbox.names == fresh
        assert await one.cursor() == before
        await one.pass_(1)
        assert len(one.inbox.names) == 2
    assert (await one.cursor()).gaps == 0


async def test_the_only_subreddit_that_refuses_for_a_moment_is_waited_for(one: Subreddits) -> None:
    one.subreddits = ["one"]
    async with one.running():
        one.reddit.fates.append(AccessRefused(403))
        fresh = one.reddit.write(1)
        await one.pass_(32)
        assert one.inbox.names == fresh
        assert one.reader.trouble is None
    assert await one.alerted() == []


async def test_when_all_refuse_that_is_told(one: Subreddits) -> None:
    async with one.running():
        one.reddit.closed = dict.fromkeys(["one", "two", "three"], PRIVATE)
        await one.pass_(120)
        assert one.reader.trouble == "every subreddit refuses the bot"
        polls = len(one.reddit.calls)
        await one.pass_(3600)
        assert len(one.reddit.calls) == polls


async def test_a_ban_counts_once_and_stands_until_the_subreddit_takes_it_back(one: Subreddits) -> None:
    one.reddit.banned.add("two")
    async with one.running():
        for _ in range(3):
            await one.blocks.refused("Two", "banned")
        block = await one.block("two")
        assert block is not None
        assert block.times == 1
        await one.pass_()
        assert one.reddit.calls[-1][0] == "r/one+three/comments"
        await one.pass_(86_400)
        again = await one.block("two")
        assert again is not None
        assert (again.reason, again.times, again.until - again.since) == ("banned", 2, timedelta(days=30))
    assert len(await one.alerted()) == 2


async def test_a_door_that_only_looked_open_stays_shut_for_longer(one: Subreddits) -> None:
    async with one.running():
        await one.blocks.refused("two", "forbidden")
        await one.pass_(86_460)
        assert await one.block("two") is None
        await one.blocks.refused("two", "forbidden")
        block = await one.block("two")
        assert block is not None
        assert (block.times, block.until - block.since) == (2, timedelta(days=30))


async def test_a_reason_that_is_no_word_is_kept_as_one(one: Subreddits) -> None:
    await one.blocks.refused("two", "You are not welcome, zq7x")
    block = await one.block("two")
    assert block is not None
    assert block.reason == "refused"
    assert "zq7x" not in (await one.alerted())[0]


async def test_where_it_cannot_be_tried_again_the_rest_is_read(one: Subreddits) -> None:
    await one.blocks.refused("two", "forbidden")
    get = one.reddit.get

    async def failing(path: str, params: Any = None) -> Any:
        if path.startswith("r/two/"):
            raise PlatformUnavailable("500")
        return await get(path, params)

    one.reddit.get = failing  # type: ignore[assignment, method-assign]
    async with one.running():
        await one.pass_(86_400)
        fresh = one.reddit.write(1)
        await one.pass_(1200)
    assert one.inbox.names == fresh
    assert 2 <= one.telemetry.events.count("subreddit_not_tried") <= 4


# ------------------------------------------------------------------ what a subreddit set for itself


@pytest.mark.parametrize("mode", ["off", "paused"])
async def test_where_it_is_off_or_paused_nothing_is_read(
    one: Subreddits, kept: MemoryStore, mode: str
) -> None:
    until = one.clock.now() + timedelta(hours=2)
    settings: dict[str, object] = {"mode": Mode.OFF} if mode == "off" else {"paused_until": until}
    await kept.transact(lambda tx: tx.set_channel(chat_key("two"), settings, at=until))
    async with one.running():
        assert one.reddit.calls[-1][0] == "r/one+three/comments"
        await one.pass_(7260)
        expected = "r/one+three/comments" if mode == "off" else "r/one+two+three/comments"
        assert one.reddit.calls[-1][0] == expected


async def test_where_all_are_off_reddit_is_not_asked_and_nothing_is_wrong(
    one: Subreddits, kept: MemoryStore
) -> None:
    one.defaults = ChannelDefaults(otherwise=ChannelSettings(mode=Mode.OFF))
    async with one.running():
        await one.pass_(7200)
        assert one.reader.trouble is None
    assert one.reddit.calls == []
    assert kept.shelf.kept == {}


# ------------------------------------------------------------------ answers, rules, submissions


async def test_an_answer_to_us_is_known_from_the_store_and_from_listings(
    one: Subreddits, kept: MemoryStore
) -> None:
    kept.shelf.own.add(ref_of("one", "t1_zzz"))
    one.reddit.write(1, parent_id="t1_zzz")
    (own,) = one.reddit.write(1, author="solace_bot")
    one.reddit.write(1, parent_id=own)
    one.reddit.write(1, parent_id="t1_yyy")
    one.reddit.write(1, parent_id="t1_zzz", subreddit="two")
    async with one.running():
        pass
    assert [message.answers_us for message in one.inbox.given] == [True, False, True, False, False]


RULES = Rules(titles=[re.compile("no bots", re.IGNORECASE)], flairs=[re.compile("^Serious")])


async def test_threads_that_a_subreddits_rules_leave_alone_are_skipped(one: Subreddits) -> None:
    one.rules = {"one": RULES}
    for name, flair in (("t3_s", "Serious only"), ("t3_c", None), ("t3_j", "Not Serious")):
        one.reddit.links[name] = a_submission(at=one.clock.now(), name=name, link_flair_text=flair)
    for link in ("t3_s", "t3_c", "t3_j", "t3_gone", "t3_s"):
        one.reddit.write(1, link_id=link)
    one.reddit.write(1, link_id="t3_other", link_title="NO BOTS here")
    one.reddit.write(1, link_id="t3_t", link_title="NO BOTS here", subreddit="two")
    async with one.running():
        pass
    assert [message.skipped for message in one.inbox.given] == [True, False, False, True, True, True, False]
    assert [params["id"] for path, params in one.reddit.calls if path == "api/info"] == [
        "t3_c,t3_gone,t3_j,t3_s"
    ]


async def test_flairs_are_asked_in_batches_and_again_when_they_may_have_changed(one: Subreddits) -> None:
    one.rules = {"one": RULES}
    names = [f"t3_x{number}" for number in range(100)]
    for name in names:
        one.reddit.links[name] = a_submission(at=one.clock.now(), name=name)
        one.reddit.write(1, link_id=name)
    async with one.running():
        assert one.reddit.asked("api/info") == 1
        one.reddit.write(1, link_id=names[0])
        await one.pass_(60)
        assert one.reddit.asked("api/info") == 1
        one.reddit.links[names[0]]["data"]["link_flair_text"] = "Serious"
        await one.pass_(600)
        one.reddit.write(1, link_id=names[0])
        await one.pass_(60)
        assert one.reddit.asked("api/info") == 2
    assert [message.skipped for message in one.inbox.given[-2:]] == [False, True]


async def test_where_rules_are_not_known_only_what_depends_on_them_waits(one: Subreddits) -> None:
    one.rules = {"one": RULES}
    one.reddit.links["t3_l1"] = a_submission(at=one.clock.now(), name="t3_l1")
    get = one.reddit.get

    async def failing(path: str, params: Any = None) -> Any:
        if path == "api/info":
            raise AccessRefused(403)
        return await get(path, params)

    one.reddit.get = failing  # type: ignore[assignment, method-assign]
    async with one.running():
        before = await one.cursor()
        waiting = one.reddit.write(2)
        others = one.reddit.write(30, subreddit="two", link_id="t3_l2")
        await one.pass_(3600)
        assert one.inbox.names == others
        assert one.reader.trouble is None
        assert await one.cursor() == before, "another run finds what waits in memory now"
        one.reddit.get = get  # type: ignore[method-assign]
        await one.pass_(60)
    assert one.inbox.names == [*others, *waiting]
    assert [message.skipped for message in one.inbox.given[-2:]] == [False, False]
    cursor = await one.cursor()
    assert (cursor.recent[0], cursor.seen, cursor.gaps) == (others[-1], 32, 0)
    assert one.telemetry.events == ["threads_not_known"]


async def test_what_waits_for_its_rules_is_bounded_and_the_newest_stay(one: Subreddits) -> None:
    one.rules = {"one": RULES}
    get = one.reddit.get

    async def failing(path: str, params: Any = None) -> Any:
        if path == "api/info":
            raise PlatformUnavailable("503")
        return await get(path, params)

    one.reddit.get = failing  # type: ignore[assignment, method-assign]
    async with one.running():
        written = [name for _ in range(6) for name in await wrote(one, 200)]
        one.reddit.get = get  # type: ignore[method-assign]
        await one.pass_(60)
    assert one.inbox.names == written[-MOST_HELD:]


async def wrote(one: Subreddits, times: int) -> Sequence[str]:
    names = one.reddit.write(times)
    await one.pass_(60)
    return names


async def test_without_rules_about_it_reddit_is_not_asked(one: Subreddits) -> None:
    one.rules = {"one": Rules(titles=RULES.titles)}
    one.reddit.write(30)
    async with one.running():
        await one.pass_()
    assert one.reddit.asked("api/info") == 0
    assert len(one.inbox.given) == 30


async def test_self_posts_are_read_where_that_is_wanted(one: Subreddits) -> None:
    name = one.reddit.post()
    one.reddit.post(is_self=False)
    one.reddit.post(selftext="[removed]")
    one.reddit.write(1)
    async with one.running():
        await one.pass_()
        assert len(one.inbox.given) == 1
    one.submissions = True
    one.rules = {"two": Rules(flairs=RULES.flairs)}
    one.reddit.post(subreddit="two", link_flair_text="Serious")
    async with one.running():
        await one.pass_()
    posts = [message for message in one.inbox.given if message.ref.message_id.startswith("t3_")]
    assert [(each.text, each.thread_id == each.ref.message_id) for each in posts] == [
        ("A bad day\n\nsad and alone today", True)
    ] * 2
    assert [each.skipped for each in posts] == [False, True]
    assert posts[0].ref.message_id == name
    assert (await one.cursor("submissions")).seen == 2
    assert one.reddit.asked("api/info") == 0
