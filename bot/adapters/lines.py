"""Lines of a byte stream, in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

MAX_LINE: Final = 1024 * 1024
"""Bytes of one line that are kept: 1 MiB."""

_CHUNK: Final = 64 * 1024


class Readable(Protocol):
    """A binary stream: a raw one gives what is there already, so that nobody waits for a full buffer."""

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes; empty at the end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; only a newline ends it, and the last one may lack it.

    Attributes:
        number: from 1.
        content: its bytes without the newline, at most the limit.
        cut: it was longer.
        end: how far into the stream it reaches, newline included.
    """

    number: int
    content: bytes
    cut: bool
    end: int


def read_lines(stream: Readable, *, limit: int = MAX_LINE) -> Iterator[Line]:
    """The lines of `stream`, each as soon as it is whole.

    Holds one chunk and `limit` bytes, however long a line is.

    Raises:
        OSError: the stream could not be read any further.
    """
    number, end, length = 1, 0, 0
    kept = bytearray()
    while chunk := stream.read(_CHUNK):
        *whole, rest = chunk.split(b"\n")
        for piece in whole:
            length += len(piece)
            end += len(piece) + 1
            kept += piece[: limit - len(kept)]
            yield Line(number=number, content=bytes(kept), cut=length > limit, end=end)
            number, length = number + 1, 0
            kept.clear()
        length += len(rest)
        end += len(rest)
        kept += rest[: limit - len(kept)]
    if length:
        yield Line(number=number, content=bytes(kept), cut=length > limit, end=end)
