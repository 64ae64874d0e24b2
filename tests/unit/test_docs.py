"""What is written for people can be read: tables keep their shape."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "benchmarks/README.md", *ROOT.glob("docs/**/*.md")]
RULE = re.compile(r"\|(\s*:?-+:?\s*\|)+")
CELL_ENDS = re.compile(r"(?<!\\)\|")
"""A bar parts cells also inside code, unless a backslash stands before it."""


def uneven(page: str) -> list[str]:
    """Rows of tables with more or fewer cells than their table has columns."""
    found, columns = [], None
    for line in page.splitlines():
        if not line.startswith("|"):
            columns = None
        elif RULE.fullmatch(line.strip()):
            columns = len(CELL_ENDS.findall(line))
        elif columns is not None and len(CELL_ENDS.findall(line)) != columns:
            found.append(line)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_rows_have_as_many_cells_as_their_table(page: Path) -> None:
    assert uneven(page.read_text(encoding="utf-8")) == []


def test_a_bar_in_code_is_noticed() -> None:
    assert uneven("| a | b |\n|---|---|\n| x | `live|off` |\n| y | `live\\|off` |") == ["| x | `live|off` |"]
