"""What one epoch of distillation is trained on: comments, some of them disturbed, with their targets.

Deterministic: the same recipe, texts and epoch give the same material, so that an interrupted run goes on
as if nothing had happened.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from export.cues import with_cue
from export.data import Split, emotion_to_group
from export.identities import swap_identities
from export.noise import ATTACKS, STRENGTHS
from export.soft_labels import SoftLabels
from export.templates import filled, templates
from model.labels import EMOTIONS

Targets = npt.NDArray[np.float32]

_SMOOTHING = 0.04
"""Taken from sure labels of templates: a sentence about nobody is never certain."""
_OFTEN = {"typos": 6, "leet": 3, "stretched": 3, "casing": 3, "spaced_out": 2, "markup": 1, "homoglyphs": 1}
"""How often which noise comes: that most which the character filter cannot take back."""
_HARDEST = 1.2
"""Times the strength at which robustness is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How an epoch is put together.

    Attributes:
        soft: the teachers' part in the targets of labelled comments, the raters' is the rest.
        unlabelled: how many unlabelled comments an epoch draws; None takes all.
        templates: how many sentences of the project's own.
        disturbed: the share of comments with character noise.
        cued: the share with a word around them that says nothing of their mood.
        swapped: the share whose names and other words of identity become others.
    """

    soft: float = 0.8
    unlabelled: int | None = 10_000
    templates: int = 5_000
    disturbed: float = 0.3
    cued: float = 0.08
    swapped: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Raw texts with targets `groups` (texts, 4) and `emotions` (texts, 28) in [0, 1]."""

    texts: list[str]
    groups: Targets
    emotions: Targets


def epoch_material(
    recipe: Recipe, train: Split, unlabelled: Sequence[str], labels: SoftLabels, *, seed: int
) -> Material:
    """The material of one epoch.

    Args:
        recipe: how it is put together.
        train: the labelled comments.
        unlabelled: raw texts.
        labels: the teachers' on `train`, then on `unlabelled`.
        seed: another one for each epoch.
    """
    generator = random.Random(seed)  # noqa: S311 - training noise, not a secret
    count, extra = len(train.comments), len(unlabelled)
    drawn = sorted(
        generator.sample(range(extra), extra if recipe.unlabelled is None else min(recipe.unlabelled, extra))
    )
    rows = np.array([count + row for row in drawn], dtype=np.int64)
    soft, labelled = recipe.soft, labels.part(slice(0, count))
    written = [generator.choice(templates()) for _ in range(recipe.templates)]
    texts = [comment.text for comment in train.comments] + [unlabelled[row] for row in drawn]
    texts += [filled(template, generator) for template in written]
    sure = _sure([template.emotions for template in written])
    return Material(
        texts=[_changed(text, recipe, generator) for text in texts],
        groups=np.concatenate(
            [
                soft * labelled.groups + (1 - soft) * train.groups,
                labels.groups[rows],
                _smoothed((sure @ emotion_to_group() > 0).astype(np.float32)),
            ]
        ),
        emotions=np.concatenate(
            [
                soft * labelled.emotions + (1 - soft) * train.emotions,
                labels.emotions[rows],
                _smoothed(sure),
            ]
        ),
    )


def _changed(text: str, recipe: Recipe, generator: random.Random) -> str:
    if generator.random() < recipe.swapped:
        text = swap_identities(text, generator)
    if generator.random() < recipe.cued:
        text = with_cue(text, generator)
    if generator.random() < recipe.disturbed:
        (name,) = generator.choices(list(_OFTEN), weights=list(_OFTEN.values()))
        text = ATTACKS[name](text, generator, min(1.0, STRENGTHS[name] * generator.uniform(0.2, _HARDEST)))
    return text


def _sure(emotions: Sequence[tuple[int, ...]]) -> Targets:
    targets = np.zeros((len(emotions), len(EMOTIONS)), dtype=np.float32)
    for row, present in enumerate(emotions):
        targets[row, list(present)] = 1.0
    return targets


def _smoothed(targets: Targets) -> Targets:
    return np.asarray(targets * (1 - 2 * _SMOOTHING) + _SMOOTHING / 2, dtype=np.float32)
