"""The phrase book, and which of its phrases answers a comment."""

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

GENERAL: Final = "general"
# fmt: off
EMOTIONS: Final = frozenset({
    "anger", "annoyance", "disappointment", "disapproval", "disgust", "embarrassment",
    "fear", "grief", "nervousness", "remorse", "sadness", GENERAL,
})
# fmt: on
MECHANISMS: Final = frozenset({"reaction", "interpretation"})
FITS: Final = frozenset({"anywhere", "private"})

_FIELDS: Final = frozenset({"id", "text", "emotions", "mechanisms", "fits", "since"})
_SLUG: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class PhraseBookError(ValueError):
    """A phrase book cannot be used; the message names the entry and the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One phrase, the emotions it fits, and the mechanisms of empathy it uses."""

    id: str
    text: str
    emotions: frozenset[str]
    mechanisms: frozenset[str]
    private_only: bool
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseChoice:
    """The phrase that answers a comment, and what it takes to choose it again.

    Attributes:
        pool: the emotion whose phrases were chosen from.
        pool_version: the version of the book.
        avoided: ids that the pool was really reduced by, sorted.
    """

    phrase_id: str
    text: str
    pool: str
    pool_version: str
    avoided: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseBook:
    """A version of the phrases that the bot may say."""

    version: str
    phrases: tuple[Phrase, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a book from TOML.

        Raises:
            PhraseBookError: not TOML; a field missing, unknown or of the wrong kind; an id used twice; an
                unknown emotion; or no phrase fits "general" anywhere, the last resort of every choice.
        """
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise PhraseBookError(f"phrase book: not TOML: {error}") from error
        unknown = document.keys() - {"version", "phrase"}
        if unknown:
            raise PhraseBookError(f"phrase book: {min(unknown)}: unknown field")
        entries = document.get("phrase")
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise PhraseBookError("phrase book: phrase: must be a list of [[phrase]] entries")
        book = cls(
            version=_text(document, "version", "phrase book"),
            phrases=tuple(_phrase(entry, number) for number, entry in enumerate(entries, start=1)),
        )
        _refuse_duplicates(book.phrases)
        if not book.pool(GENERAL, private=False):
            raise PhraseBookError(f"phrase book: emotions: no phrase fits {GENERAL!r} anywhere")
        return book

    def pool(self, emotion: str, *, private: bool) -> tuple[Phrase, ...]:
        """The phrases that fit `emotion`, in the order of the book."""
        return tuple(
            phrase
            for phrase in self.phrases
            if emotion in phrase.emotions and (private or not phrase.private_only)
        )


def choose(
    book: PhraseBook,
    *,
    emotion: str,
    seed: bytes,
    private: bool,
    avoid_author: Sequence[str],
    avoid_chat: Sequence[str],
) -> PhraseChoice:
    """Choose the phrase that answers a comment.

    The pool is what fits `emotion` (where nothing does: "general"), minus what the author and the chat got
    last. If that leaves nothing, memories are given up one by one until something is left: the chat's, oldest
    first, then the author's, oldest first.

    Rendezvous hashing: each phrase draws SHA-256(seed + id) and the highest wins, so a phrase that joins the
    book takes its own share of choices and moves no other. The same book, emotion, seed and `private`, with
    the `avoided` of an earlier choice as `avoid_author`, give that choice again.

    Args:
        book: the phrases to choose from.
        emotion: the strongest emotion; any text.
        seed: a keyed hash of the message's reference, 32 bytes.
        private: whether only the person reads it, so that private phrases fit too.
        avoid_author: ids that the author got, newest first.
        avoid_chat: ids that the chat got, newest first.

    Raises:
        PhraseBookError: the book has no phrase for this emotion and none for "general".
    """
    pool_name = emotion if book.pool(emotion, private=private) else GENERAL
    pool = book.pool(pool_name, private=private)
    if not pool:
        raise PhraseBookError(f"phrase book: emotions: no phrase fits {emotion!r} or {GENERAL!r}")
    avoided = _avoided(pool, (*avoid_author, *avoid_chat))
    chosen = max(
        (phrase for phrase in pool if phrase.id not in avoided),
        key=lambda phrase: hashlib.sha256(seed + phrase.id.encode()).digest(),
    )
    return PhraseChoice(
        phrase_id=chosen.id,
        text=chosen.text,
        pool=pool_name,
        pool_version=book.version,
        avoided=tuple(sorted(avoided)),
    )


def _avoided(pool: tuple[Phrase, ...], memory: Sequence[str]) -> frozenset[str]:
    """The ids of `pool` in the longest head of `memory` that leaves something to say."""
    ids = frozenset(phrase.id for phrase in pool)
    heads = (ids.intersection(memory[:kept]) for kept in range(len(memory), -1, -1))
    return next(head for head in heads if head != ids)


def _refuse_duplicates(phrases: tuple[Phrase, ...]) -> None:
    for phrase_id, times in Counter(phrase.id for phrase in phrases).items():
        if times > 1:
            raise PhraseBookError(f"phrase {phrase_id!r}: id: used {times} times")


def _phrase(entry: Mapping[str, object], number: int) -> Phrase:
    given = entry.get("id")
    where = f"phrase {given!r}" if isinstance(given, str) and given else f"phrase number {number}"
    phrase_id = _text(entry, "id", where)
    if not _SLUG.fullmatch(phrase_id):
        raise PhraseBookError(f"{where}: id: must be lower-case words joined by hyphens")
    unknown = entry.keys() - _FIELDS
    if unknown:
        raise PhraseBookError(f"{where}: {min(unknown)}: unknown field")
    fits = _text(entry, "fits", where)
    if fits not in FITS:
        raise PhraseBookError(f"{where}: fits: must be 'anywhere' or 'private', not {fits!r}")
    return Phrase(
        id=phrase_id,
        text=_text(entry, "text", where),
        emotions=_names(entry, "emotions", where, EMOTIONS),
        mechanisms=_names(entry, "mechanisms", where, MECHANISMS),
        private_only=fits == "private",
        since=_text(entry, "since", where),
    )


def _text(entry: Mapping[str, object], field: str, where: str) -> str:
    value = entry.get(field)
    if not isinstance(value, str) or not value.strip():
        raise PhraseBookError(f"{where}: {field}: must be a text that is not empty")
    return value


def _names(entry: Mapping[str, object], field: str, where: str, known: frozenset[str]) -> frozenset[str]:
    value = entry.get(field)
    if not isinstance(value, list) or not value:
        raise PhraseBookError(f"{where}: {field}: must be a list that is not empty")
    for name in value:
        if not isinstance(name, str) or name not in known:
            raise PhraseBookError(f"{where}: {field}: {name!r} is none of {', '.join(sorted(known))}")
    return frozenset(value)
