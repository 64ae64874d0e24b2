"""Twenty minutes of mixed traffic while one thing after another goes wrong for a while.

A real `solace run` with the model that comes along; Telegram and Reddit behind a proxy each.
"""

import json
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Final

import psutil
from processes import Installation, Running, until
from torture.report import Options, Row
from torture.stage import processor_seconds, stage
from torture.traffic import (
    Crowd,
    Found,
    Said,
    found,
    http_answers,
    reddit_answers,
    telegram_answers,
)
from torture.trouble import Happened, Schedule

MINUTES: Final = 20.0
WARM: Final = 0.25
"""The share of the run after which memory has to stand still."""
DEADLINES: Final = {"telegram": 10.0, "http": 10.0, "reddit": 600.0}
RECOVERY: Final = 60.0
SAMPLE_EVERY: Final = 5
BAD: Final = ("left_over_at_shutdown", "service_failed", "service_ended", "sender_failed", "settle_failed")
"""Lines of the log that are shown in full."""
_OPEN: Final = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The process at one moment."""

    megabytes: float
    threads: int
    handles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the process ended."""

    code: int
    seconds: float
    left: int


def run(options: Options) -> Sequence[Row]:
    """Twenty minutes at full scale, or as many as there are."""
    seconds = 60 * min(MINUTES * options.scale, options.minutes)
    with stage(options.folder) as (bot, crowd, scenes):
        crowd.found()
        with bot.running() as running:
            crowd.settle(bot)
            process = psutil.Process(running.process.pid)
            schedule = Schedule(scenes=scenes, chance=random.Random(options.seed), seconds=seconds)
            began, cpu = time.monotonic(), processor_seconds(process)
            with schedule:
                samples = _traffic(crowd, running, process, seconds)
            used = (processor_seconds(process) - cpu) / (time.monotonic() - began)
            for scene in scenes:
                scene.proxy.well()
                scene.world.clear_faults()
            until(lambda: not crowd.telegram.pending(), running.process)
            until(lambda: _read(bot, crowd), running.process)
            until(lambda: bot.count(_OPEN) == 0, running.process)
            ended = _end(bot, running)
        answers = {
            "telegram": telegram_answers(crowd.telegram),
            "reddit": reddit_answers(crowd.reddit),
            "http": http_answers(bot),
        }
        results = {
            name: found(bot, name, crowd.said[name], answers[name], DEADLINES[name]) for name in answers
        }
        _tell(bot, results, schedule)
        return [
            *_answered(results),
            _recovered(schedule.happened, crowd.said, answers),
            *_steady(samples, used),
            _ended(ended),
            Row(
                promise="the schedule itself went as planned",
                figure=f"{len(schedule.happened)} faults, {len(schedule.broke)} errors of its own",
                target="at least one a minute, none",
                holds=not schedule.broke and len(schedule.happened) >= seconds / 60,
            ),
        ]


def _traffic(crowd: Crowd, running: Running, process: psutil.Process, seconds: float) -> list[Sample]:
    """One second after the other; what a slow one took is caught up."""
    samples = []
    began = time.monotonic()
    for second in range(int(seconds)):
        time.sleep(max(0.0, began + second - time.monotonic()))
        crowd.second(second, running)
        if second % SAMPLE_EVERY == 0:
            samples.append(
                Sample(
                    megabytes=process.memory_info().rss / 1e6,
                    threads=process.num_threads(),
                    handles=process.num_fds(),
                )
            )
    return samples


def _end(bot: Installation, running: Running) -> Ended:
    began = time.monotonic()
    code = running.end(signal.SIGTERM)
    left = bot.log.read_text().count('"left_over_at_shutdown"')
    return Ended(code=code, seconds=time.monotonic() - began, left=left)


def _read(bot: Installation, crowd: Crowd) -> bool:
    """Whether what was said last on Reddit is judged."""
    last = list(crowd.said["reddit"])[-1:]
    return all(bot.rows("SELECT count(*) FROM decisions WHERE message_id = ?", name)[0] for _, name in last)


# ------------------------------------------------------------------ what is shown


