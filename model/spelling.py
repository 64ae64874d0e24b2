"""Spaced-out and stretched words as plain ones: "s a d", "soooo".

A disguise comes off where a word that the encoder knows comes out of it (`model.lexicon`).
"""

import re
from itertools import product

from model import lexicon
from model.leet import deciphered

_MARK_RUN = re.compile(r"([^\w\s])\1{3,}")
_WORD = re.compile(r"[^\W\d_]+")
_STRETCH = re.compile(r"([^\W\d_])\1\1", re.IGNORECASE)
_STRETCHES = re.compile(r"([^\W\d_])\1\1+", re.IGNORECASE)
_MOST_STRETCHES = 3
_TRIPLE = 3
_ABBREVIATED = 2
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


def plain_words(text: str) -> str:
    """The text with its disguises off, stretched letters short, and at most three of a mark in a row."""
    text = _MARK_RUN.sub(r"\1\1\1", text)
    if _SPACED.search(text):
        text = _SPACED.sub(_closed_up, text)
    text = deciphered(text)
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
    return lexicon.rank(word) if len(word) > _ABBREVIATED or _VOWEL.search(word) else None


def _with(word: str, stretches: list[re.Match[str]], counts: tuple[int, ...]) -> str:
    parts, at = [], 0
    for stretch, count in zip(stretches, counts, strict=True):
        parts += [word[at : stretch.start()], stretch[0][:count]]
        at = stretch.end()
    return "".join(parts) + word[at:]
