"""What the store is asked and told about replies on their way out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.application.records import Claim, DueReply, FeedItem
from bot.domain.messages import ChannelKey, MessageRef, Origin
from bot.domain.replies import Settlement


class OutboxQueries(Protocol):
    """The part of `ports.Queries` about the outbox. Every method is one statement."""

    def due(self, account: str, *, now: datetime, limit: int) -> Sequence[DueReply]:
        """Pending replies that may go or are past their deadline, the most urgent first."""
        ...

    def recent_sends(self, account: str, *, since: datetime) -> Sequence[tuple[str, datetime]]:
        """(channel, time) of sends that may have reached the platform, oldest first."""
        ...

    def feed(self, owner: str, *, after: int, limit: int) -> Sequence[FeedItem]:
        """Sent replies in the chats of one API key, in order of their sequence."""
        ...

    def reply_counts(self, *, since: datetime, origin: Origin | None) -> Mapping[str, int]:
        """Replies by state."""
        ...


class OutboxTransaction(OutboxQueries, Protocol):
    """The part of `ports.Transaction` about the outbox."""

    def claim(
        self, ids: Sequence[int], *, run_id: str, now: datetime, speaks: Callable[[ChannelKey, bool], bool]
    ) -> Claim:
        """Turn pending replies to `sending`; late ones expire, unwanted ones and any into blocked chats end.

        `speaks` says whether a reply may go out in a chat at this moment; True asks for the crisis card.
        """
        ...

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """Record how attempts ended."""
        ...

    def abandon(self, account: str, *, run_id: str, now: datetime) -> int:
        """Turn other runs' `sending` replies into `unconfirmed`; how many."""
        ...

    def cancel_pending(self, ref: MessageRef, *, now: datetime) -> bool:
        """Cancel the pending phrase to this message, if there is one; a crisis card stays."""
        ...
