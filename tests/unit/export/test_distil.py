"""From teacher to student on sixty comments and tiny random encoders; needs the training extra."""

# ruff: noqa: PLC0415 - what needs torch is imported once it is known to be there

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from typer.testing import CliRunner

from export.data import Dataset
from export.errors import StageError
from model.labels import EMOTIONS, GROUPS

torch = pytest.importorskip("torch", reason="needs the training extra")

pytestmark = pytest.mark.training

Labels = npt.NDArray[np.float32]

UNLABELLED = ["the bus was late again", "what a lovely garden", "i have no idea", "so sad about the news"]


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory, sample: Dataset, tiny_encoder: Path) -> Path:
    from export.checkpoint import Plan
    from export.train import train

    out = tmp_path_factory.mktemp("teacher")
    plan = Plan(epochs=1, batch_size=8, max_tokens=32, threads=1, learning_rate=1e-3)
    train(
        plan=plan,
        train_split=sample.splits["train"],
        dev_split=sample.splits["dev"],
        data_sha256=sample.sha256,
        encoder=tiny_encoder,
        out=out,
    )
    return out


def _texts(sample: Dataset) -> list[str]:
    return [*(comment.text for comment in sample.splits["train"].comments), *UNLABELLED]


def _labels(folders: Sequence[Path], encoder: Path, sample: Dataset, out: Path) -> tuple[Labels, Labels]:
    from export.soft_labels import Teacher, soft_labels

    teachers = [Teacher(folder=folder, encoder=encoder) for folder in folders]
    labels = soft_labels(teachers, _texts(sample), sample.splits["dev"], out, threads=1)
    return labels.groups, labels.emotions


def test_soft_labels_are_probabilities_and_are_gone_on_from(
    teacher: Path, tiny_encoder: Path, sample: Dataset, tmp_path: Path
) -> None:
    groups, emotions = _labels([teacher], tiny_encoder, sample, tmp_path)
    (path,) = tmp_path.glob(f"soft-{teacher.name}-*.npz")
    with np.load(path) as saved:
        whole, digest = saved["labels"], saved["digest"]
    half = whole.copy()
    half[10:] = 0.0
    half[:10] = 0.25  # what was saved is taken, not made again
    np.savez(path, digest=digest, labels=half, done=np.array(10))

    again, _ = _labels([teacher], tiny_encoder, sample, tmp_path)

    assert groups.shape == (44, len(GROUPS))
    assert emotions.shape == (44, len(EMOTIONS))
    assert ((whole > 0) & (whole < 1)).all()
    assert (again[:10] == 0.25).all()
    # bfloat16 adds up in another order in another batch
    assert np.allclose(again[10:], groups[10:], atol=0.02)


def test_two_teachers_are_averaged_by_weight(
    teacher: Path, tiny_encoder: Path, sample: Dataset, tmp_path: Path
) -> None:
    from export.soft_labels import Teacher, soft_labels

    one, _ = _labels([teacher], tiny_encoder, sample, tmp_path)
    other = tmp_path / "elsewhere" / teacher.name
    other.mkdir(parents=True)
    trained = torch.load(teacher / "trained.pt", weights_only=True)
    trained["weights"]["groups.bias"] += 1.0
    torch.save(trained, other / "trained.pt")
    two, _ = _labels([other], tiny_encoder, sample, tmp_path)

    mixed = soft_labels(
        [
            Teacher(folder=teacher, encoder=tiny_encoder),
            Teacher(folder=other, encoder=tiny_encoder, weight=3),
        ],
        _texts(sample),
        sample.splits["dev"],
        tmp_path,
        threads=1,
    )

    assert np.allclose(mixed.groups, one / 4 + two * 3 / 4, atol=1e-6)
    assert len(list(tmp_path.glob("soft-*.npz"))) == 2  # of one name, and neither in the other's place


def test_labels_of_another_dev_split_are_not_gone_on_from(
    teacher: Path, tiny_encoder: Path, sample: Dataset, tmp_path: Path
) -> None:
    dev = sample.splits["dev"]
    first, *others = dev.comments
    emotions = tuple(range(len(EMOTIONS)))
    relabelled = replace(dev, comments=(replace(first, emotions=emotions), *others))
    changed = replace(sample, splits={**sample.splits, "dev": relabelled})

    _labels([teacher], tiny_encoder, sample, tmp_path)
    _labels([teacher], tiny_encoder, changed, tmp_path)

    assert len(list(tmp_path.glob("soft-*.npz"))) == 2, "a file for each"


