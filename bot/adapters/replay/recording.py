"""One JSON object a line in, recorded comments out: whatever a line holds, the next one is read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NoReturn

from bot.adapters.lines import MAX_LINE, Line, Readable, read_lines
from bot.domain.authors import LOCAL, AuthorKey
from bot.domain.messages import IncomingMessage, MessageRef, Platform, require_id, scrubbed

ACCOUNT: Final = "replay"
"""The bot account that recorded comments are addressed to; no sender has it."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_FIRST_YEAR, _LAST_YEAR = 1970, 2999  # what every clock, database and sum of times here can hold


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedComment:
    """A comment as a recording holds it.

    Attributes:
        number: its line, from 1.
        sent_at: aware, in UTC.
        thread_id: None where the whole chat is the thread.
        owner: the API key whose system names the author so; who opted out there is not read here either.
    """

    number: int
    ref: MessageRef
    author_id: str = field(repr=False)
    text: str = field(repr=False)
    sent_at: datetime
    thread_id: str | None = None
    owner: str = LOCAL

    def as_json(self) -> dict[str, str]:
        """The object that stands on its line."""
        thread = {} if self.thread_id is None else {"thread_id": self.thread_id}
        owner = {} if self.owner == LOCAL else {"owner": self.owner}
        return {
            "platform": self.ref.platform,
            "channel_id": self.ref.channel_id,
            "message_id": self.ref.message_id,
            "author_id": self.author_id,
            "text": self.text,
            "sent_at": self.sent_at.isoformat(),
            **thread,
            **owner,
        }

    def message(self, key: AuthorKey) -> IncomingMessage:
        """The comment as the intake takes it, received when it was sent."""
        return IncomingMessage(
            ref=self.ref,
            author=key.author(self.ref.platform, self.author_id, owner=self.owner),
            text=self.text,
            sent_at=self.sent_at,
            received_at=self.sent_at,
            account=ACCOUNT,
            thread_id=self.thread_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that holds no comment.

    Attributes:
        number: from 1.
        problem: what is wrong with it; names the field, never its value.
    """

    number: int
    problem: str


class Recording:
    """The comments of a stream of JSON lines, read once, from its beginning.

    Blank lines are passed over. What is wrong with a line is a `BadLine`; only the stream's own `OSError`
    is raised.
    """

    def __init__(self, stream: Readable, *, max_line: int = MAX_LINE) -> None:
        self._lines = read_lines(stream, limit=max_line)
        self.lines = 0
        """Lines read so far, blank ones included."""
        self.bytes_read = 0
        """How far into the stream they reach."""
        self.blank = 0
        """How many of the lines were blank."""

    def __iter__(self) -> Iterator[RecordedComment | BadLine]:
        for line in self._lines:
            self.lines, self.bytes_read = line.number, line.end
            entry = _entry(line)
            if entry is None:
                self.blank += 1
            else:
                yield entry


class _Unusable(Exception):
    """The message is a line's problem, in words of ours."""


def _entry(line: Line) -> RecordedComment | BadLine | None:
    if line.cut:
        return BadLine(number=line.number, problem=f"is longer than {len(line.content):,} bytes")
    content = line.content.removeprefix(_BYTE_ORDER_MARK) if line.number == 1 else line.content
    try:
        return _comment(line.number, content) if content.strip() else None
    except _Unusable as error:
        return BadLine(number=line.number, problem=str(error))


def _comment(number: int, content: bytes) -> RecordedComment:
    fields = _json_object(content)
    try:
        ref = MessageRef(
            platform=Platform(_string(fields, "platform")),
            channel_id=_string(fields, "channel_id"),
            message_id=_string(fields, "message_id"),
        )
        return RecordedComment(
            number=number,
            ref=ref,
            author_id=_id(fields, "author_id"),
            text=scrubbed(_string(fields, "text")),
            sent_at=_time(fields, "sent_at"),
            thread_id=None if fields.get("thread_id") is None else _id(fields, "thread_id"),
            owner=LOCAL if fields.get("owner") is None else _id(fields, "owner"),
        )
    except ValueError as error:  # the domain's own words: they name the field and never its value
        raise _Unusable(str(error)) from error


def _json_object(content: bytes) -> Mapping[str, object]:
    try:
        value = json.loads(content.decode(), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise _Unusable("is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise _Unusable(f"is not JSON (look at column {error.colno})") from error
    except RecursionError as error:
        raise _Unusable("is nested too deeply") from error
    except ValueError as error:  # an integer of more digits than Python reads
        raise _Unusable("holds a number that cannot be read") from error
    if not isinstance(value, dict):
        raise _Unusable("is not a JSON object")
    return value


def _no_number(_name: str) -> NoReturn:
    raise _Unusable("holds NaN or Infinity, which JSON does not know")


def _string(fields: Mapping[str, object], name: str) -> str:
    if name not in fields:
        raise _Unusable(f"has no {name}")
    value = fields[name]
    if not isinstance(value, str):
        raise _Unusable(f"{name} is not a string")
    return value


def _id(fields: Mapping[str, object], name: str) -> str:
    value = _string(fields, name)
    require_id(name, value)
    return value


def _time(fields: Mapping[str, object], name: str) -> datetime:
    value = _string(fields, name)
    try:
        time = datetime.fromisoformat(value)
    except ValueError as error:
        raise _Unusable(f"{name} is not an ISO 8601 time such as 2026-01-31T12:00:00Z") from error
    if time.utcoffset() is None:
        raise _Unusable(f"{name} has no time zone: add Z or an offset such as +01:00")
    if not _FIRST_YEAR <= time.year <= _LAST_YEAR:
        raise _Unusable(f"{name} is not a time between {_FIRST_YEAR} and {_LAST_YEAR}")
    return time.astimezone(UTC)
