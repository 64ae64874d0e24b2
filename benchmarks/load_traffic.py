"""What the load benchmark sends, and the numbers that it draws from the answers."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Any

import numpy as np

from benchmarks.sentences import sentences

CHATS = 500
WARM_UP, AFTERWARDS = 10.0, 5.0
"""Seconds before the load, in which every chat is met once, and after it, at `CALM` comments a second."""
CALM = 50.0
_SAD = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One comment that leaves at its time, whatever became of those before it.

    Attributes:
        at: seconds after the start.
        phase: "warm-up", "load" or "afterwards".
    """

    number: int
    at: float
    phase: str
    text: str = field(repr=False)

    @property
    def comment(self) -> dict[str, str]:
        """By somebody new, in one of `CHATS` chats, in a thread that is new there: no cap is reached."""
        return {
            "channel_id": f"c{self.number % CHATS}",
            "message_id": f"m{self.number}",
            "author_id": f"a{self.number}",
            "thread_id": f"t{self.number // CHATS}",
            "text": self.text,
        }


def departures(rate: float, seconds: float, *, seed: int) -> list[Departure]:
    """A warm-up, the load, and what comes after a pause of a second, so that recovery shows."""
    phases = (("warm-up", CALM, WARM_UP), ("load", rate, seconds), ("afterwards", CALM, AFTERWARDS))
    number, start, found, texts = 0, 0.0, [], sentences(seed=seed, sad=_SAD)
    for phase, pace, lasting in phases:
        for index, text in enumerate(islice(texts, round(pace * lasting))):
            found.append(Departure(number=number, at=start + index / pace, phase=phase, text=text))
            number += 1
        start += lasting + 1
    return found


@dataclass(slots=True)
class Sample:
    """The bot at one moment: seconds after the start, MB held, messages waiting, processor seconds spent."""

    at: float
    megabytes: float
    waiting: float
    processor: float


@dataclass(slots=True)
class Answers:
    """What came back, in seconds from each comment's planned departure, by its number."""

    verdicts: dict[int, float] = field(default_factory=dict)
    replies: dict[int, float] = field(default_factory=dict)
    promised: set[int] = field(default_factory=set)
    late: set[int] = field(default_factory=set)
    refused: dict[int, bool] = field(default_factory=dict)
    """503: whether it said when to come again."""
    failed: int = 0
    samples: list[Sample] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rate, by one way in: latencies in milliseconds, of the comments of the load alone.

    Attributes:
        sent, judged, late, refused, failed: how many of the load; `late` ones are among the judged.
        replies, expired: how many of the promised replies came, and did not.
        cores: processors that the bot kept busy; per_comment: milliseconds of them for each judged one.
        after_p99: decision latency of the comments that came after the load.
        draining: seconds from the last departure of the load to the last verdict on one of them.
    """

    way: str
    rate: float
    sent: int
    judged: int
    late: int
    refused: int
    without_retry_after: int
    failed: int
    replies: int
    expired: int
    decision: Sequence[float]
    reply: Sequence[float]
    cores: float
    per_comment: float
    memory_before: float
    memory_most: float
    memory_after: float
    waiting_median: float
    waiting_most: float
    after_p99: float
    draining: float
    samples: Sequence[Sample] = field(repr=False)


def step(way: str, rate: float, sent: Sequence[Departure], answers: Answers) -> Step:
    """The numbers of one run."""
    load = {each.number for each in sent if each.phase == "load"}
    after = {each.number for each in sent if each.phase == "afterwards"}
    begin = min(each.at for each in sent if each.phase == "load")
    end = max(each.at for each in sent if each.phase == "load")
    judged = {number: wait for number, wait in answers.verdicts.items() if number in load}
    promised = answers.promised & load
    came = {number: wait for number, wait in answers.replies.items() if number in promised}
    at = {each.number: each.at for each in sent}
    last = max((at[number] + wait for number, wait in judged.items()), default=end)
    during = [each for each in answers.samples if begin <= each.at <= max(last, end)] or answers.samples
    span = during[-1].at - during[0].at or 1.0
    spent = during[-1].processor - during[0].processor
    return Step(
        way=way,
        rate=rate,
        sent=len(load),
        judged=len(judged),
        late=len(answers.late & load),
        refused=len(answers.refused.keys() & load),
        without_retry_after=sum(not told for told in answers.refused.values()),
        failed=answers.failed,
        replies=len(came),
        expired=len(promised) - len(came),
        decision=_percentiles(list(judged.values())),
        reply=_percentiles(list(came.values())),
        cores=spent / span,
        per_comment=1000 * spent / max(len(judged), 1),
        memory_before=during[0].megabytes,
        memory_most=max(each.megabytes for each in answers.samples),
        memory_after=answers.samples[-1].megabytes,
        waiting_median=median(each.waiting for each in during),
        waiting_most=max(each.waiting for each in during),
        after_p99=_percentiles([answers.verdicts[each] for each in after & answers.verdicts.keys()])[2],
        draining=max(0.0, last - end),
        samples=answers.samples,
    )


def _percentiles(seconds: Sequence[float]) -> list[float]:
    """Milliseconds: p50, p95, p99; infinite where there was nothing."""
    if not seconds:
        return [float("inf")] * 3
    found: list[float] = (1000 * np.quantile(seconds, (0.5, 0.95, 0.99))).round(1).tolist()
    return found


def waiting_in(metrics: str) -> float:
    """The queue of the intake, out of its metrics."""
    lines = (line for line in metrics.splitlines() if line.startswith("solace_intake_waiting "))
    return float(next(lines, "x 0").split()[1])


def lines(sent: Sequence[Departure], start: float) -> Iterator[str]:
    """For `load_inbox`: each comment with its number and the moment of its departure."""
    for each in sent:
        yield json.dumps({"number": each.number, "at": start + each.at} | each.comment)


def answers_of(found: dict[str, Any]) -> Answers:
    """What `load_inbox` wrote."""
    return Answers(
        verdicts={int(number): wait for number, wait in found["verdicts"].items()},
        replies={int(number): wait for number, wait in found["replies"].items()},
        promised=set(found["promised"]),
        late=set(found["late"]),
    )
