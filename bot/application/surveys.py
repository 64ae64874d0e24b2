"""How the review of a chat stands: what was drawn and labelled, and what follows from it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final, Protocol, Self

from bot.application.reviews import Label, Reviewable, ReviewQueries
from bot.domain.decisions import ReplyWhen
from bot.domain.estimates import Estimate, Tally, missing_labels, precision, recall
from bot.domain.messages import ChannelKey
from bot.domain.sampling import Stratum, draw, stratum
from bot.domain.snapshots import PolicySnapshot

PERIOD: Final = timedelta(days=30)
"""How far back a review looks; as long as texts are kept by default."""
MOST: Final = 20_000
"""Of a chat's newest classified decisions: no review looks at more of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the labels say.

    Attributes:
        reply_when: which comments the chat means: `Label.bad`.
        labels: how many there are.
        missing: how many more it takes, at least, for what cannot be said yet.
        more: another round could be drawn.
        picked_any: whether anything was picked out in that time.
        precision, recall: None = too few labels.
    """

    reply_when: ReplyWhen
    labels: int
    missing: int
    more: bool
    picked_any: bool
    precision: Estimate | None
    recall: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A chat's decisions by stratum, and how far their review has come.

    Attributes:
        reply_when: which score decides in the chat now: so, which comments it means.
    """

    reply_when: ReplyWhen
    strata: Mapping[Stratum, Sequence[Reviewable]]

    @classmethod
    def of(
        cls, found: Sequence[Reviewable], policies: Mapping[str, PolicySnapshot], reply_when: ReplyWhen
    ) -> Self:
        """Put each where its score lay, by the settings that decided; without them it is left out."""
        strata: defaultdict[Stratum, list[Reviewable]] = defaultdict(list)
        for each in found:
            policy = policies.get(each.policy)
            if policy is not None:
                when, how_sure = policy.channel.reply_when, policy.channel.sensitivity
                line = policy.thresholds[when][how_sure]
                strata[stratum(picked=each.picked, score=each.scores[when], threshold=line)].append(each)
        return cls(reply_when=reply_when, strata=strata)

    def answered(self, decision_id: int, label: Label | None) -> Self:
        """As it is once this decision is labelled, skipped or removed."""
        return replace(
            self,
            strata={
                name: [
                    replace(each, answered=True, label=label or each.label)
                    if each.id == decision_id
                    else each
                    for each in members
                ]
                for name, members in self.strata.items()
            },
        )

    @property
    def open(self) -> Sequence[int]:
        """Drawn ones that nobody has looked at and that can still be shown, in the order of their rounds."""
        waiting = [
            (each.place, each.id)
            for each in self._all()
            if each.place is not None and each.kept and not each.answered
        ]
        return [decision_id for _, decision_id in sorted(waiting)]

    @property
    def labels(self) -> int:
        """How many were labelled."""
        return sum(each.label is not None for each in self._all())

    def next_round(self, chance: Random) -> list[int]:
        """Ids to draw, in order; empty where everything that can be shown was drawn."""
        never = {
            name: [each.id for each in members if each.kept and not each.drawn]
            for name, members in self.strata.items()
        }
        return draw(never, chance)

    def tallies(self) -> Mapping[Stratum, Tally]:
        """What the labels say about each stratum."""
        return {name: self._tally(members) for name, members in self.strata.items()}

    def findings(self) -> Findings:
        """What can be said about the chat by now. Takes some milliseconds: not for the event loop."""
        tallies = self.tallies()
        return Findings(
            reply_when=self.reply_when,
            labels=self.labels,
            missing=missing_labels(tallies),
            more=any(each.kept and not each.drawn for each in self._all()),
            picked_any=any(tally.size for name, tally in tallies.items() if name.picked),
            precision=precision(tallies),
            recall=recall(tallies),
        )

    def _tally(self, members: Sequence[Reviewable]) -> Tally:
        labels = [each.label for each in members if each.label is not None]
        return Tally(
            size=len(members),
            labelled=len(labels),
            bad=sum(label.bad(self.reply_when) for label in labels),
        )

    def _all(self) -> Sequence[Reviewable]:
        return [each for members in self.strata.values() for each in members]


class SurveyQueries(ReviewQueries, Protocol):
    """What a survey asks of the store."""

    def policies(self, digests: Collection[str]) -> Mapping[str, str]:
        """Stored settings snapshots by their hashes; those that are not there are absent."""
        ...


def survey(queries: SurveyQueries, key: ChannelKey, reply_when: ReplyWhen, *, now: datetime) -> Survey:
    """How the review of a chat stands."""
    found = queries.reviewable(key, since=now - PERIOD, now=now, limit=MOST)
    stored = queries.policies({each.policy for each in found})
    return Survey.of(found, _readable(stored), reply_when)


def _readable(stored: Mapping[str, str]) -> Mapping[str, PolicySnapshot]:
    found = {}
    for digest, snapshot in stored.items():
        try:
            found[digest] = PolicySnapshot.load(snapshot)
        except ValueError:
            continue  # somebody changed it by hand; an audit tells of it
    return found
