"""What flows into the encoder's matrices on real comments: the ground for scales that are constants."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from export.network import Network
from export.tokens import Ids

COMMENTS = 256
"""How many training comments are watched: some 5,000 tokens."""

_JOINED = 16  # as many windows again that are full, since long texts are read in full windows

Array = npt.NDArray[np.float32]

QUERY, ATTENDED, NORMED, ACTIVATED = "query", "attended", "normed", "activated"
"""Inputs of a layer's matrices: of query, key and value; of attention's output; of the two that follow."""


def watched(network: Network, ids: Ids, max_tokens: int) -> Mapping[tuple[int, str], Array]:
    """Inputs of shape (tokens, width) by layer and name, on these comments and on some joined to windows."""
    found: defaultdict[tuple[int, str], list[Array]] = defaultdict(list)
    hooks = [
        module.register_forward_pre_hook(_keeper(found[layer, name]))
        for layer, parts in enumerate(network.encoder.encoder.layer)
        for name, module in _matrices(parts).items()
    ]
    try:
        _read(network, [*ids, *joined(ids, max_tokens)])
    finally:
        for hook in hooks:
            hook.remove()
    return {place: np.concatenate(rows) for place, rows in found.items()}


def joined(ids: Ids, max_tokens: int) -> list[list[int]]:
    """Up to `_JOINED` full windows, each of several comments, between the special tokens of the first."""
    words = [token for row in ids for token in row[1:-1]]
    room = max_tokens - 2
    return [
        [ids[0][0], *words[start : start + room], ids[0][-1]]
        for start in range(0, min(len(words) - room, _JOINED * room), room)
    ]


def _matrices(layer: Any) -> dict[str, Any]:
    return {
        QUERY: layer.attention.self.query,
        ATTENDED: layer.attention.output.dense,
        NORMED: layer.intermediate.dense,
        ACTIVATED: layer.output.dense,
    }


def _keeper(rows: list[Array]) -> Any:
    def keep(_module: Any, inputs: tuple[torch.Tensor]) -> None:
        rows.append(inputs[0][0].numpy().copy())

    return keep


@torch.inference_mode()  # type: ignore[untyped-decorator]
def _read(network: Network, ids: Ids) -> None:
    network.eval()
    for row in ids:
        one = torch.tensor([list(row)])
        network(one, torch.ones_like(one))
