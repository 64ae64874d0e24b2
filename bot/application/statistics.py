"""What happened in one chat, in numbers: nobody's words, and nobody's name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from statistics import median
from typing import Final, Protocol

from bot.domain.decisions import Action
from bot.domain.messages import ChannelKey
from bot.domain.replies import ReplyState

_PERCENTILE: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDay:
    """How often one outcome happened in a chat on one day (UTC, ISO 8601)."""

    day: str
    action: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFate:
    """What became of one reply.

    Attributes:
        seconds: from the comment's arrival until it was settled; None while it is not.
        sent_as: the platform's id of the message, which tells a whisper from others.
    """

    state: ReplyState
    seconds: float | None
    sent_as: str | None


class StatisticsQueries(Protocol):
    """The part of `ports.Queries` that counts in one chat. Every method is one statement."""

    def chat_days(self, key: ChannelKey, *, since: datetime) -> Sequence[ChatDay]:
        """Live decisions by day, action and reason, in order of the days."""
        ...

    def reply_fates(self, key: ChannelKey, *, since: datetime) -> Sequence[ReplyFate]:
        """Of live replies that were meant to be sent, oldest first."""
        ...

    def chat_feedback(self, key: ChannelKey, *, since: datetime) -> Mapping[str, int]:
        """What was pressed under the chat's replies, by kind."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """A chat over some days.

    Attributes:
        days: judged, answered and would-have-been-answered by day, in order; days without any are absent.
        reasons: why the rest was left alone; how often, the most frequent first.
        sent: replies that the platform took, whispers included; how many of them were `whispered`.
        other: replies that were meant to be sent and were not, or nobody knows, by state.
        median_seconds, slow_seconds: until a reply was there: half of them, and 95 of 100, took no longer;
            None where nothing was sent.
    """

    judged: int
    answered: int
    watched: int
    days: Mapping[str, Mapping[str, int]]
    reasons: Mapping[str, int]
    sent: int
    whispered: int
    other: Mapping[str, int]
    feedback: Mapping[str, int]
    median_seconds: float | None
    slow_seconds: float | None


def statistics(
    queries: StatisticsQueries, key: ChannelKey, *, since: datetime, whisper_prefix: str
) -> Statistics:
    """Count what happened in a chat since then; messages whose id begins like this one person alone saw."""
    found = queries.chat_days(key, since=since)
    fates = queries.reply_fates(key, since=since)
    sent = [each for each in fates if each.state is ReplyState.SENT]
    times = sorted(each.seconds for each in sent if each.seconds is not None)
    actions = _summed({each.action: 0 for each in found}, [(each.action, each.count) for each in found])
    silent = [(each.reason, each.count) for each in found if each.action == Action.SILENCE]
    return Statistics(
        judged=actions.total(),
        answered=actions[Action.REPLY],
        watched=actions[Action.SHADOW],
        days=_by_day(found),
        reasons=dict(_summed({}, silent).most_common()),
        sent=len(sent),
        whispered=sum((each.sent_as or "").startswith(whisper_prefix) for each in sent),
        other=dict(Counter(each.state.value for each in fates if each.state is not ReplyState.SENT)),
        feedback=queries.chat_feedback(key, since=since),
        median_seconds=median(times) if times else None,
        slow_seconds=times[ceil(_PERCENTILE * len(times)) - 1] if times else None,
    )


def _by_day(found: Sequence[ChatDay]) -> Mapping[str, Mapping[str, int]]:
    days: dict[str, Counter[str]] = {}
    for each in found:
        days.setdefault(each.day, Counter(dict.fromkeys(Action, 0)))[each.action] += each.count
    return {
        day: {
            "judged": counts.total(),
            "answered": counts[Action.REPLY],
            "would_have_answered": counts[Action.SHADOW],
        }
        for day, counts in days.items()
    }


def _summed(start: Mapping[str, int], counts: Sequence[tuple[str, int]]) -> Counter[str]:
    total = Counter(start)
    for name, count in counts:
        total[name] += count
    return total
