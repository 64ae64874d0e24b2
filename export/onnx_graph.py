"""The trained network as an ONNX graph, and that graph in int8.

Inputs `input_ids`, `attention_mask`: int64 (batch, tokens). Outputs `groups` (batch, 4) and `emotions`
(batch, 28): float32 probabilities.
"""

import logging
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
from onnxruntime.quantization.shape_inference import quant_pre_process

from export.network import Calibrated, Network
from export.progress import track
from export.tokens import Ids

_OPSET = 17
_BLOCK = 128  # divides 384 and 1,536, this encoder's widths
_INT8_ACTIVATIONS = 4  # MatMulNBits' own numbering
_EXAMPLE = 9  # tokens of the example that the graph is traced with; its axes stay free


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantisation:
    """How weights become int8. The defaults are those that were measured best on dev; see decision 0002.

    Attributes:
        per_channel: a scale for each output of a weight, not one for all.
        in_blocks: a pattern for the names of the nodes whose weights and activations get a scale for each
            block of 128 inputs (`MatMulNBits`): those behind GELU, whose activations have outliers.
    """

    per_channel: bool = True
    in_blocks: str = r"layer\.\d+/output/dense"


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


def quantise(fp32: Path, int8: Path, how: Quantisation) -> None:
    """Quantise weights, embeddings included, to int8; activations are scaled at run time."""
    prepared = int8.with_suffix(".prepared.onnx")
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)  # one line a node, and the advice to do what was just done
    try:
        quant_pre_process(str(fp32), str(prepared), skip_symbolic_shape=True)
        _in_blocks(prepared, how.in_blocks)
        quantize_dynamic(prepared, int8, weight_type=QuantType.QInt8, per_channel=how.per_channel)
    finally:
        logging.disable(level)
        prepared.unlink(missing_ok=True)


def _in_blocks(path: Path, pattern: str) -> None:
    graph = onnx.load(path)
    others = [node.name for node in graph.graph.node if not re.search(pattern, node.name)]
    config = DefaultWeightOnlyQuantConfig(
        block_size=_BLOCK, is_symmetric=True, bits=8, accuracy_level=_INT8_ACTIVATIONS
    )
    quantizer = MatMulNBitsQuantizer(graph, algo_config=config, nodes_to_exclude=others)
    quantizer.process()
    quantizer.model.save_model_to_file(str(path), False)  # False: one file, weights inside


def run(path: Path, ids: Ids, description: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Probabilities (comments, 4) and (comments, 28), one comment per run, as serving does it."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    outputs = []
    for row in track(ids, description):
        one = np.array([row], dtype=np.int64)
        feed = {"input_ids": one, "attention_mask": np.ones_like(one)}
        outputs.append(session.run(["groups", "emotions"], feed))
    groups = np.concatenate([output[0] for output in outputs])
    return groups, np.concatenate([output[1] for output in outputs])
