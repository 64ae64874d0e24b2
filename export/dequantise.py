"""The weights of a released int8 graph, back in fp32: what further training starts from.

A release holds no other weights. What comes back differs from what was trained by the rounding to int8; how
much that changes what the network says is measured here, and too much is refused. The names of the graph's
constants, which `export.int8_graph` gives, tell which is which; a graph with others is refused.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper

from export.activations import ACTIVATED, ATTENDED, NORMED, QUERY
from export.errors import StageError
from export.network import Calibrated, Network, build
from export.tokens import padded
from model.labels import GROUPS
from model.manifest import GRAPH, TOKENIZER, verify
from model.onnx import Graph, judged
from model.reader import Reader

FURTHEST = 0.02
"""Mean difference between the graph's probabilities and those of the recovered network, at most."""

_EMBEDDINGS = "encoder.embeddings"
_LAYER = "encoder.encoder.layer"
_MATRICES = {
    QUERY: ("attention.self.query", "attention.self.key", "attention.self.value"),
    ATTENDED: ("attention.output.dense",),
    NORMED: ("intermediate.dense",),
    ACTIVATED: ("output.dense",),
}
_NORMS = {"attention": "attention.output.LayerNorm", "output": "output.LayerNorm"}

Array = npt.NDArray[Any]
Constants = Mapping[str, Array]
Weights = dict[str, torch.Tensor]


def recovered(folder: Path, encoder: Path, texts: Sequence[str]) -> Weights:
    """The weights of the release in `folder`, as `Network.load_state_dict` takes them.

    `encoder` is the base encoder that the release was made from: it gives the shapes, and the positions that
    the release does without. `texts`, prepared, are what the recovered network is compared on.

    Raises:
        ModelError: the release is not whole.
        StageError: its layout is not known, or what comes back says something else.
    """
    manifest = verify(folder)
    network = dequantised(folder, encoder)
    reader = Reader(folder / TOKENIZER, manifest.max_tokens)
    windows = [found for text in texts if len(found := reader.windows(text)) == 1]
    theirs = judged(Graph.load(folder / GRAPH), windows)[:, : len(GROUPS)]
    with torch.inference_mode():
        ours, _ = Calibrated(network).eval()(*padded([only[0] for only in windows]))
    difference = float(np.abs(ours.numpy() - theirs).mean())
    if not difference <= FURTHEST:
        raise StageError(
            f"What was recovered from {folder / GRAPH} differs from it by {difference:.3f} on average; "
            f"at most {FURTHEST} is allowed. Name a trained.pt with --from."
        )
    return dict(network.state_dict())


def dequantised(folder: Path, encoder: Path) -> Network:
    """The release's network, its int8 weights as real numbers again; its temperatures are in its heads.

    Raises:
        StageError: the graph has another layout, or belongs to another encoder.
    """
    network = build(encoder)
    template = network.state_dict()
    graph = onnx.load(folder / GRAPH).graph
    constants = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    try:
        found = _weights(constants, network.encoder.config.num_hidden_layers)
        weights = {name: _fitted(template[name], value) for name, value in found.items()}
    except (KeyError, ValueError) as error:
        raise StageError(
            f"The layout of {folder / GRAPH} is not known, or it belongs to another encoder ({error}). "
            "Name a trained.pt with --from."
        ) from error
    network.load_state_dict({**template, **weights})
    network.eval()
    return network


def _weights(constants: Constants, layers: int) -> dict[str, Array]:
    width = constants["positions"].shape[1]
    found = {
        f"{_EMBEDDINGS}.word_embeddings.weight": constants["words"] * constants["words.scale"],
        f"{_EMBEDDINGS}.position_embeddings.weight": constants["positions"].astype(np.float32),
        # Every comment is of the first token type, whose vector is part of the positions'.
        f"{_EMBEDDINGS}.token_type_embeddings.weight": np.zeros((2, width)),
        **_norm(constants, "embeddings", f"{_EMBEDDINGS}.LayerNorm"),
    }
    for layer in range(layers):
        for place, names in _MATRICES.items():
            found |= _matrix(constants, f"{layer}.{place}", [f"{_LAYER}.{layer}.{name}" for name in names])
        for place, name in _NORMS.items():
            found |= _norm(constants, f"{layer}.{place}", f"{_LAYER}.{layer}.{name}")
    for head, part in (("groups", slice(len(GROUPS))), ("emotions", slice(len(GROUPS), None))):
        found[f"{head}.weight"] = constants["heads"][part]
        found[f"{head}.bias"] = constants["heads.bias"][part]
    return found


def _fitted(template: torch.Tensor, array: Array) -> torch.Tensor:
    """One weight in its shape; positions that the release cut off keep the encoder's vectors."""
    if len(array) < len(template):
        array = np.concatenate([array, template[len(array) :].numpy()])
    if array.shape != tuple(template.shape):
        raise ValueError(f"a weight of shape {array.shape} where {tuple(template.shape)} belongs")
    return torch.from_numpy(np.array(array, dtype=np.float32))


def _matrix(constants: Constants, place: str, names: Sequence[str]) -> dict[str, Array]:
    """One or more layers side by side, as torch has them: (outputs, inputs)."""
    weight = constants[f"{place}.weight"] * constants[f"{place}.weight.scale"]
    factors = constants.get(f"{place}.factors")
    weight = weight if factors is None else weight * factors[:, None]
    weights = np.split(weight, len(names), axis=1)
    biases = np.split(constants[f"{place}.bias"], len(names))
    return {f"{name}.weight": each.T for name, each in zip(names, weights, strict=True)} | {
        f"{name}.bias": each for name, each in zip(names, biases, strict=True)
    }


def _norm(constants: Constants, place: str, name: str) -> dict[str, Array]:
    return {f"{name}.{part}": constants[f"{place}.{part}"] for part in ("weight", "bias")}
