"""Everything about a release that is not its score on GoEmotions: behaviour, sources, robustness, identities.

The numbers go into the manifest as tables, and from there into the card.
"""

from collections.abc import Mapping
from pathlib import Path

from export.analysis.gaps import identity_gaps
from export.data import Split
from export.robustness import measure
from model.behaviour import CALM, Behaviour, run
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
        **behaviour_tables(run(classifier, bundled_suite(), locked=locked), locked=locked),
        "robustness": {row.attack: round(row.drop_points, 2) for row in measure(classifier, split)},
        "identity gaps": identity_gaps(classifier),
    }


def behaviour_tables(behaviour: Behaviour, *, locked: bool) -> dict[str, Table]:
    """Pass rates by category, the calm texts' false alarms, and what each source gave."""
    halves = {"open": behaviour.categories, **({"locked": behaviour.categories} if locked else {})}
    tables = {
        f"behaviour, {half}": {
            each.category: round((each.open if half == "open" else each.locked).rate, 4)
            for each in categories
        }
        for half, categories in halves.items()
    }
    calm = next((each for each in behaviour.categories if each.category == CALM), None)
    if calm is not None:
        tables["calm texts with trigger words"] = {
            "called negative": round(calm.called_negative, 4),
            "answered": round(calm.answered, 4),
        }
    tables["sources, AUROC of negative"] = {
        each.source: round(each.auroc, 4) for each in behaviour.sources if each.auroc is not None
    }
    tables["sources, macro-F1 of the label"] = {
        each.source: round(each.macro_f1, 4) for each in behaviour.sources
    }
    return tables
