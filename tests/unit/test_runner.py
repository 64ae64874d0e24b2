import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from fakes import FakeClock, ListTelemetry

from bot.application.ports import Service
from bot.application.runner import LONGEST_WAIT, STEADY, run_beside, running, supervise, until_first_ends
from bot.domain.errors import LeaseHeld, PlatformUnavailable, SettingsError, StoreError

SECOND = timedelta(seconds=1)


class Failing:
    """Runs for a while and fails, as often as it has errors left; then it returns."""

    name = "failing"

    def __init__(
        self, clock: FakeClock, errors: Sequence[Exception], *, after: timedelta = timedelta()
    ) -> None:
        self.starts: list[datetime] = []
        self._clock = clock
        self._errors = list(errors)
        self._after = after

    async def run(self) -> None:
        self.starts.append(self._clock.now())
        if self._errors:
            await self._clock.sleep(self._after)
            raise self._errors.pop(0)

    @property
    def waits(self) -> list[timedelta]:
        """Between one failure and the next start."""
        pairs = zip(self.starts, self.starts[1:], strict=False)
        return [later - earlier - self._after for earlier, later in pairs]


class Lasting:
    """Runs until it is cancelled, and takes a moment to clean up."""

    def __init__(self, name: str, tell: Callable[[str], None] = lambda _: None) -> None:
        self.name = name
        self._tell = tell

    async def run(self) -> None:
        self._tell(f"{self.name} starts")
        try:
            await asyncio.Event().wait()
        finally:
            self._tell(f"{self.name} stops")
            for _ in range(10):
                await asyncio.sleep(0)
            self._tell(f"{self.name} is gone")


