"""The mean of two trainings' weights: a model soup (Wortsman et al., ICML 2022).

Two networks that were fine-tuned from the same start, heads included, often lie in one valley: the mean of
their weights is then better than either, and costs no more than one.
"""

from pathlib import Path
from typing import Any

import torch

from export.errors import StageError
from export.train import TRAINED

_START = ("data", "encoder")


def soup(first: Path, second: Path, out: Path, *, share: float) -> Path:
    """Write `out/trained.pt`: `share` of the weights of `first/trained.pt`, the rest of `second/trained.pt`.

    Raises:
        StageError: one of them is missing, or they have not started from the same weights and data.
    """
    one, other = (_trained(folder / TRAINED) for folder in (first, second))
    differs = [name for name in _START if one[name] != other[name]]
    if one["plan"]["seed"] != other["plan"]["seed"]:
        differs.append("seed")
    if differs:
        raise StageError(f"{first} and {second} differ in {', '.join(differs)}: their mean is no model.")
    weights = {
        name: torch.lerp(other["weights"][name], value, share) if value.is_floating_point() else value
        for name, value in one["weights"].items()
    }
    origin = {**one.get("origin", {}), "soup": share, "soup_with": second.name}
    out.mkdir(parents=True, exist_ok=True)
    torch.save({**one, "weights": weights, "origin": origin}, out / TRAINED)
    return out / TRAINED


def _trained(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise StageError(f"{path} is missing: run `python -m export train` with this --out first.")
    trained: dict[str, Any] = torch.load(path, weights_only=True)
    return trained
