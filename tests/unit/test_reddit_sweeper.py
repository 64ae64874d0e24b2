import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from fakes import FakeClock, ListTelemetry
from reddit_town import LINK, ME, Town
from watching_memory import MemoryStore

from bot.adapters.reddit.findings import findings
from bot.adapters.reddit.missing import MANY, SOON
from bot.adapters.reddit.quota import KEPT_FROM_SPARE, PER_MINUTE, RedditQuota
from bot.adapters.reddit.sweeper import A_BATCH, QUICKEST, Sweeper
from bot.adapters.reddit.values import REDDIT
from bot.application.alerts import Alerts
from bot.application.people import Feedback
from bot.application.watching import Trace, Wish
from bot.domain.errors import PlatformError, PlatformUnavailable, StoreError
from bot.domain.replies import ReplyState

HOUR = timedelta(hours=1)


class World:
    """Messages of people in a town, with what a store kept of them."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.town, self.store, self.telemetry = Town(self.clock), MemoryStore(), ListTelemetry()
        self.erased = 0
        self.alerts = Alerts()
        self.sweeper = Sweeper(
            api=self.town,
            store=self.store,  # type: ignore[arg-type]  # it answers what is asked here
            erased=self._erase,
            alerts=self.alerts,
            clock=self.clock,
            telemetry=self.telemetry,
        )

    def _erase(self) -> None:
        self.erased += 1

    def message(self, name: str, *, answered: bool = True, place: str = "place", **more: Any) -> int:
        """Somebody wrote, and perhaps the bot answered; the row's number."""
        self.town.say(f"t1_{name}", LINK, "Ann").place = place
        if not answered:
            return self.store.add(f"t1_{name}", state=None, place=place).reply_id
        self.town.say(f"t1_to{name}", f"t1_{name}", ME, **more).place = place
        sent = f"t1_to{name}"
        return self.store.add(f"t1_{name}", state=ReplyState.SENT, sent_message_id=sent, place=place).reply_id

    def change(self, name: str, **more: Any) -> None:
        self.town.things[f"t1_{name}"].more |= more

    async def sweep(self) -> None:
        """One whole round, with the time that it takes."""
        rounds = self.telemetry.events.count("swept")
        for _ in range(1000):
            rest = await self.sweeper.step()
            if self.telemetry.events.count("swept") > rounds:
                return
            await self.clock.advance(rest)
        raise AssertionError("the round never ends")

    async def wait(self, duration: timedelta) -> None:
        """Let it run for a while."""
        running = asyncio.create_task(self.sweeper.run())
        await self.clock.advance(duration)
        running.cancel()

    @property
    def kept(self) -> int:
        """How many texts stand."""
        return sum(row.keeps_text for row in self.store.rows.values())

    @property
    def asked(self) -> list[int]:
        """How many names each request asked about."""
        return [len(str(params["id"]).split(",")) for path, params in self.town.asked if path == "api/info"]


@pytest.fixture
def world() -> World:
    return World()


DELETED = {"author": "[deleted]", "body": "[deleted]"}
REMOVED = {"author": "[deleted]", "body": "[removed]"}


async def test_what_stands_is_left_as_it_is_and_nothing_is_written(world: World) -> None:
    for number in range(5):
        world.message(f"m{number}", answered=number % 2 == 0)
    await world.sweep()
    assert (world.store.transactions, world.erased) == (0, 0)
    assert world.asked == [8]


async def test_what_its_author_deleted_is_erased_and_our_reply_goes(world: World) -> None:
    kept, gone, alone = world.message("kept"), world.message("gone"), world.message("alone", answered=False)
    world.change("gone", **DELETED)
    world.change("alone", **DELETED)
    await world.sweep()
    assert world.store.wishes == {gone: Wish.PARENT_DELETED}
    assert [world.store.rows[each].keeps_text for each in (kept, gone, alone)] == [True, False, False]
    assert world.erased == 1


async def test_what_moderators_removed_is_erased_too_since_its_author_may_have_deleted_it_besides(
    world: World,
) -> None:
    removed = world.message("removed")
    world.change("removed", **REMOVED)
    await world.sweep()
    assert world.store.wishes == {removed: Wish.MODERATOR}
    assert not world.store.rows[removed].keeps_text


async def test_a_message_that_is_not_shown_is_gone_once_it_is_missed_again_minutes_later(
    world: World,
) -> None:
    number = world.message("missing")
    thing = world.town.things.pop("t1_missing")
    await world.sweeper.step()
    assert world.store.wishes == {}
    world.town.things["t1_missing"] = thing
    await world.wait(HOUR)
    assert world.store.wishes == {}
    del world.town.things["t1_missing"]
    await world.wait(HOUR)
    assert world.store.wishes == {number: Wish.PARENT_DELETED}


