"""What a long run found: a table to read, a file to compare, and the same table in the documentation."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

_HEADING = "| promise | found | target | holds |\n|---|---|---|---|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a part is to run.

    Attributes:
        seed: of everything that is left to chance.
        minutes: the most it may take, 30 at the outside; a part that would take longer does less and says so.
        scale: of its full size, in (0, 1].
        folder: an empty folder to work in.
    """

    seed: int
    minutes: float
    scale: float
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One promise, and what became of it.

    Attributes:
        figure, target: in words, with their units.
    """

    promise: str
    figure: str
    target: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one run of a part found.

    Attributes:
        command: that repeats it.
        date: of the run, "2026-11-24".
        seconds: that it took.
    """

    part: str
    command: str
    date: str
    seed: int
    seconds: float
    rows: Sequence[Row]

    @property
    def holds(self) -> bool:
        """Whether every promise was kept; nothing looked at is nothing kept."""
        return bool(self.rows) and all(row.holds for row in self.rows)

    def table(self) -> str:
        """The rows in Markdown."""
        lines = (
            f"| {_cell(row.promise)} | {_cell(row.figure)} | {_cell(row.target)} |"
            f" {'yes' if row.holds else '**no**'} |"
            for row in self.rows
        )
        return "\n".join([_HEADING, *lines])

    def written(self, folder: Path) -> Path:
        """`PART.json` in a folder that need not exist yet."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self.part}.json"
        file.write_text(json.dumps(asdict(self), indent=2) + "\n")
        return file

    def recorded(self, document: str) -> str:
        """A document with this outcome in the place of an earlier one of the same part, or at its end."""
        start, end = f"<!-- torture {self.part} -->", f"<!-- /torture {self.part} -->"
        minutes = f"{self.seconds / 60:.1f} minutes"
        block = f"{start}\n`{self.command}`, {self.date}, {minutes}:\n\n{self.table()}\n{end}"
        earlier = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
        if earlier.search(document):
            return earlier.sub(lambda _: block, document)
        return f"{document.rstrip()}\n\n### {self.part.capitalize()}\n\n{block}\n"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")
