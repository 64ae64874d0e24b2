"""How the crisis gate reads a text: its author's own words, evened out, with what stands around each.

Compatibility forms, accents, invisible characters, apostrophes and markup are dropped, repeated letters count
once, contractions are written out, frequent slips of the keyboard mended. Quoted lines are somebody else's.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from model.crisis_spelling import ALIKE, DISGUISED, FILLERS, KEYWORDS, SPELLED_OUT

MAX_READ: Final = 40_000
"""Characters: as much as anybody can post on Reddit."""

# Apostrophes, spoilers and emphasis stand inside and around words; they go without leaving a gap.
_MARKS: Final = re.compile("[*~`|'\u00b4\u2018\u2019\u201b\u2032]")
_INVISIBLE: Final = frozenset({"Cf", "Mn", "Me"})
# Reddit escapes some characters, quotes and spoilers (">!") among them.
_APOSTROPHE: Final = re.compile("&(?:#39|#x27|apos|lsquo|rsquo);", re.IGNORECASE)
_QUOTE_MARK: Final = re.compile("&(?:quot|ldquo|rdquo|#34);", re.IGNORECASE)
_ENTITY: Final = re.compile("&[a-z]{2,5};", re.IGNORECASE)
_QUOTED_LINE: Final = re.compile(
    r"^[ \t]*(?:>|&gt;)(?!!|<|\^|[:;=]\S|[._-]+[<>])[^\n]*$", re.MULTILINE | re.IGNORECASE
)
"""A quoted line in Markdown; not a face such as ">:(", and not a spoiler ">!".

