"""No log line quotes anybody: what every test logs is searched for the words and secrets that tests plant.

Three places are looked at: what the fake telemetry is told, what goes through `logging` as the program would
print it, and the `*.log` files of the processes that a test started. See `conftest`.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from bot.adapters.telemetry.logs import _formatter

PLANTED: Final = re.compile(
    r"sad sad|annsword|bensword|grandmotherspie"  # what people write in tests
    r"|zq7x"  # whatever a test hides in a text, a name or a setting
    r"|hunter2|-secret-0123456789|Bearer "  # secrets
    r"|\b[0-9]{3,}:[A-Za-z0-9_-]{16,}"  # a bot's token
    r"|(?<!:private:)\b[0-9a-f]{32}\b"  # a person's hash; behind "private" stands a message's number
)


def quoted_in(text: str) -> str | None:
    """The first line that holds something planted; None = nobody is quoted."""
    found = PLANTED.search(text)
    return None if found is None else text[text.rfind("\n", 0, found.start()) + 1 :].partition("\n")[0]


class Listener(logging.Handler):
    """Reads every line as the program would print it, and keeps those that quote somebody."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(_formatter(console=False, colours=False))
        self.quotes: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.hear(self.format(logging.makeLogRecord(record.__dict__)))

    def hear(self, line: str) -> None:
        """A line, or what would become part of one."""
        quote = quoted_in(line)
        if quote is not None:
            self.quotes.append(quote)

    def told(self, event: str, fields: Iterable[tuple[str, object]]) -> None:
        """What the program's telemetry is told; errors are shown by their class alone."""
        shown = [f"{name}={value}" for name, value in fields if not isinstance(value, BaseException)]
        self.hear(" ".join([event, *shown]))

    def taken(self) -> list[str]:
        """The quotes since the last call."""
        quotes, self.quotes = self.quotes, []
        return quotes


LISTENER: Final = Listener()


def quotes_in_files(folder: Path) -> Iterator[str]:
    """Of every log beneath a folder."""
    for path in sorted(folder.rglob("*.log")):
        quote = quoted_in(path.read_text("utf-8", "replace"))
        if quote is not None:
            yield f"{path.name}: {quote}"
