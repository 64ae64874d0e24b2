"""The buttons under a reply: what the person it is for says of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.adapters.telegram.conversation.answers import Answers
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.keyboards import way_out
from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.sent_ids import sent_id
from bot.adapters.telegram.texts import feedback as texts
from bot.adapters.telegram.values import Act, Effect, Press, Remove
from bot.application.people import LEFT_ALONE_FOR, Feedback, GivenReply
from bot.application.ports import Clock, Transaction


class FeedbackConversation:
    """Implements `Part` for `fb:<reply id>:<kind>`.

    Args:
        rights: needed for the ways to answer.
        clock: time.
        bot: the bot's username.
    """

    commands: Mapping[str, OnCommand] = {}
    starts: Mapping[str, OnCommand] = {}
    for_admins: Collection[str] = ()
    for_owners: Collection[str] = ()

    def __init__(self, *, rights: Rights, clock: Clock, bot: str) -> None:
        self._rights = rights
        self._clock = clock
        self._bot = bot

    @property
    def presses(self) -> Mapping[str, OnPress]:
        """By prefix."""
        return {"fb": self._pressed}

    async def _pressed(self, asked: Press) -> Effect:
        answers, now = await Answers.to(asked, rights=self._rights, bot=self._bot), self._clock.now()
        meant = _meant(asked.data)
        if meant is None:
            return lambda _: answers.popup(texts.UNKNOWN_REPLY)
        reply_id, kind = meant

        def effect(tx: Transaction) -> Sequence[Act]:
            reply = tx.given_reply(reply_id)
            refused = _refusal(reply, asked)
            if reply is None or refused:
                return answers.popup(refused, alert=True)
            first = tx.keep_feedback(reply.id, kind, at=now)
            _take_effect(tx, asked, kind, now)  # again too: it may have been taken back meanwhile
            said = _said(kind, reply) if first else texts.SAID_BEFORE
            return *answers.popup(said), *_shown(answers, asked, kind, reply)

        return effect


_DIGITS: Final = 18
"""Any database can hold such a number."""


def _meant(data: str) -> tuple[int, Feedback] | None:
    """What a button carried; None: it is none of ours, whatever a client made up."""
    _, number, kind = (*data.split(":", 2), "", "")[:3]
    reply_id = row_number(number)
    return None if reply_id is None or kind not in set(Feedback) else (reply_id, Feedback(kind))


def row_number(text: str) -> int | None:
    """The number of a reply's row, as buttons and links carry it; None where it cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _refusal(reply: GivenReply | None, asked: Press) -> str:
    """Why a press does nothing; that somebody was forgotten is nobody's to know.

    Clients can send any data with any message, so the button must stand under the reply that it names.
    """
    if reply is None or reply.author is None or reply.chat != asked.place.key:
        return texts.UNKNOWN_REPLY
    if reply.sent_message_id not in {None, sent_id(asked.message_id, asked.ephemeral_id)}:
        return texts.UNKNOWN_REPLY
    return "" if reply.author == asked.person.author else texts.NOT_FOR_YOU


def _take_effect(tx: Transaction, asked: Press, kind: Feedback, now: datetime) -> None:
    person = asked.person.author
    if kind is Feedback.NOT_NEEDED:
        tx.leave_alone(person, until=now + LEFT_ALONE_FOR, at=now)
    elif kind is Feedback.LEAVE_ME_ALONE:
        tx.opt_out(person, at=now)


def _said(kind: Feedback, reply: GivenReply) -> str:
    if kind is Feedback.HELPED:
        return texts.THANKS
    if kind is Feedback.LEAVE_ME_ALONE:
        return texts.ALONE
    if reply.sent_message_id is None:
        return texts.NOT_MINE_TO_REMOVE
    return texts.CARD_GONE if reply.card else texts.GONE


def _shown(answers: Answers, asked: Press, kind: Feedback, reply: GivenReply) -> Sequence[Act]:
    """What becomes of the message. Said again: whoever presses again still sees it as it was.

    Where Telegram never told the message's id, it could be any message of the bot's, and stays as it is.
    """
    if reply.sent_message_id is None:
        return ()
    whispered = asked.ephemeral_id is not None
    if kind is Feedback.HELPED:
        return (answers.changed(reply.said, keyboard=way_out(reply.id)),)
    if kind is Feedback.LEAVE_ME_ALONE:
        alone = asked.place.private or whispered
        return (
            answers.changed(texts.INSTEAD_OF_THE_ANSWER if alone else texts.INSTEAD_OF_THE_ANSWER_FOR_ALL),
        )
    gone = Remove(
        chat_id=asked.place.chat_id,
        message_id=asked.message_id if asked.ephemeral_id is None else asked.ephemeral_id,
        instead=texts.REMOVED,
        whisper_to=asked.person.user_id if whispered else None,
    )
    return (gone,)
