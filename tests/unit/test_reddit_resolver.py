"""No double reply, ever."""

import asyncio
from datetime import datetime, timedelta

import pytest
from builders import NOW
from fakes import FakeClock, ListTelemetry
from hypothesis import given
from hypothesis import strategies as st
from reddit_town import LOST_ON_THE_WAY_BACK, LOST_ON_THE_WAY_THERE, ME, Fate, Town, down
from watching_memory import MemoryStore

from bot.adapters.reddit.looking import Search, Sight
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.resolver import (
    GIVE_UP_AFTER,
    LONGEST_WAIT,
    LOOK_AFTER,
    Outcome,
    Resolver,
    Tried,
    due_at,
    outcome,
)
from bot.adapters.reddit.values import ref_of
from bot.application.watching import Doubt, Wish
from bot.domain.errors import PlatformError, PlatformUnavailable, ReplyUnconfirmed
from bot.domain.replies import ReplyState

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
DEADLINE = NOW + 10 * MINUTE
ABSENT = Sight(comment=None, everywhere=True, parent_gone=False)
FAILED = Sight(comment=None, everywhere=False, parent_gone=False)
GONE = Sight(comment=None, everywhere=True, parent_gone=True)
SEEN = Sight(comment="t1_ours", everywhere=False, parent_gone=False)
PARENT = "t1_parent"


def a_doubt(*, looks: int = 0, deadline: datetime = DEADLINE) -> Doubt:
    return Doubt(
        reply_id=1, ref=ref_of("place", PARENT), text="words", since=NOW, deadline=deadline, looks=looks
    )


def after(seconds: int, sight: Sight, *, looks: int = 0) -> Outcome:
    at = NOW + seconds * SECOND
    return outcome(a_doubt(looks=looks), sight, begun_at=at, look_after=LOOK_AFTER)


@pytest.mark.parametrize(
    ("seconds", "sight", "looks", "follows"),
    [
        (0, SEEN, 0, Outcome.FOUND),
        (119, SEEN, 1, Outcome.FOUND),
        (9999, SEEN, 1, Outcome.FOUND),
        (29, ABSENT, 0, Outcome.NOTHING),
        (30, ABSENT, 0, Outcome.NOT_SEEN),
        (30, FAILED, 0, Outcome.NOTHING),
        (119, ABSENT, 1, Outcome.NOTHING),
        (120, ABSENT, 1, Outcome.SEND_AGAIN),
        (120, FAILED, 1, Outcome.NOTHING),
        (120, GONE, 1, Outcome.NOT_SEEN),
        (599, ABSENT, 1, Outcome.SEND_AGAIN),
        (600, ABSENT, 1, Outcome.NOT_SEEN),
        (600, ABSENT, 0, Outcome.NOT_SEEN),
        (600, FAILED, 1, Outcome.NOTHING),
        (600 + 86400, FAILED, 0, Outcome.GIVEN_UP),
    ],
)
def test_what_follows_from_a_look(seconds: int, sight: Sight, looks: int, follows: Outcome) -> None:
    assert after(seconds, sight, looks=looks) is follows


@given(
    st.integers(0, 10**6),
    st.builds(
        Sight, comment=st.sampled_from([None, "t1_a"]), everywhere=st.booleans(), parent_gone=st.booleans()
    ),
    st.integers(0, 1),
)
def test_only_a_last_full_late_look_in_time_that_sees_nothing_sends_again(
    seconds: int, sight: Sight, looks: int
) -> None:
    if after(seconds, sight, looks=looks) is Outcome.SEND_AGAIN:
        assert sight.comment is None
        assert sight.everywhere
        assert not sight.parent_gone
        assert looks == 1
        assert 120 <= seconds < 600


