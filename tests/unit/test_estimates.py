from collections.abc import Callable, Mapping
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.estimates import (
    FEWEST,
    Estimate,
    Tally,
    missing_labels,
    precision,
    recall,
    wilson,
)
from bot.domain.sampling import NEAR, PASSED, PICKED, ROUND, Stratum, draw, stratum

SIZES = {
    Stratum.PICKED_NEAR: 60,
    Stratum.PICKED_FAR: 140,
    Stratum.PASSED_NEAR: 100,
    Stratum.PASSED_FAR: 1700,
}
BAD = {
    Stratum.PICKED_NEAR: 0.6,
    Stratum.PICKED_FAR: 0.9,
    Stratum.PASSED_NEAR: 0.35,
    Stratum.PASSED_FAR: 0.03,
}


class Chat:
    """Decisions with their strata, and the truth about each, which a label tells."""

    def __init__(self, sizes: Mapping[Stratum, int], bad: Mapping[Stratum, float]) -> None:
        self.members: dict[Stratum, list[int]] = {}
        self.bad: set[int] = set()
        for name, size in sizes.items():
            first = sum(map(len, self.members.values()))
            self.members[name] = list(range(first, first + size))
            self.bad |= set(range(first, first + round(size * bad[name])))

    def truth(self) -> tuple[float, float]:
        found = [each for name in PICKED for each in self.members.get(name, ())]
        right = len(self.bad.intersection(found))
        return right / len(found), right / len(self.bad)

    def labelled(self, rounds: int, chance: Random) -> dict[Stratum, Tally]:
        drawn: set[int] = set()
        for _ in range(rounds):
            left = {name: [each for each in ids if each not in drawn] for name, ids in self.members.items()}
            drawn |= set(draw(left, chance))
        return {
            name: Tally(
                size=len(ids),
                labelled=len(drawn.intersection(ids)),
                bad=len(drawn.intersection(ids) & self.bad),
            )
            for name, ids in self.members.items()
        }


@pytest.mark.parametrize(("estimate", "which"), [(precision, 0), (recall, 1)])
def test_estimates_are_right_on_average_and_their_intervals_hold_the_truth(
    estimate: Callable[[Mapping[Stratum, Tally]], Estimate | None], which: int
) -> None:
    chat, times = Chat(SIZES, BAD), 60
    assert chat.truth() == pytest.approx((0.81, 0.653), abs=0.001)
    found = [estimate(chat.labelled(10, Random(seed))) for seed in range(times)]
    truth = chat.truth()[which]
    known = [each for each in found if each is not None]
    assert len(known) == times
    assert sum(each.value for each in known) / times == pytest.approx(truth, abs=0.06)
    assert sum(each.low <= truth <= each.high for each in known) / times >= 0.9
    assert sum(each.high - each.low for each in known) / times < 0.55, "an interval that says nothing"


def test_what_a_stratum_holds_is_estimated_without_bias() -> None:
    chat, times = Chat(SIZES, BAD), 300
    tallies = [chat.labelled(10, Random(seed)) for seed in range(times)]
    for name, ids in chat.members.items():
        truth = len(chat.bad.intersection(ids))
        assert sum(each[name].total for each in tallies) / times == pytest.approx(truth, rel=0.06), name


def test_without_weights_the_estimate_would_be_wrong() -> None:
    """What the strata are for: the plain share of the labelled ones is far off."""
    chat = Chat(SIZES, BAD)
    plain = []
    for seed in range(50):
        tallies = chat.labelled(10, Random(seed))
        found, missed = (sum(tallies[name].bad for name in side) for side in (PICKED, PASSED))
        plain.append(found / (found + missed))
    assert abs(sum(plain) / len(plain) - chat.truth()[1]) > 0.1


def test_a_chat_that_was_labelled_from_end_to_end_is_known_exactly() -> None:
    chat = Chat(dict.fromkeys(Stratum, 6), dict.fromkeys(Stratum, 0.5))
    tallies = chat.labelled(3, Random(1))
    assert precision(tallies) == Estimate(value=0.5, low=0.5, high=0.5)
    assert recall(tallies) == Estimate(value=0.5, low=0.5, high=0.5)


def test_with_one_stratum_it_is_wilsons_interval() -> None:
    """8 of 10, of so many that none of them is spent: the interval of the textbooks."""
    found = precision({Stratum.PICKED_FAR: Tally(size=10**9, labelled=10, bad=8)})
    assert found is not None
    assert (found.value, round(found.low, 3), round(found.high, 3)) == (0.8, 0.490, 0.943)


