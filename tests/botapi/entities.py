"""The parts of a text that Telegram marks by itself (https://core.telegram.org/bots/api#messageentity)."""

import re
from collections.abc import Sequence
from typing import Final

from botapi.refusals import Json

_MARKS: Final = {
    "bot_command": re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])"),
    "mention": re.compile(r"(?<![\w/@])@[A-Za-z0-9_]{3,32}\b"),
    "url": re.compile(r"https?://[^\s]+"),
}


def utf16(text: str) -> int:
    """Length in UTF-16 code units: what offsets and limits count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def found(text: str) -> list[Json]:
    """Commands, mentions and links, in order of their offsets."""
    marks = [
        {"type": kind, "offset": utf16(text[: match.start()]), "length": utf16(match.group())}
        for kind, pattern in _MARKS.items()
        for match in pattern.finditer(text)
    ]
    return sorted(marks, key=lambda mark: (mark["offset"], mark["length"]))


def all_of(text: str, given: Sequence[Json]) -> list[Json]:
    """Those that somebody set, and those that Telegram finds."""
    return sorted([*given, *found(text)], key=lambda mark: int(mark["offset"]))
