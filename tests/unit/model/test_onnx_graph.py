"""How many runs a graph gets, and that nobody's scores depend on who shares one."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest

from model.errors import ModelFileDamaged
from model.labels import EMOTIONS, GROUPS
from model.onnx import Graph, judged, sum_exactly
from model.registry import bundled_models
from model.windows import MAX_WINDOWS

EXACT_SUMS = "session.x64quantprecision"


class CountedSession:
    """Gives each row its own mean as every score, and remembers the shape of every run."""

    def __init__(self, inputs: Sequence[str]) -> None:
        self.inputs = inputs
        self.shapes: list[tuple[int, ...]] = []

    def get_inputs(self) -> Sequence[Any]:
        return [SimpleNamespace(name=name) for name in self.inputs]

    def run(self, _outputs: Sequence[str], feed: Mapping[str, Any]) -> Sequence[Any]:
        assert set(feed) == set(self.inputs)
        ids = feed["input_ids"]
        self.shapes.append(ids.shape)
        mean = ids.mean(axis=1, keepdims=True).astype(np.float32)
        return [np.repeat(mean, len(GROUPS), axis=1), np.repeat(mean, len(EMOTIONS), axis=1)]


ROWS = [[1] * 5, [2] * 3, [3] * 5, [4], [5] * 3, [6] * 5]


def test_rows_of_equal_length_share_a_run() -> None:
    session = CountedSession(["input_ids"])
    found = Graph(session).probabilities(ROWS)

    assert found[:, 0].tolist() == [1, 2, 3, 4, 5, 6]
    assert found.shape == (6, len(GROUPS) + len(EMOTIONS))
    assert sorted(session.shapes) == [(1, 1), (2, 3), (3, 5)]


def test_a_graph_with_a_mask_gets_a_run_for_each_row() -> None:
    session = CountedSession(["input_ids", "attention_mask"])
    found = Graph(session).probabilities(ROWS)

    assert found[:, 0].tolist() == [1, 2, 3, 4, 5, 6]
    assert session.shapes == [(1, len(row)) for row in ROWS]


def test_a_run_is_bounded() -> None:
    session = CountedSession(["input_ids"])
    Graph(session).probabilities([[1] * 128] * 1_000)

    assert sum(rows for rows, _ in session.shapes) == 1_000
    assert max(rows * tokens for rows, tokens in session.shapes) <= 512


@pytest.mark.parametrize("inputs", [["input_ids"], ["input_ids", "attention_mask"]])
def test_the_longest_text_costs_eight_runs_at_most(inputs: list[str]) -> None:
    session = CountedSession(inputs)
    judged(Graph(session), [[[1] * 128] * MAX_WINDOWS])

    assert len(session.shapes) <= MAX_WINDOWS
    assert sum(rows for rows, _ in session.shapes) == MAX_WINDOWS


def test_each_text_gets_the_verdict_of_its_own_windows() -> None:
    session = CountedSession(["input_ids"])
    verdicts = judged(Graph(session), [[[1] * 4], [[2] * 4, [8] * 2], [[5] * 2]])

    assert verdicts[:, GROUPS.index("positive")].tolist() == pytest.approx([1, 8, 5])
    assert verdicts[:, GROUPS.index("neutral")].tolist() == pytest.approx([1, 2, 5])


def test_nothing_gives_nothing() -> None:
    assert judged(Graph(CountedSession(["input_ids"])), []).shape == (0, len(GROUPS) + len(EMOTIONS))


def test_a_file_that_is_no_graph_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"broken")

    with pytest.raises(ModelFileDamaged, match="ONNX Runtime cannot load it"):
        Graph.load(path)


def asked_for_exact_sums(options: ort.SessionOptions) -> bool:
    try:
        return bool(options.get_session_config_entry(EXACT_SUMS) == "1")
    except RuntimeError:  # there is no such entry
        return False


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        ("fma avx2 avx512f avx512bw", True),
        ("fma avx2 avx512f avx512_vnni", False),
        ("fma avx2 avx_vnni", False),
        (None, True),
    ],
)
def test_sums_are_made_exact_where_no_instruction_does_it(
    flags: str | None, wanted: bool, tmp_path: Path
) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    if flags is not None:
        cpuinfo.write_text(f"processor\t: 0\nflags\t\t: {flags}\n", "utf-8")
    options = ort.SessionOptions()

    sum_exactly(options, cpuinfo)

    assert asked_for_exact_sums(options) is wanted


def test_exact_sums_change_no_score_on_a_processor_that_has_them_anyway(tmp_path: Path) -> None:
    path = bundled_models() / "minilm-3" / "model.onnx"
    options = ort.SessionOptions()
    sum_exactly(options, tmp_path / "nobody knows")
    exact = Graph(ort.InferenceSession(path, options, providers=["CPUExecutionProvider"]))
    rows = [[101, *range(2000, 2000 + length), 102] for length in (1, 17, 126)]

    assert np.allclose(exact.probabilities(rows), Graph.load(path).probabilities(rows), rtol=0, atol=1e-6)
