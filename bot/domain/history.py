"""What was answered before, as the verdict counts it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.channels import ChannelSettings
from bot.domain.decisions import History
from bot.domain.messages import IncomingMessage, Origin, Platform
from bot.domain.policy import CHAT_WINDOW

AUTHOR_PHRASES = 5
CHAT_PHRASES = 10


class Scope(StrEnum):
    """Whose replies are counted."""

    AUTHOR = "author"
    THREAD = "thread"
    CHAT = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Somebody or some place that got replies.

    Attributes:
        id: author hash, thread id or channel id.
        channel_id: the chat a thread is in; empty for other scopes.
        imagined: simulated replies count too: a replay, or a chat in shadow.
    """

    scope: Scope
    origin: Origin
    platform: Platform
    id: str = field(repr=False)
    channel_id: str = ""
    imagined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReply:
    """One earlier reply: when it was decided, and which phrase.

    Attributes:
        arrived: the person may have seen it (a simulated one counts as seen).
    """

    at: datetime
    phrase_id: str
    arrived: bool = True


def subjects(message: IncomingMessage, *, origin: Origin, imagined: bool) -> dict[Scope, Subject]:
    """Whose history the verdict on `message` needs."""
    names = {
        Scope.AUTHOR: (message.author, ""),
        Scope.THREAD: (message.thread_id, message.ref.channel_id),
        Scope.CHAT: (message.ref.channel_id, ""),
    }
    return {
        scope: Subject(
            scope=scope,
            origin=origin,
            platform=message.ref.platform,
            id=name,
            channel_id=channel_id,
            imagined=imagined,
        )
        for scope, (name, channel_id) in names.items()
        if name is not None
    }


def needed(channel: ChannelSettings) -> int:
    """How many of a subject's newest replies decide everything that `channel` limits."""
    return max(AUTHOR_PHRASES, CHAT_PHRASES, channel.thread_cap or 0, channel.chat_pace or 0)


class Recollection:
    """The replies that a batch of verdicts looks back on, and adds to while it decides.

    Args:
        past: for each subject its newest replies, newest first.
        left_alone: until when authors asked not to be spoken to.
    """

    def __init__(
        self, past: Mapping[Subject, Sequence[PastReply]], left_alone: Mapping[str, datetime]
    ) -> None:
        self._past: defaultdict[Subject, list[PastReply]] = defaultdict(list)
        self._past.update({subject: list(replies) for subject, replies in past.items()})
        self._left_alone = left_alone

    def history(self, whose: Mapping[Scope, Subject], now: datetime, *, answers_us: bool = False) -> History:
        """What the policy may know about the author, thread and chat of one message.

        Args:
            whose: see `subjects`.
            now: when the message is judged.
            answers_us: see `IncomingMessage`.
        """
        by_author = self._of(whose, Scope.AUTHOR)
        by_chat = self._of(whose, Scope.CHAT)
        in_chat = _since(by_chat, now)
        in_thread = len(self._of(whose, Scope.THREAD)) if Scope.THREAD in whose else in_chat
        author = whose[Scope.AUTHOR].id if Scope.AUTHOR in whose else ""
        return History(
            last_reply_to_author=max((reply.at for reply in by_author), default=None),
            left_alone_until=self._left_alone.get(author),
            met_before=any(reply.arrived for reply in by_author),
            thread_replies=in_thread,
            chat_replies=in_chat,
            chain=_since(by_author, now) if answers_us else 0,
            author_phrases=tuple(reply.phrase_id for reply in by_author[:AUTHOR_PHRASES]),
            chat_phrases=tuple(reply.phrase_id for reply in by_chat[:CHAT_PHRASES]),
        )

    def add(self, whose: Mapping[Scope, Subject], reply: PastReply) -> None:
        """One more reply, decided a moment ago in the same batch."""
        for subject in whose.values():
            self._past[subject].insert(0, reply)

    def _of(self, whose: Mapping[Scope, Subject], scope: Scope) -> list[PastReply]:
        return self._past[whose[scope]] if scope in whose else []


def _since(replies: Iterable[PastReply], now: datetime) -> int:
    return sum(reply.at > now - CHAT_WINDOW for reply in replies)
