"""`/status`, `/doctor` and `/experiment`: how the bot stands in a chat, and what to do about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.adapters.telegram.conversation.answers import ADMINISTRATOR, Answers
from bot.adapters.telegram.conversation.modes import UNREAD
from bot.adapters.telegram.conversation.part import Identify, OnCommand, OnPress
from bot.adapters.telegram.conversation.standing import chat_of, settings_of
from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.skew import TOLERATED
from bot.adapters.telegram.texts import admin
from bot.adapters.telegram.texts import settings as words
from bot.adapters.telegram.texts import status as texts
from bot.adapters.telegram.texts.spans import moment
from bot.adapters.telegram.values import Act, Button, Command, Effect, Keyboard, Place, Press
from bot.application.chats import Chat
from bot.application.ports import Clock, Queries, Transaction
from bot.domain.channels import Answer, ChannelDefaults, ChannelSettings
from bot.domain.decisions import Action, Reason
from bot.domain.errors import PlatformError

REMEMBERED: Final = timedelta(hours=48)
MOST_FAILED: Final = 100


class StatusPart:
    """How the bot stands in a chat.

    Args:
        rights: the bot's own, and for answers.
        identify: whether privacy mode is on.
        defaults: settings of chats without a row.
        account: whose updates failed.
        skew: how far our clock is ahead of Telegram's; None = not known.
        clock: the time.
        bot: the bot's username.
    """

    def __init__(
        self,
        *,
        rights: Rights,
        identify: Identify,
        defaults: ChannelDefaults,
        account: str,
        skew: Callable[[], timedelta | None],
        clock: Clock,
        bot: str,
    ) -> None:
        self._rights = rights
        self._identify = identify
        self._defaults = defaults
        self._account = account
        self._skew = skew
        self._clock = clock
        self._bot = bot
        self.commands: Mapping[str, OnCommand] = {
            "status": self._status,
            "doctor": self._doctor,
            "experiment": self._experiment,
        }
        self.presses: Mapping[str, OnPress] = {"ex": self._consented}
        self.starts: Mapping[str, OnCommand] = {}
        self.for_admins = (*self.commands, *self.presses)
        self.for_owners = ()

    async def _status(self, command: Command) -> Effect:
        answers = await self._answers(command)
        rights, reads_all = await self._standing(command.place)

        def effect(tx: Transaction) -> Sequence[Act]:
            settings, chat = settings_of(tx, command.place, self._defaults), chat_of(tx, command.place)
            text = texts.status(
                mode=self._mode(settings),
                since=moment(chat.shadow_since) if chat.shadow_since else None,
                rights=rights,
                reads_all=reads_all,
                answer=_answer(settings, chat),
                counts=self._today(tx, command.place),
            )
            return (answers.openly(text),)

        return effect

    async def _doctor(self, command: Command) -> Effect:
        answers = await self._answers(command)
        rights, reads_all = await self._standing(command.place)

        def effect(tx: Transaction) -> Sequence[Act]:
            settings, chat = settings_of(tx, command.place, self._defaults), chat_of(tx, command.place)
            lines = [texts.PRIVATE] if command.place.private else _in_group(settings, chat, rights, reads_all)
            return (answers.openly("\n\n".join([*lines, *self._clocked(), self._failed(tx)])),)

        return effect

    async def _experiment(self, command: Command) -> Effect:
        answers = await self._answers(command)

        def effect(tx: Transaction) -> Sequence[Act]:
            text, keyboard = _consent(chat_of(tx, command.place))
            return (answers.openly(text, keyboard=keyboard),)

        return effect

    async def _consented(self, press: Press) -> Effect:
        answers = await self._answers(press)
        agreed = {"ex:agree": self._clock.now(), "ex:withdraw": None}

        def effect(tx: Transaction) -> Sequence[Act]:
            if press.data not in agreed:
                return answers.popup(admin.OLD_BUTTON)
            chat = replace(chat_of(tx, press.place), experiment_consent_at=agreed[press.data])
            tx.keep_chat(chat)
            text, keyboard = _consent(chat)
            return (*answers.popup(words.SAVED), answers.changed(text, keyboard=keyboard))

        return effect

    async def _answers(self, asked: Command | Press) -> Answers:
        return await Answers.to(asked, rights=self._rights, bot=self._bot)

    async def _standing(self, place: Place) -> tuple[str, bool | None]:
        """Telegram's word for the bot in a group, and whether every message arrives."""
        if place.private:
            return "", True
        rights = await self._rights.own_status(place)
        if rights == ADMINISTRATOR:
            return rights, True
        try:
            return rights, (await self._identify()).reads_all
        except PlatformError:
            return rights, None

    def _mode(self, settings: ChannelSettings) -> str:
        until = settings.paused_until
        if until is not None and self._clock.now() < until:
            return f"{admin.MODES[settings.mode]} {admin.paused(moment(until))}"
        return admin.MODES[settings.mode]

    def _today(self, queries: Queries, place: Place) -> str:
        midnight = self._clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        counts = queries.outcomes(place.key, since=midnight)
        return texts.today(
            read=sum(number for (_, reason), number in counts.items() if reason not in UNREAD),
            answered=counts.get((Action.REPLY, Reason.SUPPORT), 0),
            watched=counts.get((Action.SHADOW, Reason.SUPPORT), 0),
        )

    def _clocked(self) -> list[str]:
        skew = self._skew()
        if skew is None:
            return []
        seconds = skew.total_seconds()
        return [texts.skew(seconds) if abs(skew) > TOLERATED else texts.clock_well(seconds)]

    def _failed(self, queries: Queries) -> str:
        since = self._clock.now() - REMEMBERED
        number = len(queries.failed_updates(self._account, since=since, limit=MOST_FAILED))
        return texts.failed(number, more=number == MOST_FAILED)


def _answer(settings: ChannelSettings, chat: Chat) -> str:
    if settings.answer is None and chat.whispers is not None:
        return words.ANSWER[Answer.WHISPER if chat.whispers else Answer.PUBLIC]
    return words.ANSWER[settings.answer or "auto"]


def _in_group(settings: ChannelSettings, chat: Chat, rights: str, reads_all: bool | None) -> list[str]:
    """What was looked at in a group, and what to do where it is not well."""
    reading = {True: texts.READS, None: texts.READS_UNKNOWN}.get(reads_all) or texts.reads_not()
    lines = [texts.ADMINISTRATOR if rights == ADMINISTRATOR else texts.MEMBER_ONLY, reading]
    if chat.noticed_at is None:
        lines.append(texts.NO_NOTICE)
    refused = texts.WHISPERS_NOT if settings.answer is Answer.WHISPER else texts.WHISPERS_NOT_WANTED
    lines.append({True: texts.WHISPERS, None: texts.WHISPERS_UNKNOWN}.get(chat.whispers) or refused)
    return lines


def _consent(chat: Chat) -> tuple[str, Keyboard]:
    agreed = chat.experiment_consent_at is not None
    said = texts.CONSENTED if agreed else texts.NOT_CONSENTED
    button = (
        Button(text=texts.WITHDRAW, data="ex:withdraw")
        if agreed
        else Button(text=texts.AGREE, data="ex:agree")
    )
    return f"{texts.NO_EXPERIMENT}\n\n{said}", ((button,),)
