"""Updates as the rest of this package sees them, and what can be done in answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.application.ports import Transaction
from bot.domain.messages import AuthorHash, ChannelKey, IncomingMessage, Platform

TELEGRAM: Final = Platform("telegram")

# ------------------------------------------------------------------ what comes in


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """The bot's own account, as `getMe` tells of it.

    Attributes:
        username: without the at sign.
        reads_all: whether privacy mode is off, so that it sees every message of a group.
    """

    user_id: int
    username: str
    name: str = ""
    reads_all: bool = False

    @property
    def account(self) -> str:
        """What the store calls it."""
        return account_of(self.user_id)


def bot_id(token: str) -> int:
    """The account's number, which stands before the colon of its token."""
    return int(token.partition(":")[0])


def account_of(user_id: int) -> str:
    """What the store calls a bot account."""
    return f"{TELEGRAM}:{user_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something was said, and where an answer goes.

    Attributes:
        chat_id: Telegram's own id; in a private chat it is the person's, so it is never printed or stored.
        channel_id: what the chat is stored under: the id as text, in a private chat the person's hash.
        topic_id: the forum topic, if there is one.
        title: the chat's name, for its admins' eyes.
    """

    chat_id: int = field(repr=False)
    channel_id: str
    private: bool
    topic_id: int | None = None
    title: str = field(default="", repr=False)

    @property
    def key(self) -> ChannelKey:
        """The chat, as the store knows it."""
        return TELEGRAM, self.channel_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, as far as a conversation needs to know: their hash, and the id that a whisper goes to."""

    author: AuthorHash
    user_id: int = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A message that goes to the intake."""

    update_id: int
    place: Place
    message: IncomingMessage = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A message that speaks to the bot.

    Attributes:
        name: lower case, without slash and without the bot's name.
        arguments: the rest of the message, stripped.
        person: None where an admin writes anonymously, as the group.
        answers: id of the message that it replies to, if that is one of the bot's.
        answers_ephemeral: the same where that was a whisper.
        ephemeral_id: of a command that only its author and the bot can see.
    """

    update_id: int
    place: Place
    person: Person | None
    name: str
    arguments: str = field(default="", repr=False)
    message_id: int
    answers: int | None = None
    answers_ephemeral: int | None = None
    ephemeral_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button that somebody pressed.

    Attributes:
        data: what the button carried, at most 64 bytes.
        message_id: the message that holds it; 0 for a whisper, which has `ephemeral_id`.
    """

    update_id: int
    place: Place
    person: Person
    press_id: str = field(repr=False)
    data: str
    message_id: int
    ephemeral_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The bot itself was added, promoted, restricted or removed (in a private chat: blocked or unblocked).

    Attributes:
        by: who did it; None where Telegram does not say.
        status: Telegram's word for what it is now: administrator, member, restricted, left, kicked.
        may_write: whether it can send messages now.
    """

    update_id: int
    place: Place
    by: Person | None
    status: str
    may_write: bool

    @property
    def present(self) -> bool:
        """Whether it is in the chat."""
        return self.status in {"creator", "administrator", "member", "restricted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A group became a supergroup, and has a new id."""

    update_id: int
    place: Place
    new_chat_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """An update that means nothing to the bot."""

    update_id: int


Update = Talk | Command | Press | Membership | Moved | Ignored

# ------------------------------------------------------------------ what goes out


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A key under a message: it sends `data` (at most 64 bytes) back, or opens `url`."""

    text: str
    data: str | None = None
    url: str | None = None


Keyboard = Sequence[Sequence[Button]]
"""Rows of buttons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A document, or with `picture` a photo, that goes along with a text."""

    name: str
    content: bytes = field(repr=False)
    picture: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A message of the bot's that is no reply of support: best effort, after the commit.

    Attributes:
        chat_id: where; a person's id for a private chat.
        text: plain text, no markup.
        whisper_to: only this member of the group sees it; None = everybody there.
        press_id: the button press that it answers, if it is a whisper that does.
        reply_to: id of the message that it hangs on.
        otherwise: what is said where that whisper cannot be had: for all to see, so nothing of a person's.
    """

    chat_id: int = field(repr=False)
    text: str
    keyboard: Keyboard = ()
    topic_id: int | None = None
    reply_to: int | None = None
    whisper_to: int | None = field(default=None, repr=False)
    press_id: str | None = field(default=None, repr=False)
    file: File | None = None
    otherwise: "Say | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A message of the bot's gets another text and keyboard; `whisper_to` and its id for a whisper."""

    chat_id: int = field(repr=False)
    message_id: int
    text: str
    keyboard: Keyboard = ()
    whisper_to: int | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """A message of the bot's goes away; where Telegram refuses (after 48 h), it becomes `instead`."""

    chat_id: int = field(repr=False)
    message_id: int
    instead: str = ""
    whisper_to: int | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Popup:
    """The answer to a button press, shown to who pressed it; every press gets exactly one, empty or not."""

    press_id: str = field(repr=False)
    text: str = ""
    alert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Work of the bot's own that starts behind the commit, and that nobody waits for.

    Attributes:
        start: returns at once.
    """

    start: Callable[[], None] = field(repr=False)


Act = Say | Edit | Remove | Popup | Begin

Effect = Callable[[Transaction], Sequence[Act]]
"""What a command or press does: inside one transaction, together with its update's mark, and then outside.

It is run at most once per update. Nothing but the transaction and values captured before may be used in it.
"""


def nothing(_: Transaction) -> Sequence[Act]:
    """No effect and no answer."""
    return ()