def test_none_found_among_those_passed_over_is_not_none_there() -> None:
    tallies = {
        Stratum.PICKED_FAR: Tally(size=100, labelled=10, bad=9),
        Stratum.PASSED_FAR: Tally(size=5000, labelled=10, bad=0),
    }
    found = recall(tallies)
    assert found is not None
    assert found.value == 1
    assert found.low < 0.5


@given(st.fixed_dictionaries({name: st.tuples(st.integers(0, 50), st.integers(0, 50)) for name in Stratum}))
def test_too_few_labels_give_no_estimate_and_it_is_known_how_many_are_missing(
    counts: dict[Stratum, tuple[int, int]],
) -> None:
    tallies = {
        name: Tally(size=size, labelled=min(size, labelled), bad=min(size, labelled) // 2)
        for name, (size, labelled) in counts.items()
    }
    picked = sum(tallies[name].size for name in PICKED)
    for side, estimate in ((PICKED, precision), (PASSED, recall)):
        size = sum(tallies[name].size for name in side)
        labelled = sum(tallies[name].labelled for name in side)
        if labelled < min(FEWEST, size) or picked == 0:
            assert estimate(tallies) is None
    if missing_labels(tallies) == 0 and picked > 0:
        assert precision(tallies) is not None


@settings(max_examples=30)
@given(
    st.fixed_dictionaries(
        {name: st.tuples(st.integers(0, 400), st.integers(0, 40), st.integers(0, 40)) for name in Stratum}
    )
)
def test_an_interval_lies_around_its_value_and_within_what_is_possible(
    counts: dict[Stratum, tuple[int, int, int]],
) -> None:
    tallies = {
        name: Tally(size=size, labelled=min(size, labelled), bad=min(size, labelled, bad))
        for name, (size, labelled, bad) in counts.items()
    }
    for found in (precision(tallies), recall(tallies)):
        assert found is None or 0 <= found.low <= found.value <= found.high <= 1


@given(st.floats(0, 1), st.floats(1, 1000))
def test_more_labels_narrow_wilsons_interval(share: float, number: float) -> None:
    few, many = wilson(share, number), wilson(share, number * 2)
    assert many.high - many.low < few.high - few.low


# ------------------------------------------------------------------ the sample


@given(st.fixed_dictionaries({name: st.integers(0, 30) for name in Stratum}), st.integers(0, 1000))
def test_a_round_is_full_as_long_as_there_is_something_left(sizes: dict[Stratum, int], seed: int) -> None:
    members = Chat(sizes, dict.fromkeys(Stratum, 0.0)).members
    drawn = draw(members, Random(seed))
    everything = [each for ids in members.values() for each in ids]
    assert len(drawn) == len(set(drawn)) == min(sum(ROUND.values()), len(everything))
    assert set(drawn) <= set(everything)


def test_uncertain_ones_come_first_and_their_order_does_not_tell_what_the_bot_thought() -> None:
    chat = Chat(SIZES, BAD)
    orders = set()
    for seed in range(20):
        drawn = draw(chat.members, Random(seed))
        names = [next(name for name, ids in chat.members.items() if each in ids) for each in drawn]
        assert [name.near for name in names] == [True] * 5 + [False] * 5
        orders.add(tuple(name.picked for name in names))
    assert len(orders) > 5


def test_within_a_stratum_everybody_is_as_likely_to_be_drawn_and_to_come_first() -> None:
    members = {Stratum.PICKED_NEAR: [1, 2, 3, 4, 5, 6]} | {
        name: list(range(100 * place, 100 * place + 50))
        for place, name in enumerate(Stratum, start=1)
        if name is not Stratum.PICKED_NEAR
    }
    times = 1200
    drawn = [draw(members, Random(seed)) for seed in range(times)]
    for each in members[Stratum.PICKED_NEAR]:
        assert sum(each in ids for ids in drawn) / times == pytest.approx(1 / 2, abs=0.06)
        firsts = [next(i for i in ids if i in members[Stratum.PICKED_NEAR]) for ids in drawn]
        assert firsts.count(each) / times == pytest.approx(1 / 6, abs=0.04)


@pytest.mark.parametrize(
    ("picked", "score", "expected"),
    [
        (True, 0.64, Stratum.PICKED_NEAR),
        (True, 0.64 + NEAR + 0.01, Stratum.PICKED_FAR),
        (False, 0.63, Stratum.PASSED_NEAR),
        (False, 0.1, Stratum.PASSED_FAR),
    ],
)
def test_a_decisions_stratum(picked: bool, score: float, expected: Stratum) -> None:
    assert stratum(picked=picked, score=score, threshold=0.64) is expected
