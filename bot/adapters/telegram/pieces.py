"""Texts cut to what Telegram takes, counted as it counts: in UTF-16 units."""

from collections.abc import Sequence
from typing import Final

MESSAGE: Final = 4096
CAPTION: Final = 1024
POPUP: Final = 200
_SEAMS: Final = ("\n\n", "\n", " ")
"""Where a text may be parted, best first."""


def pieces(text: str, most: int = MESSAGE) -> Sequence[str]:
    """The whole text in order, parted where paragraphs end, else lines, else words; nothing for no words."""
    found, rest = [], text.strip()
    while length(rest) > most:
        head = _head(rest, most)
        end = next((at for seam in _SEAMS if (at := head.rfind(seam)) > 0), len(head))
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*found, rest] if rest else found


def cut(text: str, most: int) -> str:
    """The beginning of the text, with a sign where something is missing."""
    return text if length(text) <= most else _head(text, most - 1) + "…"


def length(text: str) -> int:
    """How long Telegram finds it."""
    return len(text) + sum(character > "\uffff" for character in text)


def _head(text: str, most: int) -> str:
    head = text[:most]
    while length(head) > most:
        head = head[: len(head) - (length(head) - most + 1) // 2]
    return head
