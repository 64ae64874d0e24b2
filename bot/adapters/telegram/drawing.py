"""Has charts drawn by a process of its own: what draws is large, and stays out of the bot."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import Final, Protocol

from bot.application.ports import Telemetry

CHART: Final = (sys.executable, "-m", "bot.adapters.telegram.chart")
LONGEST: Final = 30.0
"""Seconds: the first chart on a machine takes a while, since fonts are looked for."""
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PASSED_ON: Final = ("PATH", "HOME", "PYTHONPATH", "LANG", "TMPDIR", "XDG_CACHE_HOME", "MPLCONFIGDIR")
"""Of the environment; tokens and keys are no business of whoever draws."""


class Drawing(Protocol):
    """Draws what `bot.adapters.telegram.chart` describes."""

    async def chart(self, numbers: Mapping[str, object], /) -> bytes | None:
        """A PNG; None where charts cannot be drawn."""
        ...


class SubprocessDrawing:
    """`Drawing` by a process that lives for one chart.

    Args:
        telemetry: told when it fails.
        command: reads JSON from its standard input and writes a PNG.
        needs: the library without which nothing is tried.
        longest: seconds after which it is given up.
    """

    def __init__(
        self,
        *,
        telemetry: Telemetry,
        command: Sequence[str] = CHART,
        needs: str = "matplotlib",
        longest: float = LONGEST,
    ) -> None:
        self._telemetry = telemetry
        self._command = tuple(command)
        self._possible = find_spec(needs) is not None
        self._longest = longest
        self._one_at_a_time = asyncio.Lock()

    async def chart(self, numbers: Mapping[str, object], /) -> bytes | None:
        """A PNG; None where the extra is not installed, or drawing failed."""
        if not self._possible:
            return None
        async with self._one_at_a_time:
            try:
                picture = await self._drawn(json.dumps(numbers).encode())
            except (OSError, TimeoutError) as error:
                self._telemetry.noticed("chart_failed", error=type(error).__name__)
                return None
        if not picture.startswith(_PNG):
            self._telemetry.noticed("chart_failed", error="NoPicture")
            return None
        return picture

    async def _drawn(self, numbers: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        )
        try:
            async with asyncio.timeout(self._longest):
                picture, _ = await process.communicate(numbers)
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return picture if process.returncode == 0 else b""
