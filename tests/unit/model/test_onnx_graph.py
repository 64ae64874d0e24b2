"""How many runs a graph gets, and that nobody's scores depend on who shares one."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from model.errors import ModelFileDamaged
from model.labels import EMOTIONS, GROUPS
from model.onnx import Graph, judged
from model.windows import MAX_WINDOWS


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
