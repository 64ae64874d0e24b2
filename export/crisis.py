"""What the crisis gate finds and misses: totals over the probes, and counts over comments of a file.

Of the locked half of the probes only totals are shown, ever, so that nobody tunes the gate on it.
"""

import csv
import gzip
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from export.errors import DataError

FLOOR_RECALL: Final = 0.90
MOST_FALSE_ALARMS: Final = 0.05
_MAX_FIELD: Final = 1_000_000

Gate = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A text, and whether its author speaks of a crisis of their own, now.

    Attributes:
        kind: how it is said; the head of the file explains each.
        locked: only ever counted.
    """

    id: str
    kind: str
    crisis: bool
    locked: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many probes there were and how many the gate flagged.

    Attributes:
        true, found: texts of a crisis, and how many of them were flagged.
        calm, alarmed: all other texts, and how many of them were flagged.
        figurative, figurative_alarmed: those among them that are a manner of speaking.
    """

    true: int
    found: int
    calm: int
    alarmed: int
    figurative: int
    figurative_alarmed: int

    @property
    def recall(self) -> float:
        """The share of texts of a crisis that are flagged."""
        return self.found / self.true

    @property
    def alarms(self) -> float:
        """The share of other texts that are flagged."""
        return self.alarmed / self.calm

    @property
    def figurative_alarms(self) -> float:
        """The share of manners of speaking that are flagged."""
        return self.figurative_alarmed / self.figurative


def probes(*, locked: bool) -> Sequence[Probe]:
    """One half of the probes."""
    document = tomllib.loads(files("model").joinpath("probes", "crisis.toml").read_text("utf-8"))
    return [probe for entry in document["probe"] if (probe := Probe(**entry)).locked == locked]


def totals(gate: Gate, chosen: Sequence[Probe]) -> Totals:
    """What the gate makes of these probes."""
    flagged = [(probe, gate(probe.text)) for probe in chosen]
    calm = [(probe, said) for probe, said in flagged if not probe.crisis]
    figurative = [said for probe, said in calm if probe.kind == "figurative"]
    return Totals(
        true=len(flagged) - len(calm),
        found=sum(said for probe, said in flagged if probe.crisis),
        calm=len(calm),
        alarmed=sum(said for _, said in calm),
        figurative=len(figurative),
        figurative_alarmed=sum(figurative),
    )


def report(gate: Gate, comments: Sequence[Path]) -> Iterator[str]:
    """The lines of `python -m export crisis`: never a text.

    Raises:
        DataError: a file cannot be read, or has no column that is called body or text.
    """
    for name, locked in (("open", False), ("locked", True)):
        found = totals(gate, probes(locked=locked))
        yield (
            f"{name} probes: recall {found.recall:.3f} ({found.found} of {found.true}), "
            f"false alarms {found.alarms:.3f} ({found.alarmed} of {found.calm}), of them figurative "
            f"{found.figurative_alarms:.3f} ({found.figurative_alarmed} of {found.figurative})"
        )
    yield from _kinds(gate, probes(locked=False))
    for path in comments:
        flags = [gate(text) for text in texts(path)]
        yield f"{path.name}: {sum(flags):,} of {len(flags):,} comments flagged"


def texts(path: Path) -> Iterator[str]:
    """The comments of a CSV file (column `body` or `text`) or a TSV file (first column); may be gzipped.

    Raises:
        DataError: see `report`.
    """
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as file
        ):
            if path.name.removesuffix(".gz").endswith(".tsv"):
                yield from (line.split("\t")[0] for line in file)
                return
            csv.field_size_limit(_MAX_FIELD)
            rows = csv.DictReader(file)
            column = next((name for name in rows.fieldnames or () if name in {"body", "text"}), None)
            if column is None:
                raise DataError(f"{path} has no column that is called body or text.")
            yield from ((row[column] or "").replace("\\n", "\n") for row in rows)  # as some exports write it
    except (OSError, UnicodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error


def _kinds(gate: Gate, chosen: Iterable[Probe]) -> Iterator[str]:
    counts: dict[tuple[str, bool], list[bool]] = {}
    for probe in chosen:
        counts.setdefault((probe.kind, probe.crisis), []).append(gate(probe.text) == probe.crisis)
    for (kind, crisis), right in counts.items():
        yield f"open, {kind}, {'crisis' if crisis else 'no crisis'}: {sum(right)} of {len(right)} right"
