"""What an audit relies on, whichever shelf of models it has: the fake of the tests, the folders on disk."""

import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from fakes import Classifiers, WordClassifier

from bot.application.audit import ModelShelf
from bot.application.ports import Classifier
from bot.application.records import Missing
from bot.bootstrap.auditing import Shelf
from model.manifest import MANIFEST
from model.registry import bundled_models

MODEL = "minilm-3"


class ShelfContract:
    """Subclasses give the fixtures `shelf`, open, and `known`: the versions of what it holds."""

    async def test_what_it_holds_classifies(self, shelf: ModelShelf, known: list[tuple[str, str]]) -> None:
        """One after the other, back and forth: another model may have been promoted meanwhile."""
        for model, preprocessing in [*known, *reversed(known)]:
            classifier = await shelf.classifier(model, preprocessing)
            assert not isinstance(classifier, Missing)
            (prediction,) = await classifier.classify(["I feel so sad today"])
            assert (prediction.model, prediction.preprocessing) == (model, preprocessing)

    async def test_another_text_preparation_is_not_here(
        self, shelf: ModelShelf, known: list[tuple[str, str]]
    ) -> None:
        for model, preprocessing in known:
            assert await shelf.classifier(model, "of long ago") is Missing.PREPROCESSING_GONE
            assert not isinstance(await shelf.classifier(model, preprocessing), Missing)

    async def test_a_model_that_is_not_here_is_said_to_be_gone(
        self, shelf: ModelShelf, known: list[tuple[str, str]]
    ) -> None:
        for name in ("of-long-ago", "", "../minilm-3", "."):
            assert await shelf.classifier(name, known[0][1]) is Missing.MODEL_GONE


class TestFake(ShelfContract):
    @pytest.fixture
    def known(self) -> list[tuple[str, str]]:
        return [("words", "none")]

    @pytest.fixture
    def shelf(self) -> ModelShelf:
        return Classifiers(WordClassifier())


class TestFolders(ShelfContract):
    @pytest.fixture
    def known(self) -> list[tuple[str, str]]:
        manifest = json.loads((bundled_models() / MODEL / MANIFEST).read_text())
        return [("baseline", manifest["preprocessing"]), (MODEL, manifest["preprocessing"])]

    @pytest_asyncio.fixture
    async def shelf(self) -> AsyncIterator[ModelShelf]:
        async with Shelf([bundled_models()]) as opened:
            yield opened

    async def test_one_model_is_loaded_at_a_time(self, known: list[tuple[str, str]]) -> None:
        async with Shelf([bundled_models()]) as shelf:
            first = await _classifier(shelf, *known[1])
            assert await _classifier(shelf, *known[1]) is first
            await _classifier(shelf, *known[0])
            with pytest.raises(RuntimeError, match="not running"):
                await first.classify(["sad"])

    async def test_a_damaged_model_and_one_of_another_preparation_are_not_here(self, tmp_path: Path) -> None:
        damaged, other = tmp_path / MODEL, tmp_path / "other"
        for folder in (damaged, other):
            shutil.copytree(bundled_models() / MODEL, folder, copy_function=os.symlink)
        (damaged / "tokenizer.json").unlink()
        manifest = json.loads((other / MANIFEST).read_text())
        (other / MANIFEST).unlink()
        changed = manifest | {"version": "other", "preprocessing": "of tomorrow"}
        (other / MANIFEST).write_text(json.dumps(changed))
        async with Shelf([tmp_path]) as shelf:
            assert await shelf.classifier(MODEL, manifest["preprocessing"]) is Missing.MODEL_GONE
            assert await shelf.classifier("other", "of tomorrow") is Missing.PREPROCESSING_GONE


async def _classifier(shelf: ModelShelf, model: str, preprocessing: str) -> Classifier:
    found = await shelf.classifier(model, preprocessing)
    assert not isinstance(found, Missing)
    return found
