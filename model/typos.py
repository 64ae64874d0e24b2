"""Mistyped words as what they were meant to be: "becuase", "definately".

A word is mended where a slip of the fingers (`model.slips`) is likelier than what stands there: a word that
no list has (`model.vocabulary`) or, in a text typed in haste, a rare one. It must stand in small letters, or
begin a sentence: a capital elsewhere may be a name. A text that is not plain English altogether stays.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from model import slips, vocabulary

# Not in addresses, paths, hyphenated and dotted words, masks.
_TOKEN = re.compile(
    r"(?<![\w@#/\\.:&'\[$-])[A-Za-z]{2,24}(?:'[A-Za-z]{1,3})?(?![\w@/\\\]]|[.:&'-]\w)",
)
_SENTENCE_BEGINS = re.compile(r"(?:\A|[.!?\n\"(]\s?)\Z")
_OWNER = re.compile(r"'(?:s|ll|re|ve|d|m)\Z")
_LOOK_BACK = 3

_MOST_UNKNOWN = 300
"""Words; a text with more of them is left alone, which bounds the work."""
_REMEMBERED = 8_192
"""Words, each with what became of it."""

_COMMON = 8.73
"""The cost of the 500th word: one of three words of plain English costs less, also in texts full of typos."""
_PLAIN_SHARE = 0.2
_UNKNOWN_SHARE = 0.15
_FEWEST_UNKNOWN = 2
_MENDED_SHARE = 0.5
_RARE = 10.8
"""What a listed word costs that may be a slip of a far more frequent one."""
_SHORTEST_RARE = 3
_FREQUENT = 9.4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typing:
    """How a text was typed.

    slip: the cost of any slip at all, in nats.
    unlisted, letter: what a word costs that no list has, and each letter of it.
    ahead: how much likelier than the next one the best candidate has to be.
    shortest: letters of the shortest word that is mended.
    long: letters from which on a word may have two slips.
    one, two: the most that one slip may cost, and two.
    rare: whether listed but rare words are mended too, and an ending that is more or less.
    """

    slip: float
    unlisted: float
    ahead: float
    shortest: int
    long: int
    one: float
    two: float
    rare: bool
    letter: float = 2.2


_CAREFUL = _Typing(slip=3.0, unlisted=3.5, ahead=1.5, shortest=4, long=9, one=5.5, two=7.0, rare=False)
_HASTY = _Typing(slip=1.0, unlisted=8.0, ahead=0.0, shortest=2, long=6, one=6.0, two=10.0, rare=True)


def mended(text: str) -> str:
    """The text with the words that are surely mistyped put right; its own result when mended again.

    Only words change, never what stands between them. The work is linear in the text's length.
    """
    words = list(_TOKEN.finditer(text))
    unknown = [word for word in words if not _known(word[0].lower())]
    if not unknown or len(unknown) > _MOST_UNKNOWN or not _plain(words):
        return text
    text = _with(text, unknown, _CAREFUL)
    words = list(_TOKEN.finditer(text))
    return _with(text, words, _HASTY) if _hasty(text, words) else text


def load() -> None:
    """Read the lists and build the index now (some 50 ms), which the first unknown word would wait for."""
    vocabulary.costs()
    slips.load()


def _plain(words: list[re.Match[str]]) -> bool:
    """Whether enough of the words are among the most common of English."""
    costs = vocabulary.costs()
    common = sum(costs.get(word[0].lower(), _RARE) < _COMMON for word in words)
    return common >= _PLAIN_SHARE * len(words)


def _hasty(text: str, words: list[re.Match[str]]) -> bool:
    """Whether many words are unknown, and most of these no more than mistyped."""
    unknown = [lower for word in words if not _known(lower := word[0].lower()) and _may_be_mended(text, word)]
    if len(unknown) < max(_FEWEST_UNKNOWN, _UNKNOWN_SHARE * len(words)):
        return False
    slipped = (not _ending(word, meant) for word in unknown if (meant := _meant(word, _HASTY)) != word)
    return sum(slipped) >= _MENDED_SHARE * len(unknown)


def _with(text: str, words: Iterable[re.Match[str]], typing: _Typing) -> str:
    parts, at = [], 0
    for word in words:
        lower = word[0].lower()
        meant = _meant(lower, typing)
        if meant == lower or not _may_be_mended(text, word):
            continue
        parts += [text[at : word.start()], meant.capitalize() if word[0][0].isupper() else meant]
        at = word.end()
    return "".join(parts) + text[at:]


def _may_be_mended(text: str, word: re.Match[str]) -> bool:
    if word[0].islower():
        return True
    before = text[max(0, word.start() - _LOOK_BACK) : word.start()]
    begins = word.start() == 0 or _SENTENCE_BEGINS.search(before) is not None
    return begins and word[0][1:].islower()


@lru_cache(_REMEMBERED)
def _known(word: str) -> bool:
    return vocabulary.known(word) or vocabulary.known(_OWNER.sub("", word))


@lru_cache(_REMEMBERED)
def _meant(word: str, typing: _Typing) -> str:
    """The word itself, or a likelier one. A rare word found is looked at again, so that this is final."""
    once = _likelier(word, typing)
    return once if once == word else _likelier(once, typing)


def _likelier(word: str, typing: _Typing) -> str:
    costs = vocabulary.costs()
    own = costs.get(word)
    if not typing.shortest <= len(word) <= slips.LONGEST:
        return word
    if own is not None and (not typing.rare or own < _RARE or len(word) < _SHORTEST_RARE):
        return word
    if own is None and _known(word):
        return word
    found = _candidates(word, own is not None, typing)
    itself = typing.unlisted + typing.letter * len(word) if own is None else own
    if not found or found[0].cost + typing.slip > itself:
        return word
    if len(found) > 1 and found[1].cost - found[0].cost < typing.ahead:
        return word
    return word if not typing.rare and _ending(word, found[0].word) else found[0].word


def _candidates(word: str, listed: bool, typing: _Typing) -> list[slips.Meant]:
    found = [each for each in slips.likeliest(word, 1) if each.slips <= typing.one]
    if listed:
        return [each for each in found if vocabulary.costs()[each.word] < _FREQUENT]
    if not found and len(word) >= typing.long:
        found = [each for each in slips.likeliest(word, 2) if each.slips <= typing.two and _twice(word, each)]
    return found


def _twice(word: str, meant: slips.Meant) -> bool:
    """Whether it takes two slips, not a single uncommon one."""
    return slips.slip_cost(meant.word, word, 1) == float("inf")


def _ending(word: str, other: str) -> bool:
    """Whether one is the other with more behind it: "narcotic" is no slip of "narcotics"."""
    return word.startswith(other) or other.startswith(word)
