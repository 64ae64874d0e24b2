"""Keeps other people's log lines from quoting anybody."""

import logging
from collections.abc import Sequence


class NothingQuoted(logging.Filter):
    """Leaves of a line who wrote it, and how grave it is: its words may hold texts, and URLs the token."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the line through, without its words, its arguments and its error."""
        record.msg = f"a {record.levelname.lower()} of {record.name}, not shown"
        record.args = None
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def quieten(*libraries: str) -> None:
    """Let these libraries speak of warnings alone, and quote nobody. Idempotent.

    A logger's filter is not asked about its children's lines, so each one gets its own.

    Args:
        libraries: names of top-level loggers, such as "httpx".
    """
    for name in _loggers(libraries):
        logger = logging.getLogger(name)
        if not any(isinstance(each, NothingQuoted) for each in logger.filters):
            logger.addFilter(NothingQuoted())
        logger.setLevel(logging.WARNING)


def _loggers(libraries: Sequence[str]) -> list[str]:
    known = list(logging.Logger.manager.loggerDict)
    inner = [name for name in known if name.partition(".")[0] in libraries]
    return [*libraries, *(name for name in inner if name not in libraries)]