class Remembering(ListTelemetry):
    """Keeps what was said about an event too."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[dict[str, object]] = []

    def noticed(self, event: str, **fields: object) -> None:
        super().noticed(event)
        self.said.append(fields)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(auto=True)


@pytest.fixture
def telemetry() -> Remembering:
    return Remembering()


# ------------------------------------------------------------------ supervise


async def test_a_service_that_fails_starts_again_ever_more_slowly(
    clock: FakeClock, telemetry: Remembering
) -> None:
    service = Failing(clock, [RuntimeError()] * 9)
    await supervise(service, clock=clock, telemetry=telemetry)
    assert [wait / SECOND for wait in service.waits] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert max(service.waits) == LONGEST_WAIT


async def test_a_service_that_ran_long_starts_again_soon(clock: FakeClock, telemetry: Remembering) -> None:
    service = Failing(clock, [RuntimeError()] * 4, after=STEADY + SECOND)
    await supervise(service, clock=clock, telemetry=telemetry)
    assert service.waits == [SECOND] * 4


async def test_a_service_that_ends_is_not_started_again(clock: FakeClock, telemetry: Remembering) -> None:
    service = Failing(clock, [])
    await supervise(service, clock=clock, telemetry=telemetry)
    assert len(service.starts) == 1
    assert telemetry.events == []


@pytest.mark.parametrize("error", [StoreError(), PlatformUnavailable(), KeyError(), OSError()], ids=repr)
async def test_any_other_error_is_noticed_by_its_class_and_survived(
    clock: FakeClock, telemetry: Remembering, error: Exception
) -> None:
    await supervise(Failing(clock, [error]), clock=clock, telemetry=telemetry)
    assert telemetry.events == ["service_failed"]
    (said,) = telemetry.said
    assert (said["service"], said["error"]) == ("failing", type(error).__name__)


@pytest.mark.parametrize("error", [LeaseHeld("held"), SettingsError("wrong")], ids=repr)
async def test_what_only_a_person_can_put_right_ends_a_service(
    clock: FakeClock, telemetry: Remembering, error: Exception
) -> None:
    service = Failing(clock, [error])
    with pytest.raises(type(error)):
        await supervise(service, clock=clock, telemetry=telemetry)
    assert len(service.starts) == 1


async def test_a_cancelled_service_is_not_started_again(clock: FakeClock, telemetry: Remembering) -> None:
    diary: list[str] = []
    task = asyncio.create_task(supervise(Lasting("a", diary.append), clock=clock, telemetry=telemetry))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert diary == ["a starts", "a stops", "a is gone"]
    assert telemetry.events == []


async def test_a_service_that_waits_for_its_next_start_can_be_cancelled(telemetry: Remembering) -> None:
    clock = FakeClock()
    service = Failing(clock, [RuntimeError()] * 9)
    async with running([service], clock=clock, telemetry=telemetry):
        await clock.advance(SECOND)
        assert clock.sleepers == 1
    assert clock.sleepers == 0
    assert len(service.starts) == 2


# ------------------------------------------------------------------ running


async def test_services_stop_together_so_that_none_waits_for_another(
    clock: FakeClock, telemetry: Remembering
) -> None:
    diary: list[str] = []
    services = [Lasting(name, diary.append) for name in "abc"]
    async with running(services, clock=clock, telemetry=telemetry) as tasks:
        await asyncio.sleep(0)
        assert diary == ["a starts", "b starts", "c starts"]
        assert [task.get_name() for task in tasks] == ["a", "b", "c"]
    assert diary[3:] == [f"{name} {what}" for what in ("stops", "is gone") for name in "abc"]
    assert all(task.cancelled() for task in tasks)


async def test_services_stop_when_the_body_fails(clock: FakeClock, telemetry: Remembering) -> None:
    diary: list[str] = []

    async def fail_inside() -> None:
        async with running([Lasting("a", diary.append)], clock=clock, telemetry=telemetry):
            await asyncio.sleep(0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_inside()
    assert diary[-1] == "a is gone"


async def test_one_failing_service_leaves_the_others_running(
    clock: FakeClock, telemetry: Remembering
) -> None:
    diary: list[str] = []
    failing = Failing(clock, [RuntimeError()] * 20)
    async with running([failing, Lasting("a", diary.append)], clock=clock, telemetry=telemetry) as tasks:
        await tasks[0]
        assert diary == ["a starts"]
    assert len(failing.starts) == 21


# ------------------------------------------------------------------ until the first ends


async def test_the_wish_to_stop_ends_the_wait(clock: FakeClock, telemetry: Remembering) -> None:
    stop = asyncio.Event()
    async with running([Lasting("a")], clock=clock, telemetry=telemetry) as tasks:
        waiting = asyncio.create_task(until_first_ends(tasks, stop))
        await asyncio.sleep(0)
        assert not waiting.done()
        stop.set()
        await waiting
        assert not tasks[0].done()


async def test_a_service_that_ended_for_good_says_why(clock: FakeClock, telemetry: Remembering) -> None:
    services: list[Service] = [Lasting("a"), Failing(clock, [LeaseHeld("somebody else delivers")])]
    async with running(services, clock=clock, telemetry=telemetry) as tasks:
        with pytest.raises(LeaseHeld, match="somebody else delivers"):
            await until_first_ends(tasks, asyncio.Event())


async def test_a_service_that_is_done_ends_the_wait_and_nothing_is_left_waiting(
    clock: FakeClock, telemetry: Remembering
) -> None:
    async with running([Failing(clock, [])], clock=clock, telemetry=telemetry) as tasks:
        await until_first_ends(tasks, asyncio.Event())
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


# ------------------------------------------------------------------ run_beside


async def test_a_neighbour_that_fails_for_good_ends_the_service(
    clock: FakeClock, telemetry: Remembering
) -> None:
    diary: list[str] = []
    neighbours = [Failing(clock, [SettingsError("wrong")], after=SECOND), Failing(clock, [])]
    async with running(neighbours, clock=clock, telemetry=telemetry) as tasks:
        task = asyncio.create_task(run_beside(Lasting("a", diary.append), tasks))
        for _ in range(5):
            await asyncio.sleep(0)
        assert tasks[1].done()
        assert not task.done(), "a neighbour that came to its end has done its work"
        await clock.advance(SECOND)
        with pytest.raises(SettingsError):
            await task
    assert diary == ["a starts", "a stops", "a is gone"]


async def test_a_service_beside_others_ends_with_its_own_error(
    clock: FakeClock, telemetry: Remembering
) -> None:
    async with running([Lasting("b")], clock=clock, telemetry=telemetry) as tasks:
        with pytest.raises(StoreError):
            await run_beside(Failing(clock, [StoreError()]), tasks)
        assert not tasks[0].done()


async def test_a_cancelled_service_beside_others_cleans_up(clock: FakeClock, telemetry: Remembering) -> None:
    diary: list[str] = []
    async with running([Lasting("b")], clock=clock, telemetry=telemetry) as tasks:
        task = asyncio.create_task(run_beside(Lasting("a", diary.append), tasks))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not tasks[0].done()
    assert diary == ["a starts", "a stops", "a is gone"]
