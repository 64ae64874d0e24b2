"""A Bot API in memory: it remembers what it was asked, and answers as it was told."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from bot.adapters.telegram.values import File
from bot.domain.errors import ReplyRejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request as it came."""

    method: str
    params: Mapping[str, Any]
    files: Mapping[str, File]


class ScriptedApi:
    """Takes everything, whispers too, unless it was told otherwise.

    Args:
        knows_whispers: False = a server that is too old for them and ignores what it does not know.
    """

    def __init__(self, *, knows_whispers: bool = True) -> None:
        self.calls: list[Call] = []
        self._knows_whispers = knows_whispers
        self._fates: defaultdict[str, deque[Any]] = defaultdict(deque)
        self._numbers = count(1)

    def next(self, method: str, *fates: Any) -> None:
        """How the next calls of a method end: errors are raised, all else is their result."""
        self._fates[method].extend(fates)

    def of(self, method: str) -> list[Mapping[str, Any]]:
        """The parameters of every call of a method."""
        return [call.params for call in self.calls if call.method == method]

    @property
    def writes(self) -> list[str]:
        """The methods that were called, in order, questions left out."""
        return [call.method for call in self.calls if not call.method.startswith("get")]

    async def call(
        self, method: str, params: Mapping[str, object], *, files: Mapping[str, File] | None = None
    ) -> Any:
        self.calls.append(Call(method=method, params=dict(params), files=files or {}))
        if self._fates[method]:
            fate = self._fates[method].popleft()
            if isinstance(fate, Exception):
                raise fate
            return fate
        return self._usual(method, params)

    def _usual(self, method: str, params: Mapping[str, object]) -> Any:
        whisper = "ephemeral_message_parameters" in params and self._knows_whispers
        match method:
            case "sendMessage" | "sendDocument" | "sendPhoto":
                number = next(self._numbers)
                return (
                    {"message_id": 0, "ephemeral_message_id": number} if whisper else {"message_id": number}
                )
            case "deleteEphemeralMessage" if not self._knows_whispers:
                raise ReplyRejected("Not Found: method not found")
            case "getChat":
                return {"title": "the lounge"}
            case "getChatMember":
                return {"status": "member"}
        return True
