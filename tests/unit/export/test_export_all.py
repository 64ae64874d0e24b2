"""The whole training side on sixty comments and a tiny random encoder; needs the training extra."""

# ruff: noqa: PLC0415 - what needs torch is imported once it is known to be there

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from export.data import Dataset
from export.errors import EncoderError, LimitError, StageError
from export.limits import Limits
from model.labels import EMOTIONS, GROUPS
from model.manifest import CARD, MANIFEST, sha256, verify
from model.onnx import OnnxClassifier
from model.preprocess import PREPROCESSING_VERSION

torch = pytest.importorskip("torch", reason="needs the training extra")

pytestmark = pytest.mark.training


TRIAL = ["--epochs", 1, "--threads", 1, "--steps", 9]


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory, sample_folder: Path, tiny_encoder: Path) -> Path:
    """What `python -m export all` leaves: a trial, since sixty comments keep no limits."""
    from export.__main__ import app

    out = tmp_path_factory.mktemp("out")
    command = ["all", "--data", sample_folder, "--out", out, "--base", tiny_encoder, "--version", "tiny-1"]
    result = CliRunner().invoke(app, [str(part) for part in [*command, *TRIAL]])
    assert result.exit_code == 0, result.output
    assert "skipped, train.tsv line 4" in result.output
    assert "TF-IDF" in result.output
    assert "Only a trial." in result.output
    return out / "tiny-1"


def test_the_release_is_whole_and_says_how_it_was_made(release: Path, sample: Dataset) -> None:
    manifest = verify(release)

    assert manifest.preprocessing == PREPROCESSING_VERSION
    assert manifest.data.sha256 == sample.sha256
    assert manifest.data.counts == {"train": 40, "dev": 10, "test": 10}
    assert {"dev", "test", "quantisation", "test, everyone is sad"} <= set(manifest.metrics)
    assert set(manifest.tools) >= {"torch", "onnxruntime"}
    assert "not a medical device" in (release / CARD).read_text("utf-8")
    assert manifest.files[CARD] == sha256(release / CARD)
    assert manifest.training["limit_steps"] == 9
    assert str(release.parent) not in json.dumps(manifest.model_dump(mode="json"))


def test_torch_and_onnx_agree(release: Path) -> None:
    assert verify(release).metrics["quantisation"]["torch_onnx_max_difference"] < 1e-5


def test_serving_gives_what_the_evaluation_measured(release: Path, sample: Dataset) -> None:
    from export.evaluate import outputs

    split = sample.splits["test"]
    groups, emotions = outputs(release, verify(release), split)
    served = OnnxClassifier(release).classify([comment.text for comment in split.comments])

    assert [[scores.groups[group] for group in GROUPS] for scores in served] == groups.tolist()
    assert [[scores.emotions[emotion] for emotion in EMOTIONS] for scores in served] == emotions.tolist()


def test_an_examined_release_is_still_whole_and_its_card_says_what_was_found(
    release: Path, sample_folder: Path
) -> None:
    from export.__main__ import app

    command = ["examine", "--data", sample_folder, "--model", release, "--limit", 5, "--locked"]
    result = CliRunner().invoke(app, [str(part) for part in command])
    assert result.exit_code == 0, result.output
    manifest, text = verify(release), (release / CARD).read_text("utf-8")

    open_half, locked = (manifest.metrics[f"behaviour, {half}"] for half in ("open", "locked"))
    assert open_half.keys() == locked.keys()
    assert {"irony_and_idioms", "calm_trigger_words", "swapped_characters"} <= open_half.keys()
    assert all(0 <= rate <= 1 for rate in [*open_half.values(), *locked.values()])
    assert {"source_chat", "source_long_posts"} <= manifest.metrics["sources, AUROC of negative"].keys()
    assert manifest.metrics["robustness"]["clean"] == 0
    assert {"typos", "homoglyphs"} <= manifest.metrics["robustness"].keys()
    for title in ("Behaviour", "False alarms", "Outside GoEmotions", "Swapped characters", "Who somebody is"):
        assert f"## {title}" in text


def test_padding_changes_nothing_in_torch(tiny_encoder: Path) -> None:
    from export.network import build
    from export.train import predict

    network = build(tiny_encoder)
    together, _ = predict(network, [[2, 5, 3], [2, 9, 8, 7, 6, 5, 4, 3]])
    alone, _ = predict(network, [[2, 5, 3]])

    np.testing.assert_allclose(together[0].numpy(), alone[0].numpy(), atol=1e-6)


