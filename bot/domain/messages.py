from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType, Self

Platform = NewType("Platform", str)
REDDIT: Final = Platform("reddit")
"""Named here since others than its adapter speak of it."""
"""A platform's short name. Not an enum: a new platform changes nothing in the domain."""

ChannelKey = tuple[Platform, str]
"""A chat: its platform, and its id there."""

AuthorHash = NewType("AuthorHash", str)
"""A person, as far as Solace knows one: hex of a keyed hash. See `authors.AuthorKey`."""


class Origin(StrEnum):
    """Where a message came from: a platform that waits for an answer, or a recording."""

    LIVE = "live"
    REPLAY = "replay"


class Sender(StrEnum):
    """Who speaks. Only a `PERSON` is ever answered."""

    PERSON = "person"
    SELF = "self"
    BOT = "bot"
    ANONYMOUS_ADMIN = "anonymous_admin"
    LINKED_CHANNEL = "linked_channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRef:
    """The platform's own name for a message. Together with its `Origin` it is judged once.

    Raises:
        ValueError: an id is empty or holds a character that no database key should (NUL, lone surrogate).
    """

    platform: Platform
    channel_id: str
    message_id: str

    def __post_init__(self) -> None:
        for name in ("platform", "channel_id", "message_id"):
            require_id(name, getattr(self, name))

    def shown(self, *, private: bool) -> str:
        """How logs call it: a private chat's id is its person's, so that stays out."""
        return f"{self.platform}:{'private' if private else self.channel_id}:{self.message_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage:
    """A comment as its platform delivered it, made neutral.

    Attributes:
        ref: its key.
        author: who wrote it, as a keyed hash; None where the platform names nobody.
        text: what was written, markup removed. Never printed: people's words stay out of logs.
        sent_at, received_at: aware datetimes. The deadline counts from the earlier one.
        account: the bot account that would answer.
        thread_id: Reddit submission, Telegram topic or reply chain; None where the whole chat is the thread.
        address: what the sender needs to answer (never more); erased when the reply is settled.
        private: a chat with one person.
        answers_us: it is written as an answer to a message of the bot.
        skipped: the chat's own rules leave its thread alone.
        command: it is nothing but a command, in the platform's own way, and is obeyed as such.
        edited: a new text of a message that may have been seen before; never a second judgement.

    Raises:
        ValueError: the thread's id is unusable.
    """

    ref: MessageRef
    author: AuthorHash | None = field(repr=False)
    text: str = field(repr=False)
    sent_at: datetime
    received_at: datetime
    account: str
    sender: Sender = Sender.PERSON
    thread_id: str | None = None
    address: Mapping[str, str] = field(default_factory=dict, repr=False)
    private: bool = False
    command: bool = False
    edited: bool = False
    answers_us: bool = False
    skipped: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", scrubbed(self.text))
        if self.thread_id is not None:
            require_id("thread_id", self.thread_id)

    def reworded(self, text: str) -> Self:
        """The same message with its newest text."""
        return replace(self, text=text)


MAX_ID_LENGTH = 200


def require_id(name: str, value: str) -> None:
    """Refuse an id that is empty, over `MAX_ID_LENGTH` characters, or holds NUL or a lone surrogate.

    Raises:
        ValueError: names the field, never the value.
    """
    if not value:
        raise ValueError(f"{name} is empty")
    if len(value) > MAX_ID_LENGTH:
        raise ValueError(f"{name} is longer than {MAX_ID_LENGTH} characters")
    if scrubbed(value) != value:
        raise ValueError(f"{name} holds a NUL character or half of a surrogate pair")


def scrubbed(text: str) -> str:
    """`text` with NUL and lone surrogates as U+FFFD: what every database and tokenizer can hold."""
    if "\x00" not in text and text.isascii():
        return text
    return text.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


Moment = Callable[[IncomingMessage], datetime]
"""The time at which a message is judged: now for a live one, its own `sent_at` in a replay."""
