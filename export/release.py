"""From trained weights to a release: calibrate, export, quantise, verify, choose thresholds, write down."""

import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch

from export import int8_graph, onnx_graph
from export.activations import COMMENTS, watched
from export.calibrate import platt, temperature, thresholds
from export.card import card
from export.card_plots import PLOTS, draw
from export.data import Dataset, Split
from export.errors import StageError
from export.limits import Limits, enforce
from export.metrics import POSITIVE, Array, group_thresholds, macro_f1, measured
from export.network import Calibrated, Network, build, shorten
from export.progress import console
from export.reference import reference
from export.tokens import Ids, encode, load_tokenizer, padded
from export.train import TRAINED, load_trained, predict
from model.labels import EMOTIONS, GROUPS
from model.manifest import (
    CARD,
    GRAPH,
    MANIFEST,
    TOKENIZER,
    Manifest,
    Temperatures,
    TrainingData,
    load_manifest,
    sha256,
)
from model.preprocess import PREPROCESSING_VERSION, preprocess
from model.reader import Reader

FP32 = "model.fp32.onnx"
_COMPARED = 256  # comments on which torch and ONNX are compared
_TOOLS = ("torch", "transformers", "tokenizers", "onnx", "onnxruntime", "numpy")


def release(
    *,
    data: Dataset,
    encoder: Path,
    base_encoder: str,
    out: Path,
    version: str,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Path:
    """Build `out/version` from `out/trained.pt`, everything but the numbers on test.

    Without a manifest the folder is no release: it is written last, once the limits are kept. Weights of a
    trial (`Plan.limit_steps`) may break them.

    Raises:
        StageError: nothing has been trained yet, or on other data.
        LimitError: int8 is too far from fp32, ONNX from torch, or the graph is too large.
    """
    trained = _trained(out, data)
    folder = out / version
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    dev = data.splits["dev"]
    network = _prepared(trained, encoder, dev, folder / TOKENIZER)
    reader = Reader(folder / TOKENIZER, trained["plan"]["max_tokens"])
    _write_graphs(network, reader, data.splits["train"], fp32_path=out / FP32, int8_path=folder / GRAPH)
    comments = [reader.windows(text) for text in dev.texts]
    int8, verified = _compared(network, comments, dev, fp32_path=out / FP32, int8_path=folder / GRAPH)
    size = (folder / GRAPH).stat().st_size
    enforce(limits.broken(verified, size), trial=trained["plan"]["limit_steps"] is not None)
    groups, reply, _ = thresholds(*int8, dev)
    draw(folder, dev, int8, thresholds=reply, history=trained["history"])
    manifest = Manifest(
        version=version,
        labels={"groups": GROUPS, "emotions": EMOTIONS},
        temperatures=_temperatures(network),
        group_thresholds=groups,
        reply_thresholds=reply,
        metrics={"dev": _dev_numbers(int8, dev), "quantisation": verified},
        files={name: sha256(folder / name) for name in (GRAPH, TOKENIZER, *PLOTS)},
        reference=reference(int8, [list(chain(*windows)) for windows in comments], dev, folder),
        **_origin(data, trained, base_encoder),
    )
    _write(folder, manifest)
    console.print(f"Released to {folder}: {verified}")
    return folder


def record(folder: Path, numbers: Mapping[str, Mapping[str, float]]) -> None:
    """Add tables of numbers to the manifest and the card of the release in `folder`."""
    manifest = load_manifest(folder)
    _write(folder, manifest.model_copy(update={"metrics": {**manifest.metrics, **numbers}}))


def _write(folder: Path, manifest: Manifest) -> None:
    """Write the card, which is the manifest in words, then the manifest with the card's checksum."""
    (folder / CARD).write_text(card(manifest), encoding="utf-8", newline="\n")
    files = {**manifest.files, CARD: sha256(folder / CARD)}
    sealed = manifest.model_copy(update={"files": files})
    (folder / MANIFEST).write_text(sealed.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n")


def agreement(fp32: Array, int8: Array, truth: Array) -> dict[str, float]:
    """How far int8 decides like fp32, both by fp32's best thresholds; from group scores (comments, 4).

    `same_decision` is positive or not, `same_groups` all four at once, `macro_f1_loss` of the four groups
    (in points, each graph with its own thresholds).
    """
    limits = group_thresholds(truth, fp32)
    equal = (fp32 >= limits) == (int8 >= limits)
    own = macro_f1(truth, int8 >= group_thresholds(truth, int8))
    loss = macro_f1(truth, fp32 >= limits) - own
    return {
        "same_decision": round(float(equal[:, POSITIVE].mean()), 5),
        "same_groups": round(float(equal.all(axis=1).mean()), 5),
        "macro_f1_loss_points": round(100 * loss, 3),
        "mean_difference": round(float(np.abs(fp32 - int8).mean()), 5),
    }


def torch_difference(network: Network, fp32: tuple[Array, Array], comments: Sequence[Ids]) -> float:
    """The largest difference between torch's (padded) and ONNX's fp32 probabilities on some comments.

    Only comments of one window are compared: torch knows no windows.
    """
    rows = [row for row, windows in enumerate(comments) if len(windows) == 1][:_COMPARED]
    with torch.inference_mode():
        outputs = Calibrated(network).eval()(*padded([comments[row][0] for row in rows]))
    differences = [
        np.abs(ours.numpy() - theirs[rows]).max() for ours, theirs in zip(outputs, fp32, strict=True)
    ]
    return float(f"{max(differences):.1e}")


def tools() -> dict[str, str]:
    """The versions of everything that shapes a release."""
    return {
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in _TOOLS},
    }


def _prepared(trained: Mapping[str, Any], encoder: Path, dev: Split, tokenizer_path: Path) -> Network:
    """Write the tokenizer; gives the trained network, cut to its tokens and calibrated."""
    max_tokens = trained["plan"]["max_tokens"]
    tokenizer = load_tokenizer(encoder, max_tokens)
    tokenizer.save(str(tokenizer_path))
    network = build(encoder)
    network.load_state_dict(trained["weights"])
    shorten(network, max_tokens)
    _calibrate(network, encode(tokenizer, dev.texts), dev)
    return network


def _write_graphs(
    network: Network, reader: Reader, train: Split, *, fp32_path: Path, int8_path: Path
) -> None:
    """Write both graphs; the scales of int8 come from comments of the training split."""
    chosen = np.random.default_rng(0).permutation(len(train.comments))[:COMMENTS]
    texts = [preprocess(train.comments[place].text) for place in chosen]
    windows = [window for text in texts for window in reader.windows(text)]
    onnx_graph.export_fp32(network, fp32_path)
    int8_graph.write(network, watched(network, windows, reader.max_tokens), int8_path)


def _compared(
    network: Network,
    comments: Sequence[Sequence[Sequence[int]]],
    dev: Split,
    *,
    fp32_path: Path,
    int8_path: Path,
) -> tuple[tuple[Array, Array], dict[str, float]]:
    """int8's probabilities on dev, and how far torch, fp32 and int8 agree."""
    fp32 = onnx_graph.run(fp32_path, comments, "fp32 on dev")
    int8 = onnx_graph.run(int8_path, comments, "int8 on dev")
    return int8, {
        **agreement(fp32[0], int8[0], dev.groups),
        "torch_onnx_max_difference": torch_difference(network, fp32, comments),
        "megabytes": round(int8_path.stat().st_size / 1e6, 2),
    }


def _origin(data: Dataset, trained: Mapping[str, Any], base_encoder: str) -> dict[str, Any]:
    """The part of the manifest that says where a release comes from."""
    return {
        "base_encoder": base_encoder,
        "max_tokens": trained["plan"]["max_tokens"],
        "preprocessing": PREPROCESSING_VERSION,
        "data": TrainingData(name="GoEmotions", sha256=data.sha256, counts=data.counts, removed=data.removed),
        "seed": trained["plan"]["seed"],
        "training": _training(trained),
        "tools": tools(),
    }


def _trained(out: Path, data: Dataset) -> dict[str, Any]:
    trained = load_trained(out)
    if trained["data"] != data.sha256:
        raise StageError(f"{out / TRAINED} was trained on other data: run `python -m export train` again.")
    return trained


def _calibrate(network: Network, ids: Ids, dev: Split) -> None:
    groups, emotions = predict(network, ids)
    truth = dev.groups
    lines = [platt(groups[:, n].numpy(), truth[:, n]) for n in range(len(GROUPS))]
    network.group_temperature.copy_(torch.tensor([divisor for divisor, _ in lines]))
    network.group_offset.copy_(torch.tensor([offset for _, offset in lines]))
    network.emotion_temperature.fill_(temperature(emotions.numpy(), dev.emotions))


def _temperatures(network: Network) -> Temperatures:
    groups, offsets = (
        dict(zip(GROUPS, (round(value, 4) for value in each.tolist()), strict=True))
        for each in (network.group_temperature, network.group_offset)
    )
    return Temperatures(groups=groups, offsets=offsets, emotions=round(network.emotion_temperature.item(), 4))


def _dev_numbers(int8: tuple[Array, Array], dev: Split) -> dict[str, float]:
    groups, _, by_emotion = thresholds(*int8, dev)
    return measured(
        group_truth=dev.groups,
        groups=int8[0],
        thresholds=np.array([groups[group] for group in GROUPS]),
        emotion_truth=dev.emotions,
        emotions=int8[1],
        emotion_thresholds=by_emotion,
    )


def _training(trained: Mapping[str, Any]) -> dict[str, Any]:
    best = max(trained["history"], key=lambda entry: entry["score"])
    return {
        **trained["plan"],
        **trained.get("origin", {}),
        "seconds": round(trained["seconds"]),
        "chosen_epoch": best["epoch"],
        "chosen_weights": best["weights"],
    }
