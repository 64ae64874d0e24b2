"""Many texts in shares for several threads: of like length, since those of one length may share a run."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Final

from model.classifier import Scores

_TEXTS_AT_ONCE: Final = 16
_CHARACTERS_AT_ONCE: Final = 4_000
"""What a thread takes at most, one text at least: whoever cancels waits for no more than that."""


class Batch:
    """Texts that several threads share out among themselves."""

    def __init__(self, texts: Sequence[str], threads: int) -> None:
        self.texts = texts
        self.stopped = False
        self._shares = list(_shares(texts, threads))
        self._turn = count()  # `next` on it is one step for the interpreter: no text is taken twice
        self._results: list[Scores | None] = [None] * len(texts)

    def next(self) -> Sequence[int]:
        """The places of the next texts; none = nothing more to do."""
        if self.stopped:
            return ()
        turn = next(self._turn)
        return self._shares[turn] if turn < len(self._shares) else ()

    def take(self, places: Sequence[int], scores: Sequence[Scores]) -> None:
        """What was found at those places."""
        for place, found in zip(places, scores, strict=True):
            self._results[place] = found

    def scores(self) -> list[Scores]:
        """Everything, once it is done."""
        return [scores for scores in self._results if scores is not None]


def _shares(texts: Sequence[str], threads: int) -> Iterator[list[int]]:
    """Places of texts of like length, the longest first; so few that no thread stands idle at the end."""
    most = max(1, min(_TEXTS_AT_ONCE, len(texts) // (4 * threads)))
    share: list[int] = []
    characters = 0
    for place in sorted(range(len(texts)), key=lambda place: len(texts[place]), reverse=True):
        characters += len(texts[place])
        if share and (len(share) == most or characters > _CHARACTERS_AT_ONCE):
            yield share
            share, characters = [], len(texts[place])
        share.append(place)
    if share:
        yield share
