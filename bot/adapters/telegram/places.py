"""Telegram's chats and users, as `Place` and `Person`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.fields import Raw, WrongField, maybe_text, text, whole
from bot.adapters.telegram.values import TELEGRAM, Me, Person, Place
from bot.domain.authors import AuthorKey

_PRIVATE: Final = "private"
_CHANNEL: Final = "channel"
_TYPES: Final = frozenset({_PRIVATE, "group", "supergroup", _CHANNEL})
_MAX_TITLE: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What it takes to read an update; see `updates.read`."""

    key: AuthorKey
    me: Me
    account: str
    now: datetime
    skew: timedelta


def is_channel(chat: Raw) -> bool:
    """Whether it is a channel: nobody talks there."""
    kind = text(chat, "type")
    if kind not in _TYPES:
        raise WrongField("type")
    return kind == _CHANNEL


def a_place(chat: Raw, key: AuthorKey, *, topic: int | None = None) -> Place:
    """Where something was said. A private chat is known by its person's hash: its id is theirs."""
    chat_id, private = whole(chat, "id"), text(chat, "type") == _PRIVATE
    return Place(
        chat_id=chat_id,
        channel_id=key.author(TELEGRAM, str(chat_id)) if private else str(chat_id),
        private=private,
        topic_id=topic,
        title="" if private else (maybe_text(chat, "title") or "")[:_MAX_TITLE],
    )


def a_person(user: Raw, key: AuthorKey) -> Person:
    """Somebody, known by a hash."""
    user_id = whole(user, "id")
    return Person(author=key.author(TELEGRAM, str(user_id)), user_id=user_id)
