"""People, places and things of the fake, as they really are."""

from dataclasses import dataclass, field
from typing import Literal

SubredditKind = Literal["public", "restricted", "private", "banned", "quarantined"]

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    """A number as ids are written."""
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text or "0"


@dataclass(slots=True, kw_only=True)
class Person:
    """An account; `blocks` are names in lower case."""

    id: str
    name: str
    created: float
    blocks: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class Subreddit:
    """A community. Moderators and banned ones are names in lower case; the bot may be among either."""

    id: str
    name: str
    created: float
    kind: SubredditKind = "public"
    moderators: list[str] = field(default_factory=list)
    banned: set[str] = field(default_factory=set)

    @property
    def fullname(self) -> str:
        return f"t5_{self.id}"


@dataclass(slots=True, kw_only=True)
class Thing:
    """What a comment and a submission have in common.

    Attributes:
        created, edited: unix seconds; edited 0 = never.
        late: seconds for which this one shows in no listing, beyond the usual lag.
        deleted: by its author.
        removed: by moderators.
    """

    id: str
    subreddit: Subreddit
    author: Person
    created: float
    text: str
    edited: float = 0.0
    late: float = 0.0
    score: int = 1
    deleted: bool = False
    removed: bool = False
    locked: bool = False
    distinguished: str | None = None

    @property
    def gone(self) -> bool:
        return self.deleted or self.removed


@dataclass(slots=True, kw_only=True)
class Link(Thing):
    """A submission with a text of its own."""

    title: str
    flair: str | None = None
    archived: bool = False
    answers: list["Comment"] = field(default_factory=list)

    @property
    def fullname(self) -> str:
        return f"t3_{self.id}"


@dataclass(slots=True, kw_only=True)
class Comment(Thing):
    """A comment; `answers` are those directly below it."""

    link: Link
    parent: "Link | Comment"
    answers: list["Comment"] = field(default_factory=list)

    @property
    def fullname(self) -> str:
        return f"t1_{self.id}"


@dataclass(slots=True, kw_only=True)
class Letter:
    """A private message.

    Attributes:
        author: None = the subreddit itself wrote.
        to: a person's name, or "#name" of a subreddit.
        subreddit: whose moderators write or are written to.
        first: the letter that began it; None = this one does.
        unread: whether whoever it is for has not marked it as read.
    """

    id: str
    author: Person | None
    to: str
    subject: str
    text: str
    created: float
    subreddit: Subreddit | None = None
    parent: "Letter | None" = None
    first: "Letter | None" = None
    unread: bool = True

    @property
    def fullname(self) -> str:
        return f"t4_{self.id}"


@dataclass(slots=True, kw_only=True)
class Notice:
    """A comment as it lies in somebody's inbox."""

    comment: Comment
    why: Literal["comment_reply", "post_reply", "username_mention"]
    unread: bool = True

    @property
    def fullname(self) -> str:
        return self.comment.fullname


@dataclass(slots=True, kw_only=True)
class Said:
    """One message of a modmail conversation."""

    id: str
    author: Person
    text: str
    date: float
    internal: bool = False


@dataclass(slots=True, kw_only=True)
class Conversation:
    """A thread of modmail.

    Attributes:
        letter: of the private message that began it, if one did.
        unread_since: None = every moderator has read it.
    """

    id: str
    subreddit: Subreddit
    participant: Person
    subject: str
    said: list[Said]
    letter: Letter | None = None
    unread_since: float | None = None
    state: int = 0