def test_looks_come_soon_then_late_and_in_vain_ever_less_often() -> None:
    assert due_at(a_doubt(), None, look_after=LOOK_AFTER) == NOW + 30 * SECOND
    assert due_at(a_doubt(looks=1), None, look_after=LOOK_AFTER) == NOW + 120 * SECOND
    late = NOW + 300 * SECOND
    waits = [due_at(a_doubt(), Tried(times=n, at=late), look_after=LOOK_AFTER) - late for n in range(12)]
    assert waits[:3] == [5 * SECOND, 10 * SECOND, 20 * SECOND]
    assert waits[-1] == LONGEST_WAIT


class World:
    """A resolver over a town, with a delivery that sends what is pending."""

    def __init__(self, *, tree_lag: int = 0, own_lag: int = 0, deadline: datetime = DEADLINE) -> None:
        self.clock = FakeClock()
        self.town = Town(self.clock, tree_lag=tree_lag * SECOND, own_lag=own_lag * SECOND)
        self.town.say(PARENT, "t3_link", "Ann")
        self.store, self.telemetry = MemoryStore(), ListTelemetry()
        self.row = self.store.add(PARENT, state=ReplyState.PENDING, deadline=deadline)
        self.restart()

    def restart(self) -> None:
        self.resolver = Resolver(
            account="reddit:solace_bot",
            store=self.store,  # type: ignore[arg-type]  # it answers what is asked here
            search=Search(api=self.town, username=ME),
            clock=self.clock,
            telemetry=self.telemetry,
        )

    async def deliver(self) -> None:
        """One pass of a delivery, settled at once."""
        row = self.row
        if row.state is not ReplyState.PENDING:
            return
        if row.deadline < self.clock.now():
            row.state = ReplyState.EXPIRED
            return
        try:
            answer = await self.town.post("api/comment", {"thing_id": PARENT, "text": "words"})
        except ReplyUnconfirmed:
            row.state, row.since = ReplyState.UNCONFIRMED, self.clock.now()
        else:
            row.state = ReplyState.SENT
            row.sent_message_id = answer["json"]["data"]["things"][0]["data"]["name"]

    async def step(self) -> None:
        try:
            await self.resolver.step()
        except PlatformError:
            return

    async def go_on(self, duration: timedelta, *, every: timedelta = 5 * SECOND) -> None:
        """Deliver and resolve, over and over."""
        for _ in range(duration // every):
            await self.deliver()
            await self.step()
            await self.clock.advance(every)

    def state(self) -> ReplyState | None:
        return self.row.state

    @property
    def looks(self) -> int:
        """How often the town was asked for our own comments."""
        return sum(path == f"user/{ME}/comments" for path, _ in self.town.asked)


async def test_what_was_stored_is_found_and_not_sent_again() -> None:
    world = World(own_lag=20, tree_lag=20)
    world.town.fates.append(LOST_ON_THE_WAY_BACK)
    await world.go_on(5 * MINUTE)
    assert world.state() is ReplyState.SENT
    assert world.row.sent_message_id == world.town.ours()[0].name
    assert len(world.town.ours()) == 1
    assert world.looks == 1


async def test_what_never_arrived_is_sent_again_after_two_looks() -> None:
    world = World()
    world.town.fates.append(LOST_ON_THE_WAY_THERE)
    await world.go_on(2 * MINUTE)
    assert world.town.ours() == []
    await world.go_on(MINUTE)
    assert len(world.town.ours()) == 1
    assert world.state() is ReplyState.SENT
    assert world.looks == 2


@pytest.mark.parametrize("place", ["tree", "own"])
async def test_one_of_both_places_is_enough_to_be_found(place: str) -> None:
    world = World(own_lag=9999) if place == "tree" else World(tree_lag=9999)
    world.town.fates.append(LOST_ON_THE_WAY_BACK)
    await world.go_on(5 * MINUTE)
    assert world.state() is ReplyState.SENT
    assert len(world.town.ours()) == 1


async def test_past_its_deadline_it_stays_unconfirmed_for_good_and_nobody_looks_any_more() -> None:
    world = World(deadline=NOW + MINUTE)
    world.town.fates.append(LOST_ON_THE_WAY_THERE)
    await world.go_on(30 * MINUTE)
    assert (world.state(), world.row.looks) == (ReplyState.UNCONFIRMED, 2)
    assert world.looks == 2
    assert world.town.ours() == []


@pytest.mark.parametrize(
    "failure",
    [PlatformUnavailable("down"), AccessRefused(403)],
)
@pytest.mark.parametrize("place", ["api/info", f"user/{ME}/comments", "comments/"])
async def test_a_place_that_does_not_answer_ends_no_doubt(failure: Exception, place: str) -> None:
    world = World()
    world.town.fates.append(LOST_ON_THE_WAY_THERE)
    world.town.failing = lambda path: failure if path.startswith(place) else None
    await world.go_on(9 * MINUTE)
    assert (world.state(), world.row.looks) == (ReplyState.UNCONFIRMED, 0)
    assert world.town.ours() == []


async def test_a_place_that_never_answers_is_asked_seldom_and_given_up_in_the_end() -> None:
    world = World()
    world.town.fates.append(LOST_ON_THE_WAY_THERE)
    world.town.failing = lambda path: AccessRefused(403) if path.startswith("comments/") else None
    await world.go_on(60 * MINUTE)
    assert world.looks < 25
    await world.clock.advance(GIVE_UP_AFTER)
    await world.go_on(5 * MINUTE)
    assert (world.state(), world.row.looks) == (ReplyState.UNCONFIRMED, 2)


async def test_nobody_answers_a_comment_again_that_was_deleted_meanwhile() -> None:
    world = World()
    world.town.fates.append(LOST_ON_THE_WAY_THERE)
    await world.deliver()
    world.town.things[PARENT].body = world.town.things[PARENT].author = "[deleted]"
    await world.go_on(5 * MINUTE)
    assert (world.state(), world.row.looks) == (ReplyState.UNCONFIRMED, 2)


async def test_nobody_sends_again_what_is_to_be_removed() -> None:
    world = World()
    world.town.fates.append(LOST_ON_THE_WAY_THERE)
    await world.deliver()
    world.store.want_removed(1, Wish.ASKED, at=NOW)
    await world.go_on(5 * MINUTE)
    assert world.state() is ReplyState.UNCONFIRMED


async def test_after_a_restart_the_second_look_keeps_apart_from_the_first() -> None:
    world = World()
    world.town.fates.append(LOST_ON_THE_WAY_THERE)
    await world.go_on(MINUTE)
    assert world.row.looks == 1
    await world.clock.advance(5 * MINUTE)
    world.restart()
    await world.step()
    assert world.state() is ReplyState.UNCONFIRMED
    await world.clock.advance(5 * SECOND)
    await world.step()
    assert world.state() is ReplyState.PENDING


async def test_a_doubt_that_cannot_be_ended_holds_up_no_other() -> None:
    world = World()
    world.row.state = ReplyState.SENT
    rows = []
    for number in range(250):
        world.town.say(f"t1_c{number}", "t3_link", "Ann")
        rows.append(world.store.add(f"t1_c{number}"))
    await world.clock.advance(2 * MINUTE)
    stuck = "comments/link/_/c7"
    world.town.failing = lambda path: PlatformUnavailable("down") if path == stuck else None
    for _ in range(100):
        await world.step()
        await world.clock.advance(5 * SECOND)
    left = [row.ref.message_id for row in rows if row.state is ReplyState.UNCONFIRMED and not row.looks]
    assert left == ["t1_c7"]


async def test_nothing_is_decided_while_the_database_refuses() -> None:
    world = World()
    world.town.fates.append(LOST_ON_THE_WAY_BACK)
    await world.deliver()
    await world.clock.advance(MINUTE)
    running = asyncio.create_task(world.resolver.run())
    world.store.fails = True
    await world.clock.advance(MINUTE)
    assert world.state() is ReplyState.UNCONFIRMED
    world.store.fails = False
    await world.clock.advance(2 * MINUTE)
    assert world.state() is ReplyState.SENT
    running.cancel()


def test_the_wait_has_to_be_longer_than_the_lag_and_else_this_world_shows_it() -> None:
    async def simulate() -> World:
        world = World(tree_lag=400, own_lag=400)
        world.town.fates.append(LOST_ON_THE_WAY_BACK)
        await world.go_on(10 * MINUTE)
        return world

    assert len(asyncio.run(simulate()).town.ours()) == 2


FATES = st.builds(
    Fate,
    stored=st.sampled_from([True, True, False]),
    error=st.sampled_from([ReplyUnconfirmed("cut off"), ReplyUnconfirmed("cut off"), None]),
    later=st.integers(0, 19).map(lambda seconds: seconds * SECOND),
)
EVENTS = st.sampled_from(
    ["fail", "no tree", "no tree", "no listing", "restart", "settle late", "go on", "go on"]
)


@given(
    st.lists(FATES, min_size=1, max_size=6),
    st.integers(0, 100),
    st.sampled_from([9999, 100, 0]),
    st.booleans(),
    st.sampled_from([900, 600, 300, 100]),
    st.lists(st.tuples(EVENTS, st.sampled_from([10, 40, 130, 200])), min_size=1, max_size=10),
)
def test_whatever_happens_nobody_is_answered_twice_and_no_doubt_is_left(
    fates: list[Fate],
    lag: int,
    other_lag: int,
    tree_first: bool,  # hypothesis gives it by position
    deadline: int,
    events: list[tuple[str, int]],
) -> None:
    """One place shows a comment before the last look may begin; the other may never show it."""
    tree_lag, own_lag = (lag, other_lag) if tree_first else (other_lag, lag)

    async def simulate() -> World:
        world = World(tree_lag=tree_lag, own_lag=own_lag, deadline=NOW + deadline * SECOND)
        # an answer that says all is well says so of a comment that stands there
        world.town.fates.extend(fate if fate.error else Fate() for fate in fates)
        for event, seconds in events:
            meet(world, event)
            await world.go_on(seconds * SECOND, every=10 * SECOND)
            assert len(world.town.ours()) <= 1
        world.town.failing = lambda _: None
        await world.go_on(30 * MINUTE, every=20 * SECOND)
        return world

    world = asyncio.run(simulate())
    assert len(world.town.ours()) <= 1
    assert world.store.doubts("reddit:solace_bot", limit=9) == []
    assert (world.state() is ReplyState.SENT) == (len(world.town.ours()) == 1)
    assert world.state() in {ReplyState.SENT, ReplyState.UNCONFIRMED, ReplyState.EXPIRED}


def meet(world: World, event: str) -> None:
    world.town.failing = {
        "fail": down,
        "no tree": lambda path: AccessRefused(404) if path.startswith("comments/") else None,
        "no listing": lambda path: PlatformUnavailable("503") if path.startswith("user/") else None,
    }.get(event, lambda _: None)
    if event == "restart":
        world.restart()
    if event == "settle late" and world.state() is ReplyState.UNCONFIRMED and not world.row.looks:
        world.row.since = world.clock.now()  # another run had it on the wire, and this one only heard of that


async def test_a_reply_whose_id_reddit_did_not_tell_is_named_once_it_shows_and_never_sent_again() -> None:
    world = World(own_lag=45, tree_lag=45)
    world.row.state = ReplyState.SENT
    world.town.say("t1_mine", PARENT, ME)
    await world.go_on(5 * MINUTE)
    assert (world.row.sent_message_id, world.row.looks) == ("t1_mine", 1)
    assert world.town.wrote == []


async def test_one_that_never_shows_is_looked_for_twice_and_stays_sent() -> None:
    world = World()
    world.row.state = ReplyState.SENT
    await world.go_on(30 * MINUTE)
    assert (world.row.sent_message_id, world.row.looks) == (None, 2)
    assert world.town.wrote == []
    assert sum(path.startswith("user/") for path, _ in world.town.asked) == 2
