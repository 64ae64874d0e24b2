"""Does a text say, in plain first-person words, that its author thinks of suicide or self-harm?

A first list of statements (`model.crisis_list`), not a medical device: it neither diagnoses nor finds
everybody. What it finds gets no ordinary phrase of support. It leans to silence, which costs little:
"this homework makes me want to die" counts, and so does a denial ("I don't want to kill myself, but …").
Only a few figures of speech are let pass.

Texts and statements are read alike: compatibility forms, accents, invisible characters, apostrophes and
markup are dropped, repeated letters count once, contractions are written out and fillers left out. Then
one walk down a tree of statements starts at each word, so time grows linearly with the text.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from model.crisis_list import ALONE, FIGURES, statements
from model.crisis_words import FILLERS, SPELLED_OUT

MAX_READ: Final = 40_000
"""Characters: as much as anybody can post on Reddit."""

# Apostrophes, spoilers and emphasis stand inside and around words; they go without leaving a gap.
_MARKS: Final = re.compile("[*~`|'\u00b4\u2018\u2019\u201b\u2032]")
_INVISIBLE: Final = frozenset({"Cf", "Mn", "Me"})
# Reddit escapes some characters, quotes and spoilers (">!") among them.
_APOSTROPHE: Final = re.compile("&(?:#39|#x27|apos|lsquo|rsquo);", re.IGNORECASE)
_ENTITY: Final = re.compile("&[a-z]{2,5};", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]+")
_REPEATED: Final = re.compile(r"([^\W\d_])\1+")

_Tree = dict[str, "_Tree"]
_END: Final = ""
"""Marks a node at which a statement ends; no word is empty."""


class CrisisGate:
    """The list as a yes or no. Keeps nothing of what it reads."""

    def __init__(self) -> None:
        self._spelled_out = {_once(short): _once(full) for short, full in SPELLED_OUT.items()}
        self._fillers = frozenset(map(_once, FILLERS))
        self._tree: _Tree = {}
        for statement in statements():
            self._plant(self._words(statement))
        self._figures = {_once(end): [self._words(each) for each in after] for end, after in FIGURES.items()}

    def __call__(self, text: str) -> bool:
        """Whether the first `MAX_READ` characters hold one of the statements."""
        words = self._words(text[:MAX_READ])
        if len(words) == 1 and words[0] in ALONE:
            return True
        # People drop the subject where a text begins: "want to die", "tired of living".
        openings = (words, ["i", *words[:20]], ["i", "am", *words[:20]])
        starts = (range(len(words)), (0,), (0,))
        return any(
            self._meant(each, start) for each, where in zip(openings, starts, strict=True) for start in where
        )

    def _meant(self, words: Sequence[str], start: int) -> bool:
        """Whether a statement begins here that is no figure of speech."""
        return any(not self._figurative(words, end) for end in self._ends(words, start))

    def _ends(self, words: Sequence[str], start: int) -> Iterator[int]:
        node = self._tree
        for index in range(start, len(words)):
            following = node.get(words[index])
            if following is None:
                return
            node = following
            if _END in node:
                yield index + 1

    def _figurative(self, words: Sequence[str], end: int) -> bool:
        figures = self._figures.get(words[end - 1], ())
        return any(words[end : end + len(after)] == after for after in figures)

    def _plant(self, statement: Sequence[str]) -> None:
        node = self._tree
        for word in statement:
            node = node.setdefault(word, {})
        node[_END] = {}

    def _words(self, text: str) -> list[str]:
        """The words as they are compared; see the module's own words."""
        found = (_once(word) for word in _WORD.findall(_MARKS.sub("", _plain(text))))
        written = (each for word in found for each in self._spelled_out.get(word, word).split(" "))
        return [word for word in written if word not in self._fillers]


def _once(text: str) -> str:
    """Repeated letters count once: "kiiiill" and "kill" are both "kil"."""
    return _REPEATED.sub(r"\1", text)


def _plain(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(" ", _APOSTROPHE.sub("", text))
    if not text.isascii():
        # Marks go first, too: normalising a long run of them takes time that grows with its square.
        # One character can decompose into eighteen, hence the second cut.
        text = _visible(unicodedata.normalize("NFKD", _visible(text))[: 2 * MAX_READ])
    return text.casefold()


def _visible(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each) not in _INVISIBLE)
