"""`solace` as people start it: a process of its own, in a folder of its own, with none of our settings."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final, Self

import httpx

PATIENCE: Final = float(os.environ.get("TEST_PATIENCE", "60"))
"""Seconds after which a process or a condition has failed: ten times what the slowest takes."""

_LOOK_AGAIN: Final = 0.001
_LOOKS: Final = 300
_LATER: Final = 0.01
"""Seconds between two looks: the first ones are close together, so that no moment is missed; then less is
taken away from the process that is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """One folder with one database, and the processes that work on it.

    Attributes:
        folder: where the processes run.
        settings: environment variables; of the `SOLACE_…` ones around us none is inherited.
    """

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def database(self) -> Path:
        """The database file."""
        return self.data / "solace.db"

    @property
    def environment(self) -> dict[str, str]:
        """What a process here sees."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SOLACE_")}
        ours = {"SOLACE_DATA_DIR": str(self.data), "SOLACE_MODEL": "baseline", "SOLACE_HTTP__PORT": "0"}
        return {**inherited, **ours, **self.settings}

    def having(self, settings: Mapping[str, str]) -> Self:
        """The same with further variables."""
        return replace(self, settings={**self.settings, **settings})

    def solace(self, *arguments: str, said: bytes = b"") -> "Ended":
        """Run a command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder,
            env=self.environment,
            input=said,
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
        return Ended(code=done.returncode, out=done.stdout.decode(), errors=done.stderr.decode())

    @contextmanager
    def started(self, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
        """A command that runs while the context lasts, unless it ends by itself; its words go to `log`."""
        with (
            self.log.open("ab") as log,
            subprocess.Popen(
                [sys.executable, "-m", "bot", *arguments],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            ) as process,
        ):
            try:
                yield process
            finally:
                process.kill()

    @contextmanager
    def running(self) -> Iterator["Running"]:
        """`solace run`, ready, while the context lasts."""
        with self.started("run") as process:
            url = self._url(process)
            with httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False) as http:
                yield Running(process=process, http=http)

    @property
    def log(self) -> Path:
        """The standard error of everything that was `started` here."""
        return self.folder / "errors.log"

    def rows(self, query: str, *values: object) -> list[Any]:
        """What stands in the database; single columns unpacked. Never writes."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=PATIENCE)) as reader:
            found = reader.execute(query, values).fetchall()
        return [row[0] if len(row) == 1 else row for row in found]

    def count(self, query: str) -> int:
        """The one number that a query gives; 0 where the database or the table is not there yet."""
        try:
            return int(self.rows(query)[0])
        except sqlite3.OperationalError:
            return 0

    def _url(self, process: "subprocess.Popen[bytes]") -> str:
        """Where it serves, as it says itself when it is ready."""
        assert process.stdout is not None
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            for line in process.stdout:
                if line.split()[:1] == [b"page"]:
                    return line.split()[1].decode()
        finally:
            watchdog.cancel()
        raise AssertionError(f"`solace run` ended before it was ready:\n{self.log.read_text()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A process that ended, and what it said."""

    code: int
    out: str
    errors: str

    def json(self) -> Any:
        """Its output, read as JSON."""
        assert self.code == 0, self.errors
        return json.loads(self.out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A `solace run` that answers."""

    process: "subprocess.Popen[bytes]"
    http: httpx.Client

    def bring(self, comments: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """POST /v1/messages; the verdicts."""
        answer = self.http.post("/v1/messages", json={"messages": list(comments)})
        answer.raise_for_status()
        verdicts: list[dict[str, Any]] = answer.json()["messages"]
        return verdicts

    def feed(self) -> list[dict[str, Any]]:
        """Everything that GET /v1/replies has published so far."""
        published: list[dict[str, Any]] = []
        after = 0
        while True:
            page = self.http.get("/v1/replies", params={"after": after}).raise_for_status().json()
            if not page["replies"]:
                return published
            published += page["replies"]
            after = page["next"]

    def end(self, number: int) -> int:
        """Send a signal and wait for the end; the exit code, negative where the signal itself killed it."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def until(condition: Callable[[], object], process: "subprocess.Popen[bytes] | None" = None) -> None:
    """Look until it holds: for what shows itself only from outside, such as the rows of another process.

    Raises:
        AssertionError: it did not within `PATIENCE`, or the process ended first.
    """
    end, looks = monotonic() + PATIENCE, 0
    while not condition():
        looks += 1
        assert monotonic() < end, "waited in vain"
        assert process is None or process.poll() is None, "the process ended too early"
        sleep(_LOOK_AGAIN if looks < _LOOKS else _LATER)


def comment(number: int, **changes: Any) -> dict[str, Any]:
    """A sad comment by somebody new, in a chat of its own: no cooldown, cap or pace stops its reply."""
    return {
        "channel_id": f"c{number}",
        "message_id": f"m{number}",
        "author_id": f"a{number}",
        "text": f"I feel so alone today, number {number}",
    } | changes


def recorded(number: int, **changes: Any) -> bytes:
    """The same as a line of a recording, one second after the one before."""
    clock = f"{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
    fields = {"platform": "http", "sent_at": f"2026-01-01T{clock}Z"} | comment(number, **changes)
    return json.dumps(fields).encode() + b"\n"
