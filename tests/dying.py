"""`python -m dying backup|restore PRISTINE WORK BACKUP`: killed at every moment at which it touches a file.

Whatever a process does to files, Python tells its audit hooks first. One process forks a child a moment,
in a fresh copy of the folder PRISTINE, and prints what each left behind as a line of JSON. What SQLite does
inside of one call is killed at random moments by `torture backup`.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

_EVENTS: Final = {"open", "os.rename", "os.link", "os.remove", "sqlite3.connect", "os.mkdir", "fcntl.flock"}
_MOST: Final = 500
PATIENCE: Final = 120.0


def killed_everywhere(command: str, pristine: Path, work: Path, backup: Path) -> list[dict[str, Any]]:
    """What each death left behind, in order; the last one is the child that lived."""
    run = [sys.executable, "-m", "dying", command, str(pristine), str(work), str(backup)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(run, env=environment, capture_output=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


def main(arguments: Sequence[str]) -> None:
    """Fork, die, look; until one child lives."""
    command, (pristine, work, backup) = arguments[0], map(Path, arguments[1:])
    from bot.bootstrap import keeping  # noqa: PLC0415  # once, for all children
    from bot.settings import Settings  # noqa: PLC0415

    settings = Settings(data_dir=work / "data")
    acts: dict[str, Callable[[], object]] = {
        "backup": lambda: keeping.back_up(settings, work / "backup.db"),
        "restore": lambda: keeping.restore(settings, backup),
    }
    for number in range(_MOST):
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(pristine, work / "data")
        code = _forked(acts[command], number, work)
        _tell({"moment": number, "code": code} | (_restored(work) if command == "restore" else _made(work)))
        if code == 0:
            return


def _forked(act: Callable[[], object], number: int, folder: Path) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = number

    def touched(event: str, details: tuple[Any, ...]) -> None:
        nonlocal left
        if event in _EVENTS and (event == "fcntl.flock" or str(folder) in str(details[0])):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(touched)
    act()
    os._exit(0)


def _restored(work: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(work / "data/solace.db")) as connection:
        return {
            "integrity": connection.execute("PRAGMA integrity_check").fetchone()[0],
            "messages": _column(connection, "SELECT message_id FROM decisions ORDER BY id"),
            "opt_outs": _column(connection, "SELECT author FROM opt_outs"),
        }


def _made(work: Path) -> dict[str, Any]:
    made = work / "backup.db"
    if not made.exists():
        return {"made": False}
    with closing(sqlite3.connect(made)) as connection:
        messages = _column(connection, "SELECT message_id FROM decisions ORDER BY id")
        integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
    return {
        "made": True,
        "integrity": integrity,
        "messages": messages,
        "key": (work / "backup.db.key").exists(),
    }


def _column(connection: sqlite3.Connection, query: str) -> list[str]:
    return [row[0] for row in connection.execute(query)]


def _tell(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
