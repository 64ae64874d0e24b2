"""Disguised and stretched words as plain ones: "k1ll", "s a d", "soooo".

A disguise comes off only where a word that the encoder knows comes out of it (`model.lexicon`), and where
what stands there is nothing in its own right: an ordinal, a measure, a version, a code.
"""

import re
from itertools import islice, product

from model import lexicon

_MARK_RUN = re.compile(r"([^\w\s])\1{3,}")
_WORD = re.compile(r"[^\W\d_]+")
_STRETCH = re.compile(r"([^\W\d_])\1\1", re.IGNORECASE)
_STRETCHES = re.compile(r"([^\W\d_])\1\1+", re.IGNORECASE)
_MOST_STRETCHES = 3
_TRIPLE = 3
_VOWEL = re.compile("[aeiouy]", re.IGNORECASE)
_ROMAN = re.compile(r"M{0,3}D?C{0,4}L?X{0,4}V?I{1,4}")
# Where a stretched word is more likely the rarer one of several.
_RATHER = {
    "to": "too",
    "oh": "ooh",
    "yet": "yeet",
    "of": "off oof",
    "as": "ass",
    "bo": "boo",
    "wo": "woo",
    "met": "meet",
    "bus": "buss",
}

_SPACED = re.compile(r"(?<![\w'])[A-Za-z](?P<gap>[ .\-_*~|])[A-Za-z](?:(?P=gap)[A-Za-z])+(?![\w'])")
_LONGEST_SPACED = 200

_LEET = re.compile(
    r"[A-Za-z][@!|+$0134578]+[A-Za-z$]|(?<![\w@$!|+])[$0134578]+[A-Za-z]|[A-Za-z][134578](?!\w)"
)
_TOKEN = re.compile(
    r"(?<![\w@$!|+.:/#=&?])[a-z0-9$][a-z0-9@$!|+]{1,23}(?![\w@$]|[.:/=]\w)",
    re.IGNORECASE,
)
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
_SAID = {
    "gr8": "great",
    "l8": "late",
    "l8r": "later",
    "h8": "hate",
    "m8": "mate",
    "w8": "wait",
    "sk8": "skate",
    "str8": "straight",
    "b4": "before",
    "2day": "today",
    "2nite": "tonight",
    "2morrow": "tomorrow",
    "4ever": "forever",
    "any1": "anyone",
    "some1": "someone",
    "every1": "everyone",
}
# Read only in texts that have longer disguises: alone, these are codes.
_BRIEF = re.compile(r"(?<![\w.:/$-])[a-z0-9]{2}(?![\w:/%]|\.\w)")
_BRIEFLY = {
    "n0": "no",
    "s0": "so",
    "5o": "so",
    "t0": "to",
    "7o": "to",
    "g0": "go",
    "d0": "do",
    "m3": "me",
    "h3": "he",
    "w3": "we",
    "b3": "be",
    "1t": "it",
    "i7": "it",
    "1s": "is",
    "i5": "is",
    "1n": "in",
    "1f": "if",
    "4m": "am",
    "4n": "an",
    "0n": "on",
    "0r": "or",
    "0f": "of",
    "0h": "oh",
    "u5": "us",
    "a5": "as",
    "4s": "as",
    "a7": "at",
    "4t": "at",
    "h1": "hi",
    "8e": "be",
    "8y": "by",
}
# Ordinals, times, measures and counts: "2nd", "5am", "1080p", "1on1".
_MEASURE = re.compile(
    r"[$+]?\d+(?:st|nd|rd|th|s|am|pm|k|m|mm|b|bn|mil|x|d|ds|p|h|hrs?|mins?|secs?|c|f|kg|lbs?|oz|g|mg|ml|l|cm|km|ft"
    r"|in|mi|mph|kmh|kph|fps|hz|ghz|mhz|kb|mb|gb|tb|yo|yrs?|v|w|kw|kwh|px|ish|pts?|pcs?|and|way|up|us|it|my|no|of"
    r"|(?:vs?|on|to|or|x)\d*|all|man|men|days?|stars?|years?|months?|weeks?|hours?|times?)",
    re.IGNORECASE,
)
_AT_THE_ENDS = "0123456789$"


