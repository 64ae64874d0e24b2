from datetime import timedelta

import pytest

from bot.adapters.reddit.pulse import LONGEST, Pulse


def seconds(pulse: Pulse) -> float:
    return pulse.interval.total_seconds()


def a_pulse(shortest: float = 2, *, calm: bool = False) -> Pulse:
    """One that just began, or one that saw nothing for long."""
    pulse = Pulse(shortest=timedelta(seconds=shortest), page=100)
    for _ in range(100 * calm):
        pulse.beat(0, within=pulse.interval)
    return pulse


@pytest.mark.parametrize(("shortest", "interval"), [(0.5, 3), (2, 12), (5, 30), (20, 60), (90, 90)])
def test_where_nothing_is_written_it_is_slow_but_not_deaf(shortest: float, interval: float) -> None:
    assert seconds(a_pulse(shortest, calm=True)) == interval


def test_it_begins_fast() -> None:
    pulse = a_pulse()
    assert seconds(pulse) == 2
    pulse.beat(0, within=timedelta(seconds=2))
    assert seconds(pulse) == pytest.approx(2.5)


@pytest.mark.parametrize(("rate", "interval"), [(0.1, 60), (1, 50), (2.5, 20), (4, 12.5), (5, 10), (500, 10)])
def test_half_a_page_comes_at_a_time(rate: float, interval: float) -> None:
    pulse = a_pulse(10, calm=True)
    pulse.beat(round(rate * 600), within=timedelta(minutes=10))
    assert seconds(pulse) == pytest.approx(interval)


def test_a_rush_is_believed_at_once_and_calm_only_slowly() -> None:
    pulse = a_pulse(calm=True)
    pulse.beat(300, within=timedelta(seconds=30))
    assert seconds(pulse) == pytest.approx(5)
    pulse.beat(0, within=timedelta(seconds=30))
    assert seconds(pulse) == pytest.approx(6.25)


def test_it_is_never_faster_than_wished_nor_slower_than_that() -> None:
    pulse = a_pulse(90)
    pulse.beat(10**6, within=timedelta(seconds=1))
    assert pulse.interval == timedelta(seconds=90) > LONGEST


def test_a_poll_right_behind_another_breaks_nothing() -> None:
    pulse = a_pulse(calm=True)
    pulse.beat(0, within=timedelta())
    assert seconds(pulse) == 12
