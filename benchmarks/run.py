"""How fast Solace starts, answers and judges, and how much memory it takes, measured from outside.

    python benchmarks/run.py [--json] [--recording FILE.jsonl]

Needs a machine that does nothing else. See README.md beside this file.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import httpx
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.bot_process import PATIENCE, Bot, replayed, running
from benchmarks.sentences import recording, sentences

CHATS = 500
STARTUP, MEMORY, REPLIES, REPLAY = "startup", "memory", "replies", "replay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number.

    Attributes:
        group: one of the four names above.
        value: in `unit`.
        most, least: what it should not pass; None = no bound.
    """

    group: str
    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None = there is none."""
        if self.most is None and self.least is None:
            return None
        return (self.most is None or self.value <= self.most) and (
            self.least is None or self.value >= self.least
        )


def startup(model: str, starts: int) -> list[Measure]:
    """Start `solace run` again and again, each time on a new database."""
    seconds = []
    for _ in track(range(starts), "Starting", console=Console(stderr=True), transient=True):
        with running(model) as bot:
            seconds.append(bot.seconds_to_ready)
    return [
        Measure(group=STARTUP, name="start to ready, median", value=median(seconds), unit="s", most=3),
        Measure(group=STARTUP, name="start to ready, slowest", value=max(seconds), unit="s", most=3),
    ]


def conversation(model: str, messages: int, rate: float) -> list[Measure]:
    """Bring comments in over HTTP at a steady rate, and read the replies from the feed."""
    with running(model) as bot:
        idle = bot.megabytes()
        before = bot.processor_seconds()
        latencies, busy = asyncio.run(_converse(bot, messages, rate))
        spent = 1000 * (bot.processor_seconds() - before) / messages
    if not latencies:
        sys.exit("no comment was answered")
    cuts = quantiles(latencies, n=100, method="inclusive")
    return [
        Measure(group=MEMORY, name="memory, idle", value=idle, unit="MB", most=400),
        Measure(group=MEMORY, name=f"memory after {messages:,} messages", value=busy, unit="MB", most=400),
        Measure(
            group=REPLIES, name=f"replies in the feed at {rate:g} messages/s", value=len(latencies), unit=""
        ),
        Measure(group=REPLIES, name="processor time a message", value=spent, unit="ms"),
        Measure(group=REPLIES, name="message to reply, median", value=1000 * median(latencies), unit="ms"),
        Measure(group=REPLIES, name="message to reply, p99", value=1000 * cuts[98], unit="ms", most=1000),
    ]


async def _converse(bot: Bot, messages: int, rate: float) -> tuple[list[float], float]:
    """Seconds from each message's planned departure to its reply; and the memory held at the end, in MB."""
    departures: dict[str, float] = {}
    expected: set[str] = set()
    arrivals: dict[str, float] = {}
    news = asyncio.Event()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=bot.url, trust_env=False, timeout=PATIENCE, limits=limits) as http:
        reader = asyncio.create_task(_read_feed(http, arrivals, news))
        start = perf_counter()
        async with asyncio.TaskGroup() as posting:
            for index, text in enumerate(islice(sentences(seed=1, sad=0.5), messages)):
                departure = departures[f"m{index}"] = start + index / rate
                await asyncio.sleep(departure - perf_counter())
                posting.create_task(_bring(http, index, text, expected))
        async with asyncio.timeout(PATIENCE):
            while not expected <= arrivals.keys():
                news.clear()
                await news.wait()
        busy = bot.megabytes()
        reader.cancel()
        await asyncio.wait({reader})
    return [arrivals[message] - departures[message] for message in sorted(expected)], busy


async def _bring(http: httpx.AsyncClient, index: int, text: str, expected: set[str]) -> None:
    """One message by somebody new, in one of so many chats that hardly any reaches its cap."""
    body = {
        "channel_id": f"c{index % CHATS}",
        "message_id": f"m{index}",
        "author_id": f"a{index}",
        "text": text,
    }
    answer = await http.post("/v1/messages", json=body)
    (verdict,) = answer.raise_for_status().json()["messages"]
    if verdict["action"] == "reply":
        expected.add(f"m{index}")


async def _read_feed(http: httpx.AsyncClient, arrivals: dict[str, float], news: asyncio.Event) -> None:
    after = 0
    while True:
        answer = await http.get("/v1/replies", params={"after": after, "wait": 5, "limit": 500})
        page = answer.raise_for_status().json()
        seen = perf_counter()
        arrivals.update((reply["message"]["message_id"], seen) for reply in page["replies"])
        after = page["next"]
        news.set()


def throughput(model: str, file: Path | None, comments: int) -> list[Measure]:
    """Push a recording through the whole pipeline into a new database."""
    with tempfile.TemporaryDirectory() as folder:
        if file is None:
            file = Path(folder, "recording.jsonl")
            file.write_text("\n".join(recording(comments, seed=1)))
        summary = replayed(file, model)
    return [
        Measure(group=REPLAY, name="comments judged in a replay", value=summary["judged"], unit=""),
        Measure(
            group=REPLAY,
            name="comments a second in a replay",
            value=summary["comments_per_second"],
            unit="/s",
            least=250,
        ),
    ]


def main() -> None:
    """Measure what was asked for."""
    options = _options()
    measures: list[Measure] = []
    if STARTUP in options.only:
        measures += startup(options.model, options.starts)
    if {MEMORY, REPLIES} & options.only:
        measures += conversation(options.model, options.messages, options.rate)
    if REPLAY in options.only:
        measures += throughput(options.model, options.recording, options.comments)
    machine = {
        "model": options.model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_at_end": os.getloadavg()[0],
    }
    if options.json:
        print(
            json.dumps(
                {"machine": machine, "measures": [asdict(each) | {"met": each.met} for each in measures]}
            )
        )
    else:
        _show(machine, measures)


def _show(machine: dict[str, Any], measures: Sequence[Measure]) -> None:
    table = Table(title=", ".join(f"{name} {value}" for name, value in machine.items()), title_justify="left")
    table.add_column("Measure")
    table.add_column("Value", justify="right")
    table.add_column("Target", justify="right")
    table.add_column("")
    for each in measures:
        bound = f"≤ {each.most:g}" if each.most is not None else f"≥ {each.least:g}" if each.least else ""
        word = {True: "[green]met", False: "[red]missed", None: ""}[each.met]
        digits = 2 if each.unit == "s" else 0
        table.add_row(
            each.name, f"{each.value:,.{digits}f} {each.unit}", f"{bound} {each.unit}" if bound else "", word
        )
    Console().print(table)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    groups = (STARTUP, MEMORY, REPLIES, REPLAY)
    parser.add_argument("--json", action="store_true", help="the numbers as JSON")
    parser.add_argument("--model", default="minilm-3", help="default: %(default)s")
    parser.add_argument(
        "--recording", type=Path, metavar="FILE", help="for the replay; default: made-up comments"
    )
    parser.add_argument("--only", nargs="+", choices=groups, default=groups, help="default: everything")
    parser.add_argument("--starts", type=int, default=7, metavar="N", help="default: %(default)s")
    parser.add_argument("--messages", type=int, default=2_000, metavar="N", help="default: %(default)s")
    parser.add_argument("--rate", type=float, default=50, metavar="N", help="messages a second; default: 50")
    parser.add_argument(
        "--comments", type=int, default=5_000, metavar="N", help="made-up ones; default: %(default)s"
    )
    options = parser.parse_args()
    options.only = set(options.only)
    return options


if __name__ == "__main__":
    main()
