"""The weights of a released int8 graph, back in fp32: what further training starts from.

A release holds no other weights. What comes back differs from what was trained by the rounding to int8; how
much that changes what the network says is measured here, and too much is refused. So is a graph whose layout
this file does not know: the names that `export.onnx_graph` gives to nodes and weights are all that tells
which is which.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from export import onnx_graph
from export.errors import StageError
from export.network import Calibrated, build
from export.tokens import encode, load_tokenizer, padded
from model.manifest import GRAPH, verify

FURTHEST = 0.02
"""Mean difference between the graph's probabilities and those of the recovered network, at most."""

_NODE = re.compile(r"/network/(?P<module>.+)/(?:Gemm_)?MatMul(?:_quant|_Q8)?")
_MATRIX_OPS = ("MatMul", "MatMulInteger", "MatMulNBits")
_NBITS_ZERO = 128  # MatMulNBits in 8 bits without zero points: unsigned, around the middle

Weights = dict[str, torch.Tensor]
Arrays = Mapping[str, np.ndarray[Any, Any]]


def recovered(folder: Path, encoder: Path, texts: Sequence[str]) -> Weights:
    """The weights of the release in `folder`, as `Network.load_state_dict` takes them.

    `encoder` is the base encoder that the release was made from: it gives the shapes, and the positions that
    the release does without. `texts`, prepared, are what the recovered network is compared on.

    Raises:
        ModelError: the release is not whole.
        StageError: its layout is not known, or what comes back says something else.
    """
    manifest = verify(folder)
    network = build(encoder)
    template = network.state_dict()
    found = dict(_arrays(onnx.load(folder / GRAPH)))
    weights = {name: _fitted(name, value, found.get(name), folder) for name, value in template.items()}
    network.load_state_dict(weights)
    ids = encode(load_tokenizer(folder, manifest.max_tokens), texts)
    groups, _ = onnx_graph.run(folder / GRAPH, ids, f"what {manifest.version} says")
    with torch.inference_mode():
        ours, _ = Calibrated(network).eval()(*padded(ids))
    difference = float(np.abs(ours.numpy() - groups).mean())
    if not difference <= FURTHEST:
        raise StageError(
            f"What was recovered from {folder / GRAPH} differs from it by {difference:.3f} on average; "
            f"at most {FURTHEST} is allowed. Name a trained.pt with --from."
        )
    return weights


def _fitted(
    name: str, template: torch.Tensor, array: np.ndarray[Any, Any] | None, folder: Path
) -> torch.Tensor:
    """One weight in its shape; positions that the release cut off keep the encoder's vectors."""
    if array is not None and name.endswith("position_embeddings.weight") and array.ndim == template.ndim:
        array = np.concatenate([array, template[len(array) :].numpy()])
    if array is None or array.shape != tuple(template.shape):
        raise StageError(
            f"The layout of {folder / GRAPH} is not known: it has no {name} of shape "
            f"{tuple(template.shape)}. Name a trained.pt with --from."
        )
    return torch.from_numpy(np.array(array, dtype=np.float32))


def _arrays(graph: onnx.ModelProto) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Weights by their name in the network, in the network's shape."""
    stored: Arrays = {each.name: numpy_helper.to_array(each) for each in graph.graph.initializer}
    for name in stored:
        if name.startswith("network."):
            yield from _named(name, stored)
    for node in graph.graph.node:
        match = _NODE.fullmatch(node.name)
        if match and node.op_type in _MATRIX_OPS and _is_stored(node, stored):
            matrix = _in_blocks(node, stored) if node.op_type == "MatMulNBits" else _plain(node, stored)
            yield f"{match['module'].replace('/', '.')}.weight", matrix


def _named(name: str, stored: Arrays) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """What kept its name: vectors as they are, embeddings in int8. Matrices come by their nodes."""
    own = name.removeprefix("network.")
    if own.endswith("_quantized") and not own.endswith("_Transposed_quantized"):
        base = name.removesuffix("_quantized")
        yield own.removesuffix("_quantized"), _scaled(base, stored)
    elif not own.endswith(("_quantized", "_scale", "_zero_point")):
        yield own, stored[name]


def _is_stored(node: onnx.NodeProto, stored: Arrays) -> bool:
    return node.input[1] in stored


def _plain(node: onnx.NodeProto, stored: Arrays) -> np.ndarray[Any, Any]:
    name = node.input[1]
    matrix = _scaled(name.removesuffix("_quantized"), stored) if name.endswith("_quantized") else stored[name]
    return matrix.T


def _scaled(base: str, stored: Arrays) -> np.ndarray[Any, Any]:
    zero = stored[f"{base}_zero_point"].astype(np.float32)
    return np.asarray((stored[f"{base}_quantized"].astype(np.float32) - zero) * stored[f"{base}_scale"])


def _in_blocks(node: onnx.NodeProto, stored: Arrays) -> np.ndarray[Any, Any]:
    """From (outputs, blocks, block), with a scale a block, to (outputs, inputs), which need not fill them."""
    inputs = next(each.i for each in node.attribute if each.name == "K")
    blocks, scales = (stored[node.input[place]] for place in (1, 2))
    matrix = (blocks.astype(np.float32) - _NBITS_ZERO) * scales.reshape(*blocks.shape[:2], 1)
    return np.asarray(matrix.reshape(len(blocks), -1)[:, :inputs])
