"""Plain words as Reddit Markdown: people read exactly what was meant, whichever renderer they have.

Old Reddit renders with snudown, what is newer with something close to CommonMark; what is written here means
the same to both. Characters are escaped with a backslash where both know the escape, else they are an entity.
"""

import re
from collections.abc import Iterator
from typing import Final

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>~^|]|&(?=#?\w)|(?<=\b[ur])/", re.IGNORECASE)
"""Emphasis, code, links, quotes, strike, superscript, tables, entities; u/name would call a person."""
_FIRST: Final = re.compile(r"[#+-]|\d{1,9}(?=[.)])|=+")
"""What makes a heading, a list or a rule of a line that begins with it."""
_ADDRESS: Final = re.compile(
    r"""
    (?<![\w@./-])
    (?: https?://[^\s<>"'\\]+
      | (?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|org|net)(?![\w-])(?!\.\w)(?:/[^\s<>"'\\]*)? )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TRAILING: Final = ".,;:!?)]}*_~`|"
"""Belongs to the sentence around an address."""


def markdown(text: str) -> str:
    """Markdown that reads as `text`: paragraphs and line breaks stay, and addresses become links.

    Runs of white space count as one space, and of empty lines as one, as they do wherever HTML is shown.
    """
    lines = [" ".join(line.split()) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(_line(line))
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n\n".join("  \n".join(paragraph) for paragraph in paragraphs if paragraph)


def link(words: str, address: str) -> str:
    """Words that lead to an address, which is percent-encoded already."""
    return f"[{_escaped(words)}]({_destination(address)})"


def _line(line: str) -> str:
    first = _FIRST.match(line)
    if first is None:
        return "".join(_pieces(line))
    begin, rest = first[0], line[first.end() :]
    if begin.isdigit():  # a list's number: its full stop or bracket is what makes it one
        return f"{begin}\\{rest[0]}" + "".join(_pieces(rest[1:]))
    if begin[0] == "=":
        return "&#61;" * len(begin) + "".join(_pieces(rest))
    return f"\\{begin}" + "".join(_pieces(rest))


def _pieces(text: str) -> Iterator[str]:
    """Escaped words and links, in order."""
    done = 0
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(_TRAILING)
        if "." not in address:
            continue
        yield _escaped(text[done : match.start()])
        full = address if "://" in address else f"https://{address}"
        yield link(address, full)
        done = match.start() + len(address)
    yield _escaped(text[done:])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", text)


def _destination(address: str) -> str:
    return address.replace("(", "%28").replace(")", "%29").replace("\\", "%5C")
