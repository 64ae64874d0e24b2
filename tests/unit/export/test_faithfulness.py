"""Explanations against the inside of the network; needs the training extra."""

# ruff: noqa: PLC0415 - what needs torch is imported once it is known to be there

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from typer.testing import CliRunner

from export.data import Dataset
from export.errors import StageError
from export.faithfulness import FRACTIONS, check, spearman
from model.classifier import BaselineClassifier, Scores
from model.explain import ScoreName
from model.labels import EMOTIONS, GROUPS

TEXTS = [f"this one is {word} and that is all" for word in ("sad", "sad sad", "glad", "neither", "not sad")]


class Counting(BaselineClassifier):
    """As negative as it has the word "sad", up to three times."""

    def classify(self, texts: Sequence[str]) -> list[Scores]:
        return [self._scores(text.split().count("sad")) for text in texts]

    def _scores(self, sad: int) -> Scores:
        groups = {"positive": 0.1, "negative": 0.3 * min(sad, 3), "neutral": 0.2, "ambiguous": 0.0}
        return Scores(groups=groups, emotions=dict.fromkeys(EMOTIONS, 0.0))


def knows(text: str, spans: Sequence[tuple[int, int]], score: ScoreName) -> list[float]:
    del score
    return [float(text[start:end] == "sad") for start, end in spans]


def knows_nothing(text: str, spans: Sequence[tuple[int, int]], score: ScoreName) -> list[float]:
    return [-weight for weight in knows(text, spans, score)]


def test_the_right_words_are_comprehensive_and_sufficient() -> None:
    found = check(Counting(), knows, ["so very sad today"], sample=1, seed=1)
    occlusion, gradients, shuffled = found.methods

    assert [method.name for method in found.methods] == ["occlusion", "integrated gradients", "random"]
    assert list(occlusion.comprehensiveness.values()) == pytest.approx([0.3] * len(FRACTIONS))
    assert list(occlusion.sufficiency.values()) == pytest.approx([0.0] * len(FRACTIONS))
    assert gradients.comprehensiveness == occlusion.comprehensiveness
    assert shuffled.comprehensiveness[0.1] < 0.3
    assert found.rank_correlation == pytest.approx(1)
    assert found.same_first == 1


def test_a_method_that_names_the_wrong_words_is_found_out() -> None:
    found = check(Counting(), knows_nothing, ["so very sad today"], sample=1, seed=1)
    occlusion, wrong, _ = found.methods

    assert wrong.comprehensiveness[0.5] < occlusion.comprehensiveness[0.5]
    assert wrong.sufficiency[0.5] > occlusion.sufficiency[0.5]
    assert found.rank_correlation == pytest.approx(-1)
    assert found.same_first == 0


def test_the_same_seed_gives_the_same_table() -> None:
    one, again, other = (check(Counting(), knows, TEXTS, sample=3, seed=seed) for seed in (4, 4, 5))

    assert one == again
    assert one.lines() != other.lines()
    assert one.lines()[0].count("|") == one.lines()[2].count("|") == 2 * len(FRACTIONS) + 4


@pytest.mark.parametrize("texts", [[], ["too short"], ["word " * 60]])
def test_no_fit_text_is_said(texts: list[str]) -> None:
    with pytest.raises(StageError, match="4 to 31 words"):
        check(Counting(), knows, texts, sample=5, seed=1)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 2, 3], [10, 20, 90], 1.0),
        ([1, 2, 3], [3, 2, 1], -1.0),
        ([1, 1, 2], [1, 1, 2], 1.0),
        ([1, 1, 1], [1, 2, 3], 0.0),
        ([1, 2, 3, 4], [1, 3, 2, 4], 0.8),
    ],
)
def test_rank_correlation(one: list[float], other: list[float], expected: float) -> None:
    assert spearman(one, other) == pytest.approx(expected)


# ------------------------------------------------------------------ inside the network


@pytest.fixture(scope="module")
def trained(
    tmp_path_factory: pytest.TempPathFactory, sample_folder: Path, tiny_encoder: Path
) -> tuple[Path, Path]:
    """Where `python -m export train` and `onnx` left their results: a trial of a few steps."""
    pytest.importorskip("torch", reason="needs the training extra")
    from export.__main__ import app

    out = tmp_path_factory.mktemp("explained")
    common = ["--data", sample_folder, "--out", out, "--base", tiny_encoder]
    for command in (["train", *common, "--epochs", 1, "--steps", 4, "--threads", 1], ["onnx", *common]):
        result = CliRunner().invoke(app, [str(part) for part in command])
        assert result.exit_code == 0, result.output
    return out, out / "minilm-3"


