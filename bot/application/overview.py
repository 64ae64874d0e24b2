"""What an admin or the operator sees of a chat: counts, a few examples, the replies that stand there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.messages import ChannelKey, Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What somebody wrote, and what the bot made of it: no author, no id, no time.

    Attributes:
        answered: it got a reply, or would have got one.
    """

    text: str = field(repr=False)
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReply:
    """A reply that stands in a chat.

    Attributes:
        sent_message_id: the platform's id; None where it named none.
    """

    id: int
    sent_message_id: str | None


class OverviewQueries(Protocol):
    """The part of `ports.Queries` for overviews. Every method is one statement; replays count nowhere."""

    def outcomes(self, key: ChannelKey, *, since: datetime) -> Mapping[tuple[str, str], int]:
        """How often each (action, reason) was decided in a chat since then."""
        ...

    def outcomes_of(self, platform: Platform, *, since: datetime) -> Mapping[tuple[str, str], int]:
        """How often each (channel_id, action) was decided on a platform since then."""
        ...

    def examples(self, key: ChannelKey, *, since: datetime, each: int) -> Sequence[Example]:
        """A chat's newest texts that the bot answered or would have, and some that the model let pass.

        At most `each` of either kind, mixed in order of time. Nothing that a crisis was seen in, and nothing
        by people who opted out.
        """
        ...

    def sent_reply(self, key: ChannelKey, *, sent_message_id: str | None, but_for: str) -> SentReply | None:
        """The reply of that id, or (None) the newest, that stands in a chat; none that was taken away.

        The newest is one that all can see: its id does not begin with `but_for`.
        """
        ...


class OverviewTransaction(OverviewQueries, Protocol):
    """The part of `ports.Transaction` for overviews."""

    def take_away(self, reply_id: int) -> None:
        """A sent reply is about to be deleted there: `sent_reply` does not name it again."""
        ...
