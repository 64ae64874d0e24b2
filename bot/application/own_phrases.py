"""What the store is asked and told about a chat's own phrases, and those of the book it does not want."""

from typing import Protocol


class OwnPhraseQueries(Protocol):
    """The part of `ports.Queries` about phrases."""


class OwnPhraseTransaction(OwnPhraseQueries, Protocol):
    """The part of `ports.Transaction` about phrases."""
