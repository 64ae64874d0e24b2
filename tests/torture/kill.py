"""`kill -9`: a bot on each platform, killed at random and by its peer in the worst moments, under faults."""

import random
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from time import monotonic
from typing import Any, Final

import botapi.peer
import redditapi.peer
from processes import Installation
from torture import killed_http, killed_reddit, killed_replay, killed_telegram
from torture.killing import Plan, Tally, schedule
from torture.report import Options, Row
from traps import WINDOWS

MESSAGES: Final = 10_000
KILLS: Final = 26
"""On each platform: half of them in the windows."""
FEWEST, FEWEST_IN_ALL = 25, 100
ON_THE_WIRE: Final = 16
"""Replies that one bot may be sending at once."""
LAST_RUN: Final = 120.0
"""Seconds that are kept for what comes after the kills."""


def telegram(here: Installation, plan: Plan) -> Tally:
    """With a Bot API server of its own."""
    return _met(here, plan, botapi.peer.peering(), killed_telegram.killed)


def reddit(here: Installation, plan: Plan) -> Tally:
    """With a Reddit of its own."""
    return _met(here, plan, redditapi.peer.peering(), killed_reddit.killed)


PLATFORMS: Final[Mapping[str, tuple[Callable[[Installation, Plan], Tally], Sequence[str]]]] = {
    "telegram": (telegram, WINDOWS),
    "reddit": (reddit, WINDOWS),
    "http": (killed_http.killed, WINDOWS),
    "replay": (killed_replay.killed, killed_replay.WINDOWS),
}
"""How each is killed, and in which windows."""


def run(options: Options) -> Sequence[Row]:
    """All of them side by side: most of the time they wait."""
    ends = monotonic() + 60 * options.minutes - LAST_RUN
    with ThreadPoolExecutor(len(PLATFORMS)) as pool:
        tallies = [pool.submit(_tally, name, options, ends) for name in PLATFORMS]
    return rows([each.result() for each in tallies])


def _tally(name: str, options: Options, ends: float) -> Tally:
    killed, windows = PLATFORMS[name]
    chance = random.Random(f"{options.seed} {name}")
    plan = Plan(
        messages=max(round(MESSAGES * options.scale), KILLS),
        kills=schedule(KILLS, windows, chance),
        chance=chance,
        ends=ends,
    )
    began = monotonic()
    found = killed(_folder(options.folder / name), plan)
    sys.stdout.write(f"{name}: {monotonic() - began:.0f} s\n")
    sys.stdout.flush()
    return found


def rows(tallies: Sequence[Tally]) -> Sequence[Row]:
    """What was promised, platform by platform."""
    kills = sum(sum(each.kills.values()) for each in tallies)
    return [
        *(row for each in tallies for row in _rows(each)),
        Row(
            promise="Kills in all",
            figure=f"{kills}",
            target=f">= {FEWEST_IN_ALL}",
            holds=kills >= FEWEST_IN_ALL,
        ),
    ]


def _rows(tally: Tally) -> Sequence[Row]:
    kills, name = sum(tally.kills.values()), tally.platform
    by_kind = ", ".join(f"{kind} {number}" for kind, number in sorted(tally.kills.items()))
    found = [
        ("lost", tally.lost),
        ("judged twice", tally.judged_twice),
        ("answered twice", tally.answered_twice),
    ]
    return [
        Row(
            promise=f"{name}: kills ({by_kind}), and {tally.faults} other faults",
            figure=f"{kills}",
            target=f">= {FEWEST}",
            holds=kills >= FEWEST,
        ),
        *(
            Row(
                promise=f"{name}: {promise}",
                figure=f"{len(each)} of {tally.messages:,}",
                target="0",
                holds=not each,
            )
            for promise, each in found
        ),
        Row(
            promise=f"{name}: replies that nobody knows of, each with its reason",
            figure=_told(tally.doubts) or "0",
            target=f"interrupted by a kill (<= {ON_THE_WIRE} each), or a fault took the answer (<= 1 each)",
            holds=_explained(tally, kills),
        ),
        Row(
            promise=f"{name}: everything else (replies: {_told(tally.states)})",
            figure="; ".join(tally.wrong) or "as it should be",
            target="as it should be",
            holds=not tally.wrong,
        ),
    ]


def _explained(tally: Tally, kills: int) -> bool:
    """Whether no more is in doubt than kills and faults can have caused."""
    interrupted = sum(number for why, number in tally.doubts.items() if "(interrupted)" in why)
    others = sum(tally.doubts.values()) - interrupted
    return interrupted <= ON_THE_WIRE * kills and others <= tally.faults


def _told(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in sorted(counted.items()))


def _folder(folder: Path) -> Installation:
    folder.mkdir()
    return Installation(folder=folder)


def _met(
    here: Installation,
    plan: Plan,
    peering: AbstractContextManager[Any],
    killed: Callable[[Installation, Any, Plan], Tally],
) -> Tally:
    with peering as peer:
        return killed(here, peer, plan)
