"""What everybody may ask: who the bot is, what it keeps, to be forgotten, to be left alone."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from math import ceil
from typing import Final

from bot.adapters.telegram.conversation.answers import Answers, deep_link
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.texts import people as texts
from bot.adapters.telegram.values import (
    TELEGRAM,
    Act,
    Button,
    Command,
    Effect,
    Keyboard,
    Person,
    Place,
    Press,
    Say,
    nothing,
)
from bot.application.chats import Chat
from bot.application.people import Kept
from bot.application.ports import Clock, Queries, Transaction
from bot.domain.authors import AuthorKey
from bot.domain.channels import ChannelDefaults, Mode
from bot.domain.messages import Origin

_ERASE: Final = "me:forget"
_ERASE_AND_OPT_OUT: Final = "me:forget_optout"
_KEEP: Final = "me:keep"
_CONFIRM: Final[Keyboard] = (
    (Button(text=texts.FORGET_YES, data=_ERASE),),
    (Button(text=texts.FORGET_AND_OPT_OUT, data=_ERASE_AND_OPT_OUT),),
    (Button(text=texts.FORGET_NO, data=_KEEP),),
)


class PeopleConversation:
    """Implements `Part` for everybody's own commands.

    Args:
        rights: who administers a group.
        clock: time.
        key: names what is forgotten, so that it names nobody.
        bot: the bot's username, for deep links.
        defaults: settings of chats without a row, above all how long words are kept.
        owners: user ids of the operator.
        operator: who runs this bot, as people should read it; empty = not said.
        erasing: told before somebody is forgotten, so that the bytes go soon after (`Retention.soon`).
    """

    for_admins: Collection[str] = ()
    for_owners: Collection[str] = ()

    def __init__(
        self,
        *,
        rights: Rights,
        clock: Clock,
        key: AuthorKey,
        bot: str,
        defaults: ChannelDefaults,
        owners: Collection[int],
        operator: str,
        erasing: Callable[[], None],
    ) -> None:
        self._rights = rights
        self._clock = clock
        self._key = key
        self._bot = bot
        self._defaults = defaults
        self._owners = frozenset(owners)
        self._operator = operator
        self._erasing = erasing

    @property
    def commands(self) -> Mapping[str, OnCommand]:
        """By name, without slash."""
        return {"start": self._start, **self.starts}

    @property
    def presses(self) -> Mapping[str, OnPress]:
        """The confirmation of `/forget`."""
        return {"me": self._confirmed}

    @property
    def starts(self) -> Mapping[str, OnCommand]:
        """What is answered in private where a group is no place for it: the same commands, by deep link."""
        return {
            "help": self._help,
            "privacy": self._privacy,
            "mydata": self._mydata,
            "forget": self._forget,
            "optout": self._opt_out,
            "optin": self._opt_in,
        }

    async def _start(self, asked: Command) -> Effect:
        """Notice and consent, in one's own chat with the bot; in a group nothing but help."""
        place, person = asked.place, asked.person
        if not place.private or person is None:
            return await self._help(asked)
        answers, now = await self._answers(asked), self._clock.now()

        def effect(tx: Transaction) -> Sequence[Act]:
            if tx.opted_out((person.author,)):
                return (answers.openly(texts.START_OPTED_OUT),)
            before = tx.chats((place.key,)).get(place.key, Chat(key=place.key, private=True))
            on = self._mode(tx, place) is Mode.LIVE and before.noticed_at is not None
            tx.keep_chat(replace(before, noticed_at=now, silenced=None))
            tx.set_channel(place.key, {"mode": Mode.LIVE}, at=now)
            return (answers.openly(texts.STARTED if on else texts.start(self._days(tx, place))),)

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
            days = self._days(tx, place)
            if place.private or answers.whispers(tx):
                return (answers.personal(tx, texts.privacy(days, self._operator), start="privacy"),)
            more = self._link(texts.PRIVACY_BUTTON, "privacy")
            return (answers.openly(texts.privacy_in_group(days), keyboard=more),)

        return effect

    async def _mydata(self, asked: Command) -> Effect:
        person = asked.person
        if person is None:
            return nothing
        answers, now = await self._answers(asked), self._clock.now()

        def effect(tx: Transaction) -> Sequence[Act]:
            kept = tx.kept_of(person.author, platform=TELEGRAM, platform_id=str(person.user_id), now=now)
            return (answers.personal(tx, _stored(kept), start="mydata"),)

        return effect

    async def _forget(self, asked: Command) -> Effect:
        if asked.person is None:
            return nothing
        answers = await self._answers(asked)
        return lambda tx: (answers.personal(tx, texts.FORGET, start="forget", keyboard=_CONFIRM),)

    async def _confirmed(self, asked: Press) -> Effect:
        """The buttons under `/forget`: whoever presses them speaks of themselves."""
        answers, person, now = await self._answers(asked), asked.person, self._clock.now()
        if asked.data == _KEEP:
            return lambda _: (*answers.popup(), answers.changed(texts.NOT_FORGOTTEN))
        if asked.data not in {_ERASE, _ERASE_AND_OPT_OUT}:
            return lambda _: answers.popup()
        self._erasing()

        def effect(tx: Transaction) -> Sequence[Act]:
            if asked.data == _ERASE_AND_OPT_OUT:
                tx.opt_out(person.author, at=now)
            tx.forget(
                person.author,
                platform=TELEGRAM,
                platform_id=str(person.user_id),
                unread=self._key.unread,
                at=now,
            )
            gone = bool(tx.opted_out((person.author,)))
            text = texts.FORGOTTEN_AND_OPTED_OUT if gone else texts.FORGOTTEN
            return *answers.popup(), answers.changed(text)

        return effect

    async def _opt_out(self, asked: Command) -> Effect:
        now = self._clock.now()
        return await self._wished(
            asked, "optout", texts.OPTED_OUT, lambda tx, person: tx.opt_out(person.author, at=now)
        )

    async def _opt_in(self, asked: Command) -> Effect:
        def wish(tx: Transaction, person: Person) -> None:
            tx.opt_in(person.author)
            tx.end_left_alone(person.author)

        return await self._wished(asked, "optin", texts.OPTED_IN, wish)

    async def _wished(
        self, asked: Command, start: str, text: str, wish: Callable[[Transaction, Person], None]
    ) -> Effect:
        """Done at once, wherever it was said; what it means is told to the person alone."""
        person = asked.person
        if person is None:  # an admin who writes as the group is never read
            return nothing
        answers = await self._answers(asked)

        def effect(tx: Transaction) -> Sequence[Act]:
            wish(tx, person)
            if asked.place.private or answers.whispers(tx):
                return (answers.personal(tx, text, start=start),)
            return (self._noted(answers, start),)

        return effect

    def _noted(self, answers: Answers, start: str) -> Say:
        return answers.openly(texts.NOTED, keyboard=self._link(texts.NOTED_BUTTON, start))

    async def _answers(self, asked: Command | Press) -> Answers:
        return await Answers.to(asked, rights=self._rights, bot=self._bot)

    def _link(self, text: str, payload: str) -> Keyboard:
        return ((Button(text=text, url=deep_link(self._bot, payload)),),)

    def _mode(self, queries: Queries, place: Place) -> Mode:
        overrides = queries.channel_overrides((place.key,)).get(place.key, {})
        return self._defaults.settings(TELEGRAM, overrides, origin=Origin.LIVE).mode

    def _days(self, queries: Queries, place: Place) -> int:
        overrides = queries.channel_overrides((place.key,)).get(place.key, {})
        kept = self._defaults.settings(TELEGRAM, overrides, origin=Origin.LIVE).retention
        return ceil(kept / timedelta(days=1))


def _stored(kept: Kept) -> str:
    return texts.stored(
        decisions=kept.decisions,
        texts=kept.texts,
        texts_until=kept.texts_until,
        replies=kept.replies,
        feedback=kept.feedback,
        opted_out_since=kept.opted_out_since,
        left_alone_until=kept.left_alone_until,
        administers=kept.administers,
    )
