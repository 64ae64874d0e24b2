import json
from importlib import import_module
from pathlib import Path

import pytest
from torture.__main__ import PARTS
from torture.report import Outcome, Row


def outcome(*rows: Row, part: str = "kill") -> Outcome:
    return Outcome(part=part, command="make it", date="2026-11-24", seed=7, seconds=90.0, rows=rows)


KEPT = Row(promise="none lost", figure="0 of 10", target="0", holds=True)
BROKEN = Row(promise="a | b", figure="3", target="0", holds=False)


@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_part_can_be_run(part: str) -> None:
    assert callable(import_module(PARTS[part]).run)


def test_a_table_has_a_line_for_each_promise_and_says_which_was_broken() -> None:
    assert outcome(KEPT, BROKEN).table().splitlines()[2:] == [
        "| none lost | 0 of 10 | 0 | yes |",
        "| a \\| b | 3 | 0 | **no** |",
    ]


@pytest.mark.parametrize(("rows", "holds"), [((KEPT,), True), ((KEPT, BROKEN), False), ((), False)])
def test_one_broken_promise_breaks_the_run_and_an_empty_run_proves_nothing(
    rows: tuple[Row, ...], holds: bool
) -> None:
    assert outcome(*rows).holds is holds


def test_an_outcome_takes_the_place_of_its_own_earlier_one_only() -> None:
    first = outcome(KEPT).recorded("# Reliability\n")
    both = outcome(KEPT, part="disk").recorded(first)
    again = outcome(BROKEN).recorded(both)

    assert again == both.replace(outcome(KEPT).table(), outcome(BROKEN).table(), 1)
    assert again.count("<!-- torture kill -->") == again.count("<!-- torture disk -->") == 1
    assert "`make it`, 2026-11-24, 1.5 minutes:" in again


def test_an_outcome_is_written_as_json(tmp_path: Path) -> None:
    file = outcome(KEPT).written(tmp_path / "not" / "yet")
    assert file.name == "kill.json"
    assert json.loads(file.read_text())["rows"] == [
        {"promise": "none lost", "figure": "0 of 10", "target": "0", "holds": True}
    ]
