import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from releases import a_release

from model.drift import (
    BINS,
    SCORES,
    TOKEN_EDGES,
    WORD_EDGES,
    Reference,
    aligned,
    edge_counts,
    jensen_shannon,
    psi,
    score_counts,
)
from model.manifest import MANIFEST, load_manifest

HISTOGRAM = st.lists(st.integers(0, 10_000), min_size=BINS, max_size=BINS).filter(any)


def test_scores_fall_into_twenty_bins() -> None:
    counts = score_counts([0.0, 0.049, 0.05, 0.5, 0.999, 1.0])

    assert len(counts) == BINS
    assert (counts[0], counts[1], counts[10], counts[19], sum(counts)) == (2, 1, 1, 2, 6)


def test_an_edge_begins_a_bin() -> None:
    assert edge_counts([0, 1, 2, 3, 4, 5, 99], (1, 3, 5)) == (1, 2, 2, 2)


@given(HISTOGRAM)
def test_a_histogram_does_not_differ_from_itself_or_its_multiple(counts: list[int]) -> None:
    assert psi(counts, counts) == 0
    assert psi(counts, [3 * count for count in counts]) == pytest.approx(0, abs=1e-12)
    assert jensen_shannon(counts, counts) == 0


@given(HISTOGRAM, HISTOGRAM)
def test_distances_are_symmetric_and_in_their_range(one: list[int], other: list[int]) -> None:
    assert psi(one, other) == pytest.approx(psi(other, one), abs=1e-12)
    assert psi(one, other) >= 0
    assert jensen_shannon(one, other) == pytest.approx(jensen_shannon(other, one), abs=1e-12)
    assert -1e-12 <= jensen_shannon(one, other) <= 1 + 1e-12


def test_psi_is_the_formula() -> None:
    expected = (0.4 - 0.5) * math.log(0.4 / 0.5) + (0.6 - 0.5) * math.log(0.6 / 0.5)

    assert psi([50, 50], [40, 60]) == pytest.approx(expected)


def test_an_empty_bin_is_far_and_not_infinitely_far() -> None:
    assert 5 < psi([100, 0], [0, 100]) < 20
    assert jensen_shannon([100, 0], [0, 100]) == pytest.approx(1)


def test_jensen_shannon_is_the_formula() -> None:
    expected = 0.5 * math.log2(1 / 0.75) + 0.5 * (0.5 * math.log2(0.5 / 0.75) + 0.5 * math.log2(0.5 / 0.25))

    assert jensen_shannon([10, 0], [5, 5]) == pytest.approx(expected)


@pytest.mark.parametrize("distance", [psi, jensen_shannon])
def test_nothing_counted_or_other_bins_is_an_error(distance: object) -> None:
    assert callable(distance)
    with pytest.raises(ValueError, match="counted nothing"):
        distance([0, 0], [1, 1])
    with pytest.raises(ValueError, match="zip"):
        distance([1, 1], [1, 1, 1])


def test_languages_are_compared_by_name() -> None:
    assert aligned({"en": 9, "de": 1}, {"en": 8, "und": 2}) == ([1, 9, 0], [0, 8, 2])


def a_reference(**changes: object) -> Reference:
    whole = {
        "source": "a test",
        "texts": 2,
        "scores": {name: score_counts([0.1, 0.9]) for name in SCORES},
        "words": edge_counts([1, 9], WORD_EDGES),
        "tokens": edge_counts([3, 12], TOKEN_EDGES),
        "unknown_tokens": 0.01,
        "languages": {"en": 2},
    }
    return Reference.model_validate(whole | changes)


def test_a_reference_survives_the_manifest() -> None:
    assert Reference.model_validate_json(a_reference().model_dump_json()) == a_reference()


@pytest.mark.parametrize(
    "changes",
    [
        {"texts": 3},
        {"texts": 0},
        {"words": (2,)},
        {"scores": {"positive": score_counts([0.1, 0.9])}},
        {"scores": dict.fromkeys(SCORES, (2,))},
        {"languages": {"en": 1}},
        {"unknown_tokens": 1.5},
        {"more": 1},
    ],
)
def test_a_reference_that_does_not_add_up_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        a_reference(**changes)


def test_a_manifest_of_before_has_no_reference(tmp_path: Path) -> None:
    folder = a_release(tmp_path, "old-1")
    whole = json.loads((folder / MANIFEST).read_text("utf-8"))
    whole.pop("reference", None)
    (folder / MANIFEST).write_text(json.dumps(whole), "utf-8")

    assert load_manifest(folder).reference is None


def test_a_manifest_keeps_its_reference(tmp_path: Path) -> None:
    folder = a_release(tmp_path, "new-1", reference=a_reference().model_dump(mode="json"))

    assert load_manifest(folder).reference == a_reference()
