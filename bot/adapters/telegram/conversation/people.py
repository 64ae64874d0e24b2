"""What everybody may ask of the bot itself: who it is, what it can do, what it reads and keeps."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bot.adapters.telegram.conversation.answers import Answers, deep_link
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.conversation.standing import chat_of, settings_of
from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.silence import restored
from bot.adapters.telegram.texts import people as texts
from bot.adapters.telegram.values import (
    Act,
    Button,
    Command,
    Effect,
    Keyboard,
    Press,
)
from bot.application.ports import Clock, Transaction
from bot.domain.channels import ChannelDefaults, Mode


class PeopleConversation:
    """Implements `Part` for `/start`, `/help` and `/privacy`.

    Args:
        rights: who administers a group.
        clock: time.
        bot: the bot's username, for deep links.
        defaults: settings of chats without a row, above all how long words are kept.
        owners: user ids of the operator.
        operator: who runs this bot, as people should read it; empty = not said.
    """

    presses: Mapping[str, OnPress] = {}
    for_admins: Collection[str] = ()
    for_owners: Collection[str] = ()

    def __init__(
        self,
        *,
        rights: Rights,
        clock: Clock,
        bot: str,
        defaults: ChannelDefaults,
        owners: Collection[int],
        operator: str,
    ) -> None:
        self._rights = rights
        self._clock = clock
        self._bot = bot
        self._defaults = defaults
        self._owners = frozenset(owners)
        self._operator = operator

    @property
    def commands(self) -> Mapping[str, OnCommand]:
        """By name, without slash."""
        return {"start": self._start, **self.starts}

    @property
    def starts(self) -> Mapping[str, OnCommand]:
        """The long answers, for which a group is no place."""
        return {"help": self._help, "privacy": self._privacy}

    async def _start(self, asked: Command) -> Effect:
        """Notice and consent, in one's own chat with the bot; in a group nothing but help."""
        place, person = asked.place, asked.person
        if not place.private or person is None:
            return await self._help(asked)
        answers, now = await self._answers(asked), self._clock.now()

        def effect(tx: Transaction) -> Sequence[Act]:
            if tx.opted_out((person.author,)):
                return (answers.openly(texts.START_OPTED_OUT),)
            before, settings = chat_of(tx, place), settings_of(tx, place, self._defaults)
            on = settings.mode is Mode.LIVE and before.noticed_at is not None
            tx.keep_chat(replace(restored(before), noticed_at=now))
            tx.set_channel(place.key, {"mode": Mode.LIVE}, at=now)
            text = texts.STARTED if on else texts.start(settings.retention.total_seconds())
            return (answers.openly(text),)

        return effect

    async def _help(self, asked: Command) -> Effect:
        answers = await self._answers(asked)
        if asked.place.private:
            owner = asked.person is not None and asked.person.user_id in self._owners
            text = texts.HELP_OWNER if owner else texts.HELP
            return lambda _: (answers.openly(text),)
        admin = await self._rights.is_admin(asked.place, asked.person)
        text = texts.HELP_IN_GROUP_ADMIN if admin else texts.HELP_IN_GROUP
        more = self._link(texts.HELP_BUTTON, "help")
        return lambda _: (answers.openly(text, keyboard=more),)

    async def _privacy(self, asked: Command) -> Effect:
        """All of it to the person alone; to a group the short of it, and where the rest is."""
        answers, place = await self._answers(asked), asked.place

        def effect(tx: Transaction) -> Sequence[Act]:
            settings = settings_of(tx, place, self._defaults)
            keeps = settings.retention.total_seconds()
            if place.private or answers.whispers(tx):
                return (answers.personal(tx, texts.privacy(keeps, self._operator), start="privacy"),)
            short = texts.privacy_in_group(keeps, settings.mode is not Mode.OFF)
            return (answers.openly(short, keyboard=self._link(texts.PRIVACY_BUTTON, "privacy")),)

        return effect

    async def _answers(self, asked: Command | Press) -> Answers:
        return await Answers.to(asked, rights=self._rights, bot=self._bot)

    def _link(self, text: str, payload: str) -> Keyboard:
        return ((Button(text=text, url=deep_link(self._bot, payload)),),)
