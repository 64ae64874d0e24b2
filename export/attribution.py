"""Integrated gradients (Sundararajan et al., 2017) on word vectors: what each word adds, seen from inside."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

from export.errors import StageError
from export.faithfulness import Faithfulness, check
from export.network import Calibrated, Network, build, shorten
from export.tokens import Ids, load_tokenizer, padded
from export.train import TRAINED, load_trained
from model.explain import ScoreName
from model.labels import EMOTIONS, GROUPS
from model.manifest import Manifest
from model.onnx import OnnxClassifier
from model.preprocess import preprocess
from model.scores import DISTRESS_IN_ORDER

STEPS = 32
_COMPARED = 20
_FURTHEST = 0.05  # int8 is a hundredth from torch where they belong together
_NOTHING = 0  # [PAD]: the vector that the network has learnt to make nothing of


def check_release(
    folder: Path, out: Path, encoder: Path, texts: Sequence[str], *, sample: int, seed: int
) -> Faithfulness:
    """The explanations of the release in `folder`, held against gradients in the network of `out/trained.pt`.

    Raises:
        StageError: nothing has been trained there, or the release is of another training.
        ModelError: there is no such release.
    """
    classifier = OnnxClassifier(folder)
    network = trained_network(out, encoder, classifier.manifest)
    tokenizer = load_tokenizer(folder, classifier.manifest.max_tokens)
    torch.set_num_threads(1)
    _same(classifier, network, [tokenizer.encode(preprocess(text)).ids for text in texts[:_COMPARED]], texts)
    return check(classifier, partial(word_weights, network, tokenizer), texts, sample=sample, seed=seed)


def _same(classifier: OnnxClassifier, network: Network, ids: Ids, texts: Sequence[str]) -> None:
    """Both must be of one training, or gradients of one would be held against words of the other."""
    with torch.inference_mode():
        inside = [Calibrated(network)(*padded([row]))[0][0].tolist() for row in ids]
    outside = [list(scores.groups.values()) for scores in classifier.classify(texts[: len(ids)])]
    if np.abs(np.array(inside) - np.array(outside)).mean() > _FURTHEST:
        raise StageError(f"The release {classifier.version!r} is not of this training: its scores differ.")


def trained_network(folder: Path, encoder: Path, manifest: Manifest) -> Network:
    """The network that training left in `folder`, with the released temperatures.

    Raises:
        StageError: there is none, or it is of another encoder.
    """
    weights = load_trained(folder)["weights"]
    network = build(encoder)
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise StageError(f"{folder / TRAINED} was trained on another encoder than {encoder}.") from error
    shorten(network, manifest.max_tokens)
    temperatures = manifest.temperatures
    network.group_temperature.copy_(torch.tensor([temperatures.groups[group] for group in GROUPS]))
    network.group_offset.copy_(torch.tensor([temperatures.offsets.get(group, 0.0) for group in GROUPS]))
    network.emotion_temperature.fill_(temperatures.emotions)
    network.eval()
    return network


def word_weights(
    network: Network, tokenizer: Tokenizer, prepared: str, spans: Sequence[tuple[int, int]], score: ScoreName
) -> list[float]:
    """What each span of the prepared text adds to the score: the sum over the tokens that overlap it."""
    encoding = tokenizer.encode(prepared)
    by_token = integrated_gradients(network, encoding.ids, encoding.special_tokens_mask, score)
    offsets = encoding.offsets
    return [
        sum(
            weight
            for weight, (begin, finish) in zip(by_token, offsets, strict=True)
            if begin < min(end, finish) and finish > start
        )
        for start, end in spans
    ]


def integrated_gradients(
    network: Network, ids: Sequence[int], special: Sequence[int], score: ScoreName, *, steps: int = STEPS
) -> list[float]:
    """One number a token; together they are the score minus that of a text of [PAD], up to the step's error.

    Args:
        network: in evaluation mode.
        ids: token ids of one text.
        special: 1 at tokens that the tokenizer put in; they are the same on the whole path.
        score: what is differentiated, as a calibrated probability.
        steps: midpoints of the path.
    """
    table = network.encoder.embeddings.word_embeddings
    tokens = torch.tensor([ids])
    nothing = torch.where(torch.tensor([special]).bool(), tokens, torch.full_like(tokens, _NOTHING))
    vectors, start = table(tokens).detach(), table(nothing).detach()
    shares = ((torch.arange(steps) + 0.5) / steps).view(-1, 1, 1)
    path = (start + shares * (vectors - start)).requires_grad_()
    gradient = torch.autograd.grad(_at(network, tokens.expand(steps, -1), path, score).sum(), path)[0]
    weights: list[float] = ((vectors - start)[0] * gradient.mean(dim=0)).sum(dim=-1).tolist()
    return weights


def _at(network: Network, tokens: torch.Tensor, vectors: torch.Tensor, score: ScoreName) -> torch.Tensor:
    """The score of each row, were its word vectors these; all else in the network stays as it is."""

    def replaced(*_: Any) -> torch.Tensor:
        return vectors

    hook = network.encoder.embeddings.word_embeddings.register_forward_hook(replaced)
    try:
        groups, emotions = Calibrated(network)(tokens, torch.ones_like(tokens))
    finally:
        hook.remove()
    return value(groups, emotions, score)


def value(groups: torch.Tensor, emotions: torch.Tensor, score: ScoreName) -> torch.Tensor:
    """The score of that name from probabilities (rows, 4) and (rows, 28), as `model.scores.Scores` has it."""
    if score == "distress":
        columns = [EMOTIONS.index(emotion) for emotion in DISTRESS_IN_ORDER]
        return 1 - (1 - emotions[:, columns]).prod(dim=1)
    if score == "not_positive":
        return 1 - groups[:, GROUPS.index("positive")]
    return groups[:, GROUPS.index(score)]
