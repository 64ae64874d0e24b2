"""What teachers think of texts: calibrated probabilities, saved as they are made.

A teacher is a folder with the `trained.pt` that `train` left, and its encoder. Its logits are divided by
temperatures fitted on dev before they become labels for a student; several teachers are averaged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from export.calibrate import temperatures
from export.data import Split
from export.network import Network, build, device
from export.progress import bar, console
from export.tokens import Ids, encode, load_tokenizer, padded, sorted_batches
from export.train import TRAINED, load_trained
from model.labels import EMOTIONS, GROUPS
from model.preprocess import preprocess

_CHUNK = 2_048
"""Texts between two saves: about a minute of the larger teacher."""
_BATCH = 64

Labels = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftLabels:
    """Probabilities of texts: `groups` (texts, 4) and `emotions` (texts, 28), float32."""

    groups: Labels
    emotions: Labels

    def part(self, rows: slice) -> "SoftLabels":
        """Some of the texts."""
        return SoftLabels(groups=self.groups[rows], emotions=self.emotions[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """A trained network with its encoder's folder; `weight` is its share in the mean."""

    folder: Path
    encoder: Path
    weight: float = 1.0


def soft_labels(
    teachers: Sequence[Teacher], texts: Sequence[str], dev: Split, out: Path, *, threads: int
) -> SoftLabels:
    """The teachers' weighted mean; each teacher's own labels are kept in `out`, and gone on from there.

    Args:
        teachers: at least one.
        texts: as people wrote them.
        dev: what temperatures are fitted on.
        out: for a file `soft-<teacher>-<digest>.npz` each.
        threads: of the CPU; a GPU is used where there is one.

    Raises:
        StageError: a teacher was not trained yet.
    """
    torch.set_num_threads(threads)
    labels = [_of_one(teacher, texts, dev, out) for teacher in teachers]
    shares = np.array([teacher.weight for teacher in teachers], dtype=np.float32)
    shares /= shares.sum()
    return SoftLabels(
        groups=sum(share * each.groups for share, each in zip(shares, labels, strict=True)),
        emotions=sum(share * each.emotions for share, each in zip(shares, labels, strict=True)),
    )


def _of_one(teacher: Teacher, texts: Sequence[str], dev: Split, out: Path) -> SoftLabels:
    digest = _digest(teacher, texts, dev)
    path = out / f"soft-{teacher.folder.name}-{digest[:12]}.npz"
    logits, done = _saved(path, digest, len(texts))
    if done < len(texts):
        network, tokenizer = load(teacher)
        ids = encode(tokenizer, [preprocess(text) for text in texts])
        by_group, of_emotions = _temperatures(network, encode(tokenizer, dev.texts), dev)
        scale = np.array([*by_group, *[of_emotions] * len(EMOTIONS)], dtype=np.float32)
        with bar() as progress:
            task = progress.add_task(f"soft labels of {teacher.folder.name}", total=len(ids), completed=done)
            for start in range(done, len(ids), _CHUNK):
                chunk = fast_logits(network, ids[start : start + _CHUNK]) / scale
                logits[start : start + len(chunk)] = 1 / (1 + np.exp(-chunk))
                _save(path, digest, logits, start + len(chunk))
                progress.update(task, completed=start + len(chunk))
                console.log(f"soft labels of {teacher.folder.name}: {start + len(chunk)} of {len(ids)}")
    return SoftLabels(groups=logits[:, : len(GROUPS)], emotions=logits[:, len(GROUPS) :])


def load(teacher: Teacher) -> tuple[Network, Any]:
    """The trained network and its tokenizer.

    Raises:
        StageError: there is no `trained.pt` in the folder.
    """
    trained = load_trained(teacher.folder)
    network = build(teacher.encoder)
    network.load_state_dict(trained["weights"])
    return network, load_tokenizer(teacher.encoder, trained["plan"]["max_tokens"])


def _temperatures(network: Network, ids: Ids, dev: Split) -> tuple[list[float], float]:
    logits = fast_logits(network, ids)
    return temperatures(logits[:, : len(GROUPS)], logits[:, len(GROUPS) :], dev)


@torch.inference_mode()  # type: ignore[untyped-decorator]
def fast_logits(network: Network, ids: Ids) -> Labels:
    """Logits (texts, 4 + 28) in bfloat16 arithmetic, in the order of `ids`: good enough for labels."""
    where = device()
    network.eval().to(where)
    result = np.zeros((len(ids), len(GROUPS) + len(EMOTIONS)), dtype=np.float32)
    for batch in sorted_batches([len(row) for row in ids], _BATCH):
        inputs = (each.to(where) for each in padded([ids[row] for row in batch]))
        with torch.autocast(where, dtype=torch.bfloat16):
            outputs = network(*inputs)
        result[batch] = torch.cat([each.float() for each in outputs], dim=1).cpu().numpy()
    return result


def _digest(teacher: Teacher, texts: Sequence[str], dev: Split) -> str:
    """Of all that decides the labels: weights, texts, and dev, since temperatures are fitted on it."""
    digest = sha256((teacher.folder / TRAINED).read_bytes() if (teacher.folder / TRAINED).exists() else b"")
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    for comment in dev.comments:
        digest.update(f"\0{comment.text}\0{comment.emotions}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _saved(path: Path, digest: str, count: int) -> tuple[Labels, int]:
    if path.exists():
        with np.load(path) as saved:
            if str(saved["digest"]) == digest:
                return np.array(saved["labels"]), int(saved["done"])
        console.print(f"{path} belongs to another teacher or other texts: starting afresh.")
    return np.zeros((count, len(GROUPS) + len(EMOTIONS)), dtype=np.float32), 0


def _save(path: Path, digest: str, labels: Labels, done: int) -> None:
    partial = path.with_suffix(".part.npz")
    np.savez(partial, digest=np.array(digest), labels=labels, done=np.array(done))
    partial.replace(path)
