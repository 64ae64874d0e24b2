"""From Reddit's raw JSON to messages, each thing by itself: one that cannot be read spoils no other."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from bot.adapters.fields import Raw, WrongField, flag, maybe_text, part, text
from bot.adapters.reddit.bots import is_bot
from bot.adapters.reddit.commands import is_command
from bot.adapters.reddit.standing import DELETED_WORDS, REMOVED_WORDS
from bot.adapters.reddit.values import COMMENT, REDDIT, SUBMISSION, channel_of, is_fullname, number_of, ref_of
from bot.domain.authors import AuthorKey
from bot.domain.errors import PlatformError
from bot.domain.messages import IncomingMessage, Sender

_LAST_DATE: Final = 2**33
"""In the year 2242: later than that is no date."""
UNEDITED: Final = 0.0


class BadThing(Exception):
    """A thing that cannot be read.

    Args:
        number: `number_of` its full name; None where even that is missing.
        kind: such as "t1"; "" where it has none.
        error: what is the matter, and with which field; never a value.
    """

    def __init__(self, number: int | None, kind: str, error: str) -> None:
        super().__init__(f"{kind}: {error}")
        self.number = number
        self.kind = kind
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What it takes to read a thing.

    Attributes:
        key: makes people known by their hashes.
        account, username: of the bot itself.
        subreddits: channel ids on the allowlist; what was written elsewhere is ignored.
        now: when the thing was received; aware.
    """

    key: AuthorKey
    account: str
    username: str
    subreddits: Collection[str]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that somebody wrote.

    Attributes:
        message: for the intake; `edited` where the author changed it since.
        parent: full name of what it answers; None for a submission.
        thread: full name of the submission it stands under, or is.
        title, flair: of that submission; None = not told, which a listing of comments does not of flairs.
    """

    message: IncomingMessage
    parent: str | None
    thread: str
    title: str | None = field(default=None, repr=False)
    flair: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing that concerns the bot: deleted, removed, of another kind or from another place."""


def read(raw: object, reading: Reading) -> Said | Ignored:
    """A comment or a submission, as the rest of this package sees it.

    Raises:
        BadThing: it cannot be read; nothing else is ever raised.
    """
    if not isinstance(raw, dict):
        raise BadThing(None, "", "WrongType: thing")
    kind = raw.get("kind")
    reader = _KINDS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        return Ignored()
    try:
        return reader(part(raw, "data"), reading)
    except WrongField as wrong:
        raise BadThing(_number(raw), str(kind), wrong.told) from None
    except Exception as error:  # noqa: BLE001  # nobody foresaw it, and the next thing is no worse for it
        raise BadThing(_number(raw), str(kind), type(error).__name__) from None


def children(answer: object) -> Sequence[object]:
    """What a listing holds, whatever that is.

    Raises:
        PlatformError: it is no listing.
    """
    data = answer.get("data") if isinstance(answer, dict) else None
    found = data.get("children") if isinstance(data, dict) else None
    if not isinstance(found, list):
        raise PlatformError("no listing")
    return found


def name_of(raw: object) -> str | None:
    """The full name of a comment or a submission; None where it has none that can be read."""
    data = raw.get("data") if isinstance(raw, dict) else None
    name = data.get("name") if isinstance(data, dict) else None
    return name if isinstance(name, str) and is_fullname(name, COMMENT, SUBMISSION) else None


def subreddit_of(raw: object) -> str | None:
    """The channel id of where a thing stands; None where that is not said."""
    data = raw.get("data") if isinstance(raw, dict) else None
    name = data.get("subreddit") if isinstance(data, dict) else None
    return channel_of(name) if isinstance(name, str) else None


def edit_of(raw: object) -> float:
    """Which text of a thing this is: when it was edited, in seconds since 1970.

    1 where Reddit only says that it was, as it does of very old things; `UNEDITED` where it was not.
    """
    data = raw.get("data") if isinstance(raw, dict) else None
    return _edited(data) if isinstance(data, dict) else UNEDITED


