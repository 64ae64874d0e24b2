from collections import Counter

from model.labels import AMBIGUOUS, DISTRESS, EMOTIONS, GROUP_OF, GROUPS, NEGATIVE


def test_every_emotion_has_one_group() -> None:
    assert len(EMOTIONS) == len(set(EMOTIONS)) == 28
    assert set(GROUP_OF) == set(EMOTIONS)
    assert Counter(GROUP_OF.values()) == {"positive": 12, "negative": 11, "neutral": 1, "ambiguous": 4}
    assert set(GROUP_OF.values()) == set(GROUPS)


def test_distress_is_the_part_of_negative_that_hurts() -> None:
    assert len(DISTRESS) == 7
    assert DISTRESS < NEGATIVE
    assert not NEGATIVE & AMBIGUOUS
    assert {"anger", "annoyance", "disgust", "disapproval"} == NEGATIVE - DISTRESS
