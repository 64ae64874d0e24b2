"""The weights that all systems of a comparison share, as a torch network and as plain ONNX graphs."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import quantize_dynamic

from export.network import Network, build, shorten
from export.onnx_graph import export_fp32
from model.labels import GROUPS
from model.manifest import GRAPH, load_manifest

_LAYER = "encoder.encoder.layer"
_MATRICES = {
    "query": ("attention.self.query", "attention.self.key", "attention.self.value"),
    "attended": ("attention.output.dense",),
    "normed": ("intermediate.dense",),
    "activated": ("output.dense",),
}
_NORMS = {"attention": "attention.output.LayerNorm", "output": "output.LayerNorm"}


def trained(path: Path, encoder: Path, max_tokens: int) -> Network:
    """The network of a `trained.pt`."""
    network = build(encoder)
    network.load_state_dict(torch.load(path, weights_only=True)["weights"])
    shorten(network, max_tokens)
    network.eval()
    return network


def released(folder: Path, encoder: Path) -> Network:
    """The network of a release, its int8 weights as real numbers again; its temperatures are in its heads."""
    network = build(encoder)
    shorten(network, load_manifest(folder).max_tokens)
    constants = {
        each.name: numpy_helper.to_array(each) for each in onnx.load(folder / GRAPH).graph.initializer
    }
    if "words" not in constants:
        raise SystemExit(
            f"{folder / GRAPH} has another form than `python -m export onnx` gives it: name --trained"
        )
    found = {"encoder.embeddings.word_embeddings.weight": constants["words"] * constants["words.scale"]}
    found["encoder.embeddings.position_embeddings.weight"] = constants["positions"].astype(np.float32)
    found["encoder.embeddings.token_type_embeddings.weight"] = np.zeros((2, constants["positions"].shape[1]))
    found |= _norm(constants, "embeddings", "encoder.embeddings.LayerNorm")
    for layer in range(network.encoder.config.num_hidden_layers):
        for place, names in _MATRICES.items():
            found |= _matrix(constants, f"{layer}.{place}", [f"{_LAYER}.{layer}.{name}" for name in names])
        for place, name in _NORMS.items():
            found |= _norm(constants, f"{layer}.{place}", f"{_LAYER}.{layer}.{name}")
    for head, part in (("groups", slice(len(GROUPS))), ("emotions", slice(len(GROUPS), None))):
        found[f"{head}.weight"] = constants["heads"][part]
        found[f"{head}.bias"] = constants["heads.bias"][part]
    weights = {name: torch.tensor(np.ascontiguousarray(value)) for name, value in found.items()}
    network.load_state_dict({**network.state_dict(), **weights})
    network.eval()
    return network


def plain_fp32(network: Network, path: Path) -> None:
    """The graph that torch's exporter gives."""
    export_fp32(network, path)


def naive_int8(fp32: Path, path: Path) -> None:
    """`quantize_dynamic` with its defaults."""
    logging.getLogger().setLevel(logging.ERROR)  # its advice to prepare the graph first: naive means without
    quantize_dynamic(fp32, path)


def _matrix(constants: dict[str, Any], place: str, names: list[str]) -> dict[str, Any]:
    weight = constants[f"{place}.weight"] * constants[f"{place}.weight.scale"]
    factors = constants.get(f"{place}.factors")
    weight = weight if factors is None else weight * factors[:, None]
    parts = zip(
        names,
        np.split(weight.T, len(names)),
        np.split(constants[f"{place}.bias"], len(names)),
        strict=True,
    )
    return {
        f"{name}.{kind}": value
        for name, matrix, bias in parts
        for kind, value in (("weight", matrix), ("bias", bias))
    }


def _norm(constants: dict[str, Any], place: str, name: str) -> dict[str, Any]:
    return {f"{name}.{kind}": constants[f"{place}.{kind}"] for kind in ("weight", "bias")}
