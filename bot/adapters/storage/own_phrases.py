"""A chat's own phrases, and those of the book that it does not want."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete
from sqlalchemy.dialects.sqlite import insert

from bot.adapters.storage.asked import OWN_PHRASES, parameters
from bot.adapters.storage.chat_tables import own_phrases
from bot.domain.messages import ChannelKey, Platform
from bot.domain.own_phrases import OwnPhrase


class OwnPhraseStatements:
    """`OwnPhraseQueries` over one connection."""

    _connection: Connection

    def own_phrases(self, keys: Collection[ChannelKey]) -> Mapping[ChannelKey, Sequence[OwnPhrase]]:
        """What these chats changed in the book, own phrases first; chats that changed nothing are absent."""
        if not keys:
            return {}
        found: dict[ChannelKey, list[OwnPhrase]] = {}
        for row in self._connection.execute(OWN_PHRASES, parameters(keys)):
            found.setdefault((Platform(row.platform), row.channel_id), []).append(_own_phrase(row))
        return {key: sorted(own, key=_in_order) for key, own in found.items()}


class OwnPhraseChanges(OwnPhraseStatements):
    """`OwnPhraseTransaction` over the writer's connection."""

    def keep_own_phrase(self, key: ChannelKey, phrase: OwnPhrase, *, at: datetime) -> None:
        """Insert or replace one phrase of a chat."""
        values: dict[str, Any] = {
            "text": phrase.text,
            "emotions": sorted(phrase.emotions),
            "muted": phrase.muted,
            "changed_at": at,
        }
        statement = insert(own_phrases).values(
            platform=key[0], channel_id=key[1], phrase_id=phrase.id, **values
        )
        index = ["platform", "channel_id", "phrase_id"]
        self._connection.execute(statement.on_conflict_do_update(index_elements=index, set_=values))

    def drop_own_phrase(self, key: ChannelKey, phrase_id: str) -> None:
        """The chat says nothing about this phrase any more, if it did."""
        self._connection.execute(
            delete(own_phrases).where(
                own_phrases.c.platform == key[0],
                own_phrases.c.channel_id == key[1],
                own_phrases.c.phrase_id == phrase_id,
            )
        )


def _own_phrase(row: Row[Any]) -> OwnPhrase:
    return OwnPhrase(id=row.phrase_id, text=row.text, emotions=frozenset(row.emotions), muted=row.muted)


def _in_order(phrase: OwnPhrase) -> tuple[bool, int, str]:
    return phrase.text is None, len(phrase.id) if phrase.text is not None else 0, phrase.id
