"""One look for all log lines, on standard error, in which nobody is quoted.

Errors are told by their class and our own frames; the message of a foreign error may quote a text, a
token or SQL with its values, so only our own errors show theirs. Of other libraries' lines only the
constant beginning is kept.
"""

import logging
import re
import sys
from collections.abc import Iterator
from traceback import walk_tb
from typing import Final

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.domain.errors import BotError

LOGGER: Final = "solace"

_OURS: Final = frozenset({"bot", "model", "migrations"})
_CONSTANT: Final = re.compile(r"[^<({\[:=\"'`\n]{0,120}")
_DEPTH: Final = 5
"""How many causes of an error are told, and how many members of a group."""


def configure_logging(format: str, level: str) -> None:  # noqa: A002  # the setting's own name
    """Send our lines from `level` on, and other libraries' warnings, to standard error.

    Args:
        format: "console", "json", or "auto": console on a terminal, else JSON.
        level: "debug", "info", "warning" or "error".
    """
    terminal = sys.stderr.isatty()
    console = format == "console" or (format == "auto" and terminal)
    handler = _StandardError()
    handler.setFormatter(_formatter(console=console, colours=terminal))
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, _StandardError)]:
        root.removeHandler(old)
    root.addHandler(handler)
    least = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(max(least, logging.WARNING))
    logging.getLogger(LOGGER).setLevel(least)
    # A line that cannot be formatted would otherwise be printed raw, arguments and all.
    logging.raiseExceptions = False


class _StandardError(logging.Handler):
    """Writes to whatever standard error is now; a log that cannot be written stops nothing."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            self.handleError(record)


def _formatter(*, console: bool, colours: bool) -> ProcessorFormatter:
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(
            colors=colours, sort_keys=False, exception_formatter=structlog.dev.plain_traceback
        )
        if console
        else structlog.processors.JSONRenderer()
    )
    return ProcessorFormatter(
        foreign_pre_chain=[_foreign],
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            ProcessorFormatter.remove_processors_meta,
            _printable,
            _told,
            renderer,
        ],
        use_get_message=False,
    )


def _foreign(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    constant = _CONSTANT.match(record.msg) if isinstance(record.msg, str) else None
    event["event"] = (constant[0].strip() if constant else "") or "(not shown)"
    event["logger"] = record.name
    event.pop("stack_info", None)
    return event


def _printable(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """No value can write a line of its own or steer a terminal."""
    for name, value in event.items():
        if isinstance(value, str) and not value.isprintable():
            event[name] = ascii(value)[1:-1]
    return event


def _told(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    told = event.pop("exc_info", None)
    error = told[1] if isinstance(told, tuple) else sys.exc_info()[1] if told is True else told
    if isinstance(error, BaseException):
        event["exception"] = "\n".join(_lines(error, _DEPTH))
    return event


def _lines(error: BaseException, depth: int) -> Iterator[str]:
    """The error's class, our frames (outermost first), its members and its cause."""
    kind = type(error)
    message = f": {ascii(str(error))[1:-1]}" if isinstance(error, BotError) else ""
    yield f"{kind.__module__}.{kind.__qualname__}{message}"
    for frame, line in walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in _OURS:
            yield f"  {module}:{line} {frame.f_code.co_name}"
    if depth == 0:
        return
    members = error.exceptions[:_DEPTH] if isinstance(error, BaseExceptionGroup) else ()
    for member in members:
        yield from (f"  | {line}" for line in _lines(member, depth - 1))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield "because of"
        yield from _lines(cause, depth - 1)
