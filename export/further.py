"""Further training on feedback: from a trained model on, with enough of the old data beside the new.

What is learned anew pushes out what is not repeated, so for each text of feedback several comments of the
training data are replayed. Learning is slower than at first: the model is to be corrected, not retrained.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from export.checkpoint import Plan
from export.data import Comment, Dataset, Split
from export.errors import StageError
from export.feedback import Feedback, Labelled
from export.network import Network, build
from export.tokens import encode, load_tokenizer
from export.train import predict, train
from model.labels import EMOTIONS, GROUP_OF, GROUPS
from model.preprocess import preprocess

REPLAYED = 4
"""Comments of the training data for each text of feedback, …"""
REPLAYED_AT_LEAST = 2_000
"""… and never fewer than these, as far as there are so many."""
MOST_REPEATS = 5
"""How often a text of feedback may stand in one epoch, where there are few of them."""

LEARNING_RATE = 2e-5
HEAD_LEARNING_RATE = 1e-4

Targets = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What is gone on from: its name for the manifest, and its weights."""

    name: str
    weights: Mapping[str, torch.Tensor]

    @property
    def sha256(self) -> str:
        """Of the weights, by name: two files of one name are two starts."""
        digest = sha256()
        for name, value in sorted(self.weights.items()):
            digest.update(name.encode())
            digest.update(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Feedback and replayed comments together; a `train.Labelled`."""

    texts: list[str]
    groups: Targets
    emotions: Targets
    replayed: int


def start_from(path: Path) -> Start:
    """The weights that `train` left in `path`.

    Raises:
        StageError: it cannot be read, or holds no weights.
    """
    try:
        saved: dict[str, Any] = torch.load(path, weights_only=True)
        return Start(name=path.name, weights=saved["weights"])
    except (OSError, RuntimeError, EOFError, LookupError, UnpicklingError) as error:
        raise StageError(f"{path} is not what `python -m export train` leaves: {error}.") from error


def further(*, plan: Plan, data: Dataset, feedback: Feedback, start: Start, encoder: Path, out: Path) -> Path:
    """Train on from `start`; as `train.train` otherwise.

    Raises:
        StageError: the weights do not fit the encoder.
    """
    network = build(encoder)
    try:
        network.load_state_dict(start.weights)
    except (RuntimeError, ValueError) as error:
        raise StageError(f"{start.name} does not fit the encoder {encoder.name}.") from error
    believed = _believed(network, encoder, plan.max_tokens, [text.text for text in feedback.texts])
    mixed = mixture(data.splits["train"], feedback.texts, believed, seed=plan.seed)
    return train(
        plan=plan,
        train_split=mixed,
        dev_split=data.splits["dev"],
        data_sha256=data.sha256,
        encoder=encoder,
        out=out,
        start=start.weights,
        origin={
            "continued_from": start.name,
            "continued_from_sha256": start.sha256,
            "feedback": len(feedback.texts),
            "feedback_sha256": feedback.sha256,
            "replayed": mixed.replayed,
        },
    )


def mixture(train_split: Split, feedback: tuple[Labelled, ...], believed: Targets, *, seed: int) -> Mixture:
    """Each text of feedback, repeated where there are few, and a random part of the training data.

    Comments that read the same as a text of feedback are not replayed: the feedback knows better. `believed`,
    of shape (feedback, 28), is what the model thinks of the feedback's emotions before.
    """
    known = {text.key for text in feedback}
    others = [comment for comment in train_split.comments if preprocess(comment.text).lower() not in known]
    count = min(len(others), max(REPLAYED * len(feedback), REPLAYED_AT_LEAST))
    chosen = np.random.default_rng(seed).choice(len(others), size=count, replace=False)
    replayed = _part(train_split, [others[row] for row in sorted(chosen.tolist())])
    repeats = min(MOST_REPEATS, max(1, ceil(count / REPLAYED / len(feedback))))
    groups = np.array([[group in text.groups for group in GROUPS] for text in feedback], dtype=np.float32)
    emotions = np.stack([_emotions(*each) for each in zip(feedback, believed, strict=True)])
    return Mixture(
        texts=[text.text for text in feedback] * repeats + replayed.texts,
        groups=np.concatenate([groups] * repeats + [replayed.groups]),
        emotions=np.concatenate([emotions] * repeats + [replayed.emotions]),
        replayed=count,
    )


def _part(split: Split, comments: list[Comment]) -> Split:
    return Split(name=split.name, comments=tuple(comments), bad_lines=())


def _emotions(text: Labelled, believed: Targets) -> Targets:
    """The targets of one text: what was said; where only the group was, what the model thinks within it.

    So a bare label teaches nothing about the emotions inside its group, and that the others are absent.
    """
    if text.groups == {"neutral"}:
        return np.array([emotion == "neutral" for emotion in EMOTIONS], dtype=np.float32)
    if text.emotions:
        return np.array([emotion in text.emotions for emotion in EMOTIONS], dtype=np.float32)
    inside = np.array([GROUP_OF[emotion] in text.groups for emotion in EMOTIONS], dtype=np.float32)
    return inside * believed


def _believed(network: Network, encoder: Path, max_tokens: int, texts: list[str]) -> Targets:
    _, emotions = predict(network, encode(load_tokenizer(encoder, max_tokens), texts))
    return np.asarray(torch.sigmoid(emotions).numpy(), dtype=np.float32)
