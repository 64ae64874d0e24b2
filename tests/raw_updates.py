"""Telegram's updates as they come over the wire."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from assembly import KEY
from builders import NOW

from bot.adapters.telegram.updates import read
from bot.adapters.telegram.values import TELEGRAM, Me, Update
from bot.domain.messages import AuthorHash

ME = Me(user_id=4242, username="SolaceBot", name="Solace", reads_all=True)
ANN = {"id": 71, "is_bot": False, "first_name": "Ann", "username": "ann_zq7x", "language_code": "en"}
MYSELF = {"id": ME.user_id, "is_bot": True, "first_name": "Solace", "username": ME.username}
OTHER_BOT = {"id": 99, "is_bot": True, "first_name": "Other", "username": "other_bot"}
GROUP = {"id": -100500, "type": "supergroup", "title": "Lounge"}
PRIVATE = {"id": ANN["id"], "type": "private", "first_name": "Ann"}
_numbers = count(1)

Raw = dict[str, Any]


def a_message(text: object = "sad sad sad sad", **changes: Any) -> Raw:
    """A message by Ann in a group, sent at `NOW`; a change to None takes a field away."""
    number = next(_numbers)
    raw: Raw = {"message_id": number, "from": ANN, "chat": GROUP, "date": int(NOW.timestamp()), "text": text}
    if "from_" in changes:
        changes["from"] = changes.pop("from_")
    return {name: value for name, value in (raw | changes).items() if value is not None}


def an_update(update_id: int | None = None, **kinds: Any) -> Raw:
    return {"update_id": next(_numbers) if update_id is None else update_id, **kinds}


def said(text: object = "sad sad sad sad", **changes: Any) -> Raw:
    return an_update(message=a_message(text, **changes))


def commanded(text: str, **changes: Any) -> Raw:
    """A message that begins with a command, as Telegram marks it."""
    length = len(text.split(maxsplit=1)[0])
    entities = [{"type": "bot_command", "offset": 0, "length": length}]
    return said(text, **({"entities": entities} | changes))


def pressed(data: str | None = "fb:1:helped", *, by: Raw = ANN, **changes: Any) -> Raw:
    press: Raw = {
        "id": "777",
        "from": by,
        "chat_instance": "1",
        "message": a_message(from_=MYSELF),
        "data": data,
    }
    return an_update(callback_query={k: v for k, v in (press | changes).items() if v is not None})


def admitted(status: str = "member", *, by: Raw = ANN, **changes: Any) -> Raw:
    change: Raw = {
        "chat": GROUP,
        "from": by,
        "date": int(NOW.timestamp()),
        "old_chat_member": {"status": "left", "user": MYSELF},
        "new_chat_member": {"status": status, "user": MYSELF},
    }
    return an_update(my_chat_member=change | changes)


def understood(raw: object, **changes: Any) -> Update:
    """Read by this bot, at `NOW`."""
    given: Raw = {"key": KEY, "me": ME, "account": ME.account, "now": NOW}
    return read(raw, **(given | changes))


def hash_of(user: Mapping[str, Any]) -> AuthorHash:
    return KEY.author(TELEGRAM, str(user["id"]))
