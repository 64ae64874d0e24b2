from pathlib import Path

import pytest
from releases import a_release

from model.behaviour import Behaviour, CategoryResult, SourceResult, Tally
from model.comparison import Compared, compare_behaviour, compare_dev
from model.manifest import load_manifest

GOOD = {"positive_macro_f1": 0.87, "groups_macro_f1": 0.72, "positive_ap": 0.92}


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        (0.9, 0.9, False),
        (0.9, 0.895, False),
        (0.9, 0.8949, True),
        (0.9, 0.99, False),
        (0.9, None, True),
        (None, 0.1, False),
        (0.9, float("nan"), True),
    ],
)
def test_a_number_may_fall_by_what_is_allowed(before: float | None, after: float | None, worse: bool) -> None:
    compared = Compared(name="dev, x", before=before, after=after, allowed=0.005)

    assert (compared.objection is not None) is worse


def test_dev_is_compared_by_three_numbers(tmp_path: Path) -> None:
    old = load_manifest(a_release(tmp_path, "old-1", dev=GOOD))
    new = load_manifest(a_release(tmp_path, "new-1", dev={**GOOD, "groups_macro_f1": 0.71}))

    found = {each.name: each.objection for each in compare_dev(old, new)}

    assert found == {
        "dev, positive_macro_f1": None,
        "dev, groups_macro_f1": "dev, groups_macro_f1: 0.710 after 0.720; it may fall by 0.005",
        "dev, positive_ap": None,
    }


def behaviour(open_: tuple[int, int], *, auroc: float | None = 0.9, f1: float = 0.7) -> Behaviour:
    tally = Tally(passed=open_[0], total=open_[1])
    nothing = Tally(passed=0, total=0)
    return Behaviour(
        version="x",
        categories=(
            CategoryResult(category="irony", open=tally, locked=nothing, called_negative=0.0, answered=0.0),
            CategoryResult(
                category="news",
                open=Tally(passed=380, total=380),
                locked=nothing,
                called_negative=0.0,
                answered=0.0,
            ),
        ),
        sources=(SourceResult(source="chats", texts=9, auroc=auroc, macro_f1=f1, confusion={}),),
        failures=(),
    )


def worse(before: Behaviour, after: Behaviour) -> list[str]:
    return [each.name for each in compare_behaviour(before, after) if each.objection]


@pytest.mark.parametrize(
    ("after", "names"),
    [
        (behaviour((20, 20)), []),
        (behaviour((18, 20)), []),
        (behaviour((17, 20)), ["suite, irony"]),
        (behaviour((10, 20)), ["suite, all", "suite, irony"]),
        (behaviour((20, 20), auroc=0.885), []),
        (behaviour((20, 20), auroc=0.87), ["chats, AUROC of negative"]),
        (behaviour((20, 20), auroc=None), ["chats, AUROC of negative"]),
        (behaviour((20, 20), f1=0.64), ["chats, macro-F1 of label"]),
    ],
)
def test_the_suite_as_a_whole_each_category_and_each_source_are_compared(
    after: Behaviour, names: list[str]
) -> None:
    assert worse(behaviour((20, 20)), after) == names


def test_a_category_or_source_that_is_gone_is_worse() -> None:
    empty = Behaviour(version="x", categories=(), sources=(), failures=())

    assert worse(behaviour((20, 20)), empty) == [
        "suite, irony",
        "suite, news",
        "chats, AUROC of negative",
        "chats, macro-F1 of label",
    ]