def _answered(results: dict[str, Found]) -> list[Row]:
    eligible = sum(each.eligible for each in results.values())
    answered = sum(each.answered for each in results.values())
    rows = [
        Row(
            promise="what was to be answered was, within its deadline",
            figure=f"{answered} of {eligible} ({answered / max(eligible, 1):.2%})",
            target=">= 99%",
            holds=answered >= 0.99 * eligible > 0,
        )
    ]
    for name, each in results.items():
        waits = each.waits or [0.0]
        middle, slow = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
        rows.append(
            Row(
                promise=f"the same on {name}",
                figure=f"{each.answered} of {each.eligible} ({each.share:.2%}); median {middle:.1f} s, p99 "
                f"{slow:.1f} s; of all {each.said} that were said {each.late} were read too late",
                target=">= 98%",
                holds=each.share >= 0.98 and each.eligible > 0,
            )
        )
    late = sum(each.too_late for each in results.values())
    rows.append(Row(promise="none after its deadline", figure=str(late), target="0", holds=late == 0))
    return rows


def _recovered(happened: Sequence[Happened], said: Mapping[str, Said], answers: Mapping[str, Said]) -> Row:
    """From the end of a fault to the first answer to something said after it.

    Where the next fault of the same platform began before that, nobody can tell to which of them it is due.
    """
    worst, where, overtaken = 0.0, "nothing", 0
    for number, fault in enumerate(happened):
        name = fault.platform
        following = [each.began for each in happened[number + 1 :] if each.platform == name]
        heard = [
            answers[name][key] for key, at in said[name].items() if at > fault.ended and key in answers[name]
        ]
        waited = min(heard, default=fault.ended) - fault.ended
        if following and fault.ended + min(waited, RECOVERY) > following[0]:
            overtaken += 1
        elif waited > worst:
            worst, where = waited, fault.name
    return Row(
        promise="from the end of a fault to the first answer to what was said after it",
        figure=f"{worst:.0f} s at most (after {where}); {len(happened)} faults, "
        f"{overtaken} overtaken by the next",
        target="<= 60 s",
        holds=worst <= RECOVERY and overtaken < len(happened),
    )


def _steady(samples: Sequence[Sample], used: float) -> list[Row]:
    """Compare the first minute after the warm-up with the last one."""
    warm = samples[int(len(samples) * WARM) :]
    size = max(len(warm) // 10, 1)
    first, last = warm[:size], warm[-size:]
    before, after = (mean(each.megabytes for each in some) for some in (first, last))
    threads = max(each.threads for each in last) - max(each.threads for each in first)
    handles = max(each.handles for each in last) - max(each.handles for each in first)
    return [
        Row(
            promise="memory grows",
            figure=f"{after / before - 1:+.1%} ({before:.0f} to {after:.0f} MB)",
            target="< 5%, <= 350 MB",
            holds=after < 1.05 * before and after <= 350,
        ),
        Row(
            promise="threads and open handles at the end beside after the warm-up",
            figure=f"{threads:+d} threads, {handles:+d} handles ({last[-1].threads} and {last[-1].handles})",
            target="<= +4 and <= +16: what is on its way at a moment",
            holds=threads <= 4 and handles <= 16,
        ),
        Row(
            promise="processor",
            figure=f"{used:.0%} of a core",
            target="no busy loop: < 80%",
            holds=used < 0.8,
        ),
    ]


def _ended(ended: Ended) -> Row:
    return Row(
        promise="SIGTERM ends it in order, and no task, thread, handle or connection is left",
        figure=f"code {ended.code} after {ended.seconds:.1f} s, {ended.left} reports of leftovers",
        target="0 within 10 s, none",
        holds=ended.code == 0 and ended.seconds <= 10 and ended.left == 0,
    )


def _tell(bot: Installation, results: dict[str, Found], schedule: Schedule) -> None:
    """What a person wants to know who looks for the reason."""
    log = [json.loads(line) for line in bot.log.read_text().splitlines() if line.startswith("{")]
    events = Counter(line["event"] for line in log)
    for name, each in results.items():
        sys.stdout.write(f"{name}: {dict(sorted(each.ends.items()))}\n")
    sys.stdout.write(f"faults: {dict(Counter(each.name for each in schedule.happened))}\n")
    sys.stdout.write(f"events: {dict(events.most_common())}\n")
    for line in log:
        if line["event"] in BAD:
            sys.stdout.write(f"{line}\n")
    for error in schedule.broke:
        sys.stdout.write(f"{error!r}\n")
