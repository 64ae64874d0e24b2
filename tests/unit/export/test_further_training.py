"""Further training on feedback, and weights back from int8, with a tiny encoder; needs the training extra."""

# ruff: noqa: PLC0415 - what needs torch is imported once it is known to be there

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from export.data import Dataset
from export.errors import StageError
from export.feedback import Feedback, Labelled
from model.labels import EMOTIONS, GROUP_OF, GROUPS
from model.manifest import GRAPH, verify

torch = pytest.importorskip("torch", reason="needs the training extra")
onnx = pytest.importorskip("onnx", reason="needs the training extra")

pytestmark = pytest.mark.training


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, sample: Dataset, tiny_encoder: Path) -> Path:
    """A folder with `trained.pt` and a release `tiny-1`, without limits."""
    from export.checkpoint import Plan
    from export.release import release
    from export.train import train

    out = tmp_path_factory.mktemp("trained")
    train(
        plan=Plan(epochs=1, batch_size=8, max_tokens=32, threads=1, learning_rate=1e-3, limit_steps=9),
        train_split=sample.splits["train"],
        dev_split=sample.splits["dev"],
        data_sha256=sample.sha256,
        encoder=tiny_encoder,
        out=out,
    )
    release(data=sample, encoder=tiny_encoder, base_encoder="tiny", out=out, version="tiny-1")
    return out


@pytest.fixture
def feedback_file(tmp_path: Path) -> Path:
    lines: list[dict[str, Any]] = [
        {"text": f"the bus was late again {number}", "label": "negative"} for number in range(30)
    ]
    lines += [{"text": f"that goal was sick {number}", "emotions": ["excitement"]} for number in range(15)]
    path = tmp_path / "feedback.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


# ------------------------------------------------------------------ weights back from int8


def test_the_weights_come_back_but_for_rounding(trained: Path, tiny_encoder: Path, sample: Dataset) -> None:
    from export.dequantise import recovered

    weights = recovered(trained / "tiny-1", tiny_encoder, sample.splits["dev"].texts)
    original: dict[str, Any] = torch.load(trained / "trained.pt", weights_only=True)["weights"]

    assert weights.keys() == original.keys()
    assert all(weights[name].shape == value.shape for name, value in original.items())
    matrices = [
        name for name in original if name.startswith("encoder.encoder.layer") and original[name].ndim > 1
    ]
    assert len(matrices) == 2 * 6
    for name in [*matrices, "encoder.embeddings.word_embeddings.weight"]:
        furthest = float((weights[name] - original[name]).abs().max())
        assert furthest <= float(original[name].abs().max()) / 100, name
    for each in (weights, original):
        # The token type that every comment has is released as a part of the positions.
        each["position"] = (
            each["encoder.embeddings.position_embeddings.weight"][:32]
            + each["encoder.embeddings.token_type_embeddings.weight"][0]
        )
    assert torch.allclose(weights["position"], original["position"], atol=1e-3)


def renamed(folder: Path, name: str) -> None:
    """The same graph with another name for one of its constants, as another exporter would give it."""
    graph = onnx.load(folder / GRAPH)
    for constant in graph.graph.initializer:
        constant.name = "elsewhere" if constant.name == name else constant.name
    for node in graph.graph.node:
        node.input[:] = ["elsewhere" if each == name else each for each in node.input]
    onnx.save(graph, str(folder / GRAPH))


def resealed(folder: Path) -> None:
    from export.release import record
    from model.manifest import MANIFEST, load_manifest, sha256

    manifest = load_manifest(folder)
    sealed = manifest.model_copy(update={"files": {**manifest.files, GRAPH: sha256(folder / GRAPH)}})
    (folder / MANIFEST).write_text(sealed.model_dump_json(), "utf-8")
    record(folder, {})


def test_a_graph_of_another_layout_is_refused_by_the_first_weight_that_it_lacks(
    trained: Path, tiny_encoder: Path, sample: Dataset, tmp_path: Path
) -> None:
    from export.dequantise import recovered

    folder = Path(shutil.copytree(trained / "tiny-1", tmp_path / "tiny-1"))
    renamed(folder, "0.query.weight")
    resealed(folder)

    with pytest.raises(StageError, match=r"layout.*0\.query\.weight"):
        recovered(folder, tiny_encoder, sample.splits["dev"].texts)


def test_weights_that_say_something_else_are_refused(
    trained: Path, tiny_encoder: Path, sample: Dataset, tmp_path: Path
) -> None:
    from export.dequantise import recovered

    folder = Path(shutil.copytree(trained / "tiny-1", tmp_path / "tiny-1"))
    graph = onnx.load(folder / GRAPH)
    (bias,) = (each for each in graph.graph.initializer if each.name == "heads.bias")
    # The graph adds its bias from a copy of another name: what is recovered lacks the change.
    changed = onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(bias) + 5, "elsewhere")
    graph.graph.initializer.append(changed)
    for node in graph.graph.node:
        node.input[:] = ["elsewhere" if name == "heads.bias" else name for name in node.input]
    onnx.save(graph, str(folder / GRAPH))
    resealed(folder)

    with pytest.raises(StageError, match="differs from it by"):
        recovered(folder, tiny_encoder, sample.splits["dev"].texts)


# ------------------------------------------------------------------ the mixture


def some_feedback() -> tuple[Labelled, ...]:
    none: frozenset[str] = frozenset()
    return (
        Labelled(line=1, text="late again", groups=frozenset({"negative"}), emotions=none),
        Labelled(
            line=2, text="so sick", groups=frozenset({"positive"}), emotions=frozenset({"joy", "pride"})
        ),
        Labelled(line=3, text="at nine", groups=frozenset({"neutral"}), emotions=none),
    )


