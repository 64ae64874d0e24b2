"""The mean of two trainings' weights: a model soup (Wortsman et al., ICML 2022).

Two networks that were fine-tuned from the same start, heads included, often lie in one valley: the mean of
their weights is then better than either, and costs no more than one.
"""

from pathlib import Path

import torch

from export.errors import StageError
from export.train import TRAINED, load_trained

_START = ("data", "encoder")


def soup(first: Path, second: Path, out: Path, *, share: float) -> Path:
    """Write `out/trained.pt`: `share` of the weights of `first/trained.pt`, the rest of `second/trained.pt`.

    Raises:
        StageError: one of them is missing, or they have not started from the same weights and data.
    """
    one, other = (load_trained(folder) for folder in (first, second))
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
