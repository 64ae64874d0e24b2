from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import characters, emoji_names, lexicon
from model.classifier import Classifier, label_groups
from model.labels import EMOTIONS, GROUPS
from model.registry import bundled_models, load_classifier

SAD = "My grandmother died yesterday and I can't stop crying."
GLAD = "Thank you so much, that was really kind of you!"
OTHER = "The bus leaves at half past nine from the main square."


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return load_classifier("minilm-3", [bundled_models()])


def test_sad_and_glad_are_told_apart(classifier: Classifier) -> None:
    sad, glad, other = classifier.classify([SAD, GLAD, OTHER])

    assert sad.negative > 0.8
    assert sad.distress > 0.8
    assert max(sad.emotions, key=sad.emotions.__getitem__) == "sadness"
    assert glad.positive > 0.8
    assert glad.emotions["gratitude"] > 0.8
    assert label_groups(other, classifier.thresholds)[0] == "neutral"


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from([SAD, GLAD, OTHER, GLAD * 20, "", "🎉", SAD.upper()]), max_size=12))
def test_scores_do_not_depend_on_neighbours(classifier: Classifier, texts: list[str]) -> None:
    """To the last bit: whatever shares a run with it, and wherever it stands."""
    alone = {text: classifier.classify([text])[0] for text in set(texts)}

    assert classifier.classify(texts) == [alone[text] for text in texts]


@pytest.mark.parametrize("place", ["head", "tail", "everywhere"])
def test_a_long_text_is_read_to_its_end(classifier: Classifier, place: str) -> None:
    plain = f"{OTHER} " * 30
    text = {"head": f"{SAD} {plain}", "tail": f"{plain} {SAD}", "everywhere": f"{OTHER} {SAD} " * 15}[place]
    (without, found) = classifier.classify([plain, text])

    assert found.negative > without.negative
    assert found.distress > without.distress


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_any_text_gets_numbers(classifier: Classifier, text: str) -> None:
    (scores,) = classifier.classify([text])

    assert list(scores.groups) == list(GROUPS)
    assert list(scores.emotions) == list(EMOTIONS)
    assert all(0 <= value <= 1 for value in [*scores.groups.values(), *scores.emotions.values()])
    assert 0 <= scores.distress <= 1


@pytest.mark.parametrize("text", ["", " ", "...", "\x00", "\ud800", "1234", "word " * 200_000])
def test_awkward_texts_get_numbers(classifier: Classifier, text: str) -> None:
    (scores,) = classifier.classify([text])

    assert 0 <= scores.negative <= 1


def test_threads_agree(classifier: Classifier) -> None:
    texts = [SAD, GLAD, OTHER] * 10
    with ThreadPoolExecutor(2) as pool:
        halves = list(pool.map(classifier.classify, [texts, texts]))

    assert halves[0] == halves[1] == classifier.classify(texts)


def test_the_first_disguised_text_waits_for_no_table() -> None:
    tables = (
        lexicon.ranks,
        emoji_names.names,
        characters.confusables,
        characters.stylised,
        characters.piles,
    )
    for table in tables:
        table.cache_clear()

    load_classifier("minilm-3", [bundled_models()])

    assert [table.cache_info().currsize for table in tables] == [1] * len(tables)
