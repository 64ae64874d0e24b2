"""What decides a training run, and what has to survive an interruption of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from export.errors import StageError
from export.network import Network, build, device
from export.progress import console
from model.manifest import sha256

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that decides the weights, apart from data and encoder.

    The rates are for AdamW with linear warm-up and linear decay; from the third epoch on this encoder
    overfits (measured: 4 groups .710 after two epochs, .687 after four).
    """

    epochs: int = 2
    batch_size: int = 32
    learning_rate: float = 1.5e-4
    head_learning_rate: float = 5e-4
    weight_decay: float = 0.01
    warmup: float = 0.08
    averaging: float = 0.98
    max_tokens: int = 128
    seed: int = 2020
    bf16: bool = True
    checkpoint_every: int = 200
    threads: int = 2
    limit_steps: int | None = None


@dataclass(slots=True, kw_only=True)
class State:
    """What a checkpoint holds: enough to go on as if nothing had happened.

    Attributes:
        epoch: how many have ended and been judged.
    """

    network: Network
    optimizer: torch.optim.Optimizer
    average: dict[str, torch.Tensor]
    step: int = 0
    epoch: int = 0
    seconds: float = 0.0
    history: list[dict[str, Any]] = field(default_factory=list)
    best: dict[str, torch.Tensor] = field(default_factory=dict)

    def packed(self, fingerprint: dict[str, Any]) -> dict[str, Any]:
        """As `torch.save` takes it."""
        return {
            "fingerprint": fingerprint,
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average,
            "step": self.step,
            "epoch": self.epoch,
            "seconds": self.seconds,
            "history": self.history,
            "best": self.best,
            "random": torch.get_rng_state(),
        }

    def unpack(self, saved: dict[str, Any]) -> None:
        """Go on from what `packed` gave."""
        self.network.load_state_dict(saved["network"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.average = {name: value.to(device()) for name, value in saved["average"].items()}
        self.best = saved["best"]
        self.step, self.epoch = saved["step"], saved["epoch"]
        self.seconds, self.history = saved["seconds"], saved["history"]
        torch.set_rng_state(saved["random"])


def fingerprint(plan: Plan, data_sha256: str, encoder: Path) -> dict[str, Any]:
    """What a checkpoint must agree in, to be gone on from."""
    return {"plan": asdict(plan), "data": data_sha256, "encoder": sha256(encoder / "model.safetensors")}


def fresh(plan: Plan, encoder: Path, start: Mapping[str, torch.Tensor] | None = None) -> State:
    """The state before the first step, with the weights of `start`; else the heads' come from the seed."""
    torch.manual_seed(plan.seed)
    network = build(encoder)
    if start is not None:
        network.load_state_dict(start)
    network.to(device())
    heads = [*network.groups.parameters(), *network.emotions.parameters()]
    optimizer = torch.optim.AdamW(
        [
            {"params": list(network.encoder.parameters()), "peak": plan.learning_rate},
            {"params": heads, "peak": plan.head_learning_rate},
        ],
        lr=plan.learning_rate,
        weight_decay=plan.weight_decay,
        fused=True,
    )
    average = {name: value.detach().clone() for name, value in network.state_dict().items()}
    return State(network=network, optimizer=optimizer, average=average)


def save(state: State, run: dict[str, Any], out: Path) -> None:
    """Write `out/checkpoint.pt`, whole or not at all; `run` is the run's fingerprint."""
    partial = out / f"{CHECKPOINT}.part"
    torch.save(state.packed(run), partial)
    partial.replace(out / CHECKPOINT)


def resume(state: State, run: dict[str, Any], out: Path) -> None:
    """Go on from `out/checkpoint.pt`, if there is one of the same run.

    Raises:
        StageError: there is one that cannot be read.
    """
    path = out / CHECKPOINT
    if not path.exists():
        return
    try:
        saved = torch.load(path, weights_only=True, map_location="cpu")
    except (RuntimeError, EOFError, LookupError, UnpicklingError) as error:
        raise StageError(f"{path} cannot be read; delete it to start afresh.") from error
    if saved["fingerprint"] != run:
        console.print(f"{path} belongs to another plan, data set or encoder: starting afresh.")
        return
    state.unpack(saved)
    console.print(f"Going on from {path}, step {state.step}.")
