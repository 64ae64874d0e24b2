"""Decisions that an admin looks at again: what the store is asked and told, and what follows from labels."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Final, Protocol, Self

from bot.domain.decisions import Reason, ReplyWhen
from bot.domain.estimates import Tally
from bot.domain.messages import ChannelKey
from bot.domain.sampling import Stratum, draw, stratum
from bot.domain.snapshots import PolicySnapshot

PERIOD: Final = timedelta(days=30)
"""How far back a review looks; as long as texts are kept by default."""
MOST: Final = 20_000
"""Of a chat's newest classified decisions: no review looks at more of them."""


class Label(StrEnum):
    """How somebody who reads a comment thinks that its author felt."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"

    def bad(self, reply_when: ReplyWhen) -> bool:
        """Whether a chat that answers by this score means such comments."""
        if reply_when is ReplyWhen.NOT_POSITIVE:
            return self is not Label.POSITIVE
        return self is Label.NEGATIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewable:
    """A classified decision, as far as a sample needs to know it: not who, not where, and no words.

    Attributes:
        scores: what was held against the threshold, by the setting that chooses among them.
        policy: the hash of the settings that decided.
        kept: its text can still be shown.
        drawn: it is, or was, in a round.
        answered: somebody looked at it; with a `label` unless it was skipped or removed.
        place: its place in the order of its round; None where it was not drawn.
    """

    id: int
    picked: bool
    scores: Mapping[ReplyWhen, float]
    policy: str
    kept: bool
    drawn: bool = False
    answered: bool = False
    label: Label | None = None
    teach: bool = False
    place: tuple[datetime, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A drawn decision, as an admin is about to see it: its chat is for checking rights, and never shown.

    Attributes:
        text: None = erased since, or of somebody who does not want to be read any more.
        answered: somebody was faster, or the button was pressed twice.
    """

    id: int
    key: ChannelKey
    text: str | None = field(repr=False)
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A labelled text that may be learned from; nothing says who wrote it, when, or where."""

    text: str = field(repr=False)
    label: Label


class ReviewQueries(Protocol):
    """The part of `ports.Queries` about reviews. Every method is one statement."""

    def reviewable(
        self, key: ChannelKey, *, since: datetime, now: datetime, limit: int
    ) -> Sequence[Reviewable]:
        """A chat's classified live decisions, the newest first; nobody's who does not want to be read."""
        ...

    def review_card(self, decision_id: int, *, now: datetime) -> Card | None:
        """One that was drawn; None for every other id, whether there is such a decision or not."""
        ...

    def lessons(self, key: ChannelKey | None, *, now: datetime) -> Sequence[Lesson]:
        """What may be learned from: of one chat or, for None, of all; nobody's who opted out since."""
        ...


class ReviewTransaction(ReviewQueries, Protocol):
    """The part of `ports.Transaction` about reviews."""

    def draw_reviews(self, key: ChannelKey, ids: Sequence[int], *, at: datetime) -> None:
        """Remember a round, in its order; decisions of other chats, or drawn before, are left out."""
        ...

    def answer_review(self, decision_id: int, label: Label | None, *, teach: bool, at: datetime) -> bool:
        """Keep what somebody said of a drawn decision, None = skipped; False where it was said before."""
        ...

    def remove_text(self, decision_id: int, *, at: datetime) -> None:
        """Erase a drawn decision's text for good; it is never shown or learned from again."""
        ...


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


def without_contradictions(lessons: Sequence[Lesson]) -> Sequence[Lesson]:
    """Each text once, and none with two labels: training refuses a file that contradicts itself."""
    labels: defaultdict[str, set[Label]] = defaultdict(set)
    for each in lessons:
        labels[_alike(each.text)].add(each.label)
    first: dict[str, Lesson] = {}
    for each in lessons:
        if len(labels[_alike(each.text)]) == 1:
            first.setdefault(_alike(each.text), each)
    return list(first.values())


def picked(reason: str) -> bool:
    """Whether a classified decision's score reached the threshold, whatever held the reply back then."""
    return reason != Reason.BELOW_THRESHOLD


def _alike(text: str) -> str:
    return " ".join(text.casefold().split())


def _readable(stored: Mapping[str, str]) -> Mapping[str, PolicySnapshot]:
    found = {}
    for digest, snapshot in stored.items():
        try:
            found[digest] = PolicySnapshot.load(snapshot)
        except ValueError:
            continue  # somebody changed it by hand; an audit tells of it
    return found
