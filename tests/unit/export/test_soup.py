"""The mean of two trainings; needs the training extra."""

# ruff: noqa: PLC0415 - what needs torch is imported once it is known to be there

from pathlib import Path
from typing import Any

import pytest

from export.errors import StageError

torch = pytest.importorskip("torch", reason="needs the training extra")

pytestmark = pytest.mark.training


def left(folder: Path, value: float, **other: Any) -> Path:
    folder.mkdir()
    weights = {"layer": torch.full((2, 2), value)}
    run = {"data": "d", "encoder": "e", "plan": {"seed": 1}, "history": [], "seconds": 1.0, **other}
    torch.save({**run, "weights": weights}, folder / "trained.pt")
    return folder


def test_the_mean_lies_between_and_says_what_it_is_of(tmp_path: Path) -> None:
    from export.soup import soup

    first, second = left(tmp_path / "student", 1.0, origin={"teachers": 2}), left(tmp_path / "plain", 3.0)
    mean = torch.load(soup(first, second, tmp_path / "out", share=0.75), weights_only=True)

    assert torch.equal(mean["weights"]["layer"], torch.full((2, 2), 1.5))
    assert mean["origin"] == {"teachers": 2, "soup": 0.75, "soup_with": "plain"}
    assert mean["plan"] == {"seed": 1}


@pytest.mark.parametrize(
    ("other", "named"),
    [({"data": "x"}, "data"), ({"encoder": "x"}, "encoder"), ({"plan": {"seed": 2}}, "seed")],
)
def test_trainings_of_another_start_are_refused(tmp_path: Path, other: dict[str, Any], named: str) -> None:
    from export.soup import soup

    first, second = left(tmp_path / "student", 1.0), left(tmp_path / "plain", 3.0, **other)

    with pytest.raises(StageError, match=f"differ in {named}"):
        soup(first, second, tmp_path / "out", share=0.5)


def test_a_training_that_is_not_there_is_named(tmp_path: Path) -> None:
    from export.soup import soup

    with pytest.raises(StageError, match="nowhere"):
        soup(left(tmp_path / "student", 1.0), tmp_path / "nowhere", tmp_path / "out", share=0.5)
