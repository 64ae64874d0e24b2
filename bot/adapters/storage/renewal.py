"""What a backup has to learn before it is the database again: what people asked for since it was made."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, delete, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.storage.chat_tables import chats, own_phrases
from bot.adapters.storage.forgetting import forget_admin, forget_author, forget_private_chat
from bot.adapters.storage.outbox import LAST_SEQUENCE, cancelled
from bot.adapters.storage.tables import (
    BACKED_UP_AT,
    FEED_FLOOR,
    channels,
    decisions,
    installation,
    left_alone,
    opt_outs,
    replies,
    texts,
)
from bot.adapters.storage.watch_tables import cursors
from bot.adapters.storage.watching import forget_messages
from bot.adapters.storage.wishes import Wishes, message, person, undone
from bot.domain.authors import AuthorKey
from bot.domain.decisions import ERASED
from bot.domain.messages import AuthorHash, MessageRef, Platform
from bot.domain.replies import ReplyState

Standing = tuple[Mapping[AuthorHash, datetime], Mapping[AuthorHash, datetime]]
"""Who does not want to be read, since when; who does not want to be answered, until when."""
_NOBODY: Final = Wishes(opt_outs={}, left_alone={}, read_again={}, erased={})
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the database that goes still says.

    Attributes:
        standing: people's wishes.
        cursors: how far each listing was read; whole rows.
        newest: the last number of its feed.
        whole: whether all wishes could be read; else those that could be.
    """

    standing: Standing = field(default_factory=lambda: ({}, {}))
    cursors: Sequence[Mapping[str, Any]] = ()
    newest: int = 0
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """What was done, in numbers: of rows that came back and were changed at once.

    Attributes:
        opt_outs: that the backup did not know.
        people, messages: forgotten again, because they were erased since.
        texts: erased, because their time is up.
        replies: that waited, and of which nobody knows whether they went out since.
    """

    opt_outs: int
    people: int
    messages: int
    texts: int
    replies: int


def renew(
    connection: Connection, wishes: Wishes | None, before: Before | None, *, key: AuthorKey, at: datetime
) -> Renewed:
    """Apply every wish to a copy of a backup, erase what is due, and send nothing twice.

    Args:
        connection: to the copy, in a transaction, with `secure_delete`.
        wishes: all that was written down; None = nothing was.
        before: of the database that goes; None = it cannot be read.
        key: of this installation.
        at: the present.
    """
    wishes, before = wishes or _NOBODY, before or Before()
    opted_out = _wish_again(connection, wishes, before.standing, at)
    _read_on(connection, before)
    people = _forget_people(connection, wishes, key, at)
    _forget_admins(connection, wishes, key)
    messages = _forget_messages(connection, wishes, at)
    erased = connection.execute(delete(texts).where(texts.c.expires_at <= at)).rowcount
    doubtful = _doubt(connection, at)
    _leap(connection, before.newest, at)
    connection.execute(delete(installation).where(installation.c.name == BACKED_UP_AT))
    return Renewed(opt_outs=opted_out, people=people, messages=messages, texts=erased, replies=doubtful)


def what_stood(connection: Connection) -> Before:
    """In a database of this version or an older one, which may be damaged: of each table what can be read."""
    silent, all_silent = _readable(connection, select(opt_outs.c.author, opt_outs.c.since))
    alone, all_alone = _readable(connection, select(left_alone.c.author, left_alone.c.until))
    listings, _ = _readable(connection, select(cursors))
    newest, _ = _readable(connection, LAST_SEQUENCE)
    return Before(
        standing=({row[0]: row[1] for row in silent}, {row[0]: row[1] for row in alone}),
        cursors=[dict(row._mapping) for row in listings],  # noqa: SLF001  # SQLAlchemy's public name for it
        newest=max((int(number) for (number,) in newest), default=0),
        whole=all_silent and all_alone,
    )


def _readable(connection: Connection, query: Select[Any]) -> tuple[Sequence[Any], bool]:
    """Rows up to the first that is damaged, and whether there is none."""
    found: list[Any] = []
    try:
        found.extend(connection.execute(query))
    except (SQLAlchemyError, sqlite3.Error, ValueError):  # ValueError: bytes that are no time
        return found, False
    return found, True


def standing(connection: Connection) -> Standing:
    """What stands there of people's wishes."""
    silent = connection.execute(select(opt_outs.c.author, opt_outs.c.since))
    alone = connection.execute(select(left_alone.c.author, left_alone.c.until))
    return {row[0]: row[1] for row in silent}, {row[0]: row[1] for row in alone}


