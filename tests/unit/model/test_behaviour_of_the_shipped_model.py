"""The shipped model in the behavioural suite: each category reaches its floor, the calm one its ceilings.

Only the open half is run here; the locked one is for releases (`python -m export behaviour --locked`).
"""

from collections.abc import Mapping
from typing import Final

import pytest

from model.behaviour import CALM, Behaviour, CategoryResult, run
from model.behaviour_cases import bundled_probes, load_categories
from model.registry import DEFAULT, bundled_models, load_classifier

FLOOR: Final = 0.85
KNOWN_WEAKNESSES: Final[Mapping[str, float]] = {
    "irony_and_idioms": 0.66,
    "slang_us": 0.80,
}
"""Categories below `FLOOR`, each with the rate that the shipped model must keep; its card names them too."""

CEILINGS: Final[Mapping[str, float]] = {"called_negative": 0.05, "answered": 0.10}
"""Shares of calm texts with trigger words, at most."""
KNOWN_FALSE_ALARMS: Final[Mapping[str, float]] = {"called_negative": 0.10}
"""The same, where the shipped model is above its ceiling: what it must not go beyond."""

FEWEST: Final = 40
"""Cases of a category, both halves together."""

CATEGORIES = [
    category.name
    for category in load_categories(bundled_probes())
    if any(case.kind != "labelled" for case in category.cases)
]


@pytest.fixture(scope="module")
def shipped() -> Behaviour:
    return run(load_classifier(DEFAULT, [bundled_models()]), load_categories(bundled_probes()))


def result(shipped: Behaviour, name: str) -> CategoryResult:
    return next(each for each in shipped.categories if each.category == name)


def test_the_suite_is_there() -> None:
    assert CALM in CATEGORIES


@pytest.mark.parametrize("name", CATEGORIES)
def test_the_category_reaches_its_floor(shipped: Behaviour, name: str) -> None:
    failed = [failure.case for failure in shipped.failures if failure.category == name]

    assert result(shipped, name).rate >= KNOWN_WEAKNESSES.get(name, FLOOR), failed


@pytest.mark.parametrize("rate", CEILINGS if CALM in CATEGORIES else [])
def test_calm_texts_are_left_alone(shipped: Behaviour, rate: str) -> None:
    assert getattr(result(shipped, CALM), rate) <= KNOWN_FALSE_ALARMS.get(rate, CEILINGS[rate])


def test_a_known_weakness_is_still_there_and_still_weak(shipped: Behaviour) -> None:
    """What has become better than the floor leaves the list."""
    strong = [name for name in KNOWN_WEAKNESSES if result(shipped, name).rate >= FLOOR]
    quiet = [rate for rate in KNOWN_FALSE_ALARMS if getattr(result(shipped, CALM), rate) <= CEILINGS[rate]]

    assert strong == quiet == []


def test_every_category_has_enough_cases_and_half_of_them_locked() -> None:
    categories = {category.name: category.cases for category in load_categories(bundled_probes())}

    assert {name: len(categories[name]) for name in CATEGORIES if len(categories[name]) < FEWEST} == {}
    locked = {name: sum(case.locked for case in cases) for name, cases in categories.items()}
    assert {name: n for name, n in locked.items() if abs(n - len(categories[name]) / 2) > 1} == {}
