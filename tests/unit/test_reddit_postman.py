"""A letter goes out at most once, and only what was surely not stored is tried again."""

from datetime import timedelta
from typing import Any

import pytest
from fakes import FakeClock, ListTelemetry
from reddit_people import ScriptedReddit

from bot.adapters.reddit.postman import (
    ATTEMPTS,
    LONGEST_WAIT,
    MOST,
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
    def __init__(self, *fates: Any) -> None:
        self.api, self.clock, self.telemetry = ScriptedReddit(), FakeClock(auto=True), ListTelemetry()
        self.api.fates["api/compose"] = list(fates)
        self.postman = Postman(api=self.api, clock=self.clock, telemetry=self.telemetry)


@pytest.mark.parametrize("error", [RateLimited(timedelta(minutes=9)), PlatformUnavailable("down")])
async def test_what_was_not_stored_is_tried_again_after_as_long_as_told(error: Any) -> None:
    world = World(error, error, None)
    begun = world.clock.now()
    assert await world.postman.send(NOTE)
    assert len(world.api.writes) == 3
    if isinstance(error, RateLimited):
        assert world.clock.now() - begun >= 2 * error.retry_after
    assert world.telemetry.events == []


@pytest.mark.parametrize("error", [ReplyUnconfirmed("hung"), ReplyRejected("no"), AccessRefused(403)])
async def test_whatever_else_happens_it_is_not_repeated(error: Any) -> None:
    world = World(error)
    assert not await world.postman.send(NOTE)
    assert len(world.api.writes) == 1
    assert world.telemetry.events == ["letter_failed"]


async def test_it_is_not_tried_for_ever() -> None:
    world = World(*[PlatformUnavailable("down")] * 20)
    assert not await world.postman.send(NOTE)
    assert len(world.api.writes) == ATTEMPTS


async def test_nothing_waits_longer_than_an_hour() -> None:
    world = World(RateLimited(LONGEST_WAIT + timedelta(seconds=1)))
    begun = world.clock.now()
    assert not await world.postman.send(NOTE)
    assert world.clock.now() == begun


async def test_what_only_a_person_can_put_right_is_not_hidden() -> None:
    with pytest.raises(SettingsError):
        await World(SettingsError("credentials")).postman.send(NOTE)


async def test_what_waits_is_bounded() -> None:
    world = World()
    world.postman.put(*[NOTE] * (MOST + 7))
    assert world.telemetry.events == ["letter_dropped"] * 7


def test_nobody_can_be_read_in_what_waits() -> None:
    for note in (NOTE, answer("t4_a", "words"), to_moderators("lounge", "subject", "words")):
        assert "Ann" not in repr(note)
        assert "words" not in repr(note)
