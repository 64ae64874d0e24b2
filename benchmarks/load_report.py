"""The load benchmark's numbers as tables, as targets that were met or missed, and as a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from benchmarks.load_traffic import Step

_CALM, _SUSTAINED = 100, 400
_DECISION_P99, _REPLY_P50, _REPLY_P99 = 1_000, 500, 5_000
_MEGABYTES, _GROWTH = 350, 0.10
_RECOVERED, _DRAINED = 1_000, 15
_ENOUGH = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A promise about one step, with the figure beside its target."""

    step: str
    promise: str
    figure: str
    target: str
    met: bool


def checks(steps: Sequence[Step]) -> list[Check]:
    """Everything that is promised about these steps."""
    return [check for each in steps for check in _checks(each)]


def _checks(each: Step) -> list[Check]:
    name = f"{each.way}, {each.rate:g}/s"
    lost = each.sent - each.judged - each.refused
    growth = each.memory_most / each.memory_before - 1
    found = [
        _check(name, "sent, and neither judged nor refused", lost, "0", lost == 0 and each.failed == 0),
        _most(name, "memory, most", each.memory_most, _MEGABYTES, "MB"),
        _check(name, "memory, growth", f"{growth:.1%}", f"≤ {_GROWTH:.0%}", growth <= _GROWTH),
        _most(name, "decision afterwards, p99", each.after_p99, _RECOVERED, "ms"),
    ]
    if each.rate <= _CALM:
        found += [
            _most(name, "decision, p99", each.decision[2], _DECISION_P99, "ms"),
            _most(name, "reply, p50", each.reply[0], _REPLY_P50, "ms"),
            _most(name, "reply, p99", each.reply[2], _REPLY_P99, "ms"),
        ]
    if each.rate <= _SUSTAINED:
        whole = each.judged - each.late
        kept = whole >= _ENOUGH * each.sent and each.draining <= _DECISION_P99 / 1000
        figure = f"{whole} of {each.sent}, the last {each.draining:.1f} s after it came"
        found.append(_check(name, "sustained: judged in time", figure, "≥ 99%, ≤ 1 s", kept))
    if each.refused:
        silent = each.without_retry_after
        found.append(_check(name, "503 without Retry-After", silent, "0", silent == 0))
    if each.rate > _SUSTAINED:
        found.append(_most(name, "queue empty again after", each.draining, _DRAINED, "s"))
    return found


def _check(step: str, promise: str, figure: object, target: str, met: bool) -> Check:
    return Check(step=step, promise=promise, figure=str(figure), target=target, met=met)


def _most(step: str, promise: str, figure: float, most: float, unit: str) -> Check:
    return _check(step, promise, f"{figure:,.0f} {unit}", f"≤ {most:,g} {unit}", figure <= most)


def tables(steps: Sequence[Step], found: Sequence[Check], machine: Mapping[str, Any]) -> list[Table]:
    """One of the numbers, one of the targets."""
    title = ", ".join(f"{name} {value}" for name, value in machine.items())
    numbers = Table(title=title, title_justify="left")
    for name in _COLUMNS:
        numbers.add_column(name, justify="right")
    for each in steps:
        numbers.add_row(*_row(each))
    targets = Table()
    for name in ("step", "promise", "found", "target", ""):
        targets.add_column(name, justify="right" if name in {"found", "target"} else "left")
    for check in found:
        word = "[green]met" if check.met else "[red]missed"
        targets.add_row(check.step, check.promise, check.figure, check.target, word)
    return [numbers, targets]


_COLUMNS = (
    "way",
    "sent/s",
    "judged",
    "late",
    "503",
    "decision p50/p95/p99 ms",
    "replies",
    "not in time",
    "reply p50/p95/p99 ms",
    "cores",
    "cpu ms each",
    "MB",
    "queue p50/max",
)


def _row(each: Step) -> list[str]:
    return [
        each.way,
        f"{each.rate:g}",
        f"{each.judged:,}",
        f"{each.late:,}",
        f"{each.refused:,}",
        " / ".join(f"{value:,.0f}" for value in each.decision),
        f"{each.replies:,}",
        f"{each.expired:,}",
        " / ".join(f"{value:,.0f}" for value in each.reply),
        f"{each.cores:.2f}",
        f"{each.per_comment:.2f}",
        f"{each.memory_before:.0f}-{each.memory_most:.0f}",
        f"{each.waiting_median:,.0f} / {each.waiting_most:,.0f}",
    ]


def plot(steps: Sequence[Step], machine: Mapping[str, Any], file: Path) -> None:
    """Latencies over the rate, and the queue and the memory over time, for each way in."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    ways = sorted({each.way for each in steps})
    figure, axes = plt.subplots(len(ways), 3, figsize=(15, 4 * len(ways)), squeeze=False)
    for row, way in zip(axes, ways, strict=True):
        mine = [each for each in steps if each.way == way]
        rates = [each.rate for each in mine]
        for what, look in (("decision", "-"), ("reply", "--")):
            for place, percent in enumerate(("p50", "p95", "p99")):
                values = [getattr(each, what)[place] for each in mine]
                row[0].plot(rates, values, look, marker=".", label=f"{what} {percent}")
        row[0].set(
            title=f"{way}: latency", xlabel="comments a second", ylabel="ms", xscale="log", yscale="log"
        )
        row[0].set_xticks(rates, [f"{rate:g}" for rate in rates])
        row[0].legend(fontsize="small")
        for each in mine:
            times = [sample.at for sample in each.samples]
            row[1].plot(times, [sample.waiting for sample in each.samples], label=f"{each.rate:g}/s")
            row[2].plot(times, [sample.megabytes for sample in each.samples], label=f"{each.rate:g}/s")
        row[1].set(title=f"{way}: messages that wait", xlabel="s")
        row[2].set(title=f"{way}: memory", xlabel="s", ylabel="MB", ylim=(0, None))
        row[1].legend(fontsize="small")
    figure.suptitle(", ".join(f"{name} {value}" for name, value in machine.items()), fontsize="small")
    figure.tight_layout()
    figure.savefig(file, dpi=80)
    plt.close(figure)
