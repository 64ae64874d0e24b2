"""Prepared texts on their way from the crisis gate to the classifier, which both read them."""

from collections.abc import Callable
from threading import Lock

from model.preprocess import preprocess

MOST_KEPT = 64
"""Texts: one batch. What no classifier takes, a later one pushes out."""


class Prepared:
    """Prepares each text once. Safe to call from several threads at once.

    Holds the last few texts that were prepared and not taken, in memory and for no other use.

    Args:
        prepare: what it does with a text that it does not hold.
        most: how many it holds.
    """

    def __init__(self, prepare: Callable[[str], str] = preprocess, *, most: int = MOST_KEPT) -> None:
        self._prepare = prepare
        self._most = most
        self._kept: dict[str, str] = {}
        self._lock = Lock()

    def keep(self, text: str) -> str:
        """The prepared text, held for whoever takes it."""
        prepared = self._prepare(text)
        with self._lock:
            self._kept[text] = prepared
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        return prepared

    def take(self, text: str) -> str:
        """The prepared text, held no longer."""
        with self._lock:
            found = self._kept.pop(text, None)
        return self._prepare(text) if found is None else found
