"""Backups and restores of a bot that works on, killed at every moment and at random ones."""

import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from dying import killed_everywhere
from processes import Installation, Running, comment, until
from torture.report import Options, Row

KILLS: Final = 60
"""Of each command, at random moments."""
MESSAGES: Final = 3_000
AT_ONCE: Final = 50
UNSETTLED: Final = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending')"
_LONGEST: Final = 30.0
"""Seconds within which a command has begun, on a busy machine."""
_WORKS: Final = 2.0
"""Seconds that it works then, at most; what is done before its kill is counted as done."""


def run(options: Options) -> Sequence[Row]:
    """A life, backups in it, and restores after it."""
    chance, ends = random.Random(options.seed), monotonic() + 60 * options.minutes
    here = Installation(folder=options.folder / "bot")
    here.folder.mkdir()
    kills = max(round(KILLS * options.scale), 3)
    first, made, bad = _live(here, chance, messages=round(MESSAGES * options.scale), kills=kills, ends=ends)
    opted_out = here.rows("SELECT author FROM opt_outs ORDER BY author")
    restored = _restore_under_kills(here, first, chance, kills=kills, ends=ends)
    whole = here.solace("db", "restore", str(first), "--yes")
    held = here.rows("SELECT author FROM opt_outs ORDER BY author")
    traces = _traces(here, b"latersword")
    everywhere = _everywhere(here, options.folder, first)
    return [
        Row(
            promise="Backups beside a bot under load, killed at random: whole with their key, or not there",
            figure=f"{bad} broken; {dict(made)}",
            target="0 broken",
            holds=not bad and made["whole"] > 0 and made["killed"] > 0,
        ),
        Row(
            promise="Restores killed at random: the old database or the restored one, with every opt-out",
            figure=f"{restored['broken']} broken; {dict(restored)}",
            target="0 broken",
            holds=not restored["broken"] and restored["killed"] > 0,
        ),
        *everywhere,
        Row(
            promise="Opt-outs since the backup, after the restore",
            figure=f"{len(held)} of {len(opted_out)}",
            target="all",
            holds=whole.code == 0 and held == opted_out and len(held) > 1,
        ),
        Row(
            promise="Bytes of texts from after the backup in any file, after the restore",
            figure=f"{traces}",
            target="0",
            holds=traces == 0,
        ),
    ]


def _live(
    here: Installation, chance: random.Random, *, messages: int, kills: int, ends: float
) -> tuple[Path, Counter[str], int]:
    """Comments come in all the time; one backup early, many more that are killed. The first, and the rest."""
    made: Counter[str] = Counter()
    first, bad = here.folder / "first.db", 0
    with here.running() as server:
        _bring(server, range(AT_ONCE), "annsword")
        until(lambda: not here.count(UNSETTLED), server.process)
        assert here.solace("db", "backup", str(first)).code == 0
        stop = threading.Event()
        flood = threading.Thread(target=_flood, args=(server, messages, stop))
        flood.start()
        for number in range(kills):
            if monotonic() > ends - 60:
                break
            target = here.folder / f"{number}.db"
            made[_killed(here, chance, "db", "backup", str(target))] += 1
            if target.exists():
                made["whole"] += 1
                bad += not _whole(target)
        stop.set()
        flood.join()
        for number in range(5):
            server.http.put("/v1/optouts", json={"author_id": f"a{number}"}).raise_for_status()
        until(lambda: not here.count(UNSETTLED), server.process)
        assert server.end(signal.SIGTERM) == 0
    return first, made, bad


def _bring(server: Running, numbers: Sequence[int], word: str) -> None:
    server.bring([comment(number, text=f"I feel so alone, {word} {number}") for number in numbers])


def _flood(server: Running, messages: int, stop: threading.Event) -> None:
    for first in range(AT_ONCE, messages, AT_ONCE):
        if stop.is_set():
            return
        _bring(server, range(first, first + AT_ONCE), "latersword")
        sleep(0.2)  # so that it lasts as long as the backups do


def _killed(here: Installation, chance: random.Random, *arguments: str) -> str:
    """Start a command and kill it at a random moment of the time that it works on the database."""
    command = [sys.executable, "-m", "bot", *arguments]
    with subprocess.Popen(
        command,
        cwd=here.folder,
        env=here.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _wait_for_work(here, process)
        sleep(chance.random() ** 2 * _WORKS)
        process.kill()
        code = process.wait()
    return {0: "done", -9: "killed"}.get(code, "failed")


def _wait_for_work(here: Installation, process: "subprocess.Popen[bytes]") -> None:
    """Until it has opened a file of the database: starting takes far longer than working."""
    end = monotonic() + _LONGEST
    files = Path(f"/proc/{process.pid}/fd")
    while process.poll() is None and monotonic() < end:
        try:
            opened = [str(each.readlink()) for each in files.iterdir()]
        except OSError:
            continue
        if any(str(here.data) in each for each in opened):
            return
        sleep(0.001)


def _restore_under_kills(
    here: Installation, backup: Path, chance: random.Random, *, kills: int, ends: float
) -> Counter[str]:
    """What is left after each, from the old state anew; "broken" should not be among it."""
    seen, pristine = Counter[str](), here.folder / "pristine"
    shutil.copytree(here.data, pristine)
    opted_out = here.rows("SELECT author FROM opt_outs ORDER BY author")
    old, new = here.count("SELECT count(*) FROM decisions"), AT_ONCE
    for _ in range(kills):
        if monotonic() > ends - 30:
            break
        shutil.rmtree(here.data)
        shutil.copytree(pristine, here.data)
        seen[_killed(here, chance, "db", "restore", str(backup), "--yes")] += 1
        found = here.count("SELECT count(*) FROM decisions")
        seen["old" if found == old else "new" if found == new else "neither"] += 1
        kept = here.rows("SELECT author FROM opt_outs ORDER BY author") == opted_out
        sound = here.rows("PRAGMA integrity_check") == ["ok"] and found in {old, new}
        seen["broken"] += not (kept and sound)
    return seen


def _everywhere(here: Installation, folder: Path, backup: Path) -> Sequence[Row]:
    made = killed_everywhere("backup", here.data, folder / "dying", backup)
    brought = killed_everywhere("restore", here.data, folder / "dying", backup)
    unwhole: list[Callable[[dict[str, object]], bool]] = [
        lambda death: bool(death["made"]) and (death["integrity"], death["key"]) != ("ok", True),
        lambda death: death["integrity"] != "ok",
    ]
    return [
        Row(
            promise=f"A {name} killed at every moment at which it touches a file ({len(deaths)} of them)",
            figure=f"{sum(map(broken, deaths))} broken",
            target="0 broken",
            holds=not any(map(broken, deaths)) and len(deaths) > 10,
        )
        for name, deaths, broken in zip(("backup", "restore"), (made, brought), unwhole, strict=True)
    ]


def _whole(backup: Path) -> bool:
    key = backup.with_name(f"{backup.name}.key")
    with closing(sqlite3.connect(backup)) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        texts, decisions = (
            connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("texts", "decisions")
        )
    private = [stat.S_IMODE(file.stat().st_mode) for file in (backup, key)] == [0o600, 0o600]
    return sound and private and texts == decisions


def _traces(here: Installation, word: bytes) -> int:
    return sum(file.read_bytes().count(word) for file in here.data.iterdir() if file.is_file())
