"""Everything about a release that is not its score on GoEmotions: behaviour, sources, robustness, identities.

The numbers go into the manifest as tables, and from there into the card.
"""

from collections.abc import Mapping
from pathlib import Path

from export.analysis.gaps import identity_gaps
from export.behaviour import tables
from export.data import Split
from export.robustness import measure
from model.behaviour import run
from model.behaviour_cases import bundled_suite
from model.onnx import OnnxClassifier

Table = Mapping[str, float]


def examine(folder: Path, split: Split, *, locked: bool) -> dict[str, Table]:
    """The tables of the release in `folder`, by the name under which the card shows them.

    Args:
        folder: a release.
        split: the comments that are disturbed, for robustness.
        locked: run the locked half of the suite too: once for each release.

    Raises:
        ModelError: there is no whole release.
    """
    classifier = OnnxClassifier(folder)
    return {
        **tables(run(classifier, bundled_suite(), locked=locked)),
        "robustness": {row.attack: round(row.drop_points, 2) for row in measure(classifier, split)},
        "identity gaps": identity_gaps(classifier),
    }
