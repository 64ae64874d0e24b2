"""Promotes a model again and again, each time dying, or failing, one file operation later.

    python tests/promoting.py FOLDER kill|fail promote|rollback

Prints what each try left, as JSON lines. A program of its own: what listens to the interpreter's file
operations (audit hooks) cannot be taken off again, and dies in a fork of it.
"""

import errno
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from releases import a_release

from model.errors import ModelError
from model.manifest import verify
from model.promotion import changes, in_use, promote, roll_back
from model.registry import DEFAULT, find

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
WATCHED = {
    "open",
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.scandir",
    "shutil.copyfile",
    "fcntl.flock",
}
MOST = 500


def struck(act: Callable[[], object], *, number: int, how: str) -> bool:
    """Act, while the `number`-th operation on a file does not come to pass; whether there was one."""
    left = number

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        path = str(arguments[0]) if arguments else ""
        if event not in WATCHED or path.endswith((".py", ".pyc")):  # Python reads what it imports
            return
        left -= 1
        if left == 0 and how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if left == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

    sys.addaudithook(hook)
    act()
    return left <= 0


def forked(work: Callable[[], object]) -> str:
    """How `work` ended in a process of its own: done (and it gave nothing), survived, failed or killed."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(2 if work() is True else 0)
        except (OSError, ModelError):
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return "killed" if os.WIFSIGNALED(status) else ("done", "failed", "survived")[os.WEXITSTATUS(status)]


def main(folder: Path, how: str, action: str) -> None:
    bundled = folder / "bundled"
    a_release(bundled, DEFAULT)
    old, new = a_release(folder, "old-1"), a_release(folder, "new-1")
    for number in range(1, MOST):
        models = folder / f"data-{number}" / "models"
        taken = partial(promote, models=models, bundled=bundled, judge=lambda *_: (), at=AT, by="a test")
        back = partial(roll_back, models, bundled, at=AT, by="a test")
        taken(old)
        act, wanted = partial(taken, new), "new-1"
        if action == "rollback":
            taken(new)
            act, wanted = back, "old-1"
        ended = forked(partial(struck, act, number=number, how=how))
        found = in_use(models)
        verify(find(found, (models, bundled)))
        records = len(changes(models))
        again = "not needed" if found == wanted else forked(act)
        left = sorted(path.name for path in models.iterdir())
        sys.stdout.write(json.dumps([ended, found, records, again, in_use(models), left]) + "\n")
        if ended == "done":
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
