import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from torture import __main__ as torture
from torture.report import Options, Row


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Options]:
    """A part that keeps its promise where it runs at full size; what it was told."""
    told: list[Options] = []

    def run(options: Options) -> Sequence[Row]:
        told.append(options)
        return [Row(promise="all", figure="1", target="1", holds=options.scale == 1)]

    part = ModuleType("a_part")
    part.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "a_part", part)
    monkeypatch.setitem(torture.PARTS, "trying", "a_part")
    monkeypatch.setattr(torture, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(torture, "DOCUMENT", tmp_path / "page.md")
    torture.DOCUMENT.write_text("# Page\n")
    return told


def test_a_run_says_how_to_repeat_it_and_writes_down_what_it_found(
    ran: list[Options], capsys: pytest.CaptureFixture[str]
) -> None:
    assert torture.main(["trying", "--seed", "7", "--record"]) == 0
    assert capsys.readouterr().out.startswith("make torture PART=trying SEED=7\n")
    assert "| all | 1 | 1 | yes |" in torture.DOCUMENT.read_text()
    assert (torture.RESULTS / "trying.json").is_file()
    assert ran[0].seed == 7
    assert not ran[0].folder.exists()


def test_a_broken_promise_fails_the_run_and_leaves_what_it_worked_on(ran: list[Options]) -> None:
    assert torture.main(["trying", "--seed", "7", "--scale", "0.5", "--minutes", "2"]) == 1
    assert ran[0].folder.exists()
    ran[0].folder.rmdir()
    assert torture.DOCUMENT.read_text() == "# Page\n"
