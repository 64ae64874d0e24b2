import asyncio
from collections.abc import Callable
from datetime import UTC, timedelta

import pytest
from fakes import FakeClock

from bot.adapters.clock import SystemClock
from bot.application.ports import Clock

MOMENT = timedelta(milliseconds=5)


@pytest.fixture(params=[SystemClock, lambda: FakeClock(auto=True)], ids=["system", "fake"])
def clock(request: pytest.FixtureRequest) -> Clock:
    make: Callable[[], Clock] = request.param
    return make()


def test_the_present_is_aware_and_in_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC


async def test_time_never_runs_backwards(clock: Clock) -> None:
    before = clock.now()
    await clock.sleep(timedelta())
    assert clock.now() >= before


async def test_a_sleeper_wakes_no_earlier_than_it_asked_for(clock: Clock) -> None:
    start = clock.now()
    await clock.sleep(MOMENT)
    # The event loop's clock and the wall clock may differ by a tick.
    assert clock.now() - start >= MOMENT - timedelta(milliseconds=1)


@pytest.mark.parametrize("duration", [timedelta(), timedelta(seconds=-1), timedelta.min])
async def test_no_time_or_less_only_lets_others_run(clock: Clock, duration: timedelta) -> None:
    ran = asyncio.Event()

    async def other() -> None:
        ran.set()

    task = asyncio.create_task(other())
    start = clock.now()
    await clock.sleep(duration)
    assert ran.is_set()
    assert clock.now() - start < timedelta(seconds=1)
    await task


async def test_who_sleeps_less_wakes_first(clock: Clock) -> None:
    woken: list[int] = []

    async def sleeper(name: int) -> None:
        await clock.sleep(MOMENT * name)
        woken.append(name)

    await asyncio.gather(sleeper(4), sleeper(1), sleeper(2))
    assert woken == [1, 2, 4]


async def test_a_sleeper_can_be_cancelled(clock: Clock) -> None:
    sleeper = asyncio.create_task(clock.sleep(timedelta(days=1)))
    sleeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeper


class TestFakeClockAlone:
    async def test_time_stands_still_until_it_is_told_to_go_on(self) -> None:
        clock = FakeClock()
        start = clock.now()
        sleeper = asyncio.create_task(clock.sleep(timedelta(hours=1)))
        await clock.advance(timedelta(minutes=59))
        assert not sleeper.done()
        assert clock.sleepers == 1
        await clock.advance(timedelta(minutes=1))
        assert sleeper.done()
        assert clock.now() == start + timedelta(hours=1)

    async def test_a_loop_wakes_as_often_as_its_time_comes(self) -> None:
        clock = FakeClock()
        start = clock.now()
        ticks = []

        async def every_second() -> None:
            while True:
                await clock.sleep(timedelta(seconds=1))
                ticks.append((clock.now() - start).total_seconds())

        task = asyncio.create_task(every_second())
        await clock.advance(timedelta(seconds=3.5))
        task.cancel()
        assert ticks == [1, 2, 3]
        assert clock.now() == start + timedelta(seconds=3.5)

    async def test_a_cancelled_sleeper_is_forgotten(self) -> None:
        clock = FakeClock()
        sleeper = asyncio.create_task(clock.sleep(timedelta(seconds=1)))
        await clock.advance(timedelta())
        sleeper.cancel()
        await clock.advance(timedelta(seconds=2))
        assert sleeper.cancelled()
        assert clock.sleepers == 0
