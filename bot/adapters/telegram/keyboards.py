"""Buttons: under replies of support, and as Telegram wants any keyboard written."""

from collections.abc import Mapping, Sequence

from bot.adapters.telegram.texts.sending import HELPED, LEAVE_ME_ALONE, NOT_NEEDED
from bot.adapters.telegram.values import Button, Keyboard


def reply_keyboard(reply_id: int, *, card: bool) -> Keyboard:
    """What a person can say to a reply.

    The crisis card does not ask whether it helped: that would make a score of the worst moment of a day. It
    can be taken away, above all where others see it, and there is a way out, as under every reply.
    """
    row = [Button(text=NOT_NEEDED, data=_data(reply_id, "not_needed"))]
    if not card:
        row.insert(0, Button(text=HELPED, data=_data(reply_id, "helped")))
    return [row, *way_out(reply_id)]


def way_out(reply_id: int) -> Keyboard:
    """What stays under a reply as long as its words do."""
    return [[Button(text=LEAVE_ME_ALONE, data=_data(reply_id, "leave_me_alone"))]]


def markup(keyboard: Keyboard) -> Mapping[str, object]:
    """An `InlineKeyboardMarkup`."""
    return {"inline_keyboard": [_row(row) for row in keyboard]}


def _row(row: Sequence[Button]) -> Sequence[Mapping[str, str]]:
    return [
        {"text": each.text}
        | ({"url": each.url} if each.url is not None else {"callback_data": each.data or ""})
        for each in row
    ]


def _data(reply_id: int, kind: str) -> str:
    return f"fb:{reply_id}:{kind}"
