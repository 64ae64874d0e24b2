"""The int8 graph against the network that it was written from; needs the training extra."""

# ruff: noqa: PLC0415 - what needs torch is imported once it is known to be there

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from export.errors import EncoderError
from model.onnx import Graph

torch = pytest.importorskip("torch", reason="needs the training extra")
onnx = pytest.importorskip("onnx", reason="needs the training extra")

pytestmark = pytest.mark.training

MOST = 40
COMMENTS = [[2, *range(4, 4 + length), 3] for length in (0, 1, 5, 5, 9, 20, 38)] * 2


@pytest.fixture(scope="module")
def network(tiny_encoder: Path) -> Any:
    from export.network import build, shorten

    torch.manual_seed(3)
    network = build(tiny_encoder)
    shorten(network, MOST)
    network.group_temperature.copy_(torch.tensor([0.5, 1.0, 1.5, 2.0]))
    network.emotion_temperature.fill_(0.7)
    network.group_offset.copy_(torch.tensor([-0.3, 0.0, 0.2, 0.4]))
    return network.eval()


@pytest.fixture(scope="module")
def int8(network: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from export import int8_graph
    from export.activations import watched

    path = tmp_path_factory.mktemp("int8") / "model.onnx"
    int8_graph.write(network, watched(network, COMMENTS, MOST), path)
    return path


def test_it_gives_what_torch_gives(network: Any, int8: Path) -> None:
    from export.network import Calibrated
    from export.tokens import padded

    with torch.inference_mode():
        expected = torch.cat(Calibrated(network)(*padded(COMMENTS)), dim=1).numpy()
    found = Graph.load(int8).probabilities(COMMENTS)

    assert float(np.abs(found - expected).max()) < 0.01
    assert float(np.std(expected, axis=0).max()) > 0.02, "a graph that ignores its input would be found out"


def test_rows_that_share_a_run_do_not_touch_each_other(int8: Path) -> None:
    graph = Graph.load(int8)
    rows = [*COMMENTS, *COMMENTS[::-1], [2, 200, 100, 3], [2, 7, 7, 3]]

    alone = [graph.probabilities([row])[0].tolist() for row in rows]
    assert graph.probabilities(rows).tolist() == alone


def test_positions_become_real_numbers_at_load_and_not_in_each_run(int8: Path, tmp_path: Path) -> None:
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "as_it_runs.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(int8, options, providers=["CPUExecutionProvider"])

    def casts(path: str | Path) -> set[str]:
        return {node.name for node in onnx.load(path).graph.node if node.op_type == "Cast"}

    assert casts(int8) - casts(options.optimized_model_filepath) == {"position.all"}


def test_what_was_watched_is_by_token(network: Any) -> None:
    from export.activations import ACTIVATED, ATTENDED, NORMED, QUERY, joined, watched

    tokens = sum(map(len, COMMENTS)) + sum(map(len, joined(COMMENTS, MOST)))
    found = watched(network, COMMENTS, MOST)

    assert {place: rows.shape for place, rows in found.items()} == {
        (layer, name): (tokens, width)
        for layer in range(2)
        for name, width in ((QUERY, 32), (ATTENDED, 32), (NORMED, 32), (ACTIVATED, 64))
    }
    assert float(found[0, ACTIVATED].min()) > -0.2, "GELU's own minimum is -0.17"
    assert not network.encoder.encoder.layer[0].output.dense._forward_pre_hooks


def test_windows_for_watching_are_full() -> None:
    from export.activations import joined

    windows = joined(COMMENTS, MOST)
    assert windows
    assert {(len(window), window[0], window[-1]) for window in windows} == {(MOST, 2, 3)}
    assert joined([[2, 5, 3]], MOST) == []


def test_another_kind_of_encoder_is_refused(network: Any, tmp_path: Path) -> None:
    from export import int8_graph

    kind = network.encoder.config.hidden_act
    network.encoder.config.hidden_act = "relu"
    try:
        with pytest.raises(EncoderError, match="relu"):
            int8_graph.write(network, {}, tmp_path / "model.onnx")
    finally:
        network.encoder.config.hidden_act = kind
    assert not (tmp_path / "model.onnx").exists()
