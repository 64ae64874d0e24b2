"""What some labels say about all decisions of a chat: how often the bot is right, and how much it misses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from random import Random
from typing import Final

from bot.domain.sampling import PASSED, PICKED, Stratum

FEWEST: Final = 10
"""Labels on each side, picked and passed: with fewer, an interval says nothing that helps."""
FEWEST_OF_A_STRATUM: Final = 2
_Z: Final = 1.959964  # the normal distribution's 97.5% quantile: intervals cover in 95 of 100 cases
_TAIL: Final = 0.025
_DRAWS: Final = 1000
_FEW_LEFT: Final = 30
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is known about one stratum.

    Attributes:
        size: decisions in it, at least `labelled`.
        labelled: how many somebody labelled, a random sample of them.
        bad: how many of those were written by somebody who felt bad; at most `labelled`.
    """

    size: int = 0
    labelled: int = 0
    bad: int = 0

    @property
    def share(self) -> float:
        """Of the labelled ones, how many are bad; in [0, 1]."""
        return self.bad / self.labelled if self.labelled else 0.0

    @property
    def total(self) -> float:
        """How many bad ones the stratum holds, as far as the sample tells."""
        return self.size * self.share


Tallies = Mapping[Stratum, Tally]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A share and the 95% interval around it, all in [0, 1]."""

    value: float
    low: float
    high: float


def precision(tallies: Tallies) -> Estimate | None:
    """Of the comments that were picked out, the share that somebody wrote who felt bad.

    The stratified estimator with Wilson's interval (Wilson 1927), where the number of labels is replaced by
    the effective one: Kish's for unequal weights (Survey Sampling, 1965, 11.7), and more when they are a
    good part of all there are (the finite population correction). Such modified Wilson intervals are what
    Dean and Pagano recommend for surveys (J. Survey Statistics and Methodology 3, 2015).

    Returns:
        None where too few were labelled.
    """
    picked = _known(tallies, PICKED)
    if not picked:
        return None
    size = sum(each.size for each in picked)
    labelled = sum(each.labelled for each in picked)
    value = sum(each.total for each in picked) / size
    if labelled == size:
        return Estimate(value=value, low=value, high=value)
    effective = size**2 / sum(each.size**2 / each.labelled for each in picked)
    return wilson(value, effective / (1 - labelled / size))


def wilson(share: float, number: float) -> Estimate:
    """Wilson's score interval.

    Args:
        share: of successes, in [0, 1].
        number: of trials, above 0; an effective one need not be whole.
    """
    shrink = 1 + _Z**2 / number
    middle = (share + _Z**2 / (2 * number)) / shrink
    reach = _Z / shrink * sqrt(share * (1 - share) / number + _Z**2 / (4 * number**2))
    return Estimate(
        value=share, low=max(0.0, min(share, middle - reach)), high=min(1.0, max(share, middle + reach))
    )


def recall(tallies: Tallies) -> Estimate | None:
    """Of all comments by somebody who felt bad, the share that was picked out.

    The value is the ratio of stratified totals, which are without bias; their ratio is a little too high
    where labels are few. The interval comes from the beta-binomial posterior of each
    stratum with the half prior, drawn 1,000 times by a fixed seed: what Webber found to cover best, above
    all where hardly any of the many comments that were passed over are bad (Approximate Recall Confidence
    Intervals, ACM TOIS 31, 2013). A normal approximation would call a stratum without any finds certain.

    Returns:
        None where too few were labelled, or none of them was bad.
    """
    picked, passed = _known(tallies, PICKED), _known(tallies, PASSED)
    found, missed = (sum(each.total for each in side) for side in (picked, passed))
    if not picked or not passed or found + missed == 0:
        return None
    value = found / (found + missed)
    chance = Random(sum(each.labelled for each in (*picked, *passed)))  # noqa: S311  # no secret depends on it
    drawn = sorted(_ratio(picked, passed, chance) for _ in range(_DRAWS))
    low, high = drawn[int(_DRAWS * _TAIL)], drawn[int(_DRAWS * (1 - _TAIL)) - 1]
    return Estimate(value=value, low=min(low, value), high=max(high, value))


def missing_labels(tallies: Tallies) -> int:
    """How many more labels it takes, at least, until both estimates can be made; 0 = enough."""
    return sum(_lacking(tallies, side) for side in (PICKED, PASSED))


def _lacking(tallies: Tallies, side: Sequence[Stratum]) -> int:
    there = [each for each in (tallies.get(name, Tally()) for name in side) if each.size]
    thin = sum(max(0, min(FEWEST_OF_A_STRATUM, each.size) - each.labelled) for each in there)
    size, labelled = sum(each.size for each in there), sum(each.labelled for each in there)
    return max(thin, min(FEWEST, size) - labelled, 0)


def _known(tallies: Tallies, side: Sequence[Stratum]) -> Sequence[Tally]:
    """The strata of one side that are not empty, if enough of them is labelled; else none."""
    there = [each for each in (tallies.get(name, Tally()) for name in side) if each.size]
    return there if not _lacking(tallies, side) else ()


def _ratio(picked: Sequence[Tally], passed: Sequence[Tally], chance: Random) -> float:
    found, missed = (sum(_imagined(each, chance) for each in side) for side in (picked, passed))
    return found / (found + missed) if found + missed else 1.0


def _imagined(tally: Tally, chance: Random) -> float:
    """How many bad ones a stratum may hold: those seen, and as many of the rest as the posterior says."""
    rest = tally.size - tally.labelled
    if not rest:
        return tally.bad
    share = chance.betavariate(tally.bad + _HALF, tally.labelled - tally.bad + _HALF)
    if rest <= _FEW_LEFT:
        return tally.bad + sum(chance.random() < share for _ in range(rest))
    spread = sqrt(rest * share * (1 - share))
    return tally.bad + min(max(chance.gauss(rest * share, spread), 0.0), rest)
