"""What the store is asked and told about a person who wants to know, to be forgotten, or to be left alone."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from bot.domain.messages import AuthorHash, ChannelKey, MessageRef, Platform

LEFT_ALONE_FOR: Final = timedelta(days=7)
"""How long somebody who did not need a reply gets none."""


class Feedback(StrEnum):
    """What is said of a reply: by the person it was for, or by whoever reads it in public."""

    HELPED = "helped"
    NOT_NEEDED = "not_needed"
    LEAVE_ME_ALONE = "leave_me_alone"

    GOOD_BOT = "good_bot"
    BAD_BOT = "bad_bot"
    UPVOTED = "upvoted"
    DOWNVOTED = "downvoted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is stored about one person, in all chats together.

    Attributes:
        decisions: messages that were read; each has its scores.
        texts, texts_until: messages whose words still stand there, and when the last of them is erased.
        replies, feedback: what the bot answered or would have, and what the person said of it.
        reviews: messages that an admin looked at again, or is to.
        own_chat: whether the person's own chat with the bot is known, with its settings.
        phrases: that the person wrote or muted in that chat.
        opted_out_since, left_alone_until: what the person asked for; None = nothing.
        administers: chats that know the person as one of their admins, by the platform's own id.
    """

    decisions: int = 0
    texts: int = 0
    texts_until: datetime | None = None
    replies: int = 0
    feedback: int = 0
    reviews: int = 0
    own_chat: bool = False
    phrases: int = 0
    opted_out_since: datetime | None = None
    left_alone_until: datetime | None = None
    administers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenReply:
    """A reply of support or a crisis card, with the decision behind it.

    Attributes:
        author: whom it is for; None = that person was forgotten.
        chat: where it was said.
        sent_message_id: the platform's id of its message; None where it named none.
        said: its words.
        card: whether it is the crisis card.
        text: what the person wrote; None = erased by now, or never kept.
        scores: "positive", "negative", "neutral", "ambiguous", "distress"; empty for a card.
        policy: the stored settings snapshot that decided, as JSON.
    """

    id: int
    author: AuthorHash | None = field(repr=False)
    chat: ChannelKey
    sent_message_id: str | None
    said: str
    card: bool
    text: str | None = field(repr=False)
    label: str | None
    scores: Mapping[str, float]
    model: str | None
    policy: str = field(repr=False)


class PeopleQueries(Protocol):
    """The part of `ports.Queries` about people. Every method is one statement."""

    def opted_out(self, authors: Collection[AuthorHash]) -> frozenset[AuthorHash]:
        """Which of these people do not want to be read."""
        ...

    def left_alone(self, authors: Collection[AuthorHash], *, now: datetime) -> Mapping[str, datetime]:
        """Until when authors said "not needed"."""
        ...

    def kept_of(self, author: AuthorHash, *, platform: Platform, platform_id: str, now: datetime) -> Kept:
        """What is stored about a person; `platform_id` is the platform's own name for them."""
        ...

    def given_reply(self, reply_id: int) -> GivenReply | None:
        """A reply by its row."""
        ...

    def reply_seen_as(self, chat: ChannelKey, sent_message_id: str) -> GivenReply | None:
        """A reply by the id that its message has in the chat."""
        ...

    def reply_named(self, platform: Platform, sent_message_id: str) -> GivenReply | None:
        """The same where ids name messages of a whole platform."""
        ...

    def newest_reply_on(self, platform: Platform, author: AuthorHash) -> GivenReply | None:
        """The last one that this person may have seen in any chat."""
        ...

    def refs_of(self, platform: Platform, message_id: str) -> Sequence[MessageRef]:
        """Live messages with this id that were answered, in any chat of the platform."""
        ...

    def newest_reply(self, author: AuthorHash, chat: ChannelKey) -> GivenReply | None:
        """The last one that this person may have seen in the chat."""
        ...


class PeopleTransaction(PeopleQueries, Protocol):
    """The part of `ports.Transaction` about people."""

    def opt_out(self, author: AuthorHash, *, at: datetime) -> None:
        """Never read this person again; pending replies to them are cancelled."""
        ...

    def opt_in(self, author: AuthorHash) -> None:
        """Read this person again."""
        ...

    def leave_alone(self, author: AuthorHash, *, until: datetime, at: datetime) -> None:
        """No phrase until then, or longer where that stands already; pending ones are cancelled."""
        ...

    def end_left_alone(self, author: AuthorHash) -> None:
        """This person may be answered again."""
        ...

    def forget_left_alone(self, *, before: datetime) -> int:
        """Erase what ended before then; how many people."""
        ...

    def keep_feedback(self, reply_id: int, kind: Feedback, *, at: datetime) -> bool:
        """Once a reply and kind; False where it was said before."""
        ...

    def forget(
        self,
        author: AuthorHash,
        *,
        platform: Platform,
        platform_id: str,
        unread: Callable[[MessageRef], MessageRef],
        at: datetime,
    ) -> None:
        """Erase what is known of a person, but for what they asked for: the opt-out, and to be left alone.

        Of each decision stays that a message was judged, when, and what was done; the message stays judged.
        Their private chat is unknown again, and off. Pending replies are cancelled. Call `Store.checkpoint`
        after the commit, so that the bytes are gone too.

        Args:
            author: who.
            platform: where.
            platform_id: their own id there, by which chats know their admins.
            unread: see `AuthorKey.unread`.
            at: the present.
        """
        ...