def version_of(raw: object) -> int:
    """A number for a thing's present words and edit, within this process.

    Both count: Reddit does not tell of edits in a comment's first minutes.
    """
    data = raw.get("data") if isinstance(raw, dict) else None
    if not isinstance(data, dict):
        return 0
    words = [each if isinstance(each, str) else "" for each in (data.get("body"), data.get("selftext"))]
    return hash((_edited(data), *words))


def created_of(raw: object) -> datetime | None:
    """When a thing was written, by Reddit's clock; None where that is not said, or wrong."""
    data = raw.get("data") if isinstance(raw, dict) else None
    try:
        return _created(data) if isinstance(data, dict) else None
    except WrongField:
        return None


# ------------------------------------------------------------------ the two kinds


def _comment(raw: Raw, reading: Reading) -> Said | Ignored:
    body = text(raw, "body")
    author = maybe_text(raw, "author")
    if author in {None, DELETED_WORDS} or body in {DELETED_WORDS, REMOVED_WORDS}:
        return Ignored()
    return _said(
        raw,
        reading,
        author=author,
        words=body,
        name=_fullname(raw, "name", COMMENT),
        parent=_fullname(raw, "parent_id", COMMENT, SUBMISSION),
        thread=_fullname(raw, "link_id", SUBMISSION),
        title=maybe_text(raw, "link_title"),
        flair=maybe_text(raw, "link_flair_text"),
    )


def _submission(raw: Raw, reading: Reading) -> Said | Ignored:
    """Only what is a text; a link, a picture or a poll says little about whoever put it there."""
    author, words = maybe_text(raw, "author"), maybe_text(raw, "selftext") or ""
    taken = maybe_text(raw, "removed_by_category") is not None or words in {DELETED_WORDS, REMOVED_WORDS}
    if author in {None, DELETED_WORDS} or taken or not flag(raw, "is_self"):
        return Ignored()
    name, title = _fullname(raw, "name", SUBMISSION), text(raw, "title")
    return _said(
        raw,
        reading,
        author=author,
        words=f"{title}\n\n{words}" if words else title,
        name=name,
        parent=None,
        thread=name,
        title=title,
        flair=maybe_text(raw, "link_flair_text") or "",
    )


def _said(
    raw: Raw,
    reading: Reading,
    *,
    author: str,
    words: str,
    name: str,
    parent: str | None,
    thread: str,
    title: str | None,
    flair: str | None,
) -> Said | Ignored:
    subreddit = channel_of(text(raw, "subreddit"))
    if subreddit not in reading.subreddits:
        return Ignored()
    sender = _sender(author, reading)
    message = IncomingMessage(
        ref=ref_of(subreddit, name),
        author=reading.key.author(REDDIT, author.lower()) if sender is Sender.PERSON else None,
        text=words,
        sent_at=_created(raw),
        received_at=reading.now,
        account=reading.account,
        sender=sender,
        thread_id=thread,
        command=is_command(words),
        edited=_edited(raw) != UNEDITED,
    )
    return Said(message=message, parent=parent, thread=thread, title=title, flair=flair)


def _sender(author: str, reading: Reading) -> Sender:
    if author.lower() == reading.username.lower():
        return Sender.SELF
    return Sender.BOT if is_bot(author) else Sender.PERSON


_KINDS: Final[Mapping[str, Callable[[Raw, Reading], Said | Ignored]]] = {
    COMMENT: _comment,
    SUBMISSION: _submission,
}


# ------------------------------------------------------------------ single fields


def _fullname(raw: Raw, field_name: str, *kinds: str) -> str:
    name = text(raw, field_name)
    if not is_fullname(name, *kinds):
        raise WrongField(field_name)
    return name


def _created(raw: Raw) -> datetime:
    seconds = _moment(raw.get("created_utc"))
    if seconds is None:
        raise WrongField("created_utc", missing=raw.get("created_utc") is None)
    return datetime.fromtimestamp(seconds, UTC)


def _edited(raw: Raw) -> float:
    value = raw.get("edited")
    return 1.0 if value is True else _moment(value) or UNEDITED


def _moment(value: object) -> float | None:
    """Seconds since 1970; None for everything that is no date."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value) if 0 <= value < _LAST_DATE else None


def _number(raw: object) -> int | None:
    name = name_of(raw)
    try:
        return None if name is None else number_of(name)
    except ValueError:
        return None
