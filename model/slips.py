"""Slips of the fingers: which words a typed one may have been meant as, and how likely each is.

A noisy channel. What a candidate costs is the negative logarithm of a probability: that of the word
(`model.vocabulary`) plus that of the slip, after what is known of typing: neighbouring keys, two letters
in the wrong order, a letter dropped or struck twice are common; other slips are not, least of all in the
first letter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from model import vocabulary

LONGEST = 20
"""Letters: what is longer is no word that anybody mistyped."""

_ROWS = ("qwertyuiop", "asdfghjkl'", "zxcvbnm")
_KEY = 2  # half keys
_VOWELS = frozenset("aeiou")
_SWAPPED = 3.0
_DOUBLED = 3.0
_HALVED = 3.0
_DROPPED = 4.0
_NEIGHBOUR = 4.0
_VOWEL = 4.5
_ADDED = 6.0
_OTHER = 7.0
_APOSTROPHE = 2.5
_FIRST = 2.0
_IMPOSSIBLE = float("inf")


@dataclass(frozen=True, slots=True)
class Meant:
    """A candidate; what it costs with its slips, and what these cost alone, in nats."""

    word: str
    cost: float
    slips: float


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The words of one length, with the letters of each as bits."""

    words: list[str]
    letters: npt.NDArray[np.uint64]


def likeliest(typed: str, slips: int) -> list[Meant]:
    """The two likeliest known words at most `slips` slips away from `typed` (lower case), the best first.

    Looks at the words of almost the same letters only: some ten of 23,000.
    """
    found = sorted(_candidates(typed, slips), key=lambda each: each.cost)
    return found[:2]


def slip_cost(meant: str, typed: str, slips: int) -> float:
    """What at most `slips` slips cost that turn one word into the other; infinite where more are needed."""
    return _from(meant, typed, 0, 0, slips)


def load() -> None:
    """Build the index now (some 30 ms)."""
    _shelves()


def _candidates(typed: str, slips: int) -> Iterator[Meant]:
    shelves, bits = _shelves(), _bits(typed)
    for length in range(len(typed) - slips, len(typed) + slips + 1):
        shelf = shelves.get(length)
        if shelf is None:
            continue
        apart = 2 * slips - abs(length - len(typed))
        for place in np.flatnonzero(np.bitwise_count(shelf.letters ^ bits) <= apart):
            word = shelf.words[place]
            cost = _from(word, typed, 0, 0, slips)
            if cost < _IMPOSSIBLE:
                yield Meant(word, cost + vocabulary.costs()[word], cost)


def _from(meant: str, typed: str, i: int, j: int, slips: int) -> float:
    while i < len(meant) and j < len(typed) and meant[i] == typed[j]:
        i, j = i + 1, j + 1
    if len(meant) - i == 0 == len(typed) - j:
        return 0.0
    if slips == 0 or abs(len(meant) - i - len(typed) + j) > slips:
        return _IMPOSSIBLE
    a, b = meant[i : i + 1], typed[j : j + 1]
    best = _IMPOSSIBLE
    if a and b:
        best = _struck_for(a, b) + _from(meant, typed, i + 1, j + 1, slips - 1)
        if meant[i + 1 : i + 2] == b and typed[j + 1 : j + 2] == a:
            best = min(best, _SWAPPED + _from(meant, typed, i + 2, j + 2, slips - 1))
    if a:
        best = min(best, _dropped(meant, i) + _from(meant, typed, i + 1, j, slips - 1))
    if b:
        best = min(best, _added(meant, typed, i, j) + _from(meant, typed, i, j + 1, slips - 1))
    return best + _FIRST if i == 0 else best


def _struck_for(meant: str, typed: str) -> float:
    if typed in _neighbours()[meant]:
        return _NEIGHBOUR
    return _VOWEL if meant in _VOWELS and typed in _VOWELS else _OTHER


def _dropped(meant: str, i: int) -> float:
    if meant[i] == "'":
        return _APOSTROPHE
    return _HALVED if meant[i] in (meant[i - 1 : i], meant[i + 1 : i + 2]) else _DROPPED


def _added(meant: str, typed: str, i: int, j: int) -> float:
    around = meant[max(i - 1, 0) : i + 1]
    if typed[j] in around:
        return _DOUBLED
    return _NEIGHBOUR + 1 if any(typed[j] in _neighbours()[each] for each in around) else _ADDED


def _bits(word: str) -> np.uint64:
    once = twice = 0
    for letter in word:
        bit = 1 << _BIT.get(letter, 26)
        twice |= once & bit
        once |= bit
    return np.uint64(once | twice << 32)


_BIT = {chr(ord("a") + place): place for place in range(26)}


@cache
def _neighbours() -> dict[str, frozenset[str]]:
    """The keys that touch each letter's own."""
    at = {key: (row, place) for row, keys in enumerate(_ROWS) for place, key in enumerate(keys)}

    def touch(one: str, other: str) -> bool:
        (row, place), (row_2, place_2) = at[one], at[other]
        # Each row stands half a key to the right of the one above it.
        return one != other and abs(row - row_2) <= 1 and abs(2 * (place - place_2) + row - row_2) <= _KEY

    return {one: frozenset(other for other in at if touch(one, other)) for one in at}


@cache
def _shelves() -> dict[int, _Shelf]:
    by_length: dict[int, list[str]] = {}
    for word in vocabulary.costs():
        by_length.setdefault(len(word), []).append(word)
    return {length: _shelf(words) for length, words in by_length.items() if length <= LONGEST + 2}


def _shelf(words: list[str]) -> _Shelf:
    """The bits of `_bits` for many words at once."""
    codes = np.frombuffer("".join(words).encode("ascii"), np.uint8).reshape(len(words), -1)
    places = np.where(codes == ord("'"), 26, codes - ord("a")).astype(np.uint64)
    each = np.left_shift(np.uint64(1), places)
    once = np.zeros(len(words), np.uint64)
    twice = np.zeros(len(words), np.uint64)
    for column in each.T:
        twice |= once & column
        once |= column
    return _Shelf(words, once | np.left_shift(twice, np.uint64(32)))
