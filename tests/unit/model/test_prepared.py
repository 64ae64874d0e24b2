from pathlib import Path

import pytest

from model.crisis import CrisisGate
from model.onnx import OnnxClassifier
from model.prepared import Prepared
from model.preprocess import preprocess
from model.registry import bundled_models, find

TEXTS = ["I feel sooo alone", "what a lovely day", "h4te this", "it is   what it is"]


class Counting:
    """`preprocess`, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> str:
        self.asked.append(text)
        return preprocess(text)


@pytest.fixture(scope="module")
def release() -> Path:
    return find("minilm-3", [bundled_models()])


def test_gate_and_classifier_prepare_a_text_once_between_them(release: Path) -> None:
    prepare = Counting()
    prepared = Prepared(prepare)
    gate = CrisisGate(prepared.keep)
    classifier = OnnxClassifier(release, prepare=prepared.take)
    assert [gate(text) for text in TEXTS] == [False] * len(TEXTS)
    scores = classifier.classify(TEXTS)
    assert prepare.asked == TEXTS
    assert scores == OnnxClassifier(release).classify(TEXTS)


def test_a_text_that_was_taken_is_held_no_longer() -> None:
    prepare = Counting()
    prepared = Prepared(prepare)
    assert prepared.keep("a  b") == prepared.take("a  b") == prepared.take("a  b") == "a b"
    assert prepare.asked == ["a  b", "a  b"]


def test_only_the_last_few_texts_are_held() -> None:
    prepare = Counting()
    prepared = Prepared(prepare, most=2)
    for text in ("one", "two", "three"):
        prepared.keep(text)
    for text in ("two", "three", "one"):
        assert prepared.take(text) == text
    assert prepare.asked == ["one", "two", "three", "one"]
