"""What a person may ask for: what is stored about them, to be forgotten, to be left alone."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, delete, exists, func, or_, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.sql.elements import ColumnElement

from bot.adapters.storage.chat_tables import chats, feedback, own_phrases, reviews
from bot.adapters.storage.evidence import SCORES
from bot.adapters.storage.forgetting import administered, forget_admin, forget_author, forget_private_chat
from bot.adapters.storage.outbox import SEEN, cancelled
from bot.adapters.storage.tables import channels, decisions, left_alone, opt_outs, policies, replies, texts
from bot.adapters.storage.wishes import WishBook, person
from bot.application.people import Feedback, GivenReply, Kept
from bot.domain.crisis import CARD
from bot.domain.messages import AuthorHash, ChannelKey, MessageRef, Origin, Platform


class PeopleStatements:
    """`PeopleQueries` over one connection."""

    _connection: Connection

    def kept_of(self, author: AuthorHash, *, platform: Platform, platform_id: str, now: datetime) -> Kept:
        """What is stored about a person; `platform_id` is the platform's own name for them."""
        theirs = texts.join(decisions, texts.c.decision_id == decisions.c.id)
        said = feedback.join(replies, feedback.c.reply_id == replies.c.id)
        looked_at = reviews.join(decisions, reviews.c.decision_id == decisions.c.id)
        mine = decisions.c.author == author

        def at_home(table: Table) -> ColumnElement[bool]:
            """Rows of the private chat, which is called by its person's hash."""
            return and_(table.c.platform == platform, table.c.channel_id == author)

        def number(source: Any, condition: ColumnElement[bool]) -> Any:
            return select(func.count()).select_from(source).where(condition).scalar_subquery()

        row = self._connection.execute(
            select(
                number(decisions, mine).label("decisions"),
                number(theirs, mine).label("texts"),
                select(func.max(texts.c.expires_at))
                .select_from(theirs)
                .where(mine)
                .scalar_subquery()
                .label("texts_until"),
                number(replies, replies.c.author == author).label("replies"),
                number(said, replies.c.author == author).label("feedback"),
                number(looked_at, mine).label("reviews"),
                or_(exists().where(at_home(chats)), exists().where(at_home(channels))).label("own_chat"),
                number(own_phrases, at_home(own_phrases)).label("phrases"),
                select(opt_outs.c.since)
                .where(opt_outs.c.author == author)
                .scalar_subquery()
                .label("opted_out_since"),
                select(left_alone.c.until)
                .where(left_alone.c.author == author, left_alone.c.until > now)
                .scalar_subquery()
                .label("left_alone_until"),
                number(chats, administered(platform, platform_id)).label("administers"),
            )
        ).one()
        return Kept(**row._asdict())

    def given_reply(self, reply_id: int) -> GivenReply | None:
        """A reply by its row."""
        return self._given(_given_replies().where(replies.c.id == reply_id))

    def reply_seen_as(self, chat: ChannelKey, sent_message_id: str) -> GivenReply | None:
        """A reply by the id that its message has in the chat."""
        return self._given(
            _given_replies().where(
                replies.c.platform == chat[0],
                replies.c.channel_id == chat[1],
                replies.c.sent_message_id == sent_message_id,
            )
        )

    def reply_named(self, platform: Platform, sent_message_id: str) -> GivenReply | None:
        """The same where ids name messages of a whole platform."""
        named = replies.c.platform == platform, replies.c.sent_message_id == sent_message_id
        return self._given(_given_replies().where(*named).limit(1))

    def newest_reply_on(self, platform: Platform, author: AuthorHash) -> GivenReply | None:
        """The last one that this person may have seen in any chat."""
        theirs = replies.c.author == author, replies.c.platform == platform, replies.c.state.in_(SEEN)
        return self._given(_given_replies().where(*theirs).order_by(replies.c.id.desc()).limit(1))

    def refs_of(self, platform: Platform, message_id: str) -> Sequence[MessageRef]:
        """Live messages with this id that were answered, in any chat of the platform."""
        query = select(replies.c.channel_id).where(
            replies.c.platform == platform,
            replies.c.message_id == message_id,
            replies.c.origin == Origin.LIVE,
        )
        channels = self._connection.scalars(query).all()
        return [MessageRef(platform=platform, channel_id=each, message_id=message_id) for each in channels]

    def newest_reply(self, author: AuthorHash, chat: ChannelKey) -> GivenReply | None:
        """The last one that this person may have seen in the chat."""
        return self._given(
            _given_replies()
            .where(
                replies.c.author == author,
                replies.c.platform == chat[0],
                replies.c.channel_id == chat[1],
                replies.c.state.in_(SEEN),
            )
            .order_by(replies.c.id.desc())
            .limit(1)
        )

    def _given(self, query: Select[Any]) -> GivenReply | None:
        row = self._connection.execute(query).first()
        return None if row is None else _given_reply(row)