Not the one of `model.markup`, which works on unescaped lines and reads ">..." and "> :(" as somebody's own:
another answer there would be another text preparation, and here another gate than the one that was measured.
"""
_LAUGHING: Final = re.compile("[\U0001f602\U0001f923\U0001f480\u2620\U0001f639\U0001f606]+")
_QUOTE: Final = re.compile('["\u201c\u201d][^"\u201c\u201d]{1,300}["\u201c\u201d]')
_PIECE: Final = re.compile(r"([^\W_]+(?:[!@$]+[^\W_]+)*)|([.!?;\n]+)")
_PART: Final = re.compile(r"[^\W_]+")
_SPACED_OUT: Final = re.compile(r"(?<!\w)[^\W\d_](?:[ .*_-][^\W\d_]){2,}(?!\w)")
_SEPARATORS: Final = re.compile(r"[ .*_-]")
_AS_LETTERS: Final = str.maketrans("013457!@$", "oieastias")
_REPEATED: Final = re.compile(r"([^\W\d_])\1+")
_TYPO_FROM: Final = 5
_SUBSTITUTED_FROM: Final = 7
"""Letters: in shorter words another letter too often makes another word (living, loving)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The words of a text, each with its place in it.

    Attributes:
        words: all of them, evened out.
        kept: positions of those that are compared: no fillers.
        sentence: the number of each word's sentence.
        quoted: whether a word stands between quotation marks.
        capital: whether a word was written with a capital letter.
    """

    words: Sequence[str]
    kept: Sequence[int]
    sentence: Sequence[int]
    quoted: Sequence[bool]
    capital: Sequence[bool]


def own_words(text: str) -> str:
    """`text` without the lines in which somebody else is quoted."""
    return _QUOTED_LINE.sub(" \n", text) if ">" in text or "&" in text else text


def read(text: str) -> Reading:
    """The words of a text of at most `MAX_READ` characters; linear in its length."""
    plain = _plain(text)
    spans = [match.span() for match in _QUOTE.finditer(plain)]
    words: list[str] = []
    sentence: list[int] = []
    quoted: list[bool] = []
    capital: list[bool] = []
    number = span = 0
    for match in _PIECE.finditer(plain):
        if match[1] is None:
            number += 1
            continue
        while span < len(spans) and spans[span][1] <= match.start():
            span += 1
        inside = span < len(spans) and spans[span][0] < match.start()
        for word in evened(match[1]):
            words.append(word)
            sentence.append(number)
            quoted.append(inside)
            capital.append(match[1][0].isupper())
    kept = [index for index, word in enumerate(words) if word not in _FILLERS]
    return Reading(words=words, kept=kept, sentence=sentence, quoted=quoted, capital=capital)


def compared(text: str) -> list[str]:
    """The words of a statement as they are compared with those of a text."""
    return [
        word for match in _PIECE.finditer(_plain(text)) for word in evened(match[0]) if word not in _FILLERS
    ]


@lru_cache(maxsize=8192)
def evened(written: str) -> tuple[str, ...]:
    """One written word as the words that it stands for: "Dont" is "do not", "kiiiill" is "kil"."""
    undisguised = once(written.casefold().translate(_AS_LETTERS))
    if undisguised in _DISGUISED:
        return _SPELLED_OUT.get(undisguised) or (undisguised,)
    return tuple(word for part in _PART.findall(written) for word in _evened(once(part.casefold())))


def _evened(word: str) -> tuple[str, ...]:
    return _SPELLED_OUT.get(word) or _SPELLED_OUT.get(mended := _mended(word)) or (mended,)


def once(text: str) -> str:
    """Repeated letters count once: "kiiiill" and "kill" are both "kil"."""
    return _REPEATED.sub(r"\1", text)


def _mended(word: str) -> str:
    """The keyword that `word` misses by one letter left out, doubled, swapped or (in long ones) mistaken."""
    if not _TYPO_FROM <= len(word) <= _LONGEST or word in _KEYWORDS or word in _ALIKE:
        return word
    shorter = set(_without_one(word))
    for keyword in _MISSED.get(word, ()) or (shorter & _KEYWORDS):
        if keyword[0] == word[0]:
            return keyword
    for near in shorter & _MISSED.keys():
        for keyword in _MISSED[near]:
            if keyword[0] == word[0] and _slipped(word, keyword):
                return keyword
    return word


def _slipped(word: str, keyword: str) -> bool:
    if len(word) != len(keyword):
        return False
    wrong = [index for index, letter in enumerate(word) if letter != keyword[index]]
    swapped = len(wrong) == 2 and sorted(word) == sorted(keyword)  # noqa: PLR2004
    return swapped or (len(wrong) == 1 and len(keyword) >= _SUBSTITUTED_FROM)


def _without_one(word: str) -> Iterator[str]:
    return (word[:index] + word[index + 1 :] for index in range(len(word)))


def _plain(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(" ", _QUOTE_MARK.sub('"', _APOSTROPHE.sub("", text)))
    if not text.isascii():
        # Marks go first, too: normalising a long run of them takes time that grows with its square.
        # One character can decompose into eighteen, hence the second cut.
        text = unicodedata.normalize("NFKD", _visible(_LAUGHING.sub(" lol ", text)))
        text = _visible(text[: 2 * MAX_READ])
    return _SPACED_OUT.sub(_joined, _MARKS.sub("", text))


def _joined(match: re.Match[str]) -> str:
    return _SEPARATORS.sub("", match[0])


def _visible(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each) not in _INVISIBLE)


_FILLERS: Final = frozenset(map(once, FILLERS.split()))
_SPELLED_OUT: Final = {once(short): tuple(map(once, full.split())) for short, full in SPELLED_OUT.items()}
_KEYWORDS: Final = frozenset(map(once, KEYWORDS.split()))
_DISGUISED: Final = frozenset(map(once, DISGUISED.split()))
_ALIKE: Final = frozenset(map(once, ALIKE.split()))
_LONGEST: Final = max(map(len, _KEYWORDS)) + 1
_MISSED: Final = {
    missing: tuple(sorted(keyword for keyword in _KEYWORDS if missing in set(_without_one(keyword))))
    for missing in sorted({each for keyword in _KEYWORDS for each in _without_one(keyword)})
}
