"""What judging relies on, whichever classifier it has: the fake of the tests, the baseline, the model."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Protocol

import pytest
import pytest_asyncio
from fakes import WordClassifier

from bot.adapters.onnx import ThreadedClassifier
from bot.application.classify import Explainer
from bot.application.ports import Classifier
from bot.domain.decisions import Prediction, ReplyWhen, Sensitivity
from model.labels import EMOTIONS, GROUPS
from model.registry import bundled_models

MODEL = "minilm-3"
SAD = "I feel so alone and sad today, nothing helps."
HAPPY = "What a lovely day, thank you all so much!"
ORDINARY = [
    SAD,
    HAPPY,
    "The train leaves at nine.",
    "Is this the right thread?",
    SAD.upper(),
    f"{HAPPY} {SAD}",
]
HOSTILE = {
    "empty": "",
    "blank": " \t\r\n ",
    "zero width": "\u200b\u200d\ufeff",
    "nul": "sad \x00 sad",
    "lone surrogate": "sad \ud800 sad",
    "emoji": "😭" * 500,
    "combining": "a" + "\u0301" * 5_000,
    "right to left": "\u202eyadot enola os leef I",
    "arabic": "أشعر بالوحدة اليوم",
    "one endless word": "a" * 200_000,
    "many words": "so sad " * 50_000,
    "special tokens": "[CLS] [SEP] [PAD] [MASK] [UNK] <s> </s>",
    "braces": "{text} %s ${x} \\u0000",
}


class Explaining(Classifier, Explainer, Protocol):
    """Whatever classifies can say why."""


class ClassifierContract:
    """Subclasses give the fixture `classifier`, running."""

    async def test_nothing_gives_nothing(self, classifier: Classifier) -> None:
        assert await classifier.classify([]) == []

    @pytest.mark.parametrize("number", [1, 2, 3, 64, 130])
    async def test_one_prediction_a_text(self, classifier: Classifier, number: int) -> None:
        texts = [ORDINARY[index % len(ORDINARY)] for index in range(number)]
        assert len(await classifier.classify(texts)) == number

    async def test_a_prediction_depends_on_its_text_alone(self, classifier: Classifier) -> None:
        """Not on its neighbours, its place, the number of texts, or what was asked before."""
        alone = {text: (await classifier.classify([text]))[0] for text in [*ORDINARY, *HOSTILE.values()]}
        among = [*HOSTILE.values(), *ORDINARY, *reversed(ORDINARY), SAD]
        assert await classifier.classify(among) == [alone[text] for text in among]

    async def test_callers_at_the_same_time_get_their_own(self, classifier: Classifier) -> None:
        expected = await classifier.classify(ORDINARY)
        asked = [ORDINARY[start:] + ORDINARY[:start] for start in range(len(ORDINARY))]
        answers = await asyncio.gather(*[classifier.classify(texts) for texts in asked])
        for start, answer in enumerate(answers):
            assert answer == expected[start:] + expected[:start]

    @pytest.mark.parametrize("text", [*ORDINARY, *HOSTILE.values()], ids=[*map(str, range(6)), *HOSTILE])
    async def test_any_text_gives_whole_and_possible_numbers(self, classifier: Classifier, text: str) -> None:
        [found] = await classifier.classify([text])
        is_possible(found)
        assert (found.model, found.preprocessing) == (classifier.version, classifier.preprocessing)
        assert found.thresholds == classifier.thresholds

    def test_every_setting_has_a_threshold_and_keener_never_means_rarer(self, classifier: Classifier) -> None:
        by_keenness = [Sensitivity.CAREFUL, Sensitivity.NORMAL, Sensitivity.KEEN]
        assert classifier.thresholds.keys() == set(ReplyWhen)
        for when in ReplyWhen:
            lines = [classifier.thresholds[when][each] for each in by_keenness]
            assert all(0 <= line <= 1 for line in lines)
            assert all(stricter >= looser for stricter, looser in pairwise(lines))

    @pytest.mark.parametrize("text", [*ORDINARY, *HOSTILE.values()], ids=[*map(str, range(6)), *HOSTILE])
    async def test_few_words_decide_and_always_the_same_ones(self, classifier: Explaining, text: str) -> None:
        found = list(await classifier.why(text, ReplyWhen.NEGATIVE, top=3))
        assert len(found) <= 3
        assert all(word and 0 < abs(weight) <= 1 for word, weight in found)
        assert found == sorted(found, key=lambda each: -abs(each[1]))
        assert list(await classifier.why(text, ReplyWhen.NEGATIVE, top=3)) == found

    @pytest.mark.parametrize("when", ReplyWhen)
    async def test_any_score_that_calls_for_a_reply_is_explained(
        self, classifier: Explaining, when: ReplyWhen
    ) -> None:
        found = await classifier.why(SAD, when, top=3)
        assert all(word in SAD for word, _ in found)

    async def test_callers_may_ask_why_while_others_classify(self, classifier: Explaining) -> None:
        expected = [await classifier.why(text, ReplyWhen.NEGATIVE, top=4) for text in ORDINARY]
        predictions = await classifier.classify(ORDINARY)
        *found, classified = await asyncio.gather(
            *[classifier.why(text, ReplyWhen.NEGATIVE, top=4) for text in ORDINARY],
            classifier.classify(ORDINARY),
        )
        assert found == expected
        assert classified == predictions

    async def test_it_hears_sadness(self, classifier: Classifier) -> None:
        [found] = await classifier.classify(["sad sad sad sad"])
        assert found.negative >= classifier.thresholds[ReplyWhen.NEGATIVE][Sensitivity.NORMAL]
        assert found.label == "negative"


def is_possible(found: Prediction) -> None:
    """All numbers lie in [0, 1], so none is NaN, and they fit each other."""
    scores = [
        found.positive,
        found.negative,
        found.neutral,
        found.ambiguous,
        found.not_positive,
        found.distress,
    ]
    assert all(0 <= score <= 1 for score in [*scores, *found.emotions.values()])
    assert all(type(score) is float for score in [*scores, *found.emotions.values()]), "plain, for JSON"
    assert found.not_positive == pytest.approx(1 - found.positive)
    assert tuple(found.emotions) == EMOTIONS
    assert found.label in GROUPS
    assert list(found.groups) == [group for group in GROUPS if group in found.groups], "in the model's order"
    assert not found.groups or found.label in found.groups


class TestWordClassifier(ClassifierContract):
    @pytest.fixture
    def classifier(self) -> Explaining:
        return WordClassifier()


class TestBaseline(ClassifierContract):
    @pytest.fixture
    async def classifier(self) -> AsyncIterator[Explaining]:
        async with ThreadedClassifier("baseline", []) as running:
            yield running

    async def test_everyone_is_sad(self, classifier: Classifier) -> None:
        assert {found.label for found in await classifier.classify(ORDINARY)} == {"negative"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[Explaining]:
    """Loaded once for all tests: it belongs to no event loop."""
    async with ThreadedClassifier(MODEL, [bundled_models()]) as running:
        yield running


class TestModel(ClassifierContract):
    @pytest.fixture
    def classifier(self, model: Explaining) -> Explaining:
        return model

    async def test_it_tells_a_sad_comment_from_a_happy_one(self, classifier: Classifier) -> None:
        sad, happy = await classifier.classify([SAD, HAPPY])
        assert (sad.label, happy.label) == ("negative", "positive")
        assert sad.emotions["sadness"] > 0.3 > happy.emotions["sadness"]
        assert sad.distress > 0.3 > happy.distress

    async def test_the_words_that_decided_are_the_telling_ones(self, classifier: Explaining) -> None:
        found = await classifier.why(SAD, ReplyWhen.NEGATIVE, top=3)
        assert {"alone", "sad"} & {word for word, weight in found if weight > 0}
