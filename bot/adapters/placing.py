"""A finished file appears under its name, and never takes the place of another."""

import os
from collections.abc import Callable
from pathlib import Path


def place(finished: Path, target: Path, *, link: Callable[[Path, Path], None] = os.link) -> None:
    """Show a finished file of the same folder under another name, whole.

    By a link, which replaces nothing. On a file system that knows none, the name is taken by an empty file
    first, which is then replaced: a kill in between leaves that.

    Raises:
        FileExistsError: there is such a file; it stays as it is.
        OSError: nothing can be made there.
    """
    try:
        link(finished, target)
    except FileExistsError:
        raise
    except OSError:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        try:
            finished.replace(target)
        except OSError:
            target.unlink()
            raise
