from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.telegram.skew import TOLERATED, ClockSkew

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def after(*ages: float, ahead: float = 0.0) -> ClockSkew:
    """Updates of these ages (in seconds, when they arrived), on a clock that is ahead."""
    skew = ClockSkew()
    for age in ages:
        theirs = int((NOON - timedelta(seconds=age)).timestamp())
        skew.observe([theirs], received_at=NOON + timedelta(seconds=ahead))
    return skew


def test_nothing_is_known_at_first() -> None:
    for skew in (after(), after(0.1, 0.2, 0.3, 0.4)):
        assert skew.estimate is None
        assert skew.correction == timedelta()
        assert skew.alarm() is None


@pytest.mark.parametrize("ahead", [-7200.0, -30.0, -5.0, 5.0, 30.0, 7200.0])
def test_it_is_found_within_a_second(ahead: float) -> None:
    skew = after(0.1, 0.3, 0.6, 0.9, 0.5, 0.7, ahead=ahead)
    assert skew.estimate is not None
    assert abs(skew.estimate - timedelta(seconds=ahead)) <= SECOND
    assert skew.correction == skew.estimate


@pytest.mark.parametrize("ahead", [-2.0, 0.0, 2.0])
def test_what_is_tolerated_corrects_nothing(ahead: float) -> None:
    skew = after(0.1, 0.3, 0.6, 0.9, 0.5, ahead=ahead)
    assert skew.estimate is not None
    assert abs(skew.estimate) < TOLERATED
    assert skew.correction == timedelta()
    assert skew.alarm() is None


def test_a_few_slow_deliveries_decide_nothing() -> None:
    skew = after(0.2, 0.4, 600, 0.6, 40, 0.8, 0.3, 90, 0.5)
    assert skew.correction == timedelta()


def test_it_is_told_once_and_again_after_it_was_right() -> None:
    skew = after(*[0.5] * 5, ahead=30)
    assert skew.alarm() == skew.estimate
    assert skew.alarm() is None
    for _ in range(32):
        skew.observe([int(NOON.timestamp())], received_at=NOON)
    assert skew.alarm() is None
    for _ in range(32):
        skew.observe([int(NOON.timestamp())], received_at=NOON - 60 * SECOND)
    told = skew.alarm()
    assert told is not None
    assert told < -59 * SECOND
