"""What the operator may ask in a private chat."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.conversation.standing import held
from bot.adapters.telegram.texts import owner as texts
from bot.adapters.telegram.values import TELEGRAM, Act, Command, Effect, Say
from bot.application.chats import Chat
from bot.application.ports import Clock, Queries, Transaction
from bot.domain.channels import ChannelDefaults, Mode
from bot.domain.decisions import Action

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """The model in use.

    Attributes:
        metrics: of its manifest: by table, then by number.
        reference: whether it brought what drift is seen by.
    """

    version: str
    metrics: Mapping[str, Mapping[str, float]]
    reference: bool


class OwnerPart:
    """`/chats`, `/model`, `/health` and `/drift`.

    Args:
        defaults: settings of chats without a row.
        model: the model in use.
        health: which parts of the program work.
        clock: the time.
    """

    def __init__(
        self,
        *,
        defaults: ChannelDefaults,
        model: Callable[[], ModelFacts],
        health: Callable[[], Awaitable[Mapping[str, bool]]],
        clock: Clock,
    ) -> None:
        self._defaults = defaults
        self._model = model
        self._health = health
        self._clock = clock
        self.commands: Mapping[str, OnCommand] = {
            "chats": self._chats,
            "model": self._shown_model,
            "health": self._shown_health,
            "drift": self._drift,
        }
        self.presses: Mapping[str, OnPress] = {}
        self.starts: Mapping[str, OnCommand] = {}
        self.for_admins = ()
        self.for_owners = tuple(self.commands)

    async def _chats(self, command: Command) -> Effect:
        return lambda tx: (Say(chat_id=command.place.chat_id, text=self._listed(tx)),)

    async def _shown_model(self, command: Command) -> Effect:
        facts = self._model()
        return _said(command, texts.model(facts.version, facts.metrics))

    async def _shown_health(self, command: Command) -> Effect:
        return _said(command, texts.health(await self._health()))

    async def _drift(self, command: Command) -> Effect:
        known = texts.REFERENCE if self._model().reference else texts.NO_REFERENCE
        return _said(command, f"{texts.NO_DRIFT} {known}")

    def _listed(self, queries: Queries) -> str:
        """Groups by their ids, the busiest first; of private chats only how many there are."""
        chats = queries.chats_of(TELEGRAM)
        groups = [chat for chat in chats if not chat.private]
        if not chats:
            return texts.NO_CHATS
        own = queries.channel_overrides([chat.key for chat in groups])
        settings = {chat.key: held(chat.key, own.get(chat.key, {}), self._defaults) for chat in groups}
        counts = queries.outcomes_of(TELEGRAM, since=self._clock.now() - DAY)
        seen: Counter[str] = Counter()
        for (channel_id, _), number in counts.items():
            seen[channel_id] += number
        groups.sort(key=lambda chat: -seen[chat.key[1]])
        lines = [
            _line(chat, settings[chat.key].mode, seen[chat.key[1]], counts) for chat in groups[: texts.MOST]
        ]
        left = [texts.more(len(groups) - texts.MOST)] if len(groups) > texts.MOST else []
        modes = Counter(str(each.mode) for each in settings.values())
        head = texts.chats(groups=len(groups), private=len(chats) - len(groups), modes=modes)
        return "\n".join([head, *lines, *left])


def _line(chat: Chat, mode: Mode, seen: int, counts: Mapping[tuple[str, str], int]) -> str:
    channel_id = chat.key[1]
    return texts.chat(
        name=channel_id,
        mode=mode,
        seen=seen,
        answered=counts.get((channel_id, Action.REPLY), 0),
        trouble=chat.silenced or "",
    )


def _said(command: Command, text: str) -> Effect:
    def effect(_: Transaction) -> Sequence[Act]:
        return (Say(chat_id=command.place.chat_id, text=text),)

    return effect
