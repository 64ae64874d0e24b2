"""Which decisions somebody should look at again, so that a few labels speak for all of them.

A chat's decisions fall into four strata: picked out or not, and near the threshold or far from it. Every
round is a simple random sample without replacement from each of them: so a labelled decision stands for as
many as its stratum holds for each one that was labelled there (Cochran, Sampling Techniques, 3rd ed.,
chapter 5). Those near the threshold are few and uncertain, and are drawn much more often than their share.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from random import Random
from typing import Final

NEAR: Final = 0.15
"""A score no further than this from the threshold is an uncertain one."""


class Stratum(StrEnum):
    """Decisions that are alike before anybody has looked at them."""

    PICKED_NEAR = "picked_near"
    PICKED_FAR = "picked_far"
    PASSED_NEAR = "passed_near"
    PASSED_FAR = "passed_far"

    @property
    def picked(self) -> bool:
        """Whether its comments were held to deserve a reply."""
        return self in PICKED

    @property
    def near(self) -> bool:
        """Whether its scores lie close to the threshold."""
        return self in {Stratum.PICKED_NEAR, Stratum.PASSED_NEAR}


PICKED: Final = (Stratum.PICKED_NEAR, Stratum.PICKED_FAR)
PASSED: Final = (Stratum.PASSED_NEAR, Stratum.PASSED_FAR)

ROUND: Final[Mapping[Stratum, int]] = {
    Stratum.PICKED_NEAR: 3,
    Stratum.PASSED_NEAR: 2,
    Stratum.PICKED_FAR: 2,
    Stratum.PASSED_FAR: 3,
}
"""How many of each are drawn for a round. The last ones are most of a chat: what was missed hides there."""


def stratum(*, picked: bool, score: float, threshold: float) -> Stratum:
    """Where a decision belongs; all that it depends on was recorded with it."""
    near = abs(score - threshold) <= NEAR
    if picked:
        return Stratum.PICKED_NEAR if near else Stratum.PICKED_FAR
    return Stratum.PASSED_NEAR if near else Stratum.PASSED_FAR


def draw(candidates: Mapping[Stratum, Sequence[int]], chance: Random) -> list[int]:
    """The ids of a round, in the order of showing: uncertain ones first, picked and passed mixed.

    Within a stratum every id is as likely to be drawn as every other one, and to come early. What a stratum
    lacks is drawn from the others.

    Args:
        candidates: ids that were never drawn before, by stratum.
        chance: decides.
    """
    shares = _shares({each: len(candidates.get(each, ())) for each in Stratum})
    first: list[int] = []
    then: list[int] = []
    for each, share in shares.items():
        (first if each.near else then).extend(chance.sample(candidates.get(each, ()), share))
    chance.shuffle(first)
    chance.shuffle(then)
    return first + then


def _shares(there: Mapping[Stratum, int]) -> dict[Stratum, int]:
    """How many to draw of each, never more than are there."""
    shares = {each: min(wanted, there[each]) for each, wanted in ROUND.items()}
    missing = sum(ROUND.values()) - sum(shares.values())
    for each, share in shares.items():
        more = min(missing, there[each] - share)
        shares[each] = share + more
        missing -= more
    return shares
