from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.emotions import STANDS_OUT, strongest_emotion
from bot.domain.phrases import EMOTIONS, GENERAL

NEGATIVE = sorted(EMOTIONS - {GENERAL})
POSITIVE = ["admiration", "joy", "love", "neutral", "surprise", "optimism"]

probabilities = st.floats(0, 1)
emotions = st.dictionaries(st.sampled_from([*NEGATIVE, *POSITIVE]), probabilities)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({}, GENERAL),
        ({"sadness": 0.8, "anger": 0.3}, "sadness"),
        ({"joy": 0.9, "fear": 0.5}, "fear"),
        ({"joy": 0.9, "neutral": 0.9}, GENERAL),
        ({"sadness": STANDS_OUT}, "sadness"),
        ({"sadness": STANDS_OUT - 0.0001}, GENERAL),
        ({"grief": 0.5, "anger": 0.5}, "grief"),
    ],
)
def test_the_strongest_negative_emotion_is_named(found: dict[str, float], expected: str) -> None:
    assert strongest_emotion(found) == expected


@given(emotions)
def test_nothing_weaker_or_kinder_is_ever_named(found: dict[str, float]) -> None:
    named = strongest_emotion(found)
    loudest = max((found.get(name, 0) for name in NEGATIVE), default=0)
    if named == GENERAL:
        assert loudest < STANDS_OUT
    else:
        assert named in NEGATIVE
        assert found[named] == loudest >= STANDS_OUT


@given(emotions, st.randoms(use_true_random=False))
def test_the_order_in_which_emotions_come_changes_nothing(found: dict[str, float], random: Random) -> None:
    items = list(found.items())
    random.shuffle(items)
    assert strongest_emotion(dict(items)) == strongest_emotion(found)
