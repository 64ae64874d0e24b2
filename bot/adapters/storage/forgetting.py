"""Somebody is forgotten: what was found out about them is blanked, that a message was judged stays.

The columns of a decision that name nobody stay as they are: reports still count it, and a message that comes
again is still known. See `PeopleTransaction.forget`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, literal, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.adapters.storage.chat_tables import chats, feedback, own_phrases, reviews
from bot.adapters.storage.evidence import SCORES
from bot.adapters.storage.outbox import cancelled
from bot.adapters.storage.tables import channels, decisions, replies, texts
from bot.domain.decisions import FORGOTTEN
from bot.domain.messages import AuthorHash, MessageRef, Platform
from bot.domain.replies import ReplyState

_FOUND_OUT: Final = ("label", *SCORES, "emotions", "facts", "history", "model", "preprocessing")
_UNDERWAY: Final = (ReplyState.SENDING, ReplyState.UNCONFIRMED)


def forget_author(
    connection: Connection, author: AuthorHash, *, at: datetime, until: datetime | None = None
) -> None:
    """Blank decisions and replies; texts, feedback and reviews go. Pending replies are cancelled.

    With `until`, only what was decided no later: a restore forgets again what was forgotten then.

    What a reply said tells what its message was about, so that goes too. A reply that is on the wire at this
    moment, or of which nobody knows, ends there: should it have to be sent again, it has come too late.
    """
    theirs, answers = decisions.c.author == author, replies.c.author == author
    if until is not None:
        theirs = and_(theirs, decisions.c.decided_at <= until)
        answers = and_(answers, replies.c.created_at <= until)
    blank(connection, theirs, answers, reason=FORGOTTEN, at=at)


def blank(
    connection: Connection,
    theirs: ColumnElement[bool],
    answers: ColumnElement[bool],
    *,
    reason: str,
    at: datetime,
) -> int:
    """The same for any decisions and the replies to them, which say the reason; how many texts went."""
    judged = select(decisions.c.id).where(theirs)
    answered = select(replies.c.id).where(answers)
    connection.execute(delete(feedback).where(feedback.c.reply_id.in_(answered)))
    connection.execute(delete(reviews).where(reviews.c.decision_id.in_(judged)))
    erased = connection.execute(delete(texts).where(texts.c.decision_id.in_(judged))).rowcount
    connection.execute(cancelled(at).where(answers))
    underway = and_(answers, replies.c.state.in_(_UNDERWAY), replies.c.deadline > at)
    connection.execute(update(replies).where(underway).values(deadline=at))
    said: dict[str, Any] = {"text": "", "phrase_id": FORGOTTEN, "phrase_pool": FORGOTTEN, "avoided": []}
    connection.execute(update(replies).where(answers).values(author=None, address=None, priority=0, **said))
    connection.execute(
        update(decisions).where(theirs).values(author=None, reason=reason, **dict.fromkeys(_FOUND_OUT))
    )
    return erased


def forget_private_chat(
    connection: Connection,
    author: AuthorHash,
    *,
    platform: Platform,
    unread: Callable[[MessageRef], MessageRef],
    until: datetime | None = None,
) -> None:
    """Take the person out of the name of their private chat; what stands about that chat goes.

    Before `forget_author`: it finds the rows by their author. `until` as there.
    """
    for table, since in ((decisions, decisions.c.decided_at), (replies, replies.c.created_at)):
        mine = and_(table.c.author == author, table.c.private)
        if until is not None:
            mine = and_(mine, since <= until)
        found = connection.execute(
            select(table.c.id, table.c.platform, table.c.channel_id, table.c.message_id).where(mine)
        ).all()
        renamed = [{"row": row.id, "nobody": unread(_ref(row)).channel_id} for row in found]
        if renamed:  # OR REPLACE: the same message may stand there unread, which says no more than this row
            connection.execute(
                update(table)
                .prefix_with("OR REPLACE")
                .where(table.c.id == bindparam("row"))
                .values(channel_id=bindparam("nobody")),
                renamed,
            )
    stood = (
        (channels, channels.c.created_at),
        (chats, chats.c.noticed_at),
        (own_phrases, own_phrases.c.changed_at),
    )
    for about, begun in stood:
        which = and_(about.c.platform == platform, about.c.channel_id == author)
        if until is not None:
            which = and_(which, or_(begun.is_(None), begun <= until))
        connection.execute(delete(about).where(which))


def forget_admin(connection: Connection, platform: Platform, platform_id: str) -> None:
    """No chat knows this person as one of its admins any more."""
    query = select(chats.c.channel_id, chats.c.contact, chats.c.notes_to)
    for row in connection.execute(query.where(administered(platform, platform_id))).all():
        connection.execute(
            update(chats)
            .where(chats.c.platform == platform, chats.c.channel_id == row.channel_id)
            .values(
                contact=None if row.contact == platform_id else row.contact,
                notes_to=[each for each in row.notes_to if each != platform_id],
            )
        )


def administered(platform: Platform, platform_id: str) -> ColumnElement[bool]:
    """Chats that know this person as one of their admins."""
    told = func.json_each(chats.c.notes_to).table_valued("value", name="told")
    among = exists(select(literal(1)).select_from(told).where(told.c.value == platform_id))
    return and_(chats.c.platform == platform, or_(chats.c.contact == platform_id, among))


def _ref(row: Any) -> MessageRef:
    return MessageRef(platform=Platform(row.platform), channel_id=row.channel_id, message_id=row.message_id)
