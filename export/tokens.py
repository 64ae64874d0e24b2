"""Texts to token ids for training, with the very tokenizer that serving uses."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

_POOL = 50  # batches that are sorted together: enough for little padding, few enough to stay random

Ids = Sequence[Sequence[int]]


def load_tokenizer(folder: Path, max_tokens: int) -> Tokenizer:
    """The encoder's own tokenizer, cut at `max_tokens` and without padding: as it is released."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def encode(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Token ids of prepared texts, each with its special tokens."""
    return [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]


def padded(rows: Ids) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask (rows, longest row), padded with 0 on the right."""
    width = max(len(row) for row in rows)
    ids = torch.zeros(len(rows), width, dtype=torch.int64)
    mask = torch.zeros(len(rows), width, dtype=torch.int64)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = torch.tensor(row)
        mask[index, : len(row)] = 1
    return ids, mask


def shuffled_batches(lengths: Sequence[int], size: int, seed: int) -> list[npt.NDArray[np.int64]]:
    """All positions once, in random batches of comments of like length; the same for the same seed."""
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(lengths))
    sizes = np.asarray(lengths)
    batches: list[npt.NDArray[np.int64]] = []
    for start in range(0, len(order), size * _POOL):
        pool = order[start : start + size * _POOL]
        pool = pool[np.argsort(sizes[pool], kind="stable")]
        batches += [pool[at : at + size] for at in range(0, len(pool), size)]
    return [batches[position] for position in generator.permutation(len(batches))]


def sorted_batches(lengths: Sequence[int], size: int) -> Iterator[npt.NDArray[np.int64]]:
    """All positions once, shortest comments first."""
    order = np.argsort(np.asarray(lengths), kind="stable")
    for start in range(0, len(order), size):
        yield order[start : start + size]
