"""The weights that all systems of a comparison share, as a torch network and as plain ONNX graphs."""

import logging
from pathlib import Path

import torch
from onnxruntime.quantization import quantize_dynamic

from export.dequantise import dequantised
from export.network import Network, build, shorten
from export.onnx_graph import export_fp32
from model.manifest import load_manifest


def trained(path: Path, encoder: Path, max_tokens: int) -> Network:
    """The network of a `trained.pt`."""
    network = build(encoder)
    network.load_state_dict(torch.load(path, weights_only=True)["weights"])
    shorten(network, max_tokens)
    network.eval()
    return network


def released(folder: Path, encoder: Path) -> Network:
    """The network of a release, its int8 weights as real numbers again; its temperatures are in its heads."""
    network = dequantised(folder, encoder)
    shorten(network, load_manifest(folder).max_tokens)
    return network


def plain_fp32(network: Network, path: Path) -> None:
    """The graph that torch's exporter gives."""
    export_fp32(network, path)


def naive_int8(fp32: Path, path: Path) -> None:
    """`quantize_dynamic` with its defaults."""
    logging.getLogger().setLevel(logging.ERROR)  # its advice to prepare the graph first: naive means without
    quantize_dynamic(fp32, path)
