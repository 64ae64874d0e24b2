"""A letter goes out at most once, and only what was surely not stored is tried again."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fakes import FakeClock, ListTelemetry
from reddit_people import ScriptedReddit

from bot.adapters.reddit.postman import (
    ATTEMPTS,
    LONGEST_WAIT,
    MOST,
    Note,
    Postman,
    answer,
    message,
    to_moderators,
)
from bot.adapters.reddit.refusals import AccessRefused
from bot.domain.errors import (
    PlatformUnavailable,
    RateLimited,
    ReplyRejected,
    ReplyUnconfirmed,
    SettingsError,
)

NOTE = message("Ann", "subject", "words")


class World:
    def __init__(self, *fates: Any, auto: bool = True) -> None:
        self.api, self.clock, self.telemetry = ScriptedReddit(), FakeClock(auto=auto), ListTelemetry()
        self.api.fates["api/compose"] = list(fates)
        self.postman = Postman(api=self.api, clock=self.clock, telemetry=self.telemetry)
        self._done = asyncio.Event()

    async def sends(self, note: Note = NOTE) -> bool:
        """Whether it went out; time passes until nothing more happens with it."""
        self.postman.put(note, self._settle)
        task = asyncio.create_task(self.postman.run())
        done = asyncio.create_task(self._done.wait())
        await asyncio.wait({task, done}, return_when=asyncio.FIRST_COMPLETED)
        done.cancel()
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled() and task.exception() is not None:
            raise task.exception() or AssertionError
        assert self._done.is_set()
        return "letter_failed" not in self.telemetry.events

    async def _settle(self) -> None:
        assert not self._done.is_set()
        self._done.set()


@pytest.mark.parametrize("error", [RateLimited(timedelta(minutes=9)), PlatformUnavailable("down")])
async def test_what_was_not_stored_is_tried_again_after_as_long_as_told(error: Any) -> None:
    world = World(error, error, None)
    begun = world.clock.now()
    assert await world.sends()
    assert len(world.api.writes) == 3
    if isinstance(error, RateLimited):
        assert world.clock.now() - begun >= 2 * error.retry_after
    assert world.telemetry.events == []


@pytest.mark.parametrize("error", [ReplyUnconfirmed("hung"), ReplyRejected("no"), AccessRefused(403)])
async def test_whatever_else_happens_it_is_not_repeated(error: Any) -> None:
    world = World(error)
    assert not await world.sends()
    assert len(world.api.writes) == 1
    assert world.telemetry.events == ["letter_failed"]


async def test_it_is_not_tried_for_ever() -> None:
    world = World(*[PlatformUnavailable("down")] * 20)
    assert not await world.sends()
    assert len(world.api.writes) == ATTEMPTS


async def test_nothing_waits_longer_than_an_hour() -> None:
    world = World(RateLimited(LONGEST_WAIT + timedelta(seconds=1)))
    begun = world.clock.now()
    assert not await world.sends()
    assert world.clock.now() == begun


async def test_what_only_a_person_can_put_right_is_not_hidden() -> None:
    with pytest.raises(SettingsError):
        await World(SettingsError("credentials")).sends()


@pytest.mark.parametrize("urgent", [True, False])
async def test_a_letter_that_has_to_wait_holds_up_no_other(urgent: bool) -> None:
    world = World(RateLimited(timedelta(minutes=50)), auto=False)
    world.postman.put(NOTE)
    task = asyncio.create_task(world.postman.run())
    await world.clock.advance(timedelta(seconds=1))
    world.postman.put(to_moderators("lounge", "subject", "words", urgent=urgent))
    await world.clock.advance(timedelta(seconds=1))
    assert [call.form["to"] for call in world.api.writes] == ["Ann", "/r/lounge"]
    await world.clock.advance(timedelta(minutes=50))
    assert [call.form["to"] for call in world.api.writes] == ["Ann", "/r/lounge", "Ann"]
    task.cancel()
    await asyncio.wait({task})


async def test_an_urgent_letter_does_not_wait_for_one_that_is_on_the_wire() -> None:
    world, goes_on = World(), asyncio.Event()
    post = world.api.post

    async def hanging(path: str, data: Any, *, urgent: bool = False, **_: Any) -> Any:
        if not urgent:
            await goes_on.wait()
        return await post(path, data, urgent=urgent)

    world.api.post = hanging  # type: ignore[method-assign]
    world.postman.put(NOTE)
    task = asyncio.create_task(world.postman.run())
    await asyncio.sleep(0)
    world.postman.put(to_moderators("lounge", "subject", "words", urgent=True))
    for _ in range(10):
        await asyncio.sleep(0)
    assert [call.form["to"] for call in world.api.writes] == ["/r/lounge"]
    task.cancel()
    await asyncio.wait({task})


async def test_what_waits_is_bounded() -> None:
    world = World()
    assert [world.postman.put(NOTE) for _ in range(MOST + 7)].count(False) == 7
    assert world.telemetry.events == ["letter_dropped"] * 7


def test_nobody_can_be_read_in_what_waits() -> None:
    for note in (NOTE, answer("t4_a", "words"), to_moderators("lounge", "subject", "words")):
        assert "Ann" not in repr(note)
        assert "words" not in repr(note)
