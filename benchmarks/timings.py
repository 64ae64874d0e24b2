"""What was timed, and the numbers that are drawn from it."""

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean

import numpy as np

Key = tuple[str, str]
"""What was judged ("comments" or "posts"), and by which system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """Milliseconds of a call with one text; `processor` is the thread's own, right on a busy machine."""

    p50: float
    p99: float
    mean: float
    processor_p50: float


@dataclass(slots=True)
class Timings:
    """Raw numbers: seconds by kind and system, and by cores for many texts at once."""

    wall: defaultdict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    own: defaultdict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    rates: defaultdict[tuple[str, str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    costs: defaultdict[tuple[str, str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    megabytes: dict[str, float] = field(default_factory=dict)

    def single(self, kind: str, system: str, wall: float, own: float) -> None:
        """One text took so many seconds, and so many of the thread's own."""
        self.wall[kind, system].append(wall)
        self.own[kind, system].append(own)

    def bulk(self, kind: str, system: str, cores: int, texts: int, wall: float, own: float) -> None:
        """So many texts took so many seconds, and so many of all threads."""
        self.rates[kind, system, cores].append(texts / wall)
        self.costs[kind, system, cores].append(1000 * own / texts)

    def one_by_one(self, kind: str, system: str) -> Single | None:
        """The latencies of single texts; None where there were none."""
        wall = self.wall.get((kind, system))
        if not wall:
            return None
        p50, p99 = (1000 * np.quantile(wall, (0.5, 0.99))).tolist()
        own = 1000 * float(np.median(self.own[kind, system]))
        return Single(p50=p50, p99=p99, mean=1000 * fmean(wall), processor_p50=own)

    def per_second(self, kind: str, system: str, cores: int) -> float:
        """Texts a second, the best round: others only lose to whatever else the machine did."""
        return max(self.rates[kind, system, cores])

    def processor_milliseconds(self, kind: str, system: str, cores: int) -> float:
        """Processor time a text, the best round."""
        return min(self.costs[kind, system, cores])
