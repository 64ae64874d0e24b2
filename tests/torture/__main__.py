"""`python -m torture PART`: long runs under faults and load, each with a table of promises at its end.

A part is a module of this package with `run(options: Options) -> Sequence[Row]`. It takes at most 30 minutes.
"""

import argparse
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import Any, Final

from torture.report import Options, Outcome

PARTS: Final[dict[str, str]] = {
    "backup": "torture.backup",
    "disk": "torture.disk",
    "kill": "torture.kill",
    "load": "torture.load",
    "peers": "torture.peers",
    "safety": "torture.safety",
    "shutdown": "torture.shutdown",
    "soak": "torture.soak",
}
"""By the name that `make torture PART=…` takes: the module."""

MOST_MINUTES: Final = 30.0
PATIENCE: Final = 300.0
"""Seconds until a process or condition has failed: there is more to do than in a test."""
_ROOT: Final = Path(__file__).parents[2]
RESULTS: Final = _ROOT / "build" / "torture"
DOCUMENT: Final = _ROOT / "docs" / "reliability.md"


def perform(part: str, options: Options, command: str) -> Outcome:
    """Run a part to its end."""
    module: Any = import_module(PARTS[part])
    began, date = monotonic(), datetime.now(UTC).date()
    rows = tuple(module.run(options))
    return Outcome(
        part=part,
        command=command,
        date=date.isoformat(),
        seed=options.seed,
        seconds=round(monotonic() - began, 1),
        rows=rows,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; 0 where every promise held."""
    given = _reader().parse_args(arguments)
    os.environ.setdefault("TEST_PATIENCE", f"{PATIENCE:g}")  # read when `processes` is loaded, by a part
    command = f"make torture PART={given.part} SEED={given.seed}"
    command += f" SCALE={given.scale:g}" if given.scale != 1 else ""
    command += f" MINUTES={given.minutes:g}" if given.minutes != MOST_MINUTES else ""
    folder = Path(tempfile.mkdtemp(prefix="solace-torture-")).resolve()
    _say(f"{command}\nin {folder}, which stays only where something does not hold\n")
    options = Options(seed=given.seed, minutes=given.minutes, scale=given.scale, folder=folder)
    outcome = perform(given.part, options, command)
    if outcome.holds:
        shutil.rmtree(folder)
    _say(f"{outcome.table()}\n\n{outcome.written(RESULTS)}: {outcome.seconds / 60:.1f} minutes")
    if given.record:
        DOCUMENT.write_text(outcome.recorded(DOCUMENT.read_text()))
    return 0 if outcome.holds else 1


def _reader() -> argparse.ArgumentParser:
    read = argparse.ArgumentParser(prog="torture", description=__doc__)
    read.add_argument("part", choices=sorted(PARTS))
    read.add_argument("--seed", type=int, default=secrets.randbits(32), help="the same dice again")
    read.add_argument("--minutes", type=float, default=MOST_MINUTES, help="the most it may take")
    read.add_argument("--scale", type=float, default=1.0, help="of the full size, such as 0.1")
    read.add_argument("--record", action="store_true", help=f"write the table into {DOCUMENT.name} too")
    return read


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
