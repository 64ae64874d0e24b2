"""Traps: a fake server that kills its client at a chosen moment of what they say to each other.

The moments are those at which one side knows something that the other has not written down.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

SENT: Final = "sent"
"""A reply was received and is not stored: it never will be."""
STORED: Final = "stored"
"""A reply is stored, and nobody was told."""
ANSWERED: Final = "answered"
"""A reply is stored, and the client was told a moment ago."""
POLLED: Final = "polled"
"""The client asked for news, which may acknowledge the last ones; the server has not looked at it."""
BROUGHT: Final = "brought"
"""News was handed out a moment ago."""

WINDOWS: Final = (SENT, STORED, ANSWERED, POLLED, BROUGHT)


@dataclass(slots=True, kw_only=True)
class _Trap:
    window: str
    process: int
    left: int


class Traps:
    """At most one trap at a time.

    Args:
        kill: what it does to the process.
    """

    def __init__(
        self, kill: Callable[[int], None] = lambda process: os.kill(process, signal.SIGKILL)
    ) -> None:
        self._kill = kill
        self._set: _Trap | None = None

    def set(self, window: str, process: int, *, after: int = 0) -> None:
        """Kill this process, a child of whoever asks, at this moment; `after` so many others of its kind."""
        if window not in WINDOWS:
            raise ValueError(f"no window {window!r}: one of {', '.join(WINDOWS)}")
        self._set = _Trap(window=window, process=process, left=after)

    def springs(self, window: str | None) -> bool:
        """It is this moment; whether the client is dead now."""
        trap = self._set
        if trap is None or trap.window != window:
            return False
        if trap.left > 0:
            trap.left -= 1
            return False
        self._set = None
        self._kill(trap.process)
        return True

    @property
    def is_set(self) -> bool:
        """Whether one still waits for its moment."""
        return self._set is not None

    def remove(self) -> None:
        """There is none any more."""
        self._set = None