def _wish_again(connection: Connection, wishes: Wishes, before: Standing, at: datetime) -> int:
    """Opt-outs of the backup stay unless they were taken back; how many came anew."""
    known, alone = standing(connection)
    for author, since in known.items():
        taken_back = wishes.read_again.get(undone(author))
        if taken_back is not None and taken_back >= since:
            connection.execute(delete(opt_outs).where(opt_outs.c.author == author))
    wished = {**before[0], **wishes.opt_outs}
    values = [{"author": author, "since": since} for author, since in wished.items()]
    if values:
        connection.execute(insert(opt_outs).on_conflict_do_nothing(), values)
    for more in (before[1], wishes.left_alone):
        alone = {**alone, **{who: max(until, alone.get(who, until)) for who, until in more.items()}}
    connection.execute(delete(left_alone))
    lasting = [{"author": who, "until": until} for who, until in alone.items() if until > at]
    if lasting:
        connection.execute(insert(left_alone), lasting)
    return len(wished.keys() - known.keys())


def _read_on(connection: Connection, before: Before) -> None:
    """Listings go on where they were: what was read since was answered then, and must not be again."""
    for row in before.cursors:
        same = cursors.c.account == row["account"], cursors.c.stream == row["stream"]
        connection.execute(delete(cursors).where(*same))
        connection.execute(insert(cursors).values(**row))


def _forget_people(connection: Connection, wishes: Wishes, key: AuthorKey, at: datetime) -> int:
    columns = (
        decisions.c.author,
        replies.c.author,
        *(table.c.channel_id for table in (channels, chats, own_phrases)),
    )
    found: set[str] = set()
    for column in columns:
        found |= {name for name in connection.scalars(select(column).distinct()) if name is not None}
    platforms: set[str] = set()
    for table in (decisions, replies, channels, chats, own_phrases):
        platforms |= set(connection.scalars(select(table.c.platform).distinct()))
    gone = [(AuthorHash(name), wishes.erased.get(person(AuthorHash(name)))) for name in sorted(found)]
    forgotten = [(author, until) for author, until in gone if until is not None]
    for author, until in forgotten:
        for platform in sorted(platforms):
            forget_private_chat(
                connection, author, platform=Platform(platform), unread=key.unread, until=until
            )
        forget_author(connection, author, at=at, until=until)
    return len(forgotten)


def _forget_admins(connection: Connection, wishes: Wishes, key: AuthorKey) -> None:
    """Who was forgotten after the backup is no chat's admin; the rows do not say since when they are."""
    made = connection.scalar(select(installation.c.value).where(installation.c.name == BACKED_UP_AT))
    made_at = datetime.fromisoformat(made) if made else None
    for row in connection.execute(select(chats.c.platform, chats.c.contact, chats.c.notes_to)).all():
        for platform_id in {row.contact, *row.notes_to} - {None}:
            until = wishes.erased.get(person(key.author(Platform(row.platform), platform_id)))
            if until is not None and (made_at is None or until >= made_at):
                forget_admin(connection, Platform(row.platform), platform_id)


def _forget_messages(connection: Connection, wishes: Wishes, at: datetime) -> int:
    query = select(
        decisions.c.id, decisions.c.platform, decisions.c.channel_id, decisions.c.message_id
    ).where(decisions.c.reason.not_in(ERASED))
    deleted = [row.id for row in connection.execute(query) if message(_ref(row)) in wishes.erased]
    for first in range(0, len(deleted), _AT_ONCE):
        forget_messages(connection, deleted[first : first + _AT_ONCE], at=at)
    return len(deleted)


def _doubt(connection: Connection, at: datetime) -> int:
    """What waited when the backup was made may have gone out since: nobody knows.

    Who opted out gets nothing, whatever becomes of the doubt: those that were not on their way are cancelled.
    """
    unwanted = replies.c.author.in_(select(opt_outs.c.author))
    connection.execute(cancelled(at).where(unwanted))
    waiting = replies.c.state.in_([ReplyState.PENDING, ReplyState.SENDING])
    values = {"state": ReplyState.UNCONFIRMED, "settled_at": at, "address": None, "detail": "restored"}
    return connection.execute(update(replies).where(waiting).values(**values)).rowcount


def _leap(connection: Connection, newest: int, at: datetime) -> None:
    """New replies get numbers past every one that readers of the feed may have seen; old ones keep theirs.

    Where the old database cannot tell its newest, the time in milliseconds is past it: fewer than a thousand
    a second were given.
    """
    here: int = connection.scalar(LAST_SEQUENCE) or 0
    floor = str(max(here, newest, int(at.timestamp() * 1000)))
    connection.execute(insert(installation).prefix_with("OR REPLACE").values(name=FEED_FLOOR, value=floor))


def _ref(row: object) -> MessageRef:
    return MessageRef(
        platform=Platform(getattr(row, "platform")),  # noqa: B009
        channel_id=getattr(row, "channel_id"),  # noqa: B009
        message_id=getattr(row, "message_id"),  # noqa: B009
    )
