"""Messages: which of them somebody says to the others, which to the bot, and whose words they are."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from bot.adapters.fields import (
    Raw,
    WrongField,
    flag,
    maybe_part,
    maybe_text,
    maybe_whole,
    part,
    parts,
    whole,
)
from bot.adapters.telegram.places import Reading, a_person, a_place, is_channel
from bot.adapters.telegram.values import TELEGRAM, Command, Ignored, Me, Moved, Place, Talk, Update
from bot.domain.authors import AuthorKey
from bot.domain.messages import IncomingMessage, MessageRef, Sender
from bot.domain.policy import is_command

_SERVICE_ACCOUNT: Final = 777000
"""Telegram itself: it forwards a linked channel's posts into the group."""
_FORWARDED: Final = ("forward_origin", "forward_date", "forward_from", "forward_from_chat")
_COMMAND: Final = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{1,64}))?(?=\s|$)")
_BLOCKQUOTES: Final = ("blockquote", "expandable_blockquote")
_LAST_DATE: Final = 2**33
"""In the year 2242: later than that is no date."""


def read_message(update_id: int, raw: Raw, reading: Reading, *, edited: bool) -> Update:
    """A message that goes to the intake, a command, a move, or nothing that concerns the bot.

    Ignored: forwards (they are not their sender's mood), service messages, what has no text and no caption,
    channels, commands to other bots and by other bots, and commands that an edit brought.

    Raises:
        WrongField, ValueError: it cannot be read.
    """
    chat = part(raw, "chat")
    if is_channel(chat):
        return Ignored(update_id=update_id)
    place = a_place(chat, reading.key, topic=topic_of(raw))
    moved = _moved(update_id, raw, place, reading.key)
    if moved is not None:
        return moved
    words, entities = _words(raw)
    sender = _sender(raw, chat, reading.me) if words else None
    if sender is None:
        return Ignored(update_id=update_id)
    if is_command(words) and _begins_with_command(entities):
        command = None if edited else _command(update_id, raw, place, sender, words, reading)
        return command or Ignored(update_id=update_id)
    message_id = whole(raw, "message_id")
    if message_id == 0:  # a whisper to the bot: nobody said it to the group, and no answer can hang on it
        return Ignored(update_id=update_id)
    marked = _with_quotes_marked(words, entities)
    said = _said(raw, place, sender, marked, message_id, reading, edited=edited)
    return Talk(update_id=update_id, place=place, message=said)


def _words(raw: Raw) -> tuple[str, Sequence[Raw]]:
    """What its sender wrote, with its entities; "" for a forward, and where there is nothing to read."""
    if any(raw.get(name) is not None for name in _FORWARDED):
        return "", ()
    written = maybe_text(raw, "text")
    if written is not None:
        return written, parts(raw, "entities")
    return maybe_text(raw, "caption") or "", parts(raw, "caption_entities")


def topic_of(raw: Raw) -> int | None:
    """The forum topic; a thread id outside a forum is only a chain of replies."""
    return whole(raw, "message_thread_id") if flag(raw, "is_topic_message") else None


def _moved(update_id: int, raw: Raw, place: Place, key: AuthorKey) -> Moved | None:
    """A group's end as it tells of it, or its supergroup's beginning: the same move, from old to new."""
    new, old = maybe_whole(raw, "migrate_to_chat_id"), maybe_whole(raw, "migrate_from_chat_id")
    if new is not None:
        return Moved(update_id=update_id, place=place, new_chat_id=new)
    if old is not None:
        before = a_place({"id": old, "type": "group", "title": place.title}, key)
        return Moved(update_id=update_id, place=before, new_chat_id=place.chat_id)
    return None


def _sender(raw: Raw, chat: Raw, me: Me) -> Sender | None:
    """Who speaks; None where Telegram names nobody. Chats first: `from` is a stand-in beside them."""
    if flag(raw, "is_automatic_forward"):
        return Sender.LINKED_CHANNEL
    behalf, user = maybe_part(raw, "sender_chat"), maybe_part(raw, "from")
    if behalf is not None:
        same = whole(behalf, "id") == whole(chat, "id")
        return Sender.ANONYMOUS_ADMIN if same else Sender.LINKED_CHANNEL
    if user is None:
        return None
    user_id = whole(user, "id")
    if user_id == me.user_id:
        return Sender.SELF
    if user_id == _SERVICE_ACCOUNT:
        return Sender.LINKED_CHANNEL
    others = (maybe_part(raw, name) for name in ("via_bot", "sender_business_bot"))
    return Sender.BOT if flag(user, "is_bot") or any(each is not None for each in others) else Sender.PERSON


