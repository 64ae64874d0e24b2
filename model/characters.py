"""Characters as what they look like: invisible ones go, stylised and look-alike letters become plain ones.

Only texts with something beyond ASCII come here. A text that really is Russian or Greek stays what it is:
look-alikes are folded where one word mixes scripts, or where a whole word turns plain among plain words.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from model import lexicon
from model.emoji_names import spell_out

# Format characters, variation selectors and skin tones: nothing that anybody reads. (The categories Cf, and
# what of Mn and Sk only changes the look of an emoji.)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\U0001d173-\U0001d17a\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
_FILLER = re.compile("[\u115f\u1160\u3164\uffa0]")  # letters by category, blanks by their looks
_LINE_BREAK = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Controls, lone surrogates, private use, non-characters, the replacement character and the Braille blank.
_UNREADABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u2800\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufff9-\uffff]"
)
_PLAIN_QUOTES = str.maketrans("\u2018\u2019\u201b\u2032\u00b4\u201c\u201d\u201e\u2033", "'''''\"\"\"\"")
# What is left of them after composing: struck-through, enclosed and piled-up letters.
_MARKS = re.compile("[\u0300-\u036f\u0489\u20d0-\u20f0]+")
_WORD = re.compile(r"[^\W\d_](?:\w*[^\W\d_])?")
_ASCII_LETTER = re.compile("[A-Za-z]")
_LETTER = re.compile(r"[^\W\d_]")
_FEWEST_LETTERS = 4
# Alike enough among Latin letters, though Unicode's table pairs them with small capitals or with nothing.
_IN_A_WORD = dict(zip("кмтнвκτηωш", "kmthbktnww", strict=True))


def readable(text: str, limit: int) -> str:
    """The text in plain characters, its first `limit` of them after compatibility decomposition."""
    # NFKC twice: what stood around an invisible character may compose once it is gone, and vice versa.
    # A single character can decompose into eighteen, hence the cut. Marks go first where they pile up:
    # normalising a long run of them takes time that grows with its square.
    text = visible(spell_out(text)).translate(stylised())
    text = visible(unicodedata.normalize("NFKC", piles().sub(r"\1", text))[:limit])
    text = unicodedata.normalize("NFKC", _MARKS.sub("", unicodedata.normalize("NFC", text)))
    return fold(text.translate(_PLAIN_QUOTES))


def visible(text: str) -> str:
    """Without invisible characters; what nobody can read becomes a space, other line breaks a newline."""
    text = _UNREADABLE.sub(" ", _LINE_BREAK.sub("\n", _INVISIBLE.sub("", text)))
    if _FILLER.search(text):
        shown = _FILLER.sub("", text)
        return shown if _LETTER.search(shown) else text
    return text


def fold(text: str) -> str:
    """Look-alikes of other scripts become the ASCII letters that they pass for."""
    table = _alike_in_words()
    if text.isascii() or not any(ord(letter) in table for letter in set(text)):
        return text
    words = set(_WORD.findall(text))
    plain = {word: _unmixed(word, table) for word in words}
    whole = [word for word in words if not word.isascii() and not _ASCII_LETTER.search(word)]
    if _disguised(whole, text):
        plain |= {word: word.translate(confusables()) for word in whole if _may_stand_alone(word)}
    return _WORD.sub(lambda match: plain[match[0]], text)


def _unmixed(word: str, table: Mapping[int, str]) -> str:
    """A word of several scripts in ASCII letters, if that makes all of it Latin; else as it is."""
    if word.isascii() or not _ASCII_LETTER.search(word):
        return word
    folded = word.translate(table)
    return folded if all(map(_is_latin, folded)) else word


def _disguised(words: list[str], text: str) -> bool:
    """Whether these words without an ASCII letter can be English at all.

    Not when one of them can only be of its own script. Where the whole text has no ASCII letter, all of
    them must turn out to be known words.
    """
    folded = [word.translate(confusables()) for word in words]
    if not all(_is_latin(letter) for word in folded for letter in word):
        return False
    if _ASCII_LETTER.search(text):
        return True
    letters = sum(map(len, folded))
    return letters >= _FEWEST_LETTERS and all(
        lexicon.rank(word) is not None for word in folded if len(word) > 1
    )


def _may_stand_alone(word: str) -> bool:
    """A single Greek letter is a symbol, not an article."""
    return len(word) > 1 or "GREEK" not in unicodedata.name(word, "")


def _is_latin(letter: str) -> bool:
    return letter.isascii() or not letter.isalpha() or unicodedata.name(letter, "").startswith("LATIN")


@cache
def piles() -> re.Pattern[str]:
    """More than four marks on one letter, in any script."""
    marks = "".join(map(re.escape, filter(unicodedata.combining, map(chr, range(0x0300, 0x1F000)))))
    return re.compile(f"([{marks}]{{4}})[{marks}]+")


@cache
def _alike_in_words() -> Mapping[int, str]:
    return confusables() | {ord(each): letter for each, letter in _IN_A_WORD.items()}


@cache
def confusables() -> dict[int, str]:
    """ASCII letters by the single characters that pass for them, after Unicode's table of confusables."""
    raw = files("confusable_homoglyphs").joinpath("confusables.json").read_text(encoding="utf-8")
    alike = {each: [other["c"] for other in others] for each, others in json.loads(raw).items()}
    direct = {each: _ascii(each, others) for each, others in alike.items() if len(each) == 1}
    found = {each: letter for each, letter in direct.items() if letter and not each.isascii()}
    return {ord(each): letter for each, letter in found.items() if each.isalpha()}


def _ascii(character: str, others: list[str]) -> str:
    letters = [each for each in others if len(each) == 1 and each.isascii() and each.isalpha()]
    if not letters:
        return ""
    # The table has one class for I, l, 1 and |.
    return "I" if letters[0] == "l" and character.isupper() else letters[0]


@cache
def stylised() -> dict[int, str]:
    """Letters that NFKC leaves alone: small capitals, and white ones on black circles and squares."""
    table: dict[int, str] = {}
    for first in (0x1F150, 0x1F170):
        table |= {first + place: chr(ord("A") + place) for place in range(26)}
    for code in (*range(0x0250, 0x02B0), *range(0x1D00, 0x1D80), *range(0xA720, 0xA800)):
        kind, _, letter = unicodedata.name(chr(code), "").partition("SMALL CAPITAL ")
        if kind == "LATIN LETTER " and len(letter) == 1:
            table[code] = letter.lower()
    return table
