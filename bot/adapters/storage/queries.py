"""What can be asked of the database: each method one statement, whatever the number of its arguments."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.adapters.storage.asked import (
    DECISIONS,
    KNOWN,
    LEFT_ALONE,
    OPTED_OUT,
    OVERRIDES,
    OWNERS,
    parameters,
    values,
)
from bot.adapters.storage.conversation import ConversationQueries
from bot.adapters.storage.crises import cards_given, notes_due
from bot.adapters.storage.outbox import DUE, FEED, SEEN
from bot.adapters.storage.overrides import typed
from bot.adapters.storage.overview import OverviewStatements
from bot.adapters.storage.own_phrases import OwnPhraseStatements
from bot.adapters.storage.past import PAST, past_decision
from bot.adapters.storage.people import PeopleStatements
from bot.adapters.storage.recent import recent_replies
from bot.adapters.storage.reviews import ReviewStatements
from bot.adapters.storage.rows import recorded_decision
from bot.adapters.storage.statistics import StatisticsStatements
from bot.adapters.storage.tables import decisions, policies, replies
from bot.adapters.storage.watching import WatchingStatements
from bot.application.records import DayCount, DueReply, FeedItem, PastDecision, Stretch
from bot.domain.crisis import URGENT, GivenCard
from bot.domain.history import PastReply, Subject
from bot.domain.messages import AuthorHash, ChannelKey, MessageRef, Origin, Platform
from bot.domain.verdicts import RecordedDecision


class SqlQueries(
    ConversationQueries,
    PeopleStatements,
    OwnPhraseStatements,
    ReviewStatements,
    OverviewStatements,
    StatisticsStatements,
    WatchingStatements,
):
    """`ports.Queries` over one connection.

    Args:
        connection: inside a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, refs: Collection[MessageRef], *, origin: Origin) -> frozenset[MessageRef]:
        """Which of these were judged before."""
        asked = list(refs)
        found = self._rows(KNOWN, parameters(map(_key, asked), origin=origin))
        return frozenset(asked[row.key] for row in found)

    def opted_out(self, authors: Collection[AuthorHash]) -> frozenset[AuthorHash]:
        """Which of these people do not want to be read."""
        if not authors:
            return frozenset()
        return frozenset(AuthorHash(row[0]) for row in self._rows(OPTED_OUT, values(authors)))

    def channel_overrides(self, wanted: Collection[ChannelKey]) -> Mapping[ChannelKey, Mapping[str, object]]:
        """The chats' own settings; chats without a row are absent."""
        found = self._rows(OVERRIDES, parameters(wanted))
        return {(Platform(row[0]), row[1]): typed(row[2]) for row in found}

    def channel_owners(self, wanted: Collection[ChannelKey]) -> Mapping[ChannelKey, str]:
        """Which API keys created these chats; chats without a row are absent."""
        return {(Platform(row[0]), row[1]): row[2] for row in self._rows(OWNERS, parameters(wanted))}

    def recent_replies(self, wanted: Mapping[Subject, int]) -> Mapping[Subject, Sequence[PastReply]]:
        """Each subject's newest counted replies, newest first, at most as many as wanted."""
        return recent_replies(self._connection, wanted)

    def cards_given(
        self, authors: Collection[AuthorHash], *, origin: Origin, since: datetime, now: datetime
    ) -> Sequence[GivenCard]:
        """Cards that these people got since then, would have got, or are about to get within the deadline."""
        return cards_given(self._connection, authors, origin=origin, since=since, now=now)

    def notes_due(self, authors: Collection[AuthorHash], *, since: datetime) -> Mapping[AuthorHash, datetime]:
        """When a note about these people was last due; those without one since then are absent."""
        return notes_due(self._connection, authors, since=since)

    def left_alone(self, authors: Collection[AuthorHash], *, now: datetime) -> Mapping[str, datetime]:
        """Until when authors said "not needed"."""
        return {row[0]: row[1] for row in self._rows(LEFT_ALONE, values(authors, now=now))}

    def decisions(
        self, refs: Collection[MessageRef], *, origin: Origin
    ) -> Mapping[MessageRef, RecordedDecision]:
        """Recorded decisions with their replies; those that are not there are absent."""
        rows = self._rows(DECISIONS, parameters(map(_key, refs), origin=origin))
        return {decision.ref: decision for decision in map(recorded_decision, rows)}

    def due(self, account: str, *, now: datetime, limit: int) -> Sequence[DueReply]:
        """Pending replies that may go or are past their deadline, the most urgent first."""
        asked = {"account": account, "now": now, "limit": limit}
        return [
            DueReply(
                id=row.id,
                platform=Platform(row.platform),
                channel_id=row.channel_id,
                deadline=row.deadline,
                urgent=row.priority >= URGENT,
            )
            for row in self._rows(DUE, asked)
        ]

    def recent_sends(self, account: str, *, since: datetime) -> Sequence[tuple[str, datetime]]:
        """(channel, time) of sends that may have reached the platform, oldest first."""
        query = (
            select(replies.c.channel_id, replies.c.settled_at)
            .where(
                replies.c.account == account,
                replies.c.state.in_(SEEN),
                replies.c.settled_at > since,
            )
            .order_by(replies.c.settled_at)
        )
        return [(row.channel_id, row.settled_at) for row in self._rows(query)]

    def feed(self, owner: str, *, after: int, limit: int) -> Sequence[FeedItem]:
        """Published replies in the chats of one API key, in order of their sequence."""
        asked = {"owner": owner, "after": after, "limit": limit}
        return [
            FeedItem(
                sequence=row.sequence,
                ref=MessageRef(
                    platform=Platform(row.platform), channel_id=row.channel_id, message_id=row.message_id
                ),
                text=row.text,
                phrase_id=row.phrase_id,
                state=row.state,
                settled_at=row.settled_at,
            )
            for row in self._rows(FEED, asked)
        ]

    def activity(self, *, since: datetime, origin: Origin | None) -> Sequence[DayCount]:
        """Decisions by day, platform, action and reason."""
        day = func.date(decisions.c.decided_at).label("day")
        what = (day, decisions.c.platform, decisions.c.origin, decisions.c.action, decisions.c.reason)
        query = select(*what, func.count().label("number")).where(decisions.c.decided_at >= since)
        if origin is not None:
            query = query.where(decisions.c.origin == origin)
        return [
            DayCount(
                day=str(row[0]), platform=row[1], origin=row[2], action=row[3], reason=row[4], count=row[5]
            )
            for row in self._rows(query.group_by(*what).order_by(*what))
        ]

    def stretch(self, *, since: datetime, origin: Origin) -> Stretch:
        """Which decisions were made since then."""
        query = select(func.count(), func.coalesce(func.max(decisions.c.id), 0))
        (row,) = self._rows(query.where(decisions.c.origin == origin, decisions.c.decided_at >= since))
        return Stretch(count=row[0], last_id=row[1])

    def past_decisions(
        self, *, origin: Origin, after: tuple[datetime, int], last_id: int, limit: int
    ) -> Sequence[PastDecision]:
        """The next ones in order of (decided_at, id), from behind `after`; no row newer than `last_id`."""
        asked = {"origin": origin, "at": after[0], "id": after[1], "last_id": last_id, "limit": limit}
        return [past_decision(row) for row in self._rows(PAST, asked)]

    def policies(self, digests: Collection[str]) -> Mapping[str, str]:
        """Stored settings snapshots by their hashes; those that are not there are absent."""
        query = select(policies.c.hash, policies.c.json).where(policies.c.hash.in_(digests))
        return {row[0]: row[1] for row in self._rows(query)}

    def reply_counts(self, *, since: datetime, origin: Origin | None) -> Mapping[str, int]:
        """Replies by state."""
        query = select(replies.c.state, func.count()).where(replies.c.created_at >= since)
        if origin is not None:
            query = query.where(replies.c.origin == origin)
        return {row[0]: row[1] for row in self._rows(query.group_by(replies.c.state))}

    def _rows(self, query: Any, asked: Mapping[str, Any] | None = None) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._connection.execute(query, asked).all()


def _key(ref: MessageRef) -> tuple[str, str, str]:
    return ref.platform, ref.channel_id, ref.message_id
