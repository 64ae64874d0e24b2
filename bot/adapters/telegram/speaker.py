"""What is no reply of support: answers to commands and presses, notices, edits, deletions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.adapters.pace import Manner
from bot.adapters.telegram.keyboards import markup
from bot.adapters.telegram.pieces import MESSAGE, POPUP, cut
from bot.adapters.telegram.refusals import understood
from bot.adapters.telegram.requests import PacedApi
from bot.adapters.telegram.saying import Saying
from bot.adapters.telegram.values import Act, Begin, Edit, Popup, Remove, Say
from bot.adapters.telegram.whispers import Whispers
from bot.application.ports import Telemetry
from bot.domain.errors import BotError, ChannelMoved, ReplyRejected

IN_TIME: Final = Manner()
AT_ONCE: Final = Manner(urgent=True)
WHILE_SOMEBODY_WAITS: Final = Manner(patience=timedelta(seconds=10), attempts=1)


class ApiSpeaker:
    """`ports.Speaker` over the Bot API, at the account's pace. Whispers never become public.

    Args:
        api: turns and requests.
        whispers: whether and how they work.
        telemetry: the log, which holds no texts.
    """

    def __init__(self, *, api: PacedApi, whispers: Whispers, telemetry: Telemetry) -> None:
        self._api = api
        self._saying = Saying(api=api, whispers=whispers, telemetry=telemetry)
        self._telemetry = telemetry

    async def act(self, acts: Sequence[Act]) -> None:
        """See `ports.Speaker`."""
        for act in acts:
            await self._best_effort(act, IN_TIME)

    async def say_at_once(self, say: Say) -> None:
        """Like `act`, but before everything that waits for a turn."""
        await self._best_effort(say, AT_ONCE)

    async def post(self, act: Act) -> int | None:
        """See `ports.Speaker`; what has several parts answers with the first one's id."""
        try:
            return await self._do(act, WHILE_SOMEBODY_WAITS)
        except ReplyRejected as error:
            self._telemetry.noticed("act_refused", act=type(act).__name__, error=understood(error))
            return None

    async def _best_effort(self, act: Act, manner: Manner) -> None:
        try:
            await self._do(act, manner)
        except BotError as error:  # a token that is not accepted any more, too
            shown = understood(error) if isinstance(error, ReplyRejected) else error
            self._telemetry.noticed("act_failed", act=type(act).__name__, error=shown)

    async def _do(self, act: Act, manner: Manner) -> int:
        """Do it; in a group that became a supergroup meanwhile, at its new id."""
        try:
            return await self._do_here(act, manner)
        except ReplyRejected as error:
            moved = understood(error)
            if not isinstance(moved, ChannelMoved) or isinstance(act, Popup | Begin):
                raise
            return await self._do_here(replace(act, chat_id=moved.migrate_to_chat_id), manner)

    async def _do_here(self, act: Act, manner: Manner) -> int:
        match act:
            case Say():
                return await self._saying.say(act, manner)
            case Edit():
                await self._edit(act, manner)
                return act.message_id
            case Remove():
                await self._remove(act, manner)
            case Popup():
                await self._api.answer_press(act.press_id, cut(act.text, POPUP), alert=act.alert)
            case Begin():
                act.start()
        return 0

    async def _edit(self, edit: Edit, manner: Manner) -> None:
        params = _existing(edit) | {
            "text": cut(edit.text, MESSAGE),
            "reply_markup": markup(edit.keyboard),
            "link_preview_options": {"is_disabled": True},
        }
        method = "editEphemeralMessageText" if _whispered(edit) else "editMessageText"
        try:
            await self._api.write(method, params, manner=manner)
        except ReplyRejected as error:
            if "not modified" not in str(error).lower():  # it reads like that already
                raise

    async def _remove(self, remove: Remove, manner: Manner) -> None:
        """Telegram deletes for 48 hours; later the message can only be emptied."""
        method = "deleteEphemeralMessage" if _whispered(remove) else "deleteMessage"
        try:
            await self._api.write(method, _existing(remove), manner=manner)
        except ReplyRejected as error:
            if "to delete not found" in str(error).lower():  # somebody was faster
                return
            if not remove.instead or isinstance(understood(error), ChannelMoved):
                raise
            emptied = Edit(
                chat_id=remove.chat_id,
                message_id=remove.message_id,
                text=remove.instead,
                whisper_to=remove.whisper_to,
            )
            await self._edit(emptied, manner)


def _whispered(act: Edit | Remove) -> bool:
    """In a private chat there is nothing to whisper, whatever was asked for."""
    return act.whisper_to is not None and act.chat_id < 0


def _existing(act: Edit | Remove) -> dict[str, object]:
    """How a message of ours is named."""
    if not _whispered(act):
        return {"chat_id": act.chat_id, "message_id": act.message_id}
    return {
        "chat_id": act.chat_id,
        "receiver_user_id": act.whisper_to,
        "ephemeral_message_id": act.message_id,
    }
