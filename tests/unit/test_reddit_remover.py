import asyncio
from datetime import datetime, timedelta

import pytest
from builders import NOW
from fakes import FakeClock, ListTelemetry
from reddit_town import LINK, ME, Fate, Town
from watching_memory import MemoryStore, Row

from bot.adapters.pace import Pace
from bot.adapters.reddit.looking import Search, Sight
from bot.adapters.reddit.paced import PacedApi, reddit_pacer
from bot.adapters.reddit.remover import Remover, Step, due_at, next_step
from bot.adapters.reddit.values import ref_of
from bot.application.watching import Removal, Wish
from bot.domain.errors import PlatformUnavailable, RateLimited, ReplyForbidden, ReplyUnconfirmed
from bot.domain.replies import ReplyState

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class World:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.town, self.store, self.telemetry = Town(self.clock), MemoryStore(), ListTelemetry()
        self.pacer = reddit_pacer(10 * SECOND)
        self.remover = Remover(
            api=PacedApi(api=self.town, pace=Pace(pacer=self.pacer, clock=self.clock)),
            store=self.store,  # type: ignore[arg-type]  # it answers what is asked here
            search=Search(api=self.town, username=ME),
            clock=self.clock,
            telemetry=self.telemetry,
        )

    def answered(
        self, number: int, *, known: bool = True, stands: bool = True, wish: Wish | None = Wish.ASKED
    ) -> Row:
        """A message with a reply that somebody wants to go."""
        self.town.say(f"t1_m{number}", LINK, "Ann")
        if stands:
            self.town.say(f"t1_r{number}", f"t1_m{number}", ME)
        row = self.store.add(
            f"t1_m{number}",
            state=ReplyState.SENT if known else ReplyState.UNCONFIRMED,
            sent_message_id=f"t1_r{number}" if known else None,
        )
        row.wish, row.asked_at = wish, self.clock.now() if wish else None
        return row

    async def work(self, duration: timedelta) -> None:
        running = asyncio.create_task(self.remover.run())
        await self.clock.advance(duration)
        assert not running.done()
        running.cancel()

    @property
    def tries(self) -> int:
        return len(self.town.wrote)


@pytest.fixture
def world() -> World:
    return World()


async def test_what_has_to_go_goes_and_nothing_else(world: World) -> None:
    gone, kept = world.answered(1), world.answered(2, wish=None)
    await world.work(MINUTE)
    assert [each.name for each in world.town.ours()] == ["t1_r2"]
    assert (gone.gone, kept.gone) == (True, None)
    assert world.town.wrote == [("api/del", {"id": "t1_r1"})]
    assert world.telemetry.events == ["reply_removed"]


async def test_a_reply_whose_id_nobody_knows_is_looked_for_and_is_in_doubt_no_more(world: World) -> None:
    row = world.answered(1, known=False)
    await world.work(MINUTE)
    assert world.town.ours() == []
    assert (row.gone, row.state, row.sent_message_id) == (True, ReplyState.SENT, "t1_r1")


async def test_a_reply_that_shows_late_is_found_late(world: World) -> None:
    world.town.tree_lag = world.town.own_lag = 100 * SECOND
    row = world.answered(1, known=False)
    await world.work(5 * MINUTE)
    assert (row.gone, world.town.ours()) == (True, [])


async def test_a_reply_that_is_nowhere_is_looked_for_long_enough(world: World) -> None:
    row = world.answered(1, known=False, stands=False)
    await world.work(3 * MINUTE)
    assert row.gone is None
    await world.work(10 * MINUTE)
    assert row.gone is False
    assert world.tries == 0


async def test_a_place_that_does_not_answer_proves_nothing(world: World) -> None:
    row = world.answered(1, known=False, stands=False)
    world.town.failing = lambda path: PlatformUnavailable("503") if path.startswith("comments/") else None
    await world.work(60 * MINUTE)
    assert row.gone is None


@pytest.mark.parametrize("failure", [ReplyForbidden("403"), ReplyUnconfirmed("cut off")])
async def test_what_cannot_be_removed_is_tried_ever_less_often(world: World, failure: Exception) -> None:
    row = world.answered(1)
    world.town.fates.extend([Fate(stored=False, error=failure)] * 8)
    await world.work(60 * MINUTE)
    assert row.gone is True
    assert (row.attempts, world.tries) == (8, 9)


async def test_one_that_cannot_be_removed_holds_up_no_other(world: World) -> None:
    stuck, other = world.answered(1), world.answered(2)
    world.town.fates.append(Fate(stored=False, error=ReplyForbidden("403")))
    await world.work(4 * SECOND)
    assert (stuck.gone, other.gone) == (None, True)


async def test_being_told_to_wait_holds_everything_that_the_account_writes(world: World) -> None:
    row = world.answered(1)
    world.town.fates.append(Fate(stored=False, error=RateLimited(5 * MINUTE)))
    await world.work(4 * MINUTE)
    assert world.tries == 1
    assert world.pacer.held_until(world.clock.now()) == NOW + 5 * MINUTE
    await world.work(2 * MINUTE)
    assert row.gone is True


async def test_a_hundred_go_at_the_accounts_pace_and_wait_for_no_subreddits(world: World) -> None:
    rows = [world.answered(number) for number in range(100)]
    await world.work(5 * MINUTE)
    assert all(row.gone for row in rows)
    assert world.tries == 100


async def test_the_database_may_refuse_after_the_removal(world: World) -> None:
    row = world.answered(1)
    world.store.fails = True
    await world.work(MINUTE)
    assert world.tries == 0
    world.store.fails = False
    await world.work(2 * MINUTE)
    assert row.gone is True


def a_removal(attempts: int = 0, *, asked_at: datetime = NOW) -> Removal:
    return Removal(
        reply_id=1,
        ref=ref_of("place", "t1_m"),
        sent_message_id=None,
        wish=Wish.ASKED,
        asked_at=asked_at,
        attempts=attempts,
    )


@pytest.mark.parametrize(
    ("comment", "everywhere", "attempts", "seconds", "step"),
    [
        ("t1_a", False, 0, 0, Step.REMOVE),
        (None, True, 0, 9999, Step.LATER),
        (None, True, 1, 239, Step.LATER),
        (None, True, 1, 240, Step.NOWHERE),
        (None, False, 9, 9999, Step.LATER),
    ],
)
def test_what_to_do_about_a_reply_that_was_looked_for(
    comment: str | None, *, everywhere: bool, attempts: int, seconds: int, step: Step
) -> None:
    sight = Sight(comment=comment, everywhere=everywhere, parent_gone=True)
    at = NOW + seconds * SECOND
    found = next_step(a_removal(attempts), sight, begun_at=at, look_after=120 * SECOND)
    assert found is step


def test_tries_come_at_once_and_then_seldom() -> None:
    assert due_at(a_removal(), None) == NOW
    waits = [due_at(a_removal(attempts), NOW) - NOW for attempts in range(20)]
    assert waits[:4] == [5 * SECOND, 10 * SECOND, 20 * SECOND, 40 * SECOND]
    assert waits[-1] == timedelta(hours=1)
