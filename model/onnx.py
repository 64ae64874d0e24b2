"""The released model in ONNX Runtime: one session, one thread, one comment per run.

One comment per run, because the int8 graph scales its activations by what it sees: in a batch, a
comment's scores would depend on its neighbours.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from model.errors import ModelFileDamaged
from model.labels import EMOTIONS, GROUPS
from model.manifest import GRAPH, TOKENIZER, Manifest, verify
from model.preprocess import preprocess
from model.scores import Scores, Thresholds

_OUTPUTS = ["groups", "emotions"]


class OnnxClassifier:
    """A classifier on the release in `folder`, whose checksums are verified first.

    Safe to call from several threads at once, each of which then computes on its own core.

    Raises:
        ModelError: the release is missing, damaged, or made for another text preparation.
    """

    def __init__(self, folder: Path) -> None:
        manifest = verify(folder)
        self.manifest: Manifest = manifest
        self.version: str = manifest.version
        self.preprocessing: str = manifest.preprocessing
        self.thresholds = Thresholds(groups=manifest.group_thresholds, reply=manifest.reply_thresholds)
        self._tokenizer = _tokenizer(folder / TOKENIZER, manifest.max_tokens)
        self._session = _session(folder / GRAPH)

    def classify(self, texts: Sequence[str]) -> list[Scores]:
        """One `Scores` for each text, in order."""
        return [self._classify_one(text) for text in texts]

    def _classify_one(self, text: str) -> Scores:
        ids = np.array([self._tokenizer.encode(preprocess(text)).ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        groups, emotions = self._session.run(_OUTPUTS, inputs)
        return Scores(
            groups=dict(zip(GROUPS, groups[0].tolist(), strict=True)),
            emotions=dict(zip(EMOTIONS, emotions[0].tolist(), strict=True)),
        )


def _tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise ModelFileDamaged(path, str(error)) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own classes share no narrower base
        raise ModelFileDamaged(path, f"ONNX Runtime cannot load it ({error})") from error
