"""Chats and updates, as the store is asked and told about them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.adapters.storage.chat_tables import chats, failed_updates, handled_updates, own_phrases
from bot.adapters.storage.overrides import raw
from bot.adapters.storage.tables import channels, replies
from bot.application.chats import Chat
from bot.application.updates import FailedUpdate
from bot.domain.channels import ChannelSettings
from bot.domain.messages import ChannelKey, Platform
from bot.domain.replies import ReplyState


class ConversationQueries:
    """`ChatQueries` and `UpdateQueries` over one connection."""

    _connection: Connection

    def chats(self, keys: Collection[ChannelKey]) -> Mapping[ChannelKey, Chat]:
        """These chats; those that the bot never met are absent."""
        by_platform: dict[Platform, list[str]] = {}
        for platform, channel_id in keys:
            by_platform.setdefault(platform, []).append(channel_id)
        found: dict[ChannelKey, Chat] = {}
        for platform, ids in by_platform.items():
            query = select(chats).where(chats.c.platform == platform, chats.c.channel_id.in_(ids))
            found |= {chat.key: chat for chat in map(_chat, self._connection.execute(query))}
        return found

    def chats_of(self, platform: Platform) -> Sequence[Chat]:
        """Every chat of a platform, in order of its id."""
        query = select(chats).where(chats.c.platform == platform).order_by(chats.c.channel_id)
        return [_chat(row) for row in self._connection.execute(query)]

    def failed_updates(self, account: str, *, since: datetime, limit: int) -> Sequence[FailedUpdate]:
        """The newest ones first."""
        query = (
            select(failed_updates)
            .where(failed_updates.c.account == account, failed_updates.c.at >= since)
            .order_by(failed_updates.c.at.desc(), failed_updates.c.id.desc())
            .limit(limit)
        )
        return [
            FailedUpdate(
                account=row.account, update_id=row.update_id, kind=row.kind, error=row.error, at=row.at
            )
            for row in self._connection.execute(query)
        ]


class ConversationTransaction(ConversationQueries):
    """`ChatTransaction` and `UpdateTransaction` over the writer's connection."""

    def keep_chat(self, chat: Chat) -> None:
        """Insert or replace what stands about a chat."""
        platform, channel_id = chat.key
        values: dict[str, Any] = {
            "private": chat.private,
            "noticed_at": chat.noticed_at,
            "shadow_since": chat.shadow_since,
            "whispers": chat.whispers,
            "silenced": chat.silenced,
            "contact": chat.contact,
            "notes_to": list(chat.notes_to),
            "told": dict(chat.told),
            "experiment_consent_at": chat.experiment_consent_at,
        }
        statement = insert(chats).values(platform=platform, channel_id=channel_id, **values)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["platform", "channel_id"], set_=values)
        )

    def set_channel(self, key: ChannelKey, changes: Mapping[str, object], *, at: datetime) -> None:
        """Overlay a chat's own settings by these fields of `ChannelSettings`; the others stay."""
        ChannelSettings().overlaid(changes)  # refuses a name that does not exist
        written = {name: raw(value) for name, value in changes.items()}
        place = _at(channels, key)
        before = self._connection.scalar(select(channels.c.overrides).where(*place))
        if before is None:
            row = {"platform": key[0], "channel_id": key[1], "overrides": written, "created_at": at}
            self._connection.execute(insert(channels).values(**row))
            return
        self._connection.execute(update(channels).where(*place).values(overrides={**before, **written}))

    def replace_channel(self, old: ChannelKey, new: ChannelKey, *, at: datetime) -> None:
        """A chat got another id: settings, notice, own phrases and pending replies go along. Idempotent.

        A move is told more than once, and what was on its way meanwhile may leave a fresh row under either
        id. The one that began first is the chat; the other goes.
        """
        del at
        arrived = self._stands_since(new) is not None
        stale = old if arrived and not self._began_before(old, new) else new
        for table in (channels, chats, own_phrases):
            if stale == new and not self._holds(table, old):
                continue
            self._connection.execute(delete(table).where(*_at(table, stale)))
            self._connection.execute(
                update(table).where(*_at(table, old)).values(platform=new[0], channel_id=new[1])
            )
        self._connection.execute(
            update(replies)
            # One that is on the wire comes back here if nothing was stored.
            .where(*_at(replies, old), replies.c.state.in_([ReplyState.PENDING, ReplyState.SENDING]))
            .values(platform=new[0], channel_id=new[1])
        )

    def _began_before(self, one: ChannelKey, other: ChannelKey) -> bool:
        first, second = self._stands_since(one), self._stands_since(other)
        return first is not None and second is not None and first < second

    def _stands_since(self, key: ChannelKey) -> datetime | None:
        """Since when a chat has settings of its own."""
        return self._connection.scalar(select(channels.c.created_at).where(*_at(channels, key)))

    def _holds(self, table: Table, key: ChannelKey) -> bool:
        return (
            self._connection.scalar(select(table.c.channel_id).where(*_at(table, key)).limit(1)) is not None
        )

    def handle_once(self, account: str, update_id: int, *, at: datetime) -> bool:
        """Mark an update as handled; False where it was before, and its effect stands already."""
        statement = insert(handled_updates).values(account=account, update_id=update_id, at=at)
        return self._connection.execute(statement.on_conflict_do_nothing()).rowcount > 0

    def keep_failed(self, failed: FailedUpdate) -> None:
        """Remember an update that was skipped, once."""
        statement = insert(failed_updates).values(
            account=failed.account,
            update_id=failed.update_id,
            kind=failed.kind,
            error=failed.error,
            at=failed.at,
        )
        self._connection.execute(statement.on_conflict_do_nothing())

    def forget_updates(self, *, handled_before: datetime, failed_before: datetime) -> int:
        """Erase what was remembered of handled and of failed ones before then; how many rows."""
        ends = ((handled_updates, handled_before), (failed_updates, failed_before))
        return sum(
            self._connection.execute(delete(table).where(table.c.at < before)).rowcount
            for table, before in ends
        )


def _at(table: Table, key: ChannelKey) -> tuple[ColumnElement[bool], ...]:
    return table.c.platform == key[0], table.c.channel_id == key[1]


def _chat(row: Row[Any]) -> Chat:
    return Chat(
        key=(Platform(row.platform), row.channel_id),
        private=row.private,
        noticed_at=row.noticed_at,
        shadow_since=row.shadow_since,
        whispers=row.whispers,
        silenced=row.silenced,
        contact=row.contact,
        notes_to=tuple(row.notes_to),
        told=row.told,
        experiment_consent_at=row.experiment_consent_at,
    )
