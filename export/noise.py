"""What people do to their words, in haste or to slip past a filter: for training and for measuring it.

An attack takes a text, a source of chance and a rate between 0 and 1, and gives the text changed. The rate
is the share of what the attack could change (letters, words); the same seed gives the same result. Masks such
as [NAME] stay intact.
"""

import random
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

Attack = Callable[[str, random.Random, float], str]

_MASK = re.compile(r"(\[[A-Z]{2,}\])")
_WORD = re.compile(r"[A-Za-z]+")
_LONG_WORD = re.compile(r"(?<![\w'])[A-Za-z]{3,}(?![\w'])")

_ALIKE = dict(
    zip(
        "abcdeghijnopqrsuvwxyABCEHIJKMOPSTXYZ",
        "\u0430\u042c\u0441\u0501\u0435\u0261\u04bb\u0456\u0458\u0578\u043e\u0440\u051b\u0433\u0455\u057d\u0475\u051d\u0445\u0443"
        "\u0410\u0412\u0421\u0415\u041d\u0406\u0408\u041a\u041c\u041e\u0420\u0405\u0422\u0425\u04ae\u0396",
        strict=True,
    )
)
_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
_FULL_WIDTH = 0xFEE0
# Where the alphabets without a gap begin: bold, italic, script, Fraktur, sans, monospace; circled.
_ALPHABETS = (0x1D400, 0x1D468, 0x1D4D0, 0x1D56C, 0x1D5A0, 0x1D5D4, 0x1D608, 0x1D670, 0x24B6)
_LEET = {"a": "4@", "b": "8", "e": "3", "i": "1!", "l": "1", "o": "0", "s": "5$", "t": "7"}
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_FRAMES = (("||", "||"), ("**", "**"), ("~~", "~~"), ("*", "*"), (">!", "!<"), ("`", "`"), ("__", "__"))
_GAPS = (" ", ".", "-")
# Without a mood of their own, so that a comment's labels still hold.
_EMOJI = "\U0001f440\U0001f4cc\U0001f3a7\u2615\U0001f30d\U0001f438\U0001f4f7\U0001f3c0"


def homoglyphs(text: str, rng: random.Random, rate: float) -> str:
    """Look-alikes from other scripts; at least one letter of the text stays, as in real ones."""
    changed = _letters(text, lambda each: _ALIKE[each] if each in _ALIKE and rng.random() < rate else each)
    if changed == text or re.search("[A-Za-z]", _MASK.sub("", changed)):
        return changed
    first = next(place for place, each in enumerate(text) if changed[place] != each)
    return changed[:first] + text[first] + changed[first + 1 :]


def zero_width(text: str, rng: random.Random, rate: float) -> str:
    """Characters that nobody sees, behind letters."""
    return _letters(text, lambda each: each + rng.choice(_ZERO_WIDTH) if rng.random() < rate else each)


def full_width(text: str, rng: random.Random, rate: float) -> str:
    """Letters as wide as Chinese ones."""
    return _letters(text, lambda each: chr(ord(each) + _FULL_WIDTH) if rng.random() < rate else each)


def stylised(text: str, rng: random.Random, rate: float) -> str:
    """Letters of one mathematical or circled alphabet."""
    start = rng.choice(_ALPHABETS)

    def styled(letter: str) -> str:
        place = ord(letter) - (ord("A") if letter.isupper() else ord("a") - 26)
        return chr(start + place) if rng.random() < rate else letter

    return _letters(text, styled)


def leet(text: str, rng: random.Random, rate: float) -> str:
    """Digits and signs for the letters that they resemble."""

    def written(letter: str) -> str:
        signs = _LEET.get(letter.lower())
        return rng.choice(signs) if signs and rng.random() < rate else letter

    return _letters(text, written)


def stretched(text: str, rng: random.Random, rate: float) -> str:
    """A letter of a word three to six times."""

    def longer(word: str) -> str:
        at = rng.randrange(len(word))
        return word[:at] + word[at] * rng.randint(3, 6) + word[at + 1 :]

    return _words(text, rng, rate, longer)


