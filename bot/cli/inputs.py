"""Files and the standard input, as they are named on the command line."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.domain.errors import SettingsError

if TYPE_CHECKING:
    from bot.adapters.lines import Readable

STDIN: Final = Path("-")


def opened(file: Path) -> "AbstractContextManager[Readable]":
    """The bytes of a file, or of the standard input for "-", as they come in.

    Unbuffered: a read gives what is there, and at exit nobody waits for a lock that a reading thread holds.

    Raises:
        SettingsError: it cannot be opened.
    """
    if file != STDIN:
        try:
            return file.open("rb", buffering=0)
        except OSError as error:
            raise SettingsError(f"{file} cannot be opened: {error.strerror}") from error
    if sys.stdin is None:
        raise SettingsError("there is no standard input to read; name a file")
    return nullcontext(getattr(sys.stdin.buffer, "raw", sys.stdin.buffer))


def interactive(file: Path) -> bool:
    """Whether somebody types it."""
    return file == STDIN and sys.stdin is not None and sys.stdin.isatty()
