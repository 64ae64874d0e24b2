"""How much a classifier loses when characters are tampered with, by attack of `export.noise`."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from rich.table import Table

from export.data import Split
from export.metrics import macro_f1
from export.noise import ATTACKS, STRENGTHS
from export.progress import track
from model.classifier import Classifier
from model.labels import GROUPS

CLEAN = "clean"
_SEED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """One attack's effect: its rate, the four groups' macro-F1, and the loss against clean text."""

    attack: str
    rate: float
    macro_f1: float
    drop_points: float


def measure(classifier: Classifier, split: Split, seed: int = _SEED) -> Iterator[Robustness]:
    """Clean text first, then every attack at its strength; each comment has a source of chance of its own."""
    texts = [comment.text for comment in split.comments]
    clean = _score(classifier, split, texts, CLEAN)
    yield Robustness(attack=CLEAN, rate=0.0, macro_f1=clean, drop_points=0.0)
    for name, attack in ATTACKS.items():
        rate = STRENGTHS[name]
        chances = (random.Random(f"{seed} {place}") for place in range(len(texts)))  # noqa: S311 - no secret
        noisy = [attack(text, chance, rate) for text, chance in zip(texts, chances, strict=True)]
        score = _score(classifier, split, noisy, name)
        yield Robustness(attack=name, rate=rate, macro_f1=score, drop_points=100 * (clean - score))


def sample(split: Split, limit: int | None) -> Split:
    """The split's first `limit` comments: its file is in no particular order."""
    return replace(split, comments=split.comments[:limit])


def table(rows: Sequence[Robustness], title: str) -> Table:
    """The rows as a table for the terminal."""
    result = Table(title=title)
    result.add_column("attack", no_wrap=True)
    for column in ("rate", "4 groups: macro-F1", "drop, points"):
        result.add_column(column, justify="right")
    for row in rows:
        result.add_row(row.attack, f"{row.rate:.2f}", f"{row.macro_f1:.4f}", f"{row.drop_points:.2f}")
    return result


def _score(classifier: Classifier, split: Split, texts: Sequence[str], name: str) -> float:
    thresholds = np.array([classifier.thresholds.groups[group] for group in GROUPS])
    scores = [classifier.classify([text])[0] for text in track(texts, name)]
    groups = np.array([[each.groups[group] for group in GROUPS] for each in scores])
    return macro_f1(split.groups, groups >= thresholds)
