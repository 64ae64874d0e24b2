"""`/settings`: a keyboard that walks through what a chat's admins may change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.adapters.telegram.conversation.answers import Answers
from bot.adapters.telegram.conversation.choices import OFF, SETTINGS, UTC, said
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.conversation.spoken import quiet_hours
from bot.adapters.telegram.conversation.standing import chat_of, settings_of
from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.texts import admin, notice
from bot.adapters.telegram.texts import settings as texts
from bot.adapters.telegram.values import Act, Button, Command, Effect, Keyboard, Place, Press, Say
from bot.application.chats import Chat
from bot.application.ports import Clock, Queries, Transaction
from bot.domain.channels import ChannelDefaults, ChannelSettings
from bot.domain.decisions import ReplyThresholds

MENU: Final = "menu"
DONE: Final = "done"
NOTES: Final = "notes"
IN_A_ROW: Final = 2


class SettingsPart:
    """The settings of a chat.

    Args:
        rights: for answers.
        defaults: settings of chats without a row.
        thresholds: the lines of the classifier in use.
        region: the operator's choice for the crisis card.
        clock: the time.
        bot: the bot's username.
    """

    def __init__(
        self,
        *,
        rights: Rights,
        defaults: ChannelDefaults,
        thresholds: Callable[[], ReplyThresholds],
        region: str | None,
        clock: Clock,
        bot: str,
    ) -> None:
        self._rights = rights
        self._defaults = defaults
        self._thresholds = thresholds
        self._region = region
        self._clock = clock
        self._bot = bot
        self.commands: Mapping[str, OnCommand] = {"settings": self._settings}
        self.presses: Mapping[str, OnPress] = {"set": self._pressed}
        self.starts: Mapping[str, OnCommand] = {}
        self.for_admins = ("settings", "set")
        self.for_owners = ()

    async def _settings(self, command: Command) -> Effect:
        answers = await Answers.to(command, rights=self._rights, bot=self._bot)
        words = command.arguments.split(maxsplit=1)
        if not words:
            return lambda tx: (self._list(tx, answers),)
        what, rest = words[0].lower(), words[1] if len(words) > 1 else ""

        def effect(tx: Transaction) -> Sequence[Act]:
            before = self._settings_of(tx, command.place)
            zone = before.quiet_hours.zone if before.quiet_hours else UTC
            hours = None if rest.lower() == OFF else quiet_hours(rest, zone=zone)
            if what != "quiet" or (hours is None and rest.lower() != OFF):
                return answers.whisper_only(tx, texts.USAGE)
            tx.set_channel(command.place.key, {"quiet_hours": hours}, at=self._clock.now())
            after = replace(before, quiet_hours=hours)
            return (answers.openly(self._line("quiet_hours", after)),)

        return effect

    async def _pressed(self, press: Press) -> Effect:
        answers = await Answers.to(press, rights=self._rights, bot=self._bot)
        name, _, token = press.data.partition(":")[2].partition("=")

        def effect(tx: Transaction) -> Sequence[Act]:
            if name == DONE:
                text, _ = self._menu(tx, press.place)
                return (*answers.popup(), answers.changed(text))
            if name == NOTES and token:
                return self._noted(tx, answers, press, wanted=token != OFF)
            if name in SETTINGS and token in SETTINGS[name].tokens:
                return self._chosen(tx, answers, name, token)
            if not token and (name in SETTINGS or name == NOTES):
                text, keyboard = self._opened(tx, press.place, name)
                return (*answers.popup(), answers.changed(text, keyboard=keyboard))
            if name != MENU:
                return answers.popup(admin.OLD_BUTTON)
            text, keyboard = self._menu(tx, press.place)
            return (*answers.popup(), answers.changed(text, keyboard=keyboard))

        return effect

    def _chosen(self, tx: Transaction, answers: Answers, name: str, token: str) -> Sequence[Act]:
        place = answers.asked.place
        before = self._settings_of(tx, place)
        value = SETTINGS[name].read(token, before)
        tx.set_channel(place.key, {name: value}, at=self._clock.now())
        text, keyboard = self._menu(tx, place)
        told = _told(place, before, self._settings_of(tx, place))
        return (*answers.popup(texts.SAVED), answers.changed(text, keyboard=keyboard), *told)

    def _noted(self, tx: Transaction, answers: Answers, press: Press, *, wanted: bool) -> Sequence[Act]:
        """Whether this admin hears that somebody may need a person."""
        chat, me = chat_of(tx, press.place), str(press.person.user_id)
        others = tuple(each for each in chat.notes_to if each != me)
        tx.keep_chat(replace(chat, notes_to=(*others, me) if wanted else others))
        text, keyboard = self._menu(tx, press.place)
        saved = texts.NOTES_ARE_PRIVATE if wanted else texts.SAVED
        return (*answers.popup(saved, alert=wanted), answers.changed(text, keyboard=keyboard))

    def _list(self, queries: Queries, answers: Answers) -> Say:
        text, keyboard = self._menu(queries, answers.asked.place)
        return answers.openly(text, keyboard=keyboard)

    def _menu(self, queries: Queries, place: Place) -> tuple[str, Keyboard]:
        """Every setting with its value, and a button for each."""
        settings, chat = self._settings_of(queries, place), chat_of(queries, place)
        names = _offered(place)
        lines = [self._line(name, settings, chat) for name in names]
        text = "\n".join([texts.HEADING, "", *lines, "", texts.region(self._region)])
        buttons = [Button(text=texts.TITLES[name], data=f"set:{name}") for name in names]
        done = (Button(text=texts.DONE, data=f"set:{DONE}"),)
        return text, (*_rows(buttons), done)

    def _opened(self, queries: Queries, place: Place, name: str) -> tuple[str, Keyboard]:
        """One setting: its value, what it means, and the choices."""
        settings, chat = self._settings_of(queries, place), chat_of(queries, place)
        value = self._said(name, settings, chat)
        text = texts.chosen(texts.TITLES[name], value, texts.EXPLAINED[name])
        back = (Button(text=texts.BACK, data=f"set:{MENU}"),)
        return text, (*([button] for button in self._choices(name, settings, place)), back)

    def _choices(self, name: str, settings: ChannelSettings, place: Place) -> list[Button]:
        if name == NOTES:
            return [
                Button(text=texts.NOTES_ON, data=f"set:{NOTES}=on"),
                Button(text=texts.NOTES_OFF, data=f"set:{NOTES}={OFF}"),
            ]
        setting = SETTINGS[name]
        values = {token: setting.read(token, settings) for token in setting.tokens}
        offered = [token for token in values if not (place.private and token.endswith("+note"))]
        return [
            Button(
                text=said(name, settings.overlaid({name: values[token]}), self._thresholds()),
                data=f"set:{name}={token}",
            )
            for token in offered
        ]

    def _line(self, name: str, settings: ChannelSettings, chat: Chat | None = None) -> str:
        return texts.line(texts.TITLES[name], self._said(name, settings, chat))

    def _said(self, name: str, settings: ChannelSettings, chat: Chat | None) -> str:
        if name == NOTES:
            return texts.notes(len(chat.notes_to) if chat else 0)
        return said(name, settings, self._thresholds())

    def _settings_of(self, queries: Queries, place: Place) -> ChannelSettings:
        return settings_of(queries, place, self._defaults)


def _offered(place: Place) -> list[str]:
    names = [name for name, each in SETTINGS.items() if not (place.private and each.groups_only)]
    return names if place.private else [*names, NOTES]


def _rows(buttons: Sequence[Button]) -> list[Sequence[Button]]:
    return [buttons[at : at + IN_A_ROW] for at in range(0, len(buttons), IN_A_ROW)]


def _told(place: Place, before: ChannelSettings, after: ChannelSettings) -> list[Say]:
    """What the whole group hears of a change: its notice said something else."""
    says = []
    if not place.private and before.retention != after.retention:
        says.append(notice.retention_changed(after.retention.total_seconds()))
    if not place.private and before.crisis.note != after.crisis.note:
        says.append(notice.NOTES_ON if after.crisis.note else notice.NOTES_OFF)
    return [Say(chat_id=place.chat_id, text=text, topic_id=place.topic_id) for text in says]
