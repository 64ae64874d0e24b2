"""How Solace bears load: comments come at a fixed rate, whatever becomes of those before them.

    python -m benchmarks.load [--rates 100 200 400 800] [--ways inbox http] [--seconds 20] [--out FOLDER]

The comments come from this process; the bot is one of its own, on a new database for each rate. "inbox" is
the pipeline alone, fed through a pipe as a pull source feeds it; "http" is `solace run` with one comment a
request. Needs a machine that does nothing else. See README.md beside this file.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import IO, Any

import psutil
from rich.console import Console

from benchmarks.bot_process import Bot, environment, running
from benchmarks.load_http import drive
from benchmarks.load_report import checks, plot, tables
from benchmarks.load_traffic import Answers, Departure, Sample, Step, answers_of, departures, lines, step

WAYS = ("inbox", "http")
RATES = (100.0, 200.0, 400.0, 800.0)
SECONDS = 20.0
_ENDS_WITHIN = 120.0


def measure(way: str, rate: float, *, seconds: float, seed: int, model: str = "minilm-3") -> Step:
    """One rate, by one way in, on a new database."""
    sent = departures(rate, seconds, seed=seed)
    if way == "http":
        with running(model) as bot:
            answers = asyncio.run(drive(bot, sent))
    else:
        answers = _through_the_inbox(sent, model)
    return step(way, rate, sent, answers)


def _through_the_inbox(sent: Sequence[Departure], model: str) -> Answers:
    with tempfile.TemporaryDirectory() as folder, Path(folder, "errors.log").open("w+b") as log:
        further = {"SOLACE_LOG_FORMAT": "json", "PYTHONPATH": str(Path(__file__).parents[1])}
        try:
            return asyncio.run(_fed(environment(folder, model) | further, log, sent))
        except (OSError, ValueError, TimeoutError) as error:
            log.seek(0)
            sys.exit(f"the pipeline ended ({type(error).__name__}):\n{log.read()[-4000:].decode()}")


async def _fed(environ: Mapping[str, str], log: IO[bytes], sent: Sequence[Departure]) -> Answers:
    command = (sys.executable, "-m", "benchmarks.load_inbox")
    child = await asyncio.create_subprocess_exec(
        *command,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        limit=2**26,  # everything comes back in one line
    )
    try:
        return await _feed(child, sent)
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def _feed(child: asyncio.subprocess.Process, sent: Sequence[Departure]) -> Answers:
    assert child.stdin is not None
    assert child.stdout is not None
    if not json.loads(await child.stdout.readline()).get("ready"):
        raise ValueError("it did not start")
    start = time() + 0.5
    bot = Bot(url="", seconds_to_ready=0, process=psutil.Process(child.pid))
    reading = asyncio.create_task(_told(child.stdout, bot, start))
    for each, line in zip(sent, lines(sent, start), strict=True):
        if (wait := start + each.at - time()) > 0:
            await asyncio.sleep(wait)
        child.stdin.write(line.encode() + b"\n")  # what the pipe does not take waits here
    await child.stdin.drain()
    child.stdin.close()
    async with asyncio.timeout(_ENDS_WITHIN):
        return await reading


async def _told(said: asyncio.StreamReader, bot: Bot, start: float) -> Answers:
    samples: list[Sample] = []
    while line := await said.readline():
        found: dict[str, Any] = json.loads(line)
        if "verdicts" in found:
            answers = answers_of(found)
            answers.samples = samples
            return answers
        at = found["now"] - start
        samples.append(Sample(at, bot.megabytes(), found["waiting"], bot.processor_seconds()))
    raise ValueError("it ended before it had said what came of everything")


def main() -> None:
    """Measure, show beside the targets, and write."""
    options = _options()
    console = Console(width=150)
    steps = []
    for way in options.ways:
        for rate in options.rates:
            steps.append(measure(way, rate, seconds=options.seconds, seed=options.seed, model=options.model))
            console.print(f"{way} {rate:g}/s: measured, load average {os.getloadavg()[0]:.2f}")
    found = checks(steps)
    machine = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "model": options.model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_at_end": round(os.getloadavg()[0], 2),
        "seconds": options.seconds,
        "seed": options.seed,
    }
    for table in tables(steps, found, machine):
        console.print(table)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        text = {
            "machine": machine,
            "steps": [asdict(each) for each in steps],
            "checks": [asdict(each) for each in found],
        }
        (options.out / "load.json").write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")
        console.print(f"Written: {options.out}/load.json")
        try:
            plot(steps, machine, options.out / "load.png")
        except ImportError:
            console.print("No picture: that needs the extra `charts`.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument(
        "--rates", type=float, nargs="+", default=RATES, help="comments a second; default: %(default)s"
    )
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS, help="default: both")
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help="that each rate lasts; default: %(default)s"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the texts; default: %(default)s")
    parser.add_argument("--model", default="minilm-3", help="default: %(default)s")
    parser.add_argument("--out", type=Path, help="a folder for load.json and load.png")
    return parser.parse_args()


if __name__ == "__main__":
    main()