class PeopleChanges(PeopleStatements):
    """`PeopleTransaction` over the writer's connection."""

    _wishes: WishBook

    def leave_alone(self, author: AuthorHash, *, until: datetime, at: datetime) -> None:
        """No phrase until then, or longer where that stands already; pending ones are cancelled."""
        self._wishes.leave_alone(author, until=until)
        statement = insert(left_alone).values(author=author, until=until)
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["author"],
                set_={"until": func.max(left_alone.c.until, statement.excluded.until)},
            )
        )
        self._connection.execute(
            cancelled(at).where(replies.c.author == author, replies.c.phrase_pool != CARD)
        )

    def end_left_alone(self, author: AuthorHash) -> None:
        """This person may be answered again."""
        self._wishes.end_left_alone(author=author)
        self._connection.execute(delete(left_alone).where(left_alone.c.author == author))

    def forget_left_alone(self, *, before: datetime) -> int:
        """Erase what ended before then; how many people."""
        ended = self._connection.execute(delete(left_alone).where(left_alone.c.until <= before)).rowcount
        if ended:
            self._wishes.end_left_alone(before=before)
        return ended

    def keep_feedback(self, reply_id: int, kind: Feedback, *, at: datetime) -> bool:
        """Once a reply and kind; False where it was said before."""
        statement = insert(feedback).values(reply_id=reply_id, kind=kind, at=at)
        return self._connection.execute(statement.on_conflict_do_nothing()).rowcount > 0

    def forget(
        self,
        author: AuthorHash,
        *,
        platform: Platform,
        platform_id: str,
        unread: Callable[[MessageRef], MessageRef],
        at: datetime,
    ) -> None:
        """Erase what is known of a person, but for what they asked for: the opt-out, and to be left alone."""
        newest = self._connection.scalar(
            select(func.max(decisions.c.decided_at)).where(decisions.c.author == author)
        )
        self._wishes.erase([person(author)], at=max(at, newest or at))  # a clock may have been set back
        forget_private_chat(self._connection, author, platform=platform, unread=unread)
        forget_author(self._connection, author, at=at)
        forget_admin(self._connection, platform, platform_id)


def _given_replies() -> Select[Any]:
    return (
        select(
            replies.c.id,
            replies.c.author,
            replies.c.platform,
            replies.c.channel_id,
            replies.c.sent_message_id,
            replies.c.text.label("said"),
            replies.c.phrase_pool,
            texts.c.text,
            decisions.c.label,
            *[decisions.c[name] for name in SCORES],
            decisions.c.model,
            policies.c.json.label("policy"),
        )
        .join(decisions, decisions.c.id == replies.c.decision_id)
        .join(policies, policies.c.hash == decisions.c.policy_hash)
        .outerjoin(texts, texts.c.decision_id == decisions.c.id)
    )


def _given_reply(row: Row[Any]) -> GivenReply:
    return GivenReply(
        id=row.id,
        author=None if row.author is None else AuthorHash(row.author),
        chat=(Platform(row.platform), row.channel_id),
        sent_message_id=row.sent_message_id,
        said=row.said,
        card=row.phrase_pool == CARD,
        text=row.text,
        label=row.label,
        scores={name: getattr(row, name) for name in SCORES if getattr(row, name) is not None},
        model=row.model,
        policy=row.policy,
    )