def test_the_larger_teacher_weighs_six_tenths_and_the_others_share_the_rest() -> None:
    from export.distil import teachers_of
    from export.soft_labels import Teacher

    larger, *others = (Teacher(folder=Path(name), encoder=Path(name)) for name in ("large", "one", "two"))

    assert [each.weight for each in teachers_of(larger, others)] == pytest.approx([0.6, 0.2, 0.2])
    assert [each.weight for each in teachers_of(larger, others[:1])] == pytest.approx([0.6, 0.4])
    assert [each.weight for each in teachers_of(larger, [])] == [1.0]


def test_an_untrained_teacher_says_what_to_do(tiny_encoder: Path, sample: Dataset, tmp_path: Path) -> None:
    with pytest.raises(StageError, match="run `python -m export train`"):
        _labels([tmp_path / "none"], tiny_encoder, sample, tmp_path)


def test_an_epoch_mixes_raters_teachers_and_sentences_of_our_own(
    teacher: Path, tiny_encoder: Path, sample: Dataset, tmp_path: Path
) -> None:
    from export.augment import Recipe, epoch_material
    from export.soft_labels import Teacher, soft_labels

    train = sample.splits["train"]
    labels = soft_labels(
        [Teacher(folder=teacher, encoder=tiny_encoder)],
        _texts(sample),
        sample.splits["dev"],
        tmp_path,
        threads=1,
    )
    recipe = Recipe(soft=0.5, unlabelled=3, templates=5, disturbed=0.5, swapped=0.5)
    first, same, other = (epoch_material(recipe, train, UNLABELLED, labels, seed=s) for s in (1, 1, 2))

    assert len(first.texts) == len(first.groups) == len(first.emotions) == 40 + 3 + 5
    assert first.texts == same.texts
    assert first.texts != other.texts
    assert np.allclose(first.groups[:40], labels.groups[:40] / 2 + train.groups / 2)
    assert {tuple(row) for row in first.groups[40:43]} <= {tuple(row) for row in labels.groups[40:]}
    assert ((first.groups[43:] > 0) & (first.groups[43:] < 1)).all()
    assert (first.groups[43:].max(axis=1) > 0.9).all()
    assert any(a != b.text for a, b in zip(first.texts, train.comments, strict=False))


def test_the_command_weighs_its_teachers_and_says_so(
    teacher: Path, tiny_encoder: Path, sample_folder: Path, tmp_path: Path
) -> None:
    from export.__main__ import app

    command = ["distil", "--data", sample_folder, "--out", tmp_path, "--base", tiny_encoder, "--epochs", 1]
    command += ["--threads", 1, "--steps", 1, "--teacher", tiny_encoder, "--also", teacher]
    result = CliRunner().invoke(app, [str(part) for part in command])

    assert result.exit_code == 0, result.output
    origin = torch.load(tmp_path / "trained.pt", weights_only=True)["origin"]
    assert (origin["teachers"], origin["teachers_weights"]) == (2, "0.6, 0.4")


def test_the_student_learns_and_an_interrupted_run_ends_alike(
    teacher: Path, tiny_encoder: Path, sample: Dataset, tmp_path: Path
) -> None:
    from export import checkpoint
    from export.augment import Recipe
    from export.checkpoint import Plan
    from export.distil import distil
    from export.soft_labels import Teacher

    plan = Plan(epochs=2, batch_size=8, max_tokens=32, threads=1, checkpoint_every=2, learning_rate=1e-3)

    def run(out: Path) -> dict[str, Any]:
        path = distil(
            plan=plan,
            recipe=Recipe(unlabelled=2, templates=4),
            data=sample,
            unlabelled=UNLABELLED,
            teachers=[Teacher(folder=teacher, encoder=tiny_encoder)],
            encoder=tiny_encoder,
            out=out,
        )
        trained = torch.load(path, weights_only=True)
        origin = trained["origin"]
        assert (origin["teachers"], origin["teachers_weights"]) == (1, "1")
        assert (origin["teachers_encoders"], origin["unlabelled_texts"]) == (tiny_encoder.name, 4)
        assert len(origin["unlabelled_sha256"]) == 64
        assert [entry["epoch"] for entry in trained["history"]] == [1, 1, 2, 2]
        return dict(trained["weights"])

    whole = run(tmp_path / "whole")

    class Stop(Exception):
        pass

    kept, saves = checkpoint.save, 0

    def save_then_stop(*args: object, **kwargs: object) -> None:
        nonlocal saves
        kept(*args, **kwargs)  # type: ignore[arg-type]
        saves += 1
        if saves == 5:
            raise Stop

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("export.train.save", save_then_stop)
        with pytest.raises(Stop):
            run(tmp_path / "cut")
    resumed = run(tmp_path / "cut")

    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
