"""Decisions that an admin looks at again, and what the labels say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, exists, func, not_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.sql.elements import ColumnElement

from bot.adapters.storage.chat_tables import reviews
from bot.adapters.storage.tables import decisions, opt_outs, texts
from bot.application.reviews import Card, Label, Lesson, Reviewable, picked
from bot.domain.decisions import ReplyWhen
from bot.domain.messages import ChannelKey, Origin, Platform


class ReviewStatements:
    """`ReviewQueries` over one connection."""

    _connection: Connection

    def reviewable(
        self, key: ChannelKey, *, since: datetime, now: datetime, limit: int
    ) -> Sequence[Reviewable]:
        """A chat's classified live decisions, the newest first; nobody's who does not want to be read."""
        query = (
            select(
                decisions.c.id,
                decisions.c.reason,
                decisions.c.positive,
                decisions.c.negative,
                decisions.c.distress,
                decisions.c.policy_hash,
                func.coalesce(texts.c.expires_at > now, False).label("kept"),
                reviews.c.label,
                reviews.c.teach,
                reviews.c.drawn_at,
                reviews.c.place,
                reviews.c.at,
            )
            .outerjoin(texts, texts.c.decision_id == decisions.c.id)
            .outerjoin(reviews, reviews.c.decision_id == decisions.c.id)
            .where(_of(key), decisions.c.decided_at >= since, _classified(), not_(_gone()))
            .order_by(decisions.c.decided_at.desc())
            .limit(limit)
        )
        return [_reviewable(row) for row in self._connection.execute(query)]

    def review_card(self, decision_id: int, *, now: datetime) -> Card | None:
        """One that was drawn; None for every other id, whether there is such a decision or not."""
        query = (
            select(
                reviews.c.decision_id, reviews.c.platform, reviews.c.channel_id, reviews.c.at, texts.c.text
            )
            .join(decisions, decisions.c.id == reviews.c.decision_id)
            .outerjoin(
                texts,
                and_(texts.c.decision_id == decisions.c.id, texts.c.expires_at > now, not_(_gone())),
            )
            .where(reviews.c.decision_id == decision_id)
        )
        row = self._connection.execute(query).first()
        if row is None:
            return None
        key = (Platform(row.platform), row.channel_id)
        return Card(id=row.decision_id, key=key, text=row.text, answered=row.at is not None)

    def lessons(self, key: ChannelKey | None, *, now: datetime) -> Sequence[Lesson]:
        """What may be learned from: of one chat or, for None, of all; nobody's who opted out since."""
        query = _lessons(now)
        if key is not None:
            query = query.where(reviews.c.platform == key[0], reviews.c.channel_id == key[1])
        return [Lesson(text=row.text, label=Label(row.label)) for row in self._connection.execute(query)]


class ReviewChanges(ReviewStatements):
    """`ReviewTransaction` over the writer's connection."""

    def draw_reviews(self, key: ChannelKey, ids: Sequence[int], *, at: datetime) -> None:
        """Remember a round, in its order; decisions of other chats, or drawn before, are left out."""
        query = select(decisions.c.id).where(decisions.c.id.in_(ids), _of(key), _classified(), not_(_gone()))
        there = set(self._connection.scalars(query))
        rows = [
            {
                "decision_id": decision_id,
                "platform": key[0],
                "channel_id": key[1],
                "place": place,
                "teach": False,
                "drawn_at": at,
            }
            for place, decision_id in enumerate(ids)
            if decision_id in there
        ]
        if rows:
            self._connection.execute(insert(reviews).on_conflict_do_nothing(), rows)

    def answer_review(self, decision_id: int, label: Label | None, *, teach: bool, at: datetime) -> bool:
        """Keep what somebody said of a drawn decision, None = skipped; False where it was said before."""
        statement = (
            update(reviews)
            .where(reviews.c.decision_id == decision_id, reviews.c.at.is_(None))
            .values(label=label, teach=teach and label is not None, at=at)
        )
        return self._connection.execute(statement).rowcount > 0

    def remove_text(self, decision_id: int, *, at: datetime) -> None:
        """Erase a drawn decision's text for good; it is never shown or learned from again."""
        drawn = select(reviews.c.decision_id).where(reviews.c.decision_id == decision_id)
        self._connection.execute(delete(texts).where(texts.c.decision_id.in_(drawn)))
        self._connection.execute(
            update(reviews)
            .where(reviews.c.decision_id == decision_id)
            .values(teach=False, at=func.coalesce(reviews.c.at, at))
        )


def _of(key: ChannelKey) -> ColumnElement[bool]:
    return and_(
        decisions.c.platform == key[0],
        decisions.c.channel_id == key[1],
        decisions.c.origin == Origin.LIVE,
    )


def _classified() -> ColumnElement[bool]:
    """Crises are not, and nobody is asked what they think of those. Whose author is gone was forgotten."""
    return and_(decisions.c.model.is_not(None), decisions.c.author.is_not(None))


def _gone() -> ColumnElement[bool]:
    """The author does not want to be read."""
    return exists().where(opt_outs.c.author == decisions.c.author)


def _lessons(now: datetime) -> Select[Any]:
    return (
        select(texts.c.text, reviews.c.label)
        .select_from(reviews)
        .join(decisions, decisions.c.id == reviews.c.decision_id)
        .join(texts, texts.c.decision_id == reviews.c.decision_id)
        .where(
            reviews.c.teach,
            reviews.c.label.is_not(None),
            texts.c.expires_at > now,
            _classified(),
            not_(_gone()),
        )
        .order_by(reviews.c.at)
    )


def _reviewable(row: Row[Any]) -> Reviewable:
    return Reviewable(
        id=row.id,
        picked=picked(row.reason),
        scores={
            ReplyWhen.NOT_POSITIVE: 1 - (row.positive or 0.0),
            ReplyWhen.NEGATIVE: row.negative or 0.0,
            ReplyWhen.DISTRESS: row.distress or 0.0,
        },
        policy=row.policy_hash,
        kept=bool(row.kept),
        drawn=row.drawn_at is not None,
        answered=row.at is not None,
        label=None if row.label is None else Label(row.label),
        teach=bool(row.teach),
        place=None if row.drawn_at is None else (row.drawn_at, row.place),
    )
