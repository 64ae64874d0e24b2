"""The words that the encoder knows whole, most frequent first: what a disguised word may turn out to be.

`words.txt` lists the lower-case ASCII words of the encoder's WordPiece vocabulary (BERT base uncased,
Apache-2.0) in its order, which is roughly that of their frequency. A test holds it against the shipped
tokenizer.
"""

from functools import cache
from importlib.resources import files
from math import log

_SHORTEST_STEM = 3
_ENDINGS = (
    ("s", ""),
    ("es", ""),
    ("ies", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("in", ""),
    ("er", ""),
    ("est", ""),
    ("ly", ""),
    ("ness", ""),
    ("less", ""),
    ("y", ""),
)
_LONGEST_PIECE = 14
_SHORTEST_WORD = 3
# Of the vocabulary's many short entries, those that are words.
SHORT_WORDS = frozenset(
    {
        "a",
        "i",
        "am",
        "an",
        "as",
        "at",
        "be",
        "by",
        "do",
        "go",
        "he",
        "hi",
        "if",
        "in",
        "is",
        "it",
        "me",
        "my",
        "no",
    }
    | {"of", "oh", "on", "or", "so", "to", "up", "us", "we"}
)
_SHORT_RANK = 10
# Chat words that the vocabulary lacks, by how common a word they count as.
_CHAT = dict.fromkeys(("lol", "wtf", "omg", "lmao"), 2_000) | dict.fromkeys(
    ("haha", "yay", "aww", "ugh", "oof", "ooh", "woosh", "whoosh", "swoosh", "yeet"), 9_000
)


@cache
def ranks() -> dict[str, int]:
    """Each word's place in the list, 0 for the most frequent."""
    words = files("model").joinpath("words.txt").read_text(encoding="ascii").split()
    return _CHAT | {word: place for place, word in enumerate(words)}


def rank(word: str) -> int | None:
    """How far down the list the word stands, in any case; a regular form stands behind its stem.

    None for what is no known word. One letter is none.
    """
    known, lower = ranks(), word.lower()
    if (place := known.get(lower)) is not None:
        return place
    for ending, instead in _ENDINGS:
        stem = lower[: -len(ending)]
        if lower.endswith(ending) and len(stem) >= _SHORTEST_STEM and (place := known.get(stem + instead)):
            return place + len(known)
    return None


def split(letters: str) -> list[str] | None:
    """The likeliest words that `letters` is written of without gaps; None when it is none of known words.

    By Zipf's law a word's probability falls with its rank, so the best split has the least sum of
    log ranks. At most `len(letters) * 14` look-ups.
    """
    known, lower = ranks(), letters.lower()
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(letters) + 1):
        options = (
            (best[start][0] + _cost(known, lower[start:end]), start)
            for start in range(max(0, end - _LONGEST_PIECE), end)
        )
        best.append(min(options))
    if best[-1][0] == float("inf"):
        return None
    pieces, end = [], len(letters)
    while end:
        start = best[end][1]
        pieces.append(letters[start:end])
        end = start
    return pieces[::-1]


def _cost(known: dict[str, int], word: str) -> float:
    short = len(word) < _SHORTEST_WORD
    place = _SHORT_RANK if short and word in SHORT_WORDS else None if short else known.get(word)
    return float("inf") if place is None else log((place + 10) * 12)
