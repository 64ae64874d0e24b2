"""Replies of support on Telegram: to all, or as a whisper that only the person sees."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from bot.adapters.pace import Manner
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.keyboards import markup, reply_keyboard
from bot.adapters.telegram.refusals import (
    ChatSilenced,
    WhisperRefused,
    understood,
    whisper_understood,
)
from bot.adapters.telegram.requests import PacedApi
from bot.adapters.telegram.sent_ids import sent_id
from bot.adapters.telegram.silence import Silence
from bot.adapters.telegram.values import TELEGRAM
from bot.adapters.telegram.whispers import Whispers, ephemeral_id, message_id, parameters
from bot.application.departures import leaving_at_any_time
from bot.application.ports import Telemetry
from bot.domain.errors import (
    BotError,
    ChannelMoved,
    PlatformUnavailable,
    ReplyRejected,
    SettingsError,
    StoreError,
)
from bot.domain.messages import ChannelKey
from bot.domain.replies import OutgoingReply, Receipt

AT_ONCE: Final = Manner(urgent=True, patience=timedelta(seconds=10))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """Where a reply goes. A group's id is that of its chat as it is now, and not the one in the address."""

    chat_id: int = field(repr=False)
    message_id: int
    topic_id: int | None
    user_id: int | None = field(repr=False)
    key: ChannelKey
    whisper: bool
    deadline: datetime


class TelegramSender:
    """Sends replies of support: a `ports.ReplySender`. Its delivery gives each its turn in the pace.

    Args:
        account: "telegram:" and the bot's id.
        api: the Bot API.
        paced: the same at the account's pace, for what is no reply.
        whispers: who may see a reply, and how that went so far.
        silence: where it is written down that a chat moved, or hears nothing any more.
        telemetry: the log.
    """

    platform: Final = TELEGRAM

    def __init__(
        self,
        *,
        account: str,
        api: Api,
        paced: PacedApi,
        whispers: Whispers,
        silence: Silence,
        telemetry: Telemetry,
    ) -> None:
        self.account: Final = account
        self._api = api
        self._paced = paced
        self._whispers = whispers
        self._silence = silence
        self._telemetry = telemetry

    async def send(self, reply: OutgoingReply) -> Receipt:
        """Make one request. A whisper's receipt says that Telegram took it, not that anybody saw it.

        Raises:
            RateLimited, PlatformUnavailable: nothing was stored; the latter also where the chat has a new id.
            ReplyRejected: final; its class says why.
            ReplyUnconfirmed: nobody knows.
        """
        target = await self._target(reply)
        params = _params(reply, target)
        try:
            if target.whisper:
                return await self._whisper(target, params)
            return _shown(message_id(await self._api.call("sendMessage", params)))
        except ReplyRejected as error:
            refusal = understood(error)
            await self._heed(refusal, target, reply)
            if isinstance(refusal, ChannelMoved):
                raise PlatformUnavailable("the chat has a new id") from error
            raise refusal from error
        except SettingsError as error:
            raise PlatformUnavailable("Telegram does not accept the token") from error

    async def _whisper(self, target: _Target, params: Mapping[str, object]) -> Receipt:
        if target.user_id is None:
            raise WhisperRefused("nobody to whisper to")
        if not await self._whispers.possible(target.chat_id, target.user_id, until=target.deadline):
            raise WhisperRefused("the server knows no whispers")
        try:
            result = await self._api.call("sendMessage", {**params, **parameters(target.user_id)})
        except ReplyRejected as error:
            raise whisper_understood(error) from error
        found = ephemeral_id(result)
        if found is None:
            return await self._take_back(target, result)
        await self._note(self._whispers.worked(target.key))
        return Receipt(message_id=sent_id(None, found))

    async def _take_back(self, target: _Target, result: Any) -> Receipt:
        """The server showed a whisper to all, against its own word. Where it stays, its buttons must work."""
        self._telemetry.noticed("whisper_was_public", platform=TELEGRAM)
        shown = message_id(result)
        try:
            gone = {"chat_id": target.chat_id, "message_id": shown}
            with leaving_at_any_time():
                await self._paced.write("deleteMessage", gone, manner=AT_ONCE)
        except BotError:
            return _shown(shown)
        raise WhisperRefused("the server showed it to all, and it was taken back")

    async def _target(self, reply: OutgoingReply) -> _Target:
        key = (TELEGRAM, reply.ref.channel_id)
        address = reply.address
        try:
            whisper = not reply.private and await self._whispers.wanted(key, asked_at=reply.received_at)
            return _Target(
                chat_id=int(address["chat"] if reply.private else reply.ref.channel_id),
                message_id=int(address.get("message", reply.ref.message_id)),
                topic_id=int(address["topic"]) if "topic" in address else None,
                user_id=int(address["user"]) if "user" in address else None,
                key=key,
                whisper=whisper,
                deadline=reply.deadline,
            )
        except (ValueError, KeyError):
            raise ReplyRejected("the reply has no usable address") from None
        except StoreError as error:
            raise PlatformUnavailable("the database did not say who may see the reply") from error

    async def _heed(self, refusal: ReplyRejected, target: _Target, reply: OutgoingReply) -> None:
        """What follows from a refusal for the chat."""
        match refusal:
            case ChannelMoved():
                await self._note(self._silence.moved(target.key, refusal))
            case ChatSilenced():
                await self._note(self._silence.fell(target.key, refusal, private=reply.private))
            case WhisperRefused() if target.user_id is not None:
                await self._note(self._whispers.refused(target.key))

    async def _note(self, writing: Awaitable[None]) -> None:
        """What happened to the reply stands, also where the database cannot take what follows from it."""
        try:
            await writing
        except StoreError as error:
            self._telemetry.noticed("refusal_not_noted", platform=TELEGRAM, error=error)


def _params(reply: OutgoingReply, target: _Target) -> Mapping[str, object]:
    params: dict[str, object] = {
        "chat_id": target.chat_id,
        "text": reply.text,
        "reply_parameters": {"message_id": target.message_id, "allow_sending_without_reply": False},
        "reply_markup": markup(reply_keyboard(reply.id, card=reply.card)),
        "link_preview_options": {"is_disabled": True},
    }
    if target.topic_id is not None:
        params["message_thread_id"] = target.topic_id
    return params


def _shown(found: int) -> Receipt:
    return Receipt(message_id=str(found) if found else None)
