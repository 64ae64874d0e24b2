"""The released model in ONNX Runtime, on one thread: texts to windows, windows to a verdict.

A graph with the one input `input_ids` scales its activations by constants, so rows of equal length may share
a run and none of them sees another. A graph with `attention_mask` scales them by what it sees, and gets a run
for each row: in a batch, a comment's scores would depend on its neighbours.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from model.errors import ModelFileDamaged
from model.labels import EMOTIONS, GROUPS
from model.manifest import GRAPH, TOKENIZER, Manifest, verify
from model.preprocess import load_tables, preprocess
from model.reader import Reader
from model.scores import Scores, Thresholds
from model.windows import combined

_OUTPUTS = ["groups", "emotions"]
_UNMOVED = np.array([label == "neutral" for label in (*GROUPS, *EMOTIONS)])
_MASK = "attention_mask"
_TOKENS_A_RUN = 512  # more gains nothing, and the memory of a run grows with it

_EXACT_SUMS = "session.x64quantprecision"
_CPUINFO = Path("/proc/cpuinfo")

Array = npt.NDArray[np.float32]
Ids = Sequence[int]


class Session(Protocol):
    """What is used of `onnxruntime.InferenceSession`."""

    def get_inputs(self) -> Sequence[Any]:
        """Each with its `name`."""
        ...

    def run(self, output_names: Sequence[str], input_feed: Mapping[str, Any], /) -> Sequence[Any]:
        """The outputs of those names."""
        ...


class Graph:
    """Rows of token ids in, probabilities out. Safe to call from several threads at once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._masked = _MASK in {each.name for each in session.get_inputs()}

    @classmethod
    def load(cls, path: Path) -> "Graph":
        """The graph of the file at `path`.

        Raises:
            ModelError: ONNX Runtime cannot load it.
        """
        return cls(_session(path))

    def probabilities(self, rows: Sequence[Ids]) -> Array:
        """Shape (rows, 32), in order: the four groups, then the 28 emotions. No row depends on another."""
        found = np.empty((len(rows), len(GROUPS) + len(EMOTIONS)), dtype=np.float32)
        for places in self._runs(rows):
            ids = np.array([rows[place] for place in places], dtype=np.int64)
            feed = {"input_ids": ids, _MASK: np.ones_like(ids)} if self._masked else {"input_ids": ids}
            found[places] = np.concatenate(self._session.run(_OUTPUTS, feed), axis=1)
        return found

    def _runs(self, rows: Sequence[Ids]) -> Iterator[list[int]]:
        """The places of the rows that share a run."""
        if self._masked or len(rows) == 1:
            yield from ([place] for place in range(len(rows)))
            return
        by_length: defaultdict[int, list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            by_length[len(row)].append(place)
        for length, places in by_length.items():
            size = max(1, _TOKENS_A_RUN // length)
            yield from (places[start : start + size] for start in range(0, len(places), size))


def judged(graph: Graph, texts: Sequence[Sequence[Ids]]) -> Array:
    """Shape (texts, 32) from the windows of each text."""
    scores = graph.probabilities([window for windows in texts for window in windows])
    verdicts = np.empty((len(texts), scores.shape[1]), dtype=np.float32)
    start = 0
    for place, windows in enumerate(texts):
        end = start + len(windows)
        verdicts[place] = combined(scores[start:end], _UNMOVED)
        start = end
    return verdicts


class OnnxClassifier:
    """A classifier on the release in `folder`, whose checksums are verified first.

    Safe to call from several threads at once, each of which then computes on its own core.

    Args:
        folder: of the release.
        prepare: gives what `preprocess` gives, perhaps without doing it again.

    Raises:
        ModelError: the release is missing, damaged, or made for another text preparation.
    """

    def __init__(self, folder: Path, *, prepare: Callable[[str], str] = preprocess) -> None:
        manifest = verify(folder)
        self.manifest: Manifest = manifest
        self.version: str = manifest.version
        self.preprocessing: str = manifest.preprocessing
        self.thresholds = Thresholds(groups=manifest.group_thresholds, reply=manifest.reply_thresholds)
        self._reader = Reader(folder / TOKENIZER, manifest.max_tokens)
        self._graph = Graph.load(folder / GRAPH)
        self._prepare = prepare
        load_tables()

    def classify(self, texts: Sequence[str]) -> list[Scores]:
        """One `Scores` for each text, in order, however long the text is; see `model.windows`."""
        return [_scores(row) for row in self.probabilities(texts).tolist()]

    def probabilities(self, texts: Sequence[str]) -> Array:
        """The same numbers as an array (texts, 32): the four groups, then the 28 emotions."""
        return judged(self._graph, [self._reader.windows(self._prepare(text)) for text in texts])


def _scores(row: list[float]) -> Scores:
    return Scores(
        groups=dict(zip(GROUPS, row[: len(GROUPS)], strict=True)),
        emotions=dict(zip(EMOTIONS, row[len(GROUPS) :], strict=True)),
    )


def sum_exactly(options: Any, cpuinfo: Path = _CPUINFO) -> None:
    """Make the int8 products of a session exact on an x86 processor without VNNI.

    There unsigned times signed bytes add up in 16 bits, which may overflow; with this, ONNX Runtime makes
    the weights unsigned. It would do so on processors with VNNI too, at the price of a third of the speed
    and for the same numbers: they are left alone where Linux says which it is. ARM is not concerned.
    """
    try:
        vnni = "vnni" in cpuinfo.read_text("utf-8", "replace")
    except OSError:
        vnni = False
    if not vnni:
        options.add_session_config_entry(_EXACT_SUMS, "1")


def _session(path: Path) -> Session:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    sum_exactly(options)
    options.log_severity_level = 3
    try:
        session: Session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own classes share no narrower base
        raise ModelFileDamaged(path, f"ONNX Runtime cannot load it ({error})") from error
    return session
