from dataclasses import replace
from typing import Any

import pytest
from builders import a_prediction, facts
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import NEAR, Agreement, Comparison, Difference, Judgement, compare, scores_of
from bot.domain.decisions import Reason

LINE = 0.6
ABOVE: dict[str, Any] = {"action": "reply", "reason": "support"}
BELOW: dict[str, Any] = {"action": "silence", "reason": "below_threshold"}


def judged(score: float = 0.9, **changes: Any) -> Judgement:
    """A text classified with this score, and what follows from it."""
    scores = scores_of(a_prediction(negative=score))
    values: dict[str, Any] = {
        **(ABOVE if score >= LINE else BELOW),
        "label": "negative",
        "scores": scores,
        "score": score,
        "facts": facts(),
        "model": ("m-1", "1"),
    }
    return Judgement(**(values | changes))


def gated(reason: Reason = Reason.TOO_SHORT, **changes: Any) -> Judgement:
    """A text that a gate stopped."""
    values: dict[str, Any] = {"action": "silence", "reason": reason, "label": None, "scores": {}}
    return Judgement(**(values | {"score": None, "facts": facts(words=1)} | changes))


def against(recorded: Judgement, again: Judgement) -> Comparison:
    return compare(recorded, again, threshold=LINE)


@pytest.mark.parametrize("judgement", [judged(), judged(0.2), judged(LINE), gated(), gated(facts=None)])
def test_what_comes_out_alike_is_the_same(judgement: Judgement) -> None:
    assert against(judgement, judgement) == Comparison(
        agreement=Agreement.SAME, differences=(), facts=(), moved=0.0
    )


def test_the_places_that_are_not_stored_make_no_difference() -> None:
    assert against(judged(0.123457), judged(0.1234568)).agreement is Agreement.SAME
    assert against(judged(0.123457), judged(0.123459)).differences == (Difference.SCORES,)


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"action": "shadow"}, Difference.ACTION),
        ({"reason": "author_cooldown"}, Difference.REASON),
        ({"label": "positive"}, Difference.LABEL),
        ({"label": None}, Difference.LABEL),
        ({"scores": {}}, Difference.SCORES),
        ({"scores": scores_of(a_prediction(negative=0.8))}, Difference.SCORES),
        ({"scores": scores_of(a_prediction(emotions={"sadness": 0.8}))}, Difference.SCORES),
        ({"facts": facts(language="fr")}, Difference.FACTS),
        ({"facts": None}, Difference.FACTS),
        ({"model": ("m-2", "1")}, Difference.MODEL),
        ({"model": ("m-1", "2")}, Difference.MODEL),
    ],
)
@pytest.mark.parametrize("score", [0.9, 0.601])
def test_each_difference_is_named_and_no_threshold_excuses_it(
    changes: dict[str, Any], difference: Difference, score: float
) -> None:
    """Beside the threshold too: what does not follow from another rounding is a difference."""
    recorded = judged(score)
    for one, other in ((recorded, replace(recorded, **changes)), (replace(recorded, **changes), recorded)):
        found = against(one, other)
        assert found.differences == (difference,)
        assert found.agreement is Agreement.DIFFER


def test_every_score_that_is_stored_is_compared() -> None:
    usual = scores_of(a_prediction())
    assert {"positive", "negative", "neutral", "ambiguous", "distress", "emotion:sadness"} <= usual.keys()
    for name in usual:
        moved = replace(judged(), scores=usual | {name: usual[name] + 0.25})
        found = against(moved, judged())
        assert (found.differences, round(found.moved or 0, 6)) == ((Difference.SCORES,), 0.25)


def test_the_facts_that_differ_are_named() -> None:
    found = against(judged(facts=facts(words=3, crisis=True)), judged())
    assert (found.differences, found.facts) == ((Difference.FACTS,), ("words", "crisis"))


@pytest.mark.parametrize(
    ("recorded", "again"), [(0.598, 0.601), (0.601, 0.598), (0.6, 0.5999), (0.5951, 0.6)]
)
def test_a_score_that_steps_over_its_threshold_by_little_stands_apart(recorded: float, again: float) -> None:
    found = against(judged(recorded), judged(again))
    assert found.agreement is Agreement.NEAR
    assert found.differences == (Difference.ACTION, Difference.REASON, Difference.SCORES)


@pytest.mark.parametrize(
    "reason", ["quiet_hours", "left_alone", "author_cooldown", "thread_cap", "chat_pace"]
)
def test_so_does_one_that_a_limit_held_back(reason: str) -> None:
    held = judged(0.601, action="silence", reason=reason)
    assert against(held, judged(0.599)).agreement is Agreement.NEAR
    assert against(judged(0.599), held).agreement is Agreement.NEAR
    assert against(held, judged(0.602)).agreement is Agreement.DIFFER


@pytest.mark.parametrize(
    ("recorded", "again"),
    [
        (judged(0.598), judged(0.6031)),  # more than a rounding
        (judged(0.598, **ABOVE), judged(0.599)),  # both below: the reason never followed
        (judged(0.601), judged(0.602, reason="empty", action="silence")),
        (judged(0.601), gated()),
        (judged(0.599), gated()),
        (judged(0.599, facts=facts(words=3)), judged(0.601)),
        (judged(0.599, model=("m-2", "1")), judged(0.601)),
        (judged(0.7), judged(0.7051)),  # far from the threshold: the scores alone
    ],
)
def test_what_a_rounding_does_not_explain_differs(recorded: Judgement, again: Judgement) -> None:
    assert against(recorded, again).agreement is Agreement.DIFFER


@pytest.mark.parametrize("score", [0.05, 0.602, 0.612, 0.9])
def test_scores_alone_that_move_by_little_stand_apart_wherever_they_are(score: float) -> None:
    for moved in (score + 0.00001, score + 0.004):
        found = against(judged(score), judged(moved))
        assert (found.agreement, found.differences) == (Agreement.NEAR, (Difference.SCORES,))
    assert against(judged(score), judged(score + 0.006)).agreement is Agreement.DIFFER


def test_a_label_may_turn_with_scores_that_move_by_little() -> None:
    assert against(judged(0.9, label="neutral"), judged(0.903)).agreement is Agreement.NEAR
    assert against(judged(0.9, label="neutral"), judged(0.906)).agreement is Agreement.DIFFER


scores = st.floats(0, 1)
judgements = st.builds(
    judged,
    scores,
    label=st.sampled_from(["negative", "neutral"]),
    facts=st.none() | st.builds(facts, words=st.integers(0, 3)),
) | st.builds(gated, st.sampled_from(Reason))


@given(judgements, judgements)
def test_a_comparison_is_the_same_both_ways_and_same_means_no_difference(
    one: Judgement, other: Judgement
) -> None:
    there, back = against(one, other), against(other, one)
    assert there == back
    assert (there.agreement is Agreement.SAME) == (not there.differences)
    if there.agreement is Agreement.NEAR:
        assert there.moved is not None
        assert there.moved <= NEAR
