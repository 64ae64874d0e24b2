"""What the store is asked and told about a chat's own phrases, and those of the book it does not want."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.messages import ChannelKey
from bot.domain.own_phrases import OwnPhrase


class OwnPhraseQueries(Protocol):
    """The part of `ports.Queries` about phrases."""

    def own_phrases(self, keys: Collection[ChannelKey]) -> Mapping[ChannelKey, Sequence[OwnPhrase]]:
        """What these chats changed in the book, own phrases first; chats that changed nothing are absent."""
        ...


class OwnPhraseTransaction(OwnPhraseQueries, Protocol):
    """The part of `ports.Transaction` about phrases."""

    def keep_own_phrase(self, key: ChannelKey, phrase: OwnPhrase, *, at: datetime) -> None:
        """Insert or replace one phrase of a chat."""
        ...

    def drop_own_phrase(self, key: ChannelKey, phrase_id: str) -> None:
        """The chat says nothing about this phrase any more, if it did."""
        ...
