"""One `Say` as the requests that it takes."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.adapters.pace import Manner
from bot.adapters.telegram.keyboards import markup
from bot.adapters.telegram.pieces import CAPTION, length, pieces
from bot.adapters.telegram.refusals import WhisperRefused, whisper_understood
from bot.adapters.telegram.requests import PacedApi
from bot.adapters.telegram.values import TELEGRAM, File, Say
from bot.adapters.telegram.whispers import Whispers, ephemeral_id, message_id, parameters
from bot.application.ports import Telemetry
from bot.domain.errors import ReplyRejected, StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    method: str
    params: dict[str, object] = field(repr=False)
    files: Mapping[str, File] | None = None


class Saying:
    """Says things, to all or to one. What `ApiSpeaker` gets, it gets."""

    def __init__(self, *, api: PacedApi, whispers: Whispers, telemetry: Telemetry) -> None:
        self._api = api
        self._whispers = whispers
        self._telemetry = telemetry

    async def say(self, say: Say, manner: Manner) -> int:
        """The id of the first message; 0 for a whisper.

        Raises:
            WhisperRefused: only one person should have seen it, and so nobody did, without `otherwise`.
            PlatformError: see `PacedApi`.
        """
        if say.whisper_to is None or say.chat_id == say.whisper_to:  # a private chat is a whisper already
            results = [await self._send(each, manner) for each in _requests(say)]
            return message_id(results[0]) if results else 0
        try:
            await self._whisper(say, say.whisper_to, manner)
        except WhisperRefused:
            if say.otherwise is None:
                raise
            return await self.say(say.otherwise, manner)
        return 0

    async def _whisper(self, say: Say, user_id: int, manner: Manner) -> None:
        if say.chat_id > 0:
            raise WhisperRefused("it is somebody else's own chat")
        key = TELEGRAM, str(say.chat_id)
        if not await self._whispers.possible(say.chat_id, user_id):
            await self._note(self._whispers.refused(key))
            raise WhisperRefused("the server knows no whispers")
        for request in _requests(say):
            request.params.update(parameters(user_id, press_id=say.press_id))
            try:
                result = await self._send(request, manner)
            except ReplyRejected as error:
                refusal = whisper_understood(error)
                if isinstance(refusal, WhisperRefused) and say.press_id is None:
                    await self._note(self._whispers.refused(key))
                raise refusal from error
            if ephemeral_id(result) is None:
                await self._take_back(say.chat_id, result, manner)
            elif say.press_id is None:  # any bot may whisper to who pressed: that teaches nothing
                await self._note(self._whispers.worked(key))

    async def _take_back(self, chat_id: int, result: Any, manner: Manner) -> None:
        """The server showed a whisper to all, against its own word."""
        self._telemetry.noticed("whisper_was_public", platform=TELEGRAM)
        gone = {"chat_id": chat_id, "message_id": message_id(result)}
        await self._api.write("deleteMessage", gone, manner=manner)
        raise WhisperRefused("the server showed it to all, and it was taken back")

    async def _send(self, request: _Request, manner: Manner) -> Any:
        return await self._api.write(request.method, request.params, manner=manner, files=request.files)

    async def _note(self, writing: Awaitable[None]) -> None:
        try:
            await writing
        except StoreError as error:
            self._telemetry.noticed("whisper_not_noted", platform=TELEGRAM, error=error)


def _requests(say: Say) -> Sequence[_Request]:
    """The text in pieces, then the file; the first hangs on what is answered, the last has the buttons."""
    caption = say.file is not None and length(say.text) <= CAPTION
    found = [] if caption else [_text(each) for each in pieces(say.text)]
    if say.file is not None:
        found.append(_file(say.file, say.text if caption else ""))
    for request in found:
        request.params["chat_id"] = say.chat_id
        if say.topic_id is not None:
            request.params["message_thread_id"] = say.topic_id
    if found and say.reply_to is not None:
        # An answer to a command is worth saying also where the command was deleted.
        answered = {"message_id": say.reply_to, "allow_sending_without_reply": True}
        found[0].params["reply_parameters"] = answered
    if found and say.keyboard:
        found[-1].params["reply_markup"] = markup(say.keyboard)
    return found


def _text(text: str) -> _Request:
    return _Request(
        method="sendMessage", params={"text": text, "link_preview_options": {"is_disabled": True}}
    )


def _file(file: File, caption: str) -> _Request:
    method, name = ("sendPhoto", "photo") if file.picture else ("sendDocument", "document")
    return _Request(method=method, params={"caption": caption} if caption else {}, files={name: file})
