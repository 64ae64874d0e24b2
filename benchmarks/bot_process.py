"""`solace` as a process that can be measured from outside."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import httpx
import psutil

PATIENCE = 60.0
_LOOK_AGAIN = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """A `solace run` that answers.

    Attributes:
        url: where it serves.
        seconds_to_ready: from its birth to the first 200 of /readyz.
    """

    url: str
    seconds_to_ready: float
    process: psutil.Process

    def megabytes(self) -> float:
        """What it holds in memory now (resident), in MB of 1,000,000 bytes."""
        return self.process.memory_info().rss / 1e6

    def processor_seconds(self) -> float:
        """What all its threads have spent on a processor so far."""
        times = self.process.cpu_times()
        return times.user + times.system


@contextmanager
def running(model: str, **settings: str) -> Iterator[Bot]:
    """`solace run` on a new database, ended politely when the context ends.

    Args:
        model: "" = the bundled one.
        settings: further ones, by the names of their variables.
    """
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        log = Path(folder, "errors.log")
        settings = {"SOLACE_HTTP__PORT": str(port), "SOLACE_LOG_FORMAT": "json"} | settings
        with log.open("wb") as errors:
            started = perf_counter()
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=folder,
                env=environment(folder, model) | settings,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
            try:
                url = f"http://127.0.0.1:{port}"
                _wait_until_ready(url, process, log)
                ready = perf_counter() - started
                yield Bot(url=url, seconds_to_ready=ready, process=psutil.Process(process.pid))
            finally:
                _end(process)


def replayed(recording: Path, model: str) -> dict[str, Any]:
    """The summary of `solace replay --json` on a new database."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "bot", "replay", "--json", str(recording.absolute())],
            cwd=folder,
            env=environment(folder, model),
            capture_output=True,
            check=False,
        )
    if done.returncode != 0:
        sys.exit(f"`solace replay` failed:\n{done.stderr.decode()}")
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


def environment(folder: str, model: str) -> dict[str, str]:
    """What a process that works in `folder` sees: none of the `SOLACE_…` variables around us."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SOLACE_")}
    return inherited | {"SOLACE_DATA_DIR": str(Path(folder, "data")), "SOLACE_MODEL": model}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = perf_counter() + PATIENCE
    with httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE) as http:
        while perf_counter() < end and process.poll() is None:
            with suppress(httpx.TransportError):
                if http.get("/readyz").status_code == httpx.codes.OK:
                    return
            sleep(_LOOK_AGAIN)
    sys.exit(f"`solace run` did not become ready:\n{log.read_text()}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
