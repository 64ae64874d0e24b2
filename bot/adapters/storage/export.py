"""What may leave the installation. It tells about no person: a private chat is one, so it stays out."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, exists, func, literal, not_, select

from bot.adapters.storage.chat_tables import chats, own_phrases
from bot.adapters.storage.engines import database_url, reader_engine
from bot.adapters.storage.tables import channels, decisions


def exported(url: str) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """Chats' own settings and phrases, and how many decisions there were each day (UTC), ready for JSON."""
    engine = reader_engine(database_url(url))
    try:
        with engine.begin() as connection:
            return {
                "settings": _settings(connection),
                "phrases": _phrases(connection),
                "days": _days(connection),
            }
    finally:
        engine.dispose()


def _settings(connection: Connection) -> list[dict[str, Any]]:
    query = select(channels.c.platform, channels.c.channel_id, channels.c.overrides.label("settings"))
    return _all(connection, query.where(_of_many(channels)).order_by(*channels.primary_key))


def _phrases(connection: Connection) -> list[dict[str, Any]]:
    columns = ("platform", "channel_id", "phrase_id", "text", "emotions", "muted")
    query = select(*(own_phrases.c[name] for name in columns)).where(_of_many(own_phrases))
    return _all(connection, query.order_by(*own_phrases.primary_key))


def _days(connection: Connection) -> list[dict[str, Any]]:
    day = func.date(decisions.c.decided_at)
    kinds = (decisions.c.platform, decisions.c.origin, decisions.c.action, decisions.c.reason)
    query = select(day.label("day"), *kinds, func.count().label("decisions"))
    return _all(connection, query.group_by(day, *kinds).order_by(day, *kinds))


def _of_many(table: Table) -> ColumnElement[bool]:
    """Known to be no private chat: a chat says so itself, and an API key names its channels."""
    same = chats.c.platform == table.c.platform, chats.c.channel_id == table.c.channel_id
    known = exists(select(literal(1)).where(*same, not_(chats.c.private)))
    place = channels.alias("place")
    here = place.c.platform == table.c.platform, place.c.channel_id == table.c.channel_id
    owned = exists(select(literal(1)).where(*here, place.c.owner.is_not(None)))
    return known | owned


def _all(connection: Connection, query: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]
