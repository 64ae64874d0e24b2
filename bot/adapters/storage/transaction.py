"""What can be written, from the inside of one transaction."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.sqlite import Insert, insert

from bot.adapters.storage import rows
from bot.adapters.storage.conversation import ConversationTransaction
from bot.adapters.storage.outbox import ENDED, GOING, LAST_SEQUENCE, POSTPONED, WAITING, cancelled, unsent
from bot.adapters.storage.overview import OverviewChanges
from bot.adapters.storage.own_phrases import OwnPhraseChanges
from bot.adapters.storage.people import PeopleChanges
from bot.adapters.storage.queries import SqlQueries
from bot.adapters.storage.reviews import ReviewChanges
from bot.adapters.storage.tables import channels, decisions, opt_outs, policies, replies, texts
from bot.adapters.storage.watching import WatchingChanges, blocked, to_be_removed
from bot.adapters.storage.wishes import WishBook
from bot.application.records import Claim
from bot.domain.crisis import CARD
from bot.domain.messages import AuthorHash, ChannelKey, MessageRef, Platform
from bot.domain.replies import ReplyState, Settlement
from bot.domain.verdicts import Verdict


class SqlTransaction(
    SqlQueries,
    ConversationTransaction,
    PeopleChanges,
    OwnPhraseChanges,
    ReviewChanges,
    OverviewChanges,
    WatchingChanges,
):
    """`ports.Transaction` over the writer's connection; what people wish is written into `wishes` first."""

    def __init__(self, connection: Connection, wishes: WishBook) -> None:
        super().__init__(connection)
        self._wishes = wishes

    def record(self, verdicts: Sequence[Verdict]) -> Mapping[MessageRef, int]:
        """Insert decisions; only an inserted decision gets its text and its reply."""
        if not verdicts:
            return {}
        inserted = self._connection.execute(_DECISION, [rows.decision_row(verdict) for verdict in verdicts])
        ids = {
            MessageRef(platform=Platform(row[1]), channel_id=row[2], message_id=row[3]): int(row[0])
            for row in inserted
        }
        new = [(verdict, ids[verdict.message.ref]) for verdict in verdicts if verdict.message.ref in ids]
        self._insert(_TEXT, [rows.text_row(verdict, decision_id) for verdict, decision_id in new])
        self._insert(_REPLY, [rows.reply_row(verdict, decision_id) for verdict, decision_id in new])
        return ids

    def keep_policy(self, digest: str, snapshot: str) -> None:
        """Store a settings snapshot under its hash, once."""
        self._connection.execute(_POLICY, {"hash": digest, "json": snapshot})

    def own_channels(self, wanted: Collection[ChannelKey], owner: str, *, at: datetime) -> None:
        """Create the chats that do not exist yet for this API key."""
        rows_of_chats = [
            {
                "platform": platform,
                "channel_id": channel_id,
                "owner": owner,
                "overrides": {},
                "created_at": at,
            }
            for platform, channel_id in wanted
        ]
        self._connection.execute(insert(channels).on_conflict_do_nothing(), rows_of_chats)

    def opt_out(self, author: AuthorHash, *, at: datetime) -> None:
        """Never read this person again; pending replies to them are cancelled."""
        self._wishes.opt_out(author, since=at)
        self._connection.execute(insert(opt_outs).values(author=author, since=at).on_conflict_do_nothing())
        self._connection.execute(cancelled(at).where(replies.c.author == author))

    def opt_in(self, author: AuthorHash) -> None:
        """Read this person again."""
        since = self._connection.scalar(select(opt_outs.c.since).where(opt_outs.c.author == author))
        self._wishes.opt_in(author, since=since)
        self._connection.execute(delete(opt_outs).where(opt_outs.c.author == author))

    def claim(
        self, ids: Sequence[int], *, run_id: str, now: datetime, speaks: Callable[[ChannelKey, bool], bool]
    ) -> Claim:
        """Turn pending replies to `sending`; late ones expire, unwanted ones and any into blocked chats end.

        Args:
            ids: outbox rows; those no longer pending are left alone.
            run_id: who claims.
            now: aware.
            speaks: whether a reply may go out in a chat at this moment; True asks for the crisis card.
        """
        found = self._connection.execute(WAITING, {"ids": json.dumps(list(ids))}).all()
        gone = self.opted_out([AuthorHash(row.author) for row in found if row.author])
        taken_back = to_be_removed(self._connection, [row.id for row in found])
        shut = blocked(self._connection, {(Platform(row.platform), row.channel_id) for row in found})

        def fate(row: Row[Any]) -> ReplyState:
            if row.deadline < now:
                return ReplyState.EXPIRED
            chat = Platform(row.platform), row.channel_id
            unwanted = row.author in gone or row.id in taken_back or chat in shut
            wanted = not unwanted and speaks(chat, row.phrase_pool == CARD)
            return ReplyState.SENDING if wanted else ReplyState.CANCELLED

        fates = [(row, fate(row)) for row in found]
        for state in (ReplyState.EXPIRED, ReplyState.CANCELLED):
            self._settleunsent([row.id for row, each in fates if each is state], state, now)
        going = [row for row, each in fates if each is ReplyState.SENDING]
        self._start_sending(going, run_id)
        return Claim(
            going=[rows.outgoing_reply(row) for row in going],
            ended=[
                Settlement(reply=rows.outgoing_reply(row), state=each, at=now)
                for row, each in fates
                if each is not ReplyState.SENDING
            ],
        )

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """Record how attempts ended; those that are final get the next numbers of the feed."""
        postponed = [each for each in settlements if each.state is ReplyState.PENDING]
        ended = [each for each in settlements if each.state is not ReplyState.PENDING]
        if postponed:
            self._connection.execute(POSTPONED, [_postponed(each) for each in postponed])
        if ended:
            last: int = self._connection.scalar(LAST_SEQUENCE) or 0
            self._connection.execute(ENDED, [_ended(each, last + n) for n, each in enumerate(ended, 1)])

    def abandon(self, account: str, *, run_id: str, now: datetime) -> int:
        """Turn other runs' `sending` replies into `unconfirmed`; how many."""
        statement = (
            update(replies)
            .where(
                replies.c.account == account,
                replies.c.state == ReplyState.SENDING,
                replies.c.run_id != run_id,
            )
            .values(state=ReplyState.UNCONFIRMED, settled_at=now, address=None, detail="interrupted")
        )
        return self._connection.execute(statement).rowcount

    def cancel_pending(self, ref: MessageRef, *, now: datetime) -> bool:
        """Cancel the pending phrase to this message, if there is one; a crisis card stays."""
        statement = cancelled(now).where(
            replies.c.phrase_pool != CARD,
            replies.c.platform == ref.platform,
            replies.c.channel_id == ref.channel_id,
            replies.c.message_id == ref.message_id,
        )
        return self._connection.execute(statement).rowcount > 0

    def erase_texts(self, *, now: datetime) -> int:
        """Erase texts whose retention has ended; how many."""
        return self._connection.execute(delete(texts).where(texts.c.expires_at <= now)).rowcount

    def _insert(self, statement: Insert, candidates: Sequence[dict[str, Any] | None]) -> None:
        wanted = [row for row in candidates if row is not None]
        if wanted:
            self._connection.execute(statement, wanted)

    def _settleunsent(self, ids: Sequence[int], state: ReplyState, now: datetime) -> None:
        if ids:
            self._connection.execute(unsent(state, now).where(replies.c.id.in_(ids)))

    def _start_sending(self, going: Sequence[Row[Any]], run_id: str) -> None:
        if going:
            ids = json.dumps([row.id for row in going])
            self._connection.execute(GOING, {"ids": ids, "going_run": run_id})


_DECISION: Final = (
    insert(decisions)
    .on_conflict_do_nothing()
    .returning(decisions.c.id, decisions.c.platform, decisions.c.channel_id, decisions.c.message_id)
)
_TEXT: Final = insert(texts)
_REPLY: Final = insert(replies)
_POLICY: Final = insert(policies).on_conflict_do_nothing()


def _ended(settlement: Settlement, sequence: int) -> dict[str, Any]:
    return {
        "reply": settlement.reply.id,
        "ended_as": settlement.state,
        "ended_detail": settlement.detail,
        "ended_at": settlement.at,
        "ended_sequence": sequence,
        "ended_message_id": settlement.sent_message_id,
    }


def _postponed(settlement: Settlement) -> dict[str, Any]:
    return {
        "reply": settlement.reply.id,
        "ended_detail": settlement.detail,
        "ended_until": settlement.not_before,
    }
