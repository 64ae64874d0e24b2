"""Whether a candidate is not worse than the model in use: on dev, and in the behavioural suite.

How far a number may fall is what chance alone explains. Dev has some 5,400 comments: the macro-F1 of two
equally good models differs by up to half a point there. A category of the suite has some twenty open cases,
so that two of them are ten points; over the whole suite one point is a handful.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from model.behaviour import Behaviour, run
from model.behaviour_cases import Category
from model.errors import ModelError
from model.manifest import Manifest
from model.onnx import OnnxClassifier
from model.registry import find

DEV_TOLERANCE: Final[Mapping[str, float]] = MappingProxyType(
    {"positive_macro_f1": 0.005, "groups_macro_f1": 0.005, "positive_ap": 0.005}
)
SUITE_TOLERANCE: Final = 0.01
CATEGORY_TOLERANCE: Final = 0.10
AUROC_TOLERANCE: Final = 0.02
SOURCE_F1_TOLERANCE: Final = 0.05
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One number of both models, the higher the better.

    Attributes:
        before: of the model in use; None = it has no such number, so there is nothing to lose.
        after: of the candidate; None = it has no such number, which counts as worse.
        allowed: how far it may fall.
    """

    name: str
    before: float | None
    after: float | None
    allowed: float

    @property
    def objection(self) -> str | None:
        """A sentence with the numbers where the candidate is worse."""
        if self.before is None:
            return None
        if self.after is None:
            return f"{self.name}: the candidate has no such number, the model in use {self.before:.3f}"
        if self.after >= self.before - self.allowed - _ROUNDING:  # what is no number is worse, too
            return None
        return f"{self.name}: {self.after:.3f} after {self.before:.3f}; it may fall by {self.allowed:.3f}"


def compare_dev(in_use: Manifest, candidate: Manifest) -> Iterator[Compared]:
    """By the two manifests: numbers on dev of the same data."""
    same = in_use.data.sha256 == candidate.data.sha256
    before, after = (each.metrics.get("dev", {}) for each in (in_use, candidate))
    for name, allowed in DEV_TOLERANCE.items():
        yield Compared(
            name=f"dev, {name}" if same else f"dev of other data, {name}",
            before=before.get(name),
            after=after.get(name) if same else None,
            allowed=allowed,
        )


def compare_behaviour(in_use: Behaviour, candidate: Behaviour) -> Iterator[Compared]:
    """By what both did in the same cases."""
    yield Compared(
        name="suite, all", before=in_use.tally.rate, after=candidate.tally.rate, allowed=SUITE_TOLERANCE
    )
    rates = {each.category: each.rate for each in candidate.categories}
    for category in in_use.categories:
        name = category.category
        yield Compared(
            name=f"suite, {name}", before=category.rate, after=rates.get(name), allowed=CATEGORY_TOLERANCE
        )
    sources = {each.source: each for each in candidate.sources}
    for source in in_use.sources:
        other = sources.get(source.source)
        yield Compared(
            name=f"{source.source}, AUROC of negative",
            before=source.auroc,
            after=other.auroc if other else None,
            allowed=AUROC_TOLERANCE,
        )
        yield Compared(
            name=f"{source.source}, macro-F1 of label",
            before=source.macro_f1,
            after=other.macro_f1 if other else None,
            allowed=SOURCE_F1_TOLERANCE,
        )


def objections(
    in_use: str, candidate: Path, folders: Sequence[Path], suite: Sequence[Category]
) -> tuple[str, ...]:
    """What stands against the candidate: by both manifests, and by the open half of the suite run on both.

    Raises:
        ModelError: the candidate cannot be used.
    """
    new = OnnxClassifier(candidate)
    try:
        old = OnnxClassifier(find(in_use, folders))
    except ModelError as error:
        return (f"nobody can say how it compares: {error}",)
    compared = [
        *compare_dev(old.manifest, new.manifest),
        *compare_behaviour(run(old, suite), run(new, suite)),
    ]
    worse = tuple(each.objection for each in compared if each.objection is not None)
    steps = new.manifest.training.get("limit_steps")
    return worse if steps is None else (f"it is a trial, stopped after {steps} steps an epoch", *worse)
