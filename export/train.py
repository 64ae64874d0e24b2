"""Training: the 28 emotions and the four groups together, from checkpoint to checkpoint.

Reads top to bottom: the run, a step, the choice on dev. Plan and state stand in `checkpoint`.
On a CPU the same plan, data and machine give the same weights, interrupted or not.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from rich.progress import Progress
from torch.nn.functional import binary_cross_entropy_with_logits

from export.checkpoint import Plan, State, fingerprint, fresh, resume, save
from export.data import Dataset, Split
from export.errors import StageError
from export.metrics import POSITIVE, average_precision, group_thresholds, macro_f1
from export.network import Network, device
from export.progress import bar, console
from export.tokens import Ids, encode, load_tokenizer, padded, shuffled_batches, sorted_batches

TRAINED = "trained.pt"
_AVERAGE_EVERY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A split as the network takes it."""

    ids: Ids
    groups: torch.Tensor
    emotions: torch.Tensor

    @property
    def lengths(self) -> list[int]:
        """Tokens by comment."""
        return [len(row) for row in self.ids]


class Labelled(Protocol):
    """What can be trained on: prepared texts, and targets (texts, 4) and (texts, 28) between 0 and 1."""

    @property
    def texts(self) -> list[str]: ...  # noqa: D102

    @property
    def groups(self) -> npt.NDArray[np.float32]: ...  # noqa: D102

    @property
    def emotions(self) -> npt.NDArray[np.float32]: ...  # noqa: D102


def load_trained(folder: Path) -> dict[str, Any]:
    """What `fit` left in `folder`: weights, plan, history, seconds, and what the run must agree in.

    Raises:
        StageError: nothing was trained there.
    """
    path = folder / TRAINED
    if not path.exists():
        raise StageError(f"{path} is missing: run `python -m export train` with this --out first.")
    trained: dict[str, Any] = torch.load(path, weights_only=True)
    return trained


def train(
    *,
    plan: Plan,
    train_split: Labelled,
    dev_split: Split,
    data_sha256: str,
    encoder: Path,
    out: Path,
    start: Mapping[str, torch.Tensor] | None = None,
    origin: Mapping[str, str | int] | None = None,
) -> Path:
    """Train, choose the best of the epochs' ends (plain or averaged weights) on dev, and save it.

    Goes on from `out/checkpoint.pt` when that belongs to the same plan, data and encoder. Starts from the
    weights `start`, if there are any; what `origin` says of them and of further data goes into the manifest.

    Returns:
        The path of `trained.pt`: weights, plan, history and seconds.
    """
    tokenizer = load_tokenizer(encoder, plan.max_tokens)
    training, dev = (encoded(split, encode(tokenizer, split.texts)) for split in (train_split, dev_split))
    run = fingerprint(plan, data_sha256, encoder) | ({"origin": dict(origin)} if origin else {})
    return fit(
        plan=plan, material=lambda _: training, dev=dev, run=run, encoder=encoder, out=out, start=start
    )


def train_on(data: Dataset, plan: Plan, encoder: Path, out: Path) -> Path:
    """`train` on a data set's own splits."""
    return train(
        plan=plan,
        train_split=data.splits["train"],
        dev_split=data.splits["dev"],
        data_sha256=data.sha256,
        encoder=encoder,
        out=out,
    )


def fit(
    *,
    plan: Plan,
    material: Callable[[int], Encoded],
    dev: Encoded,
    run: dict[str, Any],
    encoder: Path,
    out: Path,
    start: Mapping[str, torch.Tensor] | None = None,
) -> Path:
    """The same on any `material`: what each epoch (from 0) is trained on, always as many comments.

    `run` is what a checkpoint must agree in, to be gone on from; it stands in `trained.pt`, too.
    """
    torch.set_num_threads(plan.threads)
    out.mkdir(parents=True, exist_ok=True)
    state = fresh(plan, encoder, start)
    resume(state, run, out)
    with bar() as progress:
        _run(plan, state, material, dev, progress, keep=partial(save, state, run, out))
    path = out / TRAINED
    torch.save({**run, "weights": state.best, "history": state.history, "seconds": state.seconds}, path)
    return path


def encoded(split: Labelled, ids: Ids) -> Encoded:
    """A split's token ids with its labels as targets."""
    return Encoded(ids=ids, groups=torch.from_numpy(split.groups), emotions=torch.from_numpy(split.emotions))