@pytest.mark.parametrize("messages", [1, 150, 350])
async def test_whatever_is_not_shown_any_more_is_gone_within_the_hour_too(
    world: World, messages: int
) -> None:
    for number in range(messages):
        world.message(f"m{number}", answered=False)
    await world.wait(3 * HOUR)
    for number in {0, messages // 2, messages - 1}:
        del world.town.things[f"t1_m{number}"]
        await world.wait(HOUR)
        assert not world.store.rows[number + 1].keeps_text


@pytest.mark.parametrize("answered", [True, False])
async def test_a_subreddit_that_closes_for_a_while_loses_nothing(world: World, answered: bool) -> None:
    for number in range(250):
        world.message(f"m{number}", answered=answered)
    gone = world.message("gone", place="elsewhere")
    world.town.closed.add("place")
    del world.town.things["t1_gone"]
    await world.wait(4 * HOUR)
    world.town.closed.clear()
    await world.wait(4 * HOUR)
    assert world.store.wishes == {gone: Wish.PARENT_DELETED}
    assert world.kept == 250


async def test_what_is_not_shown_where_a_refusal_stands_is_not_asked_about_again(world: World) -> None:
    world.message("m")
    del world.town.things["t1_m"]
    world.store.blocked.add((REDDIT, "place"))
    await world.wait(HOUR)
    assert (world.kept, [path for path, _ in world.town.asked if path != "api/info"]) == (1, [])


async def test_a_subreddit_that_opens_at_the_very_moment_loses_nothing(world: World) -> None:
    world.message("m")
    world.town.closed.add("place")

    def opens(path: str) -> None:
        if path.endswith("/about"):
            world.town.closed.clear()

    world.town.failing = opens
    await world.wait(HOUR)
    assert (world.kept, world.town.closed) == (1, set())


async def test_where_most_is_missing_at_once_an_hour_of_it_is_no_proof_yet(world: World) -> None:
    for number in range(2 * MANY):
        world.message(f"m{number}", answered=False)
    things, world.town.things = world.town.things, {}
    await world.wait(HOUR - SOON)
    world.town.things = things
    await world.wait(2 * HOUR)
    assert world.kept == 2 * MANY


async def test_batches_are_spread_over_a_round_and_can_wait(world: World) -> None:
    for number in range(1000):
        world.message(f"m{number}", answered=False)
    await world.wait(HOUR)
    before = len(world.town.asked)
    asked = [before]
    for _ in range(45):
        await world.wait(timedelta(minutes=1))
        asked.append(len(world.town.asked))
    assert max(later - earlier for earlier, later in pairwise(asked)) == 1
    assert 9 <= asked[-1] - before <= 11
    assert all(world.town.spare)


async def test_polls_find_their_turn_however_much_there_is_to_look_at(world: World) -> None:
    quota, usual, polled = RedditQuota(clock=world.clock), world.town.get, []

    async def metered(path: str, params: Any = None, *, urgent: bool = False, spare: bool = False) -> Any:
        await quota.turn(urgent=urgent, spare=spare)
        return await usual(path, params, urgent=urgent, spare=spare)

    async def poll() -> None:
        while True:
            await quota.turn()
            polled.append(world.clock.now())
            await world.clock.sleep(timedelta(seconds=2))

    world.town.get = metered  # type: ignore[method-assign]
    world.sweeper._within = timedelta(seconds=20)
    for number in range(2000):
        world.message(f"m{number}", answered=False)
    polling = asyncio.create_task(poll())
    await world.wait(timedelta(minutes=4))
    polling.cancel()
    assert max(later - earlier for earlier, later in pairwise(polled)) == timedelta(seconds=2)
    assert len(world.town.asked) > 4 * (PER_MINUTE * (1 - KEPT_FROM_SPARE) - 30 - 2), "nor is it slow"


async def test_a_round_that_takes_too_long_is_told_once(world: World) -> None:
    world.sweeper._within = 20 * QUICKEST
    for number in range(25 * A_BATCH):
        world.message(f"m{number}", answered=False)
    await world.wait(100 * QUICKEST)
    assert world.telemetry.events.count("sweep_late") == 1
    assert "longer than" in await world.alerts.next()
    assert world.alerts._waiting.empty()
    for number in range(10 * A_BATCH, 25 * A_BATCH):
        del world.store.rows[number + 1]
    await world.wait(100 * QUICKEST)
    assert world.telemetry.events.count("sweep_late") == 1


async def test_votes_are_feedback_and_a_reply_that_is_not_wanted_goes(world: World) -> None:
    liked, even, disliked, hidden, strange = (
        world.message("liked", score=5),
        world.message("even", score=1),
        world.message("disliked", score=0),
        world.message("hidden", score=-3, score_hidden=True),
        world.message("strange", score="many"),
    )
    assert liked < even < disliked < hidden < strange
    await world.sweep()
    assert world.store.feedback == [(liked, Feedback.UPVOTED), (disliked, Feedback.DOWNVOTED)]
    assert world.store.wishes == {disliked: Wish.LOW_SCORE}


async def test_a_vote_that_is_known_is_not_written_again(world: World) -> None:
    for number in range(10):
        world.message(f"m{number}", score=2)
    await world.sweep()
    assert world.store.transactions == 1
    for _ in range(3):
        await world.sweep()
    assert world.store.transactions == 1


async def test_batches_of_a_hundred_go_out_a_hundred_names_a_request(world: World) -> None:
    for number in range(250):
        world.message(f"m{number}", answered=number < 50)
    await world.sweep()
    assert world.asked == [100, 50, 100, 50]


async def test_one_batch_takes_one_statement_for_all_that_was_deleted(world: World) -> None:
    for number in range(A_BATCH):
        world.message(f"m{number}")
        world.change(f"m{number}", **DELETED)
    await world.sweep()
    assert world.store.calls.count("author_deleted") == world.store.transactions == 1


async def test_one_strange_thing_costs_no_neighbour(world: World) -> None:
    strange, gone = world.message("strange"), world.message("gone")
    world.change("strange", author=7)
    world.change("gone", **DELETED)
    await world.sweep()
    assert world.store.wishes == {gone: Wish.PARENT_DELETED}
    assert world.store.rows[strange].keeps_text


@pytest.mark.parametrize("answer", [None, [], {"data": {}}, {"data": {"children": None}}])
async def test_an_answer_that_is_no_listing_erases_nothing(world: World, answer: Any) -> None:
    number = world.message("m")

    class Broken:
        async def get(self, _path: str, _params: Any = None, **_: bool) -> Any:
            return answer

    world.sweeper._api = Broken()  # type: ignore[assignment]  # it is only asked
    for _ in range(3):
        with pytest.raises(PlatformUnavailable):
            await world.sweeper.step()
    assert world.store.rows[number].keeps_text


@pytest.mark.parametrize("failure", [PlatformUnavailable("503"), PlatformError("what?")])
async def test_after_a_failure_the_same_batch_is_next(world: World, failure: PlatformError) -> None:
    number = world.message("m")
    world.change("m", **DELETED)
    world.town.failing = lambda _: failure
    running = asyncio.create_task(world.sweeper.run())
    await world.clock.advance(timedelta(minutes=1))
    assert world.store.wishes == {}
    world.town.failing = lambda _: None
    await world.clock.advance(timedelta(minutes=1))
    assert world.store.wishes == {number: Wish.PARENT_DELETED}
    running.cancel()


async def test_a_database_that_refuses_loses_no_finding(world: World) -> None:
    number = world.message("m")
    world.change("m", **DELETED)
    world.store.fails = True
    with pytest.raises(StoreError):
        await world.sweeper.step()
    world.store.fails = False
    await world.sweep()
    assert world.store.wishes == {number: Wish.PARENT_DELETED}


async def test_whenever_something_is_deleted_it_is_known_within_the_hour(world: World) -> None:
    numbers = [world.message(f"m{number}") for number in range(300)]
    running = asyncio.create_task(world.sweeper.run())
    for minute, number in ((1, 0), (50, 299), (171, 150)):
        await world.clock.advance(timedelta(minutes=minute))
        world.change(f"m{number}", **DELETED)
        await world.clock.advance(HOUR - timedelta(minutes=10))
        assert numbers[number] in world.store.wishes
    running.cancel()


async def test_it_asks_no_more_often_than_that_takes(world: World) -> None:
    for number in range(300):
        world.message(f"m{number}", answered=False)
    running = asyncio.create_task(world.sweeper.run())
    await world.clock.advance(24 * HOUR)
    assert len(world.town.asked) <= 3 * (24 * 4 / 3 + 2)
    running.cancel()


def test_nothing_is_found_where_there_is_nothing() -> None:
    empty: list[Trace] = []
    found = findings(empty, {})
    assert [*found.deleted, *found.moderated, *found.votes, *found.missing] == []