def trained_by(sample: Dataset, encoder: Path, out: Path) -> dict[str, Any]:
    from export.checkpoint import Plan
    from export.train import train

    plan = Plan(batch_size=8, max_tokens=32, checkpoint_every=2, threads=1, learning_rate=1e-3)
    path = train(
        plan=plan,
        train_split=sample.splits["train"],
        dev_split=sample.splits["dev"],
        data_sha256=sample.sha256,
        encoder=encoder,
        out=out,
    )
    saved: dict[str, Any] = torch.load(path, weights_only=True)
    return saved


def test_an_interrupted_run_ends_with_the_same_weights(
    sample: Dataset, tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from export.checkpoint import save

    def interrupted(original: Callable[..., None]) -> Callable[..., None]:
        def save_and_stop(*arguments: object) -> None:
            original(*arguments)
            raise KeyboardInterrupt

        return save_and_stop

    whole = trained_by(sample, tiny_encoder, tmp_path / "whole")
    with monkeypatch.context() as patch:
        patch.setattr("export.train.save", interrupted(save))
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                trained_by(sample, tiny_encoder, tmp_path / "parts")
    parts = trained_by(sample, tiny_encoder, tmp_path / "parts")

    assert [{**entry} for entry in parts["history"]] == whole["history"]
    for name, value in whole["weights"].items():
        assert torch.equal(value, parts["weights"][name]), name


def test_a_checkpoint_of_another_plan_is_not_gone_on_from(
    sample: Dataset, tiny_encoder: Path, tmp_path: Path
) -> None:
    from export.checkpoint import Plan, fingerprint, fresh, resume, save

    plan = Plan(seed=1)
    state = fresh(plan, tiny_encoder)
    state.step = 7
    save(state, fingerprint(plan, sample.sha256, tiny_encoder), tmp_path)
    other = fresh(plan, tiny_encoder)

    resume(other, fingerprint(Plan(seed=2), sample.sha256, tiny_encoder), tmp_path)
    assert other.step == 0
    resume(other, fingerprint(plan, sample.sha256, tiny_encoder), tmp_path)
    assert other.step == 7


def test_a_broken_checkpoint_is_named(sample: Dataset, tiny_encoder: Path, tmp_path: Path) -> None:
    from export.checkpoint import Plan, fingerprint, fresh, resume

    (tmp_path / "checkpoint.pt").write_bytes(b"broken")

    with pytest.raises(StageError, match=r"checkpoint\.pt cannot be read"):
        resume(fresh(Plan(), tiny_encoder), fingerprint(Plan(), sample.sha256, tiny_encoder), tmp_path)


def test_a_release_without_training_is_refused(sample: Dataset, tiny_encoder: Path, tmp_path: Path) -> None:
    from export.release import release

    with pytest.raises(StageError, match="train"):
        release(data=sample, encoder=tiny_encoder, base_encoder="tiny", out=tmp_path, version="tiny-1")


def test_numbers_beyond_a_limit_leave_no_release(sample: Dataset, tiny_encoder: Path, tmp_path: Path) -> None:
    from export.release import release

    trained_by(sample, tiny_encoder, tmp_path)
    (tmp_path / "tiny-1").mkdir()
    (tmp_path / "tiny-1" / MANIFEST).write_text("of an earlier run")

    with pytest.raises(LimitError, match=r"the graph has [\d,]+ bytes, at most 9 are allowed"):
        release(
            data=sample,
            encoder=tiny_encoder,
            base_encoder="tiny",
            out=tmp_path,
            version="tiny-1",
            limits=Limits(size=9),
        )

    assert not (tmp_path / "tiny-1" / MANIFEST).exists()


def test_a_folder_without_an_encoder_is_named(tmp_path: Path) -> None:
    from export.network import encoder_folder

    with pytest.raises(EncoderError, match=r"no config\.json"):
        encoder_folder(tmp_path)


def test_a_release_is_compared_with_what_an_earlier_one_said(
    release: Path, sample_folder: Path, tmp_path: Path
) -> None:
    from export.__main__ import app

    saved = tmp_path / "earlier.npz"
    command = ["evaluate", "--data", str(sample_folder), "--model", str(release), "--split", "dev"]
    assert CliRunner().invoke(app, [*command, "--save", str(saved)]).exit_code == 0
    result = CliRunner().invoke(app, [*command, "--previous", str(saved)], env={"COLUMNS": "200"})

    assert result.exit_code == 0, result.output
    (lead,) = (line for line in result.output.splitlines() if line.startswith("lead on dev over tiny-1"))
    assert "groups_macro_f1 +0.0000" in lead
    assert "groups_macro_f1 p +1.0000" in lead
    saved.write_bytes(b"no archive")
    refused = CliRunner().invoke(app, [*command, "--previous", str(saved)])
    assert "is not what `python -m export evaluate --save` writes" in str(refused.exception)
