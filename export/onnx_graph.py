"""The trained network as an fp32 ONNX graph: the reference for int8, and what a plain export would be.

Inputs `input_ids`, `attention_mask`: int64 (batch, tokens). Outputs `groups` (batch, 4) and `emotions`
(batch, 28): float32 probabilities.
"""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from export.metrics import Array
from export.network import Calibrated, Network
from export.progress import track
from export.tokens import Ids
from model.labels import GROUPS
from model.onnx import Graph, judged

_OPSET = 17
_EXAMPLE = 9  # tokens of the example that the graph is traced with; its axes stay free
_AT_ONCE = 64


def export_fp32(network: Network, path: Path) -> None:
    """Write the calibrated network as one file with free axes."""
    ids = torch.arange(_EXAMPLE, dtype=torch.int64).repeat(2, 1)
    free = {0: "batch", 1: "tokens"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own deprecations; equality with torch is what counts
        torch.onnx.export(
            Calibrated(network).eval(),
            (ids, torch.ones_like(ids)),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["groups", "emotions"],
            dynamic_axes={
                "input_ids": free,
                "attention_mask": free,
                "groups": {0: "batch"},
                "emotions": {0: "batch"},
            },
            opset_version=_OPSET,
            dynamo=False,
        )


def run(path: Path, comments: Sequence[Ids], description: str) -> tuple[Array, Array]:
    """Probabilities (comments, 4) and (comments, 28) from the windows of each comment, as in serving."""
    graph = Graph.load(path)
    parts = [comments[start : start + _AT_ONCE] for start in range(0, len(comments), _AT_ONCE)]
    found = np.concatenate([judged(graph, part) for part in track(parts, description)])
    return found[:, : len(GROUPS)], found[:, len(GROUPS) :]
