"""Emoji as words that the encoder knows: the `emoji` package's English names, without what all names have.

No meaning is invented: a skull stays a skull, whatever people mean by it.
"""

import re
import unicodedata
from functools import cache

_LOOKS = "\ufe0e\ufe0f\U0001f3fb-\U0001f3ff"  # variation selectors and skin tones
_JOINED = f"{_LOOKS}\u200d\u20e3\U000e0020-\U000e007f"
_BASE = (
    "\u203c\u2049\u231a\u231b\u23e9-\u23fa\u2600-\u27bf\u2b1b\u2b1c\u2b50\u2b55"
    "\U0001f004\U0001f0cf\U0001f18e\U0001f191-\U0001f19a\U0001f300-\U0001f3fa\U0001f400-\U0001faff"
)
_FLAG_LETTERS = "\U0001f1e6-\U0001f1ff"
_RUN = re.compile(f"(?:[{_BASE}][{_JOINED}]*|[0-9#*]\ufe0f?\u20e3)+|[{_FLAG_LETTERS}]+|[{_LOOKS[2:]}]")
_LOOK = re.compile(f"[{_LOOKS}]")
_LONGEST = 12

_SIGNS = re.compile(r"[^a-z0-9 ]")
_SAYS_NOTHING = re.compile(
    r"\b(?:face|button|keycap|selector|(?:medium )?(?:light|medium|dark) skin tone)\b"
    r"|\b(?:person|man|woman) (?=\w+ing\b)"
)
_DANGLING = re.compile(r"^with ")


def spell_out(text: str) -> str:
    """The text with every emoji as words between spaces; the same emoji several times over counts once.

    Regional indicators are flags when all of a run's pairs are, else letters.
    """
    return _RUN.sub(_spelled, text)


@cache
def names() -> dict[str, str]:
    """Words by emoji, without skin tones and variation selectors."""
    from emoji import EMOJI_DATA  # noqa: PLC0415 - a tenth of a second that texts without emoji need not pay

    toned = {_LOOK.sub("", symbol): entry["en"] for symbol, entry in EMOJI_DATA.items()}
    plain = {symbol: entry["en"] for symbol, entry in EMOJI_DATA.items() if not _LOOK.search(symbol)}
    return {symbol: _words(name) for symbol, name in (toned | plain).items()}


def _words(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.strip(":").replace("_", " ").replace("-", " ").lower())
    plain = " ".join(_SIGNS.sub("", plain).split())
    short = " ".join(_SAYS_NOTHING.sub("", plain).split())
    return _DANGLING.sub("", short) or plain


def _spelled(match: re.Match[str]) -> str:
    run = _LOOK.sub("", match[0])
    if "\U0001f1e6" <= run[:1] <= "\U0001f1ff":
        return _flags(run)
    said: list[str] = []
    at = 0
    while at < len(run):
        word, length = _longest(run, at)
        at += length
        if word and said[-1:] != [word]:
            said.append(word)
    return f" {' '.join(said)} " if said else ""


def _longest(run: str, at: int) -> tuple[str, int]:
    known = names()
    for length in range(min(_LONGEST, len(run) - at), 0, -1):
        if word := known.get(run[at : at + length]):
            return word, length
    if run[at] in "\u200d\u20e3" or run[at] >= "\U000e0000":
        return "", 1
    return unicodedata.name(run[at], run[at]).lower().replace("-", " "), 1


def _flags(run: str) -> str:
    known = names()
    pairs = [run[at : at + 2] for at in range(0, len(run), 2)]
    if all(pair in known for pair in pairs):
        return f" {' '.join(dict.fromkeys(known[pair] for pair in pairs))} "
    return "".join(chr(ord(letter) - 0x1F1E6 + ord("a")) for letter in run)