def typos(text: str, rng: random.Random, rate: float) -> str:
    """Neighbouring keys, swapped, missing and doubled letters; the rate is the share of letters."""
    return "".join(part if _MASK.fullmatch(part) else _mistyped(part, rng, rate) for part in _parts(text))


def spaced_out(text: str, rng: random.Random, rate: float) -> str:
    """Words of three letters and more with a gap behind each letter."""
    return _words(text, rng, rate, lambda word: rng.choice(_GAPS).join(word), _LONG_WORD)


def casing(text: str, rng: random.Random, rate: float) -> str:
    """The text in capitals, in small letters, or in both at random."""
    change = rng.choice((str.upper, str.lower, str.swapcase))
    at_random = change is str.swapcase
    if not at_random:
        return _words(text, rng, rate, change)
    return _letters(text, lambda each: change(each) if rng.random() < rate / 2 else each)


def markup(text: str, rng: random.Random, rate: float) -> str:
    """Words in bold, as a spoiler, struck through, as code."""

    def framed(word: str) -> str:
        before, behind = rng.choice(_FRAMES)
        return f"{before}{word}{behind}"

    return _words(text, rng, rate, framed, _LONG_WORD)


def emoji(text: str, rng: random.Random, rate: float) -> str:
    """One to three emoji of no particular mood at the end; the rate is the share of texts."""
    return f"{text} {rng.choice(_EMOJI) * rng.randint(1, 3)}" if rng.random() < rate else text


ATTACKS: Mapping[str, Attack] = MappingProxyType(
    {
        "homoglyphs": homoglyphs,
        "zero_width": zero_width,
        "full_width": full_width,
        "stylised": stylised,
        "leet": leet,
        "stretched": stretched,
        "typos": typos,
        "spaced_out": spaced_out,
        "casing": casing,
        "markup": markup,
        "emoji": emoji,
    }
)

STRENGTHS: Mapping[str, float] = MappingProxyType(
    dict.fromkeys(ATTACKS, 0.5)
    | {"full_width": 1.0, "stylised": 1.0, "typos": 0.1, "casing": 1.0, "emoji": 1.0}
)
"""The rate at which robustness is measured, by attack."""


def _parts(text: str) -> list[str]:
    """The text, cut before and behind each mask."""
    return _MASK.split(text)


def _letters(text: str, change: Callable[[str], str]) -> str:
    """Every ASCII letter outside of masks changed."""
    return "".join(
        part
        if _MASK.fullmatch(part)
        else "".join(change(each) if each.isascii() and each.isalpha() else each for each in part)
        for part in _parts(text)
    )


def _words(
    text: str,
    rng: random.Random,
    rate: float,
    change: Callable[[str], str],
    pattern: re.Pattern[str] = _WORD,
) -> str:
    """A share of the words outside of masks changed."""

    def maybe(match: re.Match[str]) -> str:
        return change(match[0]) if rng.random() < rate else match[0]

    return "".join(part if _MASK.fullmatch(part) else pattern.sub(maybe, part) for part in _parts(text))


def _mistyped(text: str, rng: random.Random, rate: float) -> str:
    letters = list(text)
    for at, letter in enumerate(text):
        if not (letter.isascii() and letter.isalpha() and rng.random() < rate):
            continue
        slip = rng.choice(("neighbour", "swap", "drop", "double"))
        if slip == "neighbour":
            letters[at] = _neighbour(letter, rng)
        elif slip == "drop":
            letters[at] = ""
        elif slip == "double":
            letters[at] = letter * 2
        elif at + 1 < len(text) and text[at + 1].isalpha():
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def _neighbour(letter: str, rng: random.Random) -> str:
    """A key beside the letter's own, in the same case."""
    row = next(row for row in _KEYS if letter.lower() in row)
    at = row.index(letter.lower())
    other = rng.choice([row[place] for place in (at - 1, at + 1) if 0 <= place < len(row)])
    return other.upper() if letter.isupper() else other
