import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from export.data import Dataset, load
from model.classifier import BaselineClassifier, Classifier, Scores
from model.labels import GROUPS

SAMPLE = Path(__file__).parent / "sample"


class Prejudiced(BaselineClassifier):
    """A model that finds some names very sad, the word "gay" a little, and nothing else anything."""

    version = "prejudiced"

    def classify(self, texts: Sequence[str]) -> list[Scores]:
        return [self._judge(text) for text in texts]

    def _judge(self, text: str) -> Scores:
        words = set(re.findall(r"\w+", text.lower()))
        negative = (
            0.2 + 0.6 * bool(words & {"keisha", "lakisha", "tanisha", "imani"}) + 0.1 * ("gay" in words)
        )
        (plain,) = super().classify([text])
        return Scores(
            groups=dict.fromkeys(GROUPS, 0.1) | {"negative": negative, "neutral": 0.5},
            emotions=plain.emotions,
        )


@pytest.fixture
def prejudiced() -> Classifier:
    """See `Prejudiced`."""
    return Prejudiced()


@pytest.fixture(scope="session")
def sample() -> Dataset:
    """Sixty comments in GoEmotions' format, written for these tests."""
    return load(SAMPLE)


@pytest.fixture(scope="session")
def sample_folder() -> Path:
    return SAMPLE


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory, sample: Dataset) -> Path:
    """A Hugging Face folder with a random BERT of two narrow layers and a vocabulary of the sample."""
    build: Callable[[Path, list[str]], Any] = pytest.importorskip(
        "tests.unit.export.tiny_bert", reason="needs the training extra", exc_type=ImportError
    ).build
    folder = tmp_path_factory.mktemp("tiny-bert")
    build(folder, sample.splits["train"].texts)
    return folder