def plain_words(text: str) -> str:
    """The text with its disguises off, stretched letters short, and at most three of a mark in a row."""
    text = _MARK_RUN.sub(r"\1\1\1", text)
    if _SPACED.search(text):
        text = _SPACED.sub(_closed_up, text)
    if _LEET.search(text):
        plain = _TOKEN.sub(_deciphered, text)
        text = text if plain == text else _BRIEF.sub(lambda match: _BRIEFLY.get(match[0], match[0]), plain)
    if _STRETCH.search(text):
        text = _WORD.sub(_shortened, text)
    return text


def _closed_up(match: re.Match[str]) -> str:
    """Letters with gaps as the word that they spell; with spaces between them, as the words."""
    letters = match[0][::2]
    if len(letters) > _LONGEST_SPACED or len(set(letters)) == 1:
        return match[0]
    if lexicon.rank(letters) is not None:
        return letters
    words = lexicon.split(letters) if match["gap"] == " " else None
    return " ".join(words) if words else match[0]


def _deciphered(match: re.Match[str]) -> str:
    token = match[0]
    core = token.rstrip("!|+")
    if core.isalpha() or core.isdigit():
        return token
    if (said := _SAID.get(core)) is not None:
        return said + token[len(core) :]
    word = None if _is_code(core) else _best_reading(core)
    return token if word is None else _cased(word, core) + token[len(core) :]


def _is_code(core: str) -> bool:
    """Whether digits and signs are there in their own right."""
    letters = [each for each in core if each.isalpha()]
    if len(core) < _SHORTEST or not letters or _MEASURE.fullmatch(core):
        return True
    if core.endswith("$") and not core.endswith("$$"):  # "US$"
        return True
    if core[0].isalpha() and core[1:].isdigit():  # "a10", "m14"
        return True
    # "G4S", "$TOP"
    return (len(core) <= _CODE_LENGTH or core[0] == "$") and all(map(str.isupper, letters))


def _best_reading(core: str) -> str | None:
    """The most frequent known word among the readings, unless the letters alone say a more frequent one."""
    lower = core.lower()
    options = [each if each.isalpha() else _MEANT.get(each, "") for each in lower]
    if not all(options):
        return None
    readings = map("".join, islice(product(*options), _MOST_READINGS))
    ranked = [(place, word) for word in readings if (place := lexicon.rank(word)) is not None]
    if not ranked:
        return None
    place, word = min(ranked)
    alone = lower.strip(_AT_THE_ENDS)
    known = alone.isalpha() and (len(alone) >= _SHORTEST or lower.startswith(alone))
    other = lexicon.rank(alone) if known else None
    return word if other is None or place < other else None


def _cased(word: str, like: str) -> str:
    letters = [each for each in like if each.isalpha()]
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return word.upper()
    return word.capitalize() if like[0].isupper() else word


def _shortened(match: re.Match[str]) -> str:
    """Letters three times and more as one or two of them, whichever makes the more frequent word."""
    word = match[0]
    stretches = list(_STRETCHES.finditer(word))
    if not stretches or _ROMAN.fullmatch(word):
        return word
    if len(stretches[0][0]) == len(word):  # "mmmm", "AAA"
        return word[:3]
    once = _STRETCHES.sub(r"\1", word)
    if len(stretches) > _MOST_STRETCHES:
        return once
    written = [_with(word, stretches, counts) for counts in product((1, 2), repeat=len(stretches))]
    known = {each.lower(): (place, each) for each in written if (place := _spoken(each)) is not None}
    if not known:  # unless it goes on and on, it may be right: "CCCP"
        return once if any(len(each[0]) > _TRIPLE for each in stretches) else word
    likeliest = min(known.values())[1]
    rather = (each for each in _RATHER.get(likeliest.lower(), "").split() if each in known)
    return known[next(rather, likeliest.lower())][1]


def _spoken(word: str) -> int | None:
    """The word's rank; two consonants are an abbreviation."""
    return lexicon.rank(word) if len(word) >= _SHORTEST or _VOWEL.search(word) else None


def _with(word: str, stretches: list[re.Match[str]], counts: tuple[int, ...]) -> str:
    parts, at = [], 0
    for stretch, count in zip(stretches, counts, strict=True):
        parts += [word[at : stretch.start()], stretch[0][:count]]
        at = stretch.end()
    return "".join(parts) + word[at:]