def test_feedback_is_mixed_with_replayed_comments(sample: Dataset) -> None:
    from export.further import MOST_REPEATS, mixture

    feedback = some_feedback()
    believed = np.full((3, len(EMOTIONS)), 0.3, dtype=np.float32)

    mixed = mixture(sample.splits["train"], feedback, believed, seed=1)

    train = sample.splits["train"]
    assert mixed.replayed == len(train.comments)
    assert mixed.texts == ["late again", "so sick", "at nine"] * 4 + train.texts
    assert MOST_REPEATS >= 4
    assert mixed.groups.shape == (len(mixed.texts), len(GROUPS))
    assert mixed.groups[:3].tolist() == [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0]]
    late, sick, nine = mixed.emotions[:3]
    assert {emotion: value for emotion, value in zip(EMOTIONS, late, strict=True) if value} == pytest.approx(
        {emotion: 0.3 for emotion in EMOTIONS if GROUP_OF[emotion] == "negative"}
    )
    assert {emotion for emotion, value in zip(EMOTIONS, sick, strict=True) if value == 1} == {"joy", "pride"}
    assert sick.sum() == 2
    assert nine[EMOTIONS.index("neutral")] == nine.sum() == 1
    np.testing.assert_array_equal(mixed.emotions[12:], train.emotions)


def test_what_the_feedback_knows_better_is_not_replayed(sample: Dataset) -> None:
    from export.further import mixture

    train = sample.splits["train"]
    better = Labelled(
        line=1, text=train.texts[0].upper(), groups=frozenset({"neutral"}), emotions=frozenset()
    )

    mixed = mixture(train, (better,), np.zeros((1, len(EMOTIONS)), dtype=np.float32), seed=1)

    assert train.texts[0] not in mixed.texts
    assert mixed.replayed < len(train.comments)


# ------------------------------------------------------------------ the command


def test_the_command_leaves_a_candidate_that_says_where_it_comes_from(
    trained: Path, tiny_encoder: Path, sample_folder: Path, feedback_file: Path, tmp_path: Path
) -> None:
    from export.__main__ import app

    command = ["train", "--data", sample_folder, "--out", tmp_path, "--base", tiny_encoder, "--epochs", 1]
    command += ["--threads", 1, "--steps", 2, "--extra", feedback_file, "--from", trained / "trained.pt"]
    result = CliRunner().invoke(app, [str(part) for part in [*command, "--version", "tiny-2"]])

    assert result.exit_code == 0, result.output
    manifest = verify(tmp_path / "further" / "tiny-2")
    assert manifest.training["continued_from"] == "trained.pt"
    assert (manifest.training["feedback"], manifest.training["replayed"]) == (45, 40)
    assert "dev" in manifest.metrics
    assert manifest.reference is not None
    assert "bus was late" not in json.dumps(manifest.model_dump(mode="json"))


def test_training_further_starts_where_it_was_told_to(
    trained: Path, tiny_encoder: Path, sample: Dataset, tmp_path: Path
) -> None:
    from export.checkpoint import Plan
    from export.further import further, start_from

    start = start_from(trained / "trained.pt")
    feedback = Feedback(texts=some_feedback(), notes=(), sha256="0" * 64)
    plan = Plan(epochs=1, batch_size=8, max_tokens=32, threads=1, learning_rate=0.0, head_learning_rate=0.0)

    path = further(plan=plan, data=sample, feedback=feedback, start=start, encoder=tiny_encoder, out=tmp_path)

    for name, value in torch.load(path, weights_only=True)["weights"].items():
        torch.testing.assert_close(value, start.weights[name], msg=name)


def test_another_start_in_the_same_folder_is_another_run(
    trained: Path, tiny_encoder: Path, sample: Dataset, tmp_path: Path
) -> None:
    from export.checkpoint import Plan
    from export.further import Start, further, start_from

    one = start_from(trained / "trained.pt")
    other = Start(name=one.name, weights={**one.weights, "groups.bias": one.weights["groups.bias"] + 1})
    feedback = Feedback(texts=some_feedback(), notes=(), sha256="0" * 64)
    plan = Plan(epochs=1, batch_size=8, max_tokens=32, threads=1, learning_rate=0.0, head_learning_rate=0.0)

    for start in (one, other):
        path = further(
            plan=plan, data=sample, feedback=feedback, start=start, encoder=tiny_encoder, out=tmp_path
        )
        saved = torch.load(path, weights_only=True)

        assert saved["origin"]["continued_from_sha256"] == start.sha256
        torch.testing.assert_close(saved["weights"]["groups.bias"], start.weights["groups.bias"])


def test_a_start_that_is_none_is_named(tiny_encoder: Path, tmp_path: Path, sample: Dataset) -> None:
    from export.checkpoint import Plan
    from export.further import Start, further, start_from

    (tmp_path / "trained.pt").write_bytes(b"broken")
    with pytest.raises(StageError, match=r"trained\.pt is not what"):
        start_from(tmp_path / "trained.pt")
    with pytest.raises(StageError, match=r"nowhere\.pt is not what"):
        start_from(tmp_path / "nowhere.pt")

    other = Start(name="other", weights={"groups.bias": torch.zeros(4)})
    feedback = Feedback(texts=some_feedback(), notes=(), sha256="0" * 64)
    with pytest.raises(StageError, match="other does not fit"):
        further(plan=Plan(), data=sample, feedback=feedback, start=other, encoder=tiny_encoder, out=tmp_path)


def test_a_start_without_feedback_is_bad_usage(sample_folder: Path, tmp_path: Path) -> None:
    from export.__main__ import app

    result = CliRunner().invoke(app, ["train", "--data", str(sample_folder), "--from", str(tmp_path)])

    assert result.exit_code == 2
    assert "--extra" in result.output
