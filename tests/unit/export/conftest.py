from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from export.data import Dataset, load

SAMPLE = Path(__file__).parent / "sample"


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