def _said(
    raw: Raw, place: Place, sender: Sender, words: str, message_id: int, reading: Reading, *, edited: bool
) -> IncomingMessage:
    person = a_person(part(raw, "from"), reading.key) if sender is Sender.PERSON else None
    address = {"chat": place.chat_id, "message": message_id, "topic": place.topic_id}
    address |= {"user": person.user_id if person else None}
    return IncomingMessage(
        ref=MessageRef(platform=TELEGRAM, channel_id=place.channel_id, message_id=str(message_id)),
        author=person.author if person else None,
        text=words,
        sent_at=_sent_at(raw, reading),
        received_at=reading.now,
        account=reading.account,
        sender=sender,
        thread_id=None if place.topic_id is None else str(place.topic_id),
        address={name: str(value) for name, value in address.items() if value is not None},
        private=place.private,
        edited=edited,
        answers_us=bool(_answered(raw, reading.me)),
    )


def _sent_at(raw: Raw, reading: Reading) -> datetime:
    """Telegram's date by our clock: where the two disagree, a new message is as old as it really is."""
    date = whole(raw, "date")
    if not 0 <= date < _LAST_DATE:
        raise WrongField("date")
    sent_at = datetime.fromtimestamp(date, UTC)
    return min(sent_at + reading.skew, reading.now) if reading.skew else sent_at


# ------------------------------------------------------------------ commands


def _begins_with_command(entities: Iterable[Raw]) -> bool:
    return any(each.get("type") == "bot_command" and each.get("offset") == 0 for each in entities)


def _command(
    update_id: int, raw: Raw, place: Place, sender: Sender, words: str, reading: Reading
) -> Command | None:
    """A command to this bot by somebody who may give one; None = not for us."""
    found = _COMMAND.match(words)
    if found is None or sender not in {Sender.PERSON, Sender.ANONYMOUS_ADMIN}:
        return None
    if found[2] is not None and found[2].lower() != reading.me.username.lower():
        return None
    answered = _answered(raw, reading.me)
    return Command(
        update_id=update_id,
        place=place,
        person=a_person(part(raw, "from"), reading.key) if sender is Sender.PERSON else None,
        name=found[1].lower(),
        arguments=words[found.end() :].strip(),
        message_id=whole(raw, "message_id"),
        answers=maybe_whole(answered, "message_id") or None,
        answers_ephemeral=maybe_whole(answered, "ephemeral_message_id"),
        ephemeral_id=maybe_whole(raw, "ephemeral_message_id"),
    )


def _answered(raw: Raw, me: Me) -> Raw:
    """The bot's own message that this one replies to; empty where there is none."""
    message = maybe_part(raw, "reply_to_message") or {}
    user = maybe_part(message, "from")
    return message if user is not None and whole(user, "id") == me.user_id else {}


# ------------------------------------------------------------------ quotes


def _with_quotes_marked(words: str, entities: Iterable[Raw]) -> str:
    """The text with its blockquotes as lines that begin with ">", which are known for others' words.

    Telegram counts offsets in UTF-16 code units. Entities that do not fit the text are left out.
    """
    spans = [
        (start, start + length)
        for each in entities
        if each.get("type") in _BLOCKQUOTES
        and isinstance(start := each.get("offset"), int)
        and isinstance(length := each.get("length"), int)
        and 0 <= start < start + length
    ]
    if not spans:
        return words
    units, at, marked = words.encode("utf-16-le"), 0, []
    for start, end in sorted(spans):
        if start < at or 2 * end > len(units):
            continue
        before, quote = units[2 * at : 2 * start], units[2 * start : 2 * end]
        marked += [_decoded(before), _as_quote(_decoded(quote))]
        at = end
    return "".join([*marked, _decoded(units[2 * at :])]).strip("\n")


def _decoded(units: bytes) -> str:
    return units.decode("utf-16-le", "replace")


def _as_quote(words: str) -> str:
    lines = "\n".join(f"> {line}" for line in words.strip("\n").split("\n"))
    return f"\n{lines}\n"
