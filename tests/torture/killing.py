"""What the four platforms have in common: when a bot is killed, and what is counted afterwards."""

import json
import random
import signal
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from math import inf
from time import monotonic, sleep
from typing import Final

from processes import Installation

RANDOM: Final = "random"
"""A kill at any moment, not at one that a peer chooses."""
_LONGEST_START: Final = 1.5
"""Seconds in which a bot has started."""
_MOMENT: Final = 0.2
"""Seconds that a kill may come after what it waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much, and how often it is killed.

    Attributes:
        messages: in all, at least one for each kill.
        kills: in their order: `RANDOM`, or a window of `traps`.
        ends: on the monotonic clock; later no round is begun.
        done: how often it was killed, by the kind.
    """

    messages: int
    kills: Sequence[str]
    chance: random.Random
    ends: float = inf
    done: Counter[str] = field(default_factory=Counter)

    def rounds(self) -> Iterator[tuple[str, int]]:
        """Each kill, and how many messages are written before it."""
        whole, rest = divmod(self.messages, len(self.kills))
        for number, kill in enumerate(self.kills):
            if monotonic() > self.ends:
                return
            yield kill, whole + (number < rest)

    def died(self, kill: str, code: int) -> None:
        """A process ended; only SIGKILL is a kill."""
        self.done[kill] += code == -signal.SIGKILL

    def later(self, most: int) -> int:
        """How many occasions a trap lets pass: none where there are few."""
        return self.chance.randint(0, max(most, 0))

    def wait(self) -> None:
        """A moment more: what a process does next takes milliseconds."""
        sleep(self.chance.random() * _MOMENT)

    def wait_in_the_start(self) -> bool:
        """For one kill in four: any moment of a start. Whether it was one."""
        chosen = self.chance.random() < 0.25
        if chosen:
            sleep(self.chance.random() * _LONGEST_START)
        return chosen


def schedule(kills: int, windows: Sequence[str], chance: random.Random) -> Sequence[str]:
    """Half of the kills in each of the windows in turn, half at random, in any order."""
    chosen = [*islice(cycle(windows), kills - kills // 2), *[RANDOM] * (kills // 2)]
    chance.shuffle(chosen)
    return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of it.

    Attributes:
        messages: that were written.
        kills: how many of each kind.
        faults: other trouble that was ordered.
        lost: messages that nobody judged.
        judged_twice, answered_twice: messages.
        states: of the replies at the end.
        doubts: replies of which nobody knows, by what is known: whether they arrived, and why it is unknown.
        wrong: everything else that does not hold, in words.
    """

    platform: str
    messages: int
    kills: Mapping[str, int]
    faults: int
    lost: Collection[str]
    judged_twice: Collection[str]
    answered_twice: Collection[str]
    states: Mapping[str, int]
    doubts: Mapping[str, int] = field(default_factory=dict)
    wrong: Sequence[str] = ()

    @property
    def broken(self) -> Mapping[str, object]:
        """The promises that were not kept; empty where all were."""
        promises = {
            "lost": self.lost,
            "judged twice": self.judged_twice,
            "answered twice": self.answered_twice,
            "wrong": self.wrong,
        }
        return {name: found for name, found in promises.items() if found}


def told_twice(here: Installation) -> Sequence[str]:
    """Messages whose judgement the log tells more than once: each is told after its commit."""
    told: Counter[str] = Counter()
    for line in here.log.read_text().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:  # the last line of somebody who was killed
            continue
        if isinstance(entry, dict) and "ref" in entry and "reason" in entry:
            told[str(entry["ref"])] += 1
    return sorted(ref for ref, times in told.items() if times > 1)


def states(here: Installation) -> Mapping[str, int]:
    """How many replies ended how."""
    return dict(here.rows("SELECT state, count(*) FROM replies GROUP BY state ORDER BY state"))


def doubts(here: Installation, arrived: Collection[tuple[str, str]]) -> Mapping[str, int]:
    """Replies of which the bot does not know, by what the peer knows; each by its chat and message."""
    rows = here.rows("SELECT channel_id, message_id, detail FROM replies WHERE state = 'unconfirmed'")
    return Counter(
        f"{'arrived' if (chat, message) in arrived else 'never sent'} ({detail})"
        for chat, message, detail in rows
    )
