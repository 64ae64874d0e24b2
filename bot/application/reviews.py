"""Decisions that an admin looks at again: what the store is asked and told."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.decisions import Reason, ReplyWhen
from bot.domain.masking import masked
from bot.domain.messages import ChannelKey


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


def teachable(found: Sequence[Lesson], prepared: Callable[[str], str]) -> Sequence[Lesson]:
    """What can be given out: masked, each text once, and none with two labels, which training refuses.

    Args:
        found: lessons.
        prepared: how training prepares a text: two that are alike then are one.
    """
    lessons = [replace(each, text=masked(each.text)) for each in found]
    names = [prepared(each.text).lower() for each in lessons]
    labels: defaultdict[str, set[Label]] = defaultdict(set)
    for name, each in zip(names, lessons, strict=True):
        labels[name].add(each.label)
    first: dict[str, Lesson] = {}
    for name, each in zip(names, lessons, strict=True):
        if name and len(labels[name]) == 1:
            first.setdefault(name, each)
    return list(first.values())


def feedback_file(lessons: Sequence[Lesson]) -> bytes:
    """JSON lines, as `python -m export train --extra` takes them."""
    rows = [{"text": each.text, "label": each.label.value} for each in lessons]
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def picked(reason: str) -> bool:
    """Whether a classified decision's score reached the threshold, whatever held the reply back then."""
    return reason != Reason.BELOW_THRESHOLD
