"""Leetspeak: digits and signs in words as the letters that they resemble, "k1ll" as "kill".

They are read only where a word that the encoder knows comes out (`model.lexicon`), and where what stands
there is nothing in its own right: an ordinal, a measure, a version, a code. A text with several such words
is leetspeak altogether, and what would be a code elsewhere is read there too.
"""

import re
from itertools import islice, product

from model import lexicon

_SIGNS = re.compile(r"[A-Za-z](?:'?[@|+$0134578]|![A-Za-z@$0134578])|(?<![\w@$!|+])[$0134578]+[A-Za-z@!]")
_TOKEN = re.compile(
    r"(?<![\w@$!|+.:/#=&?])[a-z0-9$][a-z0-9@$!|+]{1,23}(?![\w@$]|[.:/=]\w)",
    re.IGNORECASE,
)
# In leetspeak altogether.
_ANY_TOKEN = re.compile(
    r"(?<![\w@$!|+.:/#=&?'])[a-z0-9$@!][a-z0-9@$!|+]{0,23}(?![\w@$]|[.:/=]\w)", re.IGNORECASE
)
_MENTION = re.compile(r"@[A-Za-z0-9@$!|+]{1,23}")
_LEETSPEAK = 2
"""So many words make a text one."""

_MEANT = {"0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g"} | {
    "@": "a",
    "$": "s",
    "!": "i",
    "|": "li",
    "+": "t",
}
_MOST_READINGS = 32
_SHORTEST = 3
_CODE_LENGTH = 3
_LONG_CODE = 4
_SAID = dict(
    pair.split()
    for pair in (
        *("gr8 great", "l8 late", "l8r later", "h8 hate", "m8 mate", "w8 wait", "sk8 skate", "str8 straight"),
        *("b4 before", "2day today", "2nite tonight", "2morrow tomorrow", "4ever forever"),
        *("any1 anyone", "some1 someone", "every1 everyone"),
    )
)
# Words that may be all digits and signs, in leetspeak only.
_SHORT_WORDS = dict(
    pair.split()
    for pair in (
        *(
            "1 i",
            "4 a",
            "@ a",
            "70 to",
            "17 it",
            "15 is",
            "50 so",
            "83 be",
            "47 at",
            "45 as",
            "533 see",
            "700 too",
        ),
        *(
            "411 all",
            "$0 so",
            "!7 it",
            "!5 is",
            "!$ is",
            "1$ is",
            "@7 at",
            "@5 as",
            "@$ as",
            "4$ as",
            "$33 see",
        ),
    )
)
_CONTRACTIONS = {"7": "t", "5": "s", "$": "s", "r3": "re", "v3": "ve", "11": "ll", "l1": "ll", "1l": "ll"}
_CONTRACTED = re.compile(r"(?<=[a-z!])'(7|5|\$|r3|v3|11|l1|1l)(?![\w$])", re.IGNORECASE)
_I = re.compile(r"(?<![\w$@!])[1!](?='(?:m|ve|ll|d)\b|\s[a-z])", re.IGNORECASE)

# Ordinals, times, measures and counts: "2nd", "5am", "1080p", "1on1".
_MEASURE = re.compile(
    r"[$+]?\d+(?:st|nd|rd|th|s|am|pm|k|m|mm|b|bn|mil|x|d|ds|p|h|hrs?|mins?|secs?|c|f|kg|lbs?|oz|g|mg|ml|l|cm|km"
    r"|ft|in|mi|mph|kmh|kph|fps|hz|ghz|mhz|kb|mb|gb|tb|yo|yrs?|w|kw|kwh|px|ish|pts?|pcs?|and|way|up|us|it|my|no"
    r"|of|(?:vs?|on|to|or|x)\d*|all|man|men|days?|stars?|years?|months?|weeks?|hours?|times?)",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\d*(?:1st|2nd|3rd)|\d+(?:th|am|pm|k|x|d|k?g|lbs?|hrs?|mins?|yo)|\d\d+s", re.IGNORECASE)
_PRICE = re.compile(r"\$\d+(?:\W|$)")
_WELL_KNOWN = 8_000
_AT_THE_ENDS = "0123456789$"


def deciphered(text: str) -> str:
    """The text with its leetspeak in letters."""
    if not _SIGNS.search(text):
        return text
    text = _CONTRACTED.sub(lambda match: "'" + _CONTRACTIONS[match[1].lower()], text)
    found = 0

    def read(match: re.Match[str]) -> str:
        nonlocal found
        word = _deciphered(match)
        found += word != match[0]
        return word

    plain = _TOKEN.sub(read, text)
    return _ANY_TOKEN.sub(_guessed, _I.sub("I", plain)) if found >= _LEETSPEAK else plain


def word_for_mention(mention: str) -> str | None:
    """The word that "@lone" stands for, if it is one that people know; else it mentions somebody."""
    if not _MENTION.fullmatch(mention) or not any(map(str.isalpha, mention)):
        return None
    word = _best_reading(mention)
    return None if word is None or (lexicon.rank(word) or 0) > _WELL_KNOWN else word


def _deciphered(match: re.Match[str]) -> str:
    """A word that is leetspeak wherever it stands."""
    token = match[0]
    core = token.rstrip("!|+")
    if core.isalpha() or core.isdigit():
        return token
    if (said := _SAID.get(core)) is not None:
        return said + token[len(core) :]
    word = None if _is_code(core) else _best_reading(core)
    return token if word is None else _cased(word, core) + token[len(core) :]


def _guessed(match: re.Match[str]) -> str:
    """A word that is leetspeak among others only."""
    token = match[0]
    core = token.rstrip("!|+") or token
    if core.isalpha():
        return token
    word = _SHORT_WORDS.get(core.lower())
    if word is None and not core.isdigit() and not _COUNT.fullmatch(core) and not _PRICE.match(core):
        word = _best_reading(core, among_others=True)
    return token if word is None else _cased(word, core) + token[len(core) :]


def _is_code(core: str) -> bool:
    """Whether digits and signs are there in their own right."""
    letters = [each for each in core if each.isalpha()]
    if len(core) < _SHORTEST or not letters or _MEASURE.fullmatch(core):
        return True
    if core[0].isalpha() and core[1:].isdigit() and len(core) < _LONG_CODE:  # "a10", "m14"
        return True
    # "G4S", "$TOP", "US$"
    return (len(core) <= _CODE_LENGTH or "$" in (core[0], core[-1])) and all(map(str.isupper, letters))


def _best_reading(core: str, *, among_others: bool = False) -> str | None:
    """The most frequent known word among the readings.

    None where the letters alone say a more frequent one, unless it stands in leetspeak.
    """
    lower = core.lower()
    options = [each if each.isalpha() else _MEANT.get(each, "") for each in lower]
    if not all(options):
        return None
    readings = map("".join, islice(product(*options), _MOST_READINGS))
    words = (word for word in readings if len(word) >= _SHORTEST or word in lexicon.SHORT_WORDS)
    ranked = [(place, word) for word in words if (place := lexicon.rank(word)) is not None]
    if not ranked:
        return None
    place, word = min(ranked)
    if among_others:
        return word
    alone = lower.strip(_AT_THE_ENDS)
    known = alone.isalpha() and (len(alone) >= _SHORTEST or lower.startswith(alone))
    other = lexicon.rank(alone) if known else None
    return word if other is None or place < other else None


def _cased(word: str, like: str) -> str:
    letters = [each for each in like if each.isalpha()]
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return word.upper()
    return word.capitalize() if like[0].isupper() else word
