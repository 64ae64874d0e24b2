"""What a release must reach; numbers beyond these limits stop it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from export.errors import LimitError
from export.progress import console


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of a release; the defaults are those that every shipped model must keep.

    Attributes:
        torch_onnx_max_difference: between torch's and the fp32 graph's probabilities, at most.
        same_decision: share of dev comments that int8 and fp32 decide alike (positive or not), at least.
        macro_f1_loss_points: what int8 may lose of fp32's macro-F1 of the four groups on dev.
        size: bytes of the int8 graph, at most.
    """

    torch_onnx_max_difference: float = 1e-4
    same_decision: float = 0.993
    macro_f1_loss_points: float = 0.2
    size: int = 23_000_000

    def broken(self, verified: Mapping[str, float], size: int) -> list[str]:
        """A sentence for each number beyond its limit; a number that is not one counts as beyond.

        Args:
            verified: the table "quantisation" of the manifest.
            size: bytes of the int8 graph.
        """
        found: list[str] = []
        for name in ("torch_onnx_max_difference", "macro_f1_loss_points"):
            value, limit = verified[name], getattr(self, name)
            if not value <= limit:
                found.append(f"{name} is {value:g}, at most {limit:g} is allowed")
        if not verified["same_decision"] >= self.same_decision:
            found.append(
                f"same_decision is {verified['same_decision']:g}, at least {self.same_decision:g} is needed"
            )
        if size > self.size:
            found.append(f"the graph has {size:,} bytes, at most {self.size:,} are allowed")
        return found


def enforce(broken: Sequence[str], *, trial: bool) -> None:
    """Let a release pass that keeps its limits; a trial passes with a warning.

    Raises:
        LimitError: it does not keep them; the message names each number and its limit.
    """
    if not broken:
        return
    if not trial:
        raise LimitError(f"No release: {'; '.join(broken)}.")
    for problem in broken:
        console.print(f"[yellow]Only a trial, not to be shipped:[/] {problem}.")