def _run(
    plan: Plan,
    state: State,
    material: Callable[[int], Encoded],
    dev: Encoded,
    progress: Progress,
    *,
    keep: Callable[[], None],
) -> None:
    task = progress.add_task("training", total=None, completed=state.step)
    began = time.monotonic() - state.seconds
    for epoch in range(state.epoch, plan.epochs):
        training = material(epoch)
        batches = shuffled_batches(training.lengths, plan.batch_size, plan.seed + epoch)[: plan.limit_steps]
        total = len(batches) * plan.epochs
        for batch in batches[state.step - epoch * len(batches) :]:
            loss = _step(plan, state, training, batch, total=total)
            state.seconds = time.monotonic() - began
            progress.update(
                task, total=total, completed=state.step, description=f"epoch {epoch + 1}, loss {loss:.3f}"
            )
            if state.step % 100 == 0:
                console.log(f"step {state.step} of {total}, loss {loss:.4f}, {state.seconds:.0f} s")
            if state.step % plan.checkpoint_every == 0:
                keep()
        _judge(state, dev, epoch + 1)
        state.epoch = epoch + 1
        keep()


def _step(plan: Plan, state: State, training: Encoded, batch: Any, *, total: int) -> float:
    share = state.step / total
    factor = min(share / plan.warmup if plan.warmup else 1.0, (1 - share) / (1 - plan.warmup))
    for group in state.optimizer.param_groups:
        group["lr"] = group["peak"] * factor
    state.network.train()
    where = device()
    ids, mask = (each.to(where) for each in padded([training.ids[row] for row in batch]))
    with torch.autocast(where, dtype=torch.bfloat16, enabled=plan.bf16):
        groups, emotions = state.network(ids, mask)
    loss = _loss(groups.float(), training.groups[batch].to(where))
    loss = loss + _loss(emotions.float(), training.emotions[batch].to(where))
    state.optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(state.network.parameters(), 1.0)
    state.optimizer.step()
    state.step += 1
    if state.step % _AVERAGE_EVERY == 0:
        _average(state, plan.averaging)
    return float(loss.detach())


def _loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    # Summed over labels, so that neither head drowns the other; a quarter keeps gradients near the clip.
    return binary_cross_entropy_with_logits(logits, targets, reduction="none").sum(dim=1).mean() / 4


def _average(state: State, decay: float) -> None:
    # An exponential average that starts as a plain one: early weights must not linger.
    updates = state.step // _AVERAGE_EVERY
    weight = max(1 - decay, 1 / (updates + 1))
    for name, value in state.network.state_dict().items():
        if value.is_floating_point():
            state.average[name].lerp_(value, weight)


def _judge(state: State, dev: Encoded, epoch: int) -> None:
    plain = {name: value.detach().clone() for name, value in state.network.state_dict().items()}
    for name, weights in (("plain", plain), ("averaged", state.average)):
        state.network.load_state_dict(weights)
        scores = _dev_scores(state.network, dev)
        chosen = scores["score"] > max((entry["score"] for entry in state.history), default=-1.0)
        state.history.append({"epoch": epoch, "weights": name, **scores})
        console.log(f"epoch {epoch}, {name} weights, dev: {scores}")
        if chosen:
            state.best = {key: value.detach().to("cpu", copy=True) for key, value in weights.items()}
    state.network.load_state_dict(plain)


def _dev_scores(network: Network, dev: Encoded) -> dict[str, float]:
    groups, _ = predict(network, dev.ids)
    probabilities, truth = torch.sigmoid(groups).numpy(), dev.groups.numpy()
    f1 = macro_f1(truth, probabilities >= group_thresholds(truth, probabilities))
    ap = average_precision(truth[:, POSITIVE], probabilities[:, POSITIVE])
    return {"score": round((f1 + ap) / 2, 5), "groups_macro_f1": round(f1, 4), "positive_ap": round(ap, 4)}


@torch.inference_mode()  # type: ignore[untyped-decorator]
def predict(network: Network, ids: Ids, *, batch_size: int = 64) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (comments, 4) and (comments, 28) in fp32, in the order of `ids`."""
    network.eval()
    groups = torch.zeros(len(ids), network.groups.out_features)
    emotions = torch.zeros(len(ids), network.emotions.out_features)
    for batch in sorted_batches([len(row) for row in ids], batch_size):
        rows = torch.from_numpy(np.asarray(batch))
        inputs = (each.to(network.groups.weight.device) for each in padded([ids[row] for row in batch]))
        groups[rows], emotions[rows] = (each.cpu() for each in network(*inputs))
    return groups, emotions