@pytest.fixture(scope="module")
def network(trained: tuple[Path, Path], tiny_encoder: Path) -> Any:
    from export.attribution import trained_network
    from model.manifest import load_manifest

    out, release = trained
    return trained_network(out, tiny_encoder, load_manifest(release))


@pytest.mark.training
@pytest.mark.parametrize("score", get_args(ScoreName))
def test_gradients_add_up_to_the_score(network: Any, score: ScoreName) -> None:
    """The completeness axiom: all weights together are the score minus that of a text of nothing."""
    import torch

    from export.attribution import integrated_gradients, value
    from export.network import Calibrated

    ids, special = [2, 40, 41, 90, 17, 3], [1, 0, 0, 0, 0, 1]
    nothing = [2, 0, 0, 0, 0, 3]
    with torch.inference_mode():
        rows = torch.tensor([ids, nothing])
        groups, emotions = Calibrated(network)(rows, torch.ones_like(rows))
        whole, empty = value(groups, emotions, score).tolist()
    weights = integrated_gradients(network, ids, special, score, steps=128)

    assert sum(weights) == pytest.approx(whole - empty, abs=3e-5)
    assert abs(whole - empty) > 3e-4, "or the line above says nothing"
    assert weights[0] == weights[-1] == 0, "what the tokenizer puts in is no word"


@pytest.mark.training
def test_a_score_in_torch_is_the_one_of_the_model() -> None:
    torch = pytest.importorskip("torch", reason="needs the training extra")
    from export.attribution import value

    generator = np.random.default_rng(1)
    groups, emotions = generator.random(len(GROUPS)), generator.random(len(EMOTIONS))
    scores = Scores(
        groups=dict(zip(GROUPS, groups, strict=True)), emotions=dict(zip(EMOTIONS, emotions, strict=True))
    )
    rows = torch.tensor(groups)[None], torch.tensor(emotions)[None]
    for score in get_args(ScoreName):
        assert value(*rows, score).item() == pytest.approx(getattr(scores, score))


@pytest.mark.training
def test_a_word_gets_all_its_tokens_and_nothing_else(network: Any, trained: tuple[Path, Path]) -> None:
    from export.attribution import integrated_gradients, word_weights
    from export.tokens import load_tokenizer
    from model.explain import words

    tokenizer = load_tokenizer(trained[1], 128)
    prepared = "thankfulness overflows, truly"
    encoding = tokenizer.encode(prepared)
    by_token = integrated_gradients(network, encoding.ids, encoding.special_tokens_mask, "negative")
    found = word_weights(network, tokenizer, prepared, words(prepared), "negative")
    comma = encoding.tokens.index(",")

    assert len(encoding.ids) > 6, "words of several pieces"
    assert len(found) == 3
    assert sum(found) == pytest.approx(sum(by_token) - by_token[comma])


@pytest.mark.training
def test_the_command_prints_the_table(
    trained: tuple[Path, Path], sample_folder: Path, tiny_encoder: Path
) -> None:
    from export.__main__ import app

    out, release = trained
    command = ["explain-check", "--data", sample_folder, "--out", out, "--base", tiny_encoder, "--sample", 3]
    result = CliRunner().invoke(app, [str(part) for part in [*command, "--model", release]])

    assert result.exit_code == 0, result.output
    assert "| occlusion |" in result.output
    assert "| integrated gradients |" in result.output
    assert "| random |" in result.output
    assert "3 comments; rank correlation" in result.output


@pytest.mark.training
def test_nothing_trained_is_said(
    trained: tuple[Path, Path], sample: Dataset, tiny_encoder: Path, tmp_path: Path
) -> None:
    from export.attribution import check_release

    texts = [comment.text for comment in sample.splits["dev"].comments]
    with pytest.raises(StageError, match="export train"):
        check_release(trained[1], tmp_path, tiny_encoder, texts, sample=3, seed=1)


@pytest.mark.training
def test_a_release_of_another_training_is_refused(
    trained: tuple[Path, Path], sample: Dataset, tiny_encoder: Path, tmp_path: Path
) -> None:
    import torch

    from export.attribution import check_release

    saved = torch.load(trained[0] / "trained.pt", weights_only=True)
    saved["weights"]["groups.bias"] += 3
    torch.save(saved, tmp_path / "trained.pt")
    texts = [comment.text for comment in sample.splits["dev"].comments]
    with pytest.raises(StageError, match="not of this training"):
        check_release(trained[1], tmp_path, tiny_encoder, texts, sample=3, seed=1)
