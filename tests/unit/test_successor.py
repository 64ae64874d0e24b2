import asyncio
from datetime import timedelta

from fakes import FakeClock, ListTelemetry

from bot.application.successor import EVERY, Successor
from bot.domain.errors import SettingsError


class Record:
    """What a start would load; None = nobody can say."""

    def __init__(self) -> None:
        self.version: str | None = "old-1"
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        if self.version is None:
            raise SettingsError("the record is damaged")
        return self.version


async def events(*versions: str | None) -> list[str]:
    """What is noticed while the record changes from look to look."""
    clock, telemetry, record = FakeClock(), ListTelemetry(), Record()
    successor = Successor(running="old-1", chosen=record, clock=clock, telemetry=telemetry)
    task = asyncio.create_task(successor.run())
    await clock.advance(timedelta())
    for version in versions:
        record.version = version
        await clock.advance(EVERY)
    assert record.asked == 1 + len(versions)
    assert not task.done()
    task.cancel()
    return telemetry.events


async def test_the_model_that_runs_needs_no_restart() -> None:
    assert await events("old-1", "old-1") == []


async def test_each_new_model_is_named_once() -> None:
    assert await events("new-1", "new-1", "new-2", "new-2") == ["restart_needed"] * 2


async def test_going_back_to_the_running_model_needs_no_restart() -> None:
    assert await events("new-1", "old-1", "old-1") == ["restart_needed"]


async def test_a_damaged_record_is_said_once_and_does_not_end_it() -> None:
    assert await events(None, None, "old-1", "new-1") == ["model_unknown", "restart_needed"]
