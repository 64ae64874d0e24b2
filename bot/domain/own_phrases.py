"""A chat's own phrases, and those of the book that it does not want: what that makes of the book."""

import json
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from bot.domain.phrases import EMOTIONS, GENERAL, Phrase, PhraseBook
from bot.domain.phrasing import MAX_CHARACTERS

OWN: Final = "own-"
"""How ids of a chat's own phrases begin; a number follows."""
MOST: Final = 40
"""A chat may have so many phrases of its own, muted ones included."""

_LETTER: Final = re.compile(r"[^\W\d_]")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_JOINERS: Final = frozenset({"\u200c", "\u200d"})


class PhraseRefused(ValueError):
    """This cannot be a phrase, or cannot be muted; the message completes "This phrase …"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPhrase:
    """A phrase that a chat's admin wrote, or a phrase of the book that the chat muted.

    Attributes:
        text: None for a phrase of the book.
        emotions: what it may answer; empty for a phrase of the book.
        muted: never said.
    """

    id: str
    text: str | None = None
    emotions: frozenset[str] = frozenset()
    muted: bool = False


def written(text: str) -> str:
    """`text` as a phrase: one line, nothing unseen in it.

    Raises:
        PhraseRefused: it has no words, or is longer than the rules allow.
    """
    seen = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or character in _JOINERS or unicodedata.category(character) not in _UNSEEN
    )
    clean = " ".join(seen.split())
    if not _LETTER.search(clean):
        raise PhraseRefused("has no words")
    if len(clean) > MAX_CHARACTERS:
        raise PhraseRefused(f"is longer than {MAX_CHARACTERS} characters ({len(clean)})")
    return clean


def next_id(own: Iterable[OwnPhrase]) -> str:
    """An id that none of these has."""
    numbers = [int(each.id.removeprefix(OWN)) for each in own if each.text is not None]
    return f"{OWN}{max(numbers, default=0) + 1}"


def overlay(book: PhraseBook, own: Collection[OwnPhrase]) -> PhraseBook:
    """The book of a chat: with its own phrases, without the muted ones.

    Its version names both. Where nothing would be left to say to anybody (after a new book came, say), what
    is muted in the book counts for nothing: a chat is never without a phrase.
    """
    if not own:
        return book
    silent = {each.id for each in own if each.muted}
    added = tuple(_phrase(each) for each in own if each.text is not None and not each.muted)
    kept = tuple(phrase for phrase in book.phrases if phrase.id not in silent)
    changed = replace(book, version=f"{book.version}+{_digest(own)}", phrases=kept + added)
    return changed if speaks(changed) else replace(changed, phrases=book.phrases + added)


def speaks(book: PhraseBook) -> bool:
    """Whether every choice from this book finds a phrase."""
    return bool(book.pool(GENERAL, private=False))


def muted(book: PhraseBook, own: Collection[OwnPhrase], phrase_id: str) -> OwnPhrase:
    """That phrase, muted from now on.

    Raises:
        PhraseRefused: there is none of that id, or it is the last one that can always be said.
    """
    silent = replace(found(book, own, phrase_id), muted=True)
    quiet = {each.id for each in (*own, silent) if each.muted}
    general = {phrase.id for phrase in book.pool(GENERAL, private=False)}
    general |= {each.id for each in own if GENERAL in each.emotions}
    if not general - quiet:
        raise PhraseRefused("is the last one that fits when no feeling stands out; one has to stay")
    return silent


def found(book: PhraseBook, own: Collection[OwnPhrase], phrase_id: str) -> OwnPhrase:
    """What the chat says about a phrase of its own or of the book.

    Raises:
        PhraseRefused: there is none of that id.
    """
    for each in own:
        if each.id == phrase_id:
            return each
    if any(phrase.id == phrase_id for phrase in book.phrases):
        return OwnPhrase(id=phrase_id)
    raise PhraseRefused("does not exist")


def _phrase(own: OwnPhrase) -> Phrase:
    return Phrase(
        id=own.id,
        text=own.text or "",
        emotions=own.emotions or EMOTIONS,
        mechanisms=frozenset(),
        private_only=False,
        since=OWN,
    )


def _digest(own: Iterable[OwnPhrase]) -> str:
    stands = sorted((each.id, each.text, sorted(each.emotions), each.muted) for each in own)
    return sha256(json.dumps(stands).encode()).hexdigest()[:12]
