"""Who had a card, and about whom a note was due: asked only where somebody speaks of a crisis."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from bot.adapters.storage.tables import decisions, replies
from bot.domain.crisis import CARD, GivenCard
from bot.domain.messages import AuthorHash, Origin
from bot.domain.replies import COUNTED, ReplyState


def cards_given(
    connection: Connection,
    authors: Collection[AuthorHash],
    *,
    origin: Origin,
    since: datetime,
    now: datetime,
) -> Sequence[GivenCard]:
    """See `CrisisQueries.cards_given`."""
    query = select(replies.c.author, replies.c.created_at, replies.c.state).where(
        replies.c.author.in_(authors),
        replies.c.created_at > since,
        replies.c.phrase_pool == CARD,
        replies.c.origin == origin,
        replies.c.state.in_(sorted(COUNTED | {ReplyState.SIMULATED})),
        or_(replies.c.state != ReplyState.PENDING, replies.c.deadline >= now),
    )
    return [
        GivenCard(author=AuthorHash(row[0]), at=row[1], simulated=row[2] == ReplyState.SIMULATED)
        for row in connection.execute(query)
    ]


def notes_due(
    connection: Connection, authors: Collection[AuthorHash], *, since: datetime
) -> Mapping[AuthorHash, datetime]:
    """See `CrisisQueries.notes_due`. The mark stands in the JSON of the decision's facts."""
    query = (
        select(decisions.c.author, func.max(decisions.c.decided_at))
        .where(
            decisions.c.author.in_(authors),
            decisions.c.decided_at > since,
            decisions.c.origin == Origin.LIVE,
            decisions.c.facts["note_due"].as_boolean().is_(True),
        )
        .group_by(decisions.c.author)
    )
    return {AuthorHash(row[0]): row[1] for row in connection.execute(query)}
