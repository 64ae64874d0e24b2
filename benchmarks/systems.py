"""The systems that are compared. Each loads what it needs when it is built, and nothing of the others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

SOLACE, TORCH, FP32, NAIVE = "Solace", "transformers, torch fp32", "ONNX Runtime fp32", "naive int8"
BATCH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What the systems are built from.

    Attributes:
        release: a model's folder, of which all take the tokenizer.
        weights: a `state_dict` of the network; None = no torch.
        encoder: the base encoder's folder, for the network's shape.
        fp32, naive: graphs of the same weights.
    """

    release: Path
    weights: Path
    encoder: Path
    fp32: Path
    naive: Path
    max_tokens: int


class System(Protocol):
    """One thread, one instance."""

    def one(self, text: str) -> None:
        """Judge a single comment."""
        ...

    def many(self, texts: Sequence[str]) -> None:
        """Judge many, in the way that suits the system best."""
        ...


class Solace:
    """As it serves, text preparation included."""

    def __init__(self, files: Files) -> None:
        from model.onnx import OnnxClassifier

        self._classifier = OnnxClassifier(files.release)

    def one(self, text: str) -> None:
        self._classifier.classify([text])

    def many(self, texts: Sequence[str]) -> None:
        self._classifier.classify(texts)


class PlainOnnx:
    """A graph with a mask in a plain session of one thread; many in padded batches, sorted by length."""

    def __init__(self, files: Files, graph: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        from model.onnx import sum_exactly

        self._tokenizer = Tokenizer.from_file(str(files.release / "tokenizer.json"))
        self._tokenizer.enable_truncation(files.max_tokens)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        sum_exactly(options)
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def one(self, text: str) -> None:
        self._run([self._tokenizer.encode(text).ids])

    def many(self, texts: Sequence[str]) -> None:
        rows = sorted((each.ids for each in self._tokenizer.encode_batch(list(texts))), key=len)
        for start in range(0, len(rows), BATCH):
            self._run(rows[start : start + BATCH])

    def _run(self, rows: Sequence[Sequence[int]]) -> None:
        ids, mask = _padded(rows)
        self._session.run(None, {"input_ids": ids, "attention_mask": mask})


class Transformers:
    """The tokenizer and the network of transformers, one comment after the other, as its pipeline does it."""

    def __init__(self, files: Files) -> None:
        import torch
        from transformers import PreTrainedTokenizerFast

        from export.network import build, shorten

        torch.set_num_threads(1)
        self._torch = torch
        self._tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(files.release / "tokenizer.json"))
        self._max_tokens = files.max_tokens
        self._network = build(files.encoder)
        shorten(self._network, files.max_tokens)
        self._network.load_state_dict(torch.load(files.weights, weights_only=True))
        self._network.encoder.set_attn_implementation("sdpa")
        self._network.eval()

    def one(self, text: str) -> None:
        inputs = self._tokenizer(text, return_tensors="pt", truncation=True, max_length=self._max_tokens)
        with self._torch.inference_mode():
            for logits in self._network(inputs["input_ids"], inputs["attention_mask"]):
                logits.sigmoid().tolist()

    def many(self, texts: Sequence[str]) -> None:
        for text in texts:
            self.one(text)


SYSTEMS: Mapping[str, Callable[[Files], System]] = {
    SOLACE: Solace,
    TORCH: Transformers,
    FP32: lambda files: PlainOnnx(files, files.fp32),
    NAIVE: lambda files: PlainOnnx(files, files.naive),
}


def _padded(rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return ids, mask
