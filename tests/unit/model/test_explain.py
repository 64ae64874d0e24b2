from collections.abc import Sequence
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.classifier import BaselineClassifier, Classifier, Scores
from model.explain import MAX_RUNS, ScoreName, WordWeight, explain, words
from model.labels import EMOTIONS
from model.preprocess import preprocess
from model.registry import bundled_models, load_classifier

SAD = "My grandmother died yesterday and I can't stop crying."


class Additive(BaselineClassifier):
    """As negative as its words: "sad" counts .3, "glad" -.2, and .5 with none of them."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def classify(self, texts: Sequence[str]) -> list[Scores]:
        self.seen += texts
        return [self._scores(text) for text in texts]

    def _scores(self, text: str) -> Scores:
        negative = 0.5 + 0.3 * text.count("sad") - 0.2 * text.count("glad")
        return Scores(
            groups={
                "positive": 1 - negative,
                "negative": negative,
                "neutral": 0.25,
                "ambiguous": float("?" in text),
            },
            emotions=dict.fromkeys(EMOTIONS, 0.0) | {"sadness": negative},
        )


def of(found: Sequence[WordWeight]) -> list[tuple[str, float]]:
    return [(each.word, round(each.weight, 6)) for each in found]


def test_each_word_gets_what_it_adds() -> None:
    found = explain(Additive(), "so glad, not sad", score="negative")

    assert of(found) == [("sad", 0.3), ("glad", -0.2), ("so", 0.0), ("not", 0.0)]


@pytest.mark.parametrize(
    ("score", "weight"),
    [
        ("negative", 0.3),
        ("positive", -0.3),
        ("not_positive", 0.3),
        ("distress", 0.3),
        ("neutral", 0.0),
        ("ambiguous", 0.0),
    ],
)
def test_any_score_can_be_explained(score: ScoreName, weight: float) -> None:
    assert of(explain(Additive(), "sad", score=score)) == [("sad", weight)]


def test_every_score_is_in_the_table_above() -> None:
    assert len(get_args(ScoreName)) == 6


def test_only_the_weightiest_are_given() -> None:
    assert of(explain(Additive(), "so glad, not sad", score="negative", top=1)) == [("sad", 0.3)]


def test_positions_are_those_of_the_prepared_text() -> None:
    text = "  @somebody   is 😢\n\n(sad)"
    found = explain(Additive(), text, score="negative")

    assert [preprocess(text)[each.start : each.end] for each in found] == [each.word for each in found]
    assert found[0].word == "sad"


def test_punctuation_around_a_word_is_not_part_of_it_but_a_face_is_a_word() -> None:
    prepared = '"I can\'t," she said... :( (really!)'
    assert [prepared[start:end] for start, end in words(prepared)] == [
        "I",
        "can't",
        "she",
        "said",
        ":(",
        "really",
    ]


@pytest.mark.parametrize("text", ["", " ", "\u200b"])
def test_nothing_written_is_nothing_to_explain(text: str) -> None:
    classifier = Additive()

    assert explain(classifier, text, score="negative") == ()
    assert classifier.seen == []


@pytest.mark.parametrize("count", [1, 20, MAX_RUNS - 1, MAX_RUNS, 33, 62, 500])
def test_long_texts_are_explained_by_spans_within_the_runs(count: int) -> None:
    classifier = Additive()
    text = " ".join(("dogs", "bark", "and", "cats", "sleep")[index % 5] for index in range(count))
    found = sorted(explain(classifier, text, score="negative"), key=lambda each: each.start)

    assert len(classifier.seen) == min(count, MAX_RUNS - 1) + 1
    assert " ".join(each.word for each in found) == text, "every word belongs to exactly one span"
    sizes = [len(each.word.split()) for each in found]
    assert max(sizes) - min(sizes) <= 1


def test_the_telling_span_of_a_long_text_is_found() -> None:
    text = "and then we went on " * 40 + "so sad today " + "and then we went on " * 40

    assert "sad" in explain(Additive(), text, score="negative", top=1)[0].word


@given(st.text(max_size=400), st.sampled_from(get_args(ScoreName)))
def test_any_text_is_explained_once_and_for_all(text: str, score: ScoreName) -> None:
    classifier = Additive()
    found = explain(classifier, text, score=score)
    prepared = preprocess(text)

    assert found == explain(Additive(), text, score=score)
    assert len(classifier.seen) <= MAX_RUNS
    assert all(prepared[each.start : each.end] == each.word != "" for each in found)
    ordered = sorted(found, key=lambda each: each.start)
    assert all(one.end <= other.start for one, other in pairwise(ordered))
    assert bool(found) == bool(prepared)


def test_where_everyone_is_sad_no_word_decides() -> None:
    assert {each.weight for each in explain(BaselineClassifier(), SAD, score="negative")} == {0.0}


@pytest.fixture(scope="module")
def released() -> Classifier:
    return load_classifier("minilm-3", [bundled_models()])


def test_the_model_names_the_telling_words(released: Classifier) -> None:
    sad = [each.word for each in explain(released, SAD, score="distress", top=3) if each.weight > 0]
    glad = explain(released, "Thank you so much, the bus was late again though.", score="positive", top=1)

    assert {"died", "crying"} & set(sad)
    assert glad[0].word == "Thank"


def test_a_weight_is_the_difference_of_two_scores(released: Classifier) -> None:
    (first, *_) = explain(released, SAD, score="negative")
    prepared = preprocess(SAD)
    whole, without = released.classify([SAD, prepared[: first.start] + prepared[first.end :]])

    assert first.weight == whole.negative - without.negative
