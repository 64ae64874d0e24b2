"""Comments at 100, 200, 400 and 800 a second into the inbox and over HTTP: `benchmarks.load`, as promises.

Needs a machine that does nothing else: whatever else runs takes its share of the two cores from the bot.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from time import monotonic
from typing import Final

from torture.report import Options, Row

from benchmarks.load import RATES, SECONDS, WAYS, measure
from benchmarks.load_report import checks
from benchmarks.load_traffic import Step

SHORTEST: Final = 3.0
"""Seconds of load, whatever the scale: less shows nothing."""
_AROUND: Final = 60.0
"""Seconds that a step takes at most besides its load: start, warm-up, recovery, the last replies."""


def run(options: Options) -> Sequence[Row]:
    """One row for each promise about each rate, and one that says how many rates there was time for."""
    steps, wanted = list(_steps(options)), len(WAYS) * len(RATES)
    measured = Row(
        promise="rates measured, by each way in",
        figure=str(len(steps)),
        target=str(wanted),
        holds=len(steps) == wanted,
    )
    return [measured] + [
        Row(promise=f"{each.step}: {each.promise}", figure=each.figure, target=each.target, holds=each.met)
        for each in checks(steps)
    ]


def _steps(options: Options) -> Iterator[Step]:
    """As many as the time allows, in the order in which they are told."""
    end = monotonic() + 60 * options.minutes
    seconds = max(SHORTEST, SECONDS * options.scale)
    for way, rate in product(WAYS, RATES):
        if monotonic() + seconds + _AROUND > end:
            return
        yield measure(way, rate, seconds=seconds, seed=options.seed)
