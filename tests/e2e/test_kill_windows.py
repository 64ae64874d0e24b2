"""A bot on each platform, killed once in every dangerous moment and once at random; `make torture PART=kill`
does it to 10,000 messages."""

import random

import pytest
from processes import Installation
from torture.kill import PLATFORMS
from torture.killing import RANDOM, Plan

pytestmark = pytest.mark.slow

MESSAGES = 120


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_a_bot_that_is_killed_in_every_dangerous_moment_loses_and_repeats_nothing(
    platform: str, here: Installation, chance: random.Random
) -> None:
    killed, windows = PLATFORMS[platform]
    plan = Plan(messages=MESSAGES, kills=[*windows, RANDOM], chance=chance)

    tally = killed(here, plan)

    assert tally.broken == {}
    assert tally.messages == MESSAGES
    assert {window: tally.kills[window] for window in windows} == dict.fromkeys(windows, 1)
    assert sum(tally.doubts.values()) <= 16 * len(plan.kills) + tally.faults
