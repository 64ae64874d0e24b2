"""From Telegram's raw updates to `values.Update`, each by itself: one that cannot be read spoils no other."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.fields import (
    Raw,
    WrongField,
    flag,
    maybe_part,
    maybe_text,
    maybe_whole,
    part,
    text,
    whole,
)
from bot.adapters.telegram import messages
from bot.adapters.telegram.places import Reading, a_person, a_place, is_channel
from bot.adapters.telegram.values import Ignored, Me, Membership, Press, Update
from bot.domain.authors import AuthorKey

MAX_DATA: Final = 64
"""Bytes that a button can carry."""
_GROUP_ANONYMOUS_BOT: Final = 1087968824
"""Who Telegram names where an admin acted as the group."""


class BadUpdate(Exception):
    """An update that cannot be read.

    Args:
        update_id: None where even that is missing.
        kind: the update's field, such as "message"; "" where it has none.
        error: what is the matter, and with which field; never a value.
    """

    def __init__(self, update_id: int | None, kind: str, error: str) -> None:
        super().__init__(f"{kind}: {error}")
        self.update_id = update_id
        self.kind = kind
        self.error = error


def read(
    raw: object, *, key: AuthorKey, me: Me, account: str, now: datetime, skew: timedelta = timedelta()
) -> Update:
    """One update, as the rest of this package sees it.

    Args:
        raw: decoded JSON, of whatever type.
        key: makes people and private chats known by their hashes.
        me: the bot itself.
        account: which bot account would answer.
        now: when it was received; aware.
        skew: how far our clock is ahead; Telegram's dates are corrected by it, never beyond `now`.

    Raises:
        BadUpdate: it cannot be read; nothing else is ever raised.
    """
    if not isinstance(raw, dict):
        raise BadUpdate(None, "", "WrongType: update")
    kind = kind_of(raw)
    try:
        update_id = whole(raw, "update_id")
    except WrongField as wrong:
        raise BadUpdate(None, kind, wrong.told) from None
    reader = _KINDS.get(kind)
    if reader is None:
        return Ignored(update_id=update_id)
    reading = Reading(key=key, me=me, account=account, now=now, skew=skew)
    try:
        return reader(update_id, part(raw, kind), reading)
    except WrongField as wrong:
        raise BadUpdate(update_id, kind, wrong.told) from None
    except Exception as error:  # noqa: BLE001  # nobody foresaw it, and the next update is no worse for it
        raise BadUpdate(update_id, kind, type(error).__name__) from None


def kind_of(raw: Raw) -> str:
    """Which of the kinds that are read it is; "" for every other."""
    return next((kind for kind in _KINDS if raw.get(kind) is not None), "")


def date_of(raw: object) -> int | None:
    """When it happened by Telegram's clock, in seconds since 1970; None where that is not said, or wrong."""
    if not isinstance(raw, dict):
        return None
    kind = kind_of(raw)
    inner, name = raw.get(kind), "edit_date" if kind == "edited_message" else "date"
    date = inner.get(name) if isinstance(inner, dict) else None
    return date if isinstance(date, int) and not isinstance(date, bool) and 0 < date < 2**33 else None


def _message(update_id: int, raw: Raw, reading: Reading) -> Update:
    return messages.read_message(update_id, raw, reading, edited=False)


def _edited(update_id: int, raw: Raw, reading: Reading) -> Update:
    return messages.read_message(update_id, raw, reading, edited=True)


def _press(update_id: int, raw: Raw, reading: Reading) -> Update:
    """A button. Its message may be out of reach (dated 0 then), but where and which it is, is said."""
    sender, message, data = part(raw, "from"), maybe_part(raw, "message"), maybe_text(raw, "data")
    if message is None or data is None or flag(sender, "is_bot") or is_channel(part(message, "chat")):
        return Ignored(update_id=update_id)
    if len(data.encode()) > MAX_DATA:
        raise WrongField("data")
    return Press(
        update_id=update_id,
        place=a_place(part(message, "chat"), reading.key, topic=messages.topic_of(message)),
        person=a_person(sender, reading.key),
        press_id=text(raw, "id"),
        data=data,
        message_id=maybe_whole(message, "message_id") or 0,
        ephemeral_id=maybe_whole(message, "ephemeral_message_id"),
    )


def _membership(update_id: int, raw: Raw, reading: Reading) -> Update:
    chat, by, state = part(raw, "chat"), maybe_part(raw, "from"), part(raw, "new_chat_member")
    if is_channel(chat) or whole(part(state, "user"), "id") != reading.me.user_id:
        return Ignored(update_id=update_id)
    status = text(state, "status")
    inside = status != "restricted" or flag(state, "is_member")
    writes = {"creator": True, "administrator": True, "member": True}
    return Membership(
        update_id=update_id,
        place=a_place(chat, reading.key),
        by=None if by is None or _nobody(by) else a_person(by, reading.key),
        status=status if inside else "left",
        may_write=inside and writes.get(status, status == "restricted" and flag(state, "can_send_messages")),
    )


def _nobody(user: Raw) -> bool:
    return flag(user, "is_bot") or whole(user, "id") == _GROUP_ANONYMOUS_BOT


_Reader = Callable[[int, Raw, Reading], Update]
_KINDS: Final[Mapping[str, _Reader]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _press,
    "my_chat_member": _membership,
}
ALLOWED: Final = tuple(_KINDS)
"""`allowed_updates`: what is asked for, and nothing else."""
