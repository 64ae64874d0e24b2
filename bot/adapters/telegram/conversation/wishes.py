"""What everybody may ask about themselves: what is stored, to be forgotten, to be left alone."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.adapters.telegram.conversation.answers import Answers, deep_link
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.texts import people as texts
from bot.adapters.telegram.values import TELEGRAM, Act, Button, Command, Effect, Press, nothing
from bot.application.people import Kept
from bot.application.ports import Clock, Transaction
from bot.domain.authors import AuthorKey
from bot.domain.messages import AuthorHash

_STANDING: Final = "standing"
_ERASE: Final = "me:forget"
_ERASE_AND_OPT_OUT: Final = "me:forget_optout"
_KEEP: Final = "me:keep"
_FORGET: Final = (Button(text=texts.FORGET_YES, data=_ERASE),)
_FORGET_AND_OPT_OUT: Final = (Button(text=texts.FORGET_AND_OPT_OUT, data=_ERASE_AND_OPT_OUT),)
_DO_NOT: Final = (Button(text=texts.FORGET_NO, data=_KEEP),)


class WishesConversation:
    """Implements `Part` for `/mydata`, `/forget`, `/optout` and `/optin`.

    Args:
        rights: needed for the ways to answer.
        clock: time.
        key: gives what is forgotten a name that names nobody.
        bot: the bot's username, for deep links.
        erasing: told before somebody is forgotten, so that the bytes go soon after (`Retention.soon`).
    """

    for_admins: Collection[str] = ()
    for_owners: Collection[str] = ()

    def __init__(
        self, *, rights: Rights, clock: Clock, key: AuthorKey, bot: str, erasing: Callable[[], None]
    ) -> None:
        self._rights = rights
        self._clock = clock
        self._key = key
        self._bot = bot
        self._erasing = erasing

    @property
    def commands(self) -> Mapping[str, OnCommand]:
        """By name, without slash."""
        return {
            "mydata": self._mydata,
            "forget": self._forget,
            "optout": self._opt_out,
            "optin": self._opt_in,
        }

    @property
    def presses(self) -> Mapping[str, OnPress]:
        """The confirmation of `/forget`."""
        return {"me": self._confirmed}

    @property
    def starts(self) -> Mapping[str, OnCommand]:
        """Answered in private where a group is no place for it.

        No link changes anything by itself: anybody may press one that stands in a group.
        """
        return {"mydata": self._mydata, "forget": self._forget, _STANDING: self._standing}

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
        person = asked.person
        if person is None:
            return nothing
        answers = await self._answers(asked)

        def effect(tx: Transaction) -> Sequence[Act]:
            gone = person.author in tx.opted_out((person.author,))
            keyboard = (_FORGET, _DO_NOT) if gone else (_FORGET, _FORGET_AND_OPT_OUT, _DO_NOT)
            return (answers.personal(tx, texts.forget(gone), start="forget", keyboard=keyboard),)

        return effect

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
        return await self._wished(asked, texts.OPTED_OUT, lambda tx, author: tx.opt_out(author, at=now))

    async def _opt_in(self, asked: Command) -> Effect:
        def wish(tx: Transaction, author: AuthorHash) -> None:
            tx.opt_in(author)
            tx.end_left_alone(author)

        return await self._wished(asked, texts.OPTED_IN, wish)

    async def _wished(
        self, asked: Command, text: str, wish: Callable[[Transaction, AuthorHash], None]
    ) -> Effect:
        """Done at once, wherever it was said; what it means is told to the person alone."""
        person = asked.person
        if person is None:  # an admin who writes as the group is never read
            return nothing
        answers = await self._answers(asked)

        def effect(tx: Transaction) -> Sequence[Act]:
            wish(tx, person.author)
            if asked.place.private or answers.whispers(tx):
                return (answers.personal(tx, text, start=_STANDING),)
            done = answers.openly(
                texts.DONE, keyboard=((Button(text=texts.DONE_BUTTON, url=deep_link(self._bot, _STANDING)),),)
            )
            return (replace(done, reply_to=asked.message_id or None),)

        return effect

    async def _standing(self, asked: Command) -> Effect:
        """Whether this person is read, and how to change that."""
        person = asked.person
        if person is None:
            return nothing
        answers = await self._answers(asked)

        def effect(tx: Transaction) -> Sequence[Act]:
            gone = person.author in tx.opted_out((person.author,))
            return (answers.personal(tx, texts.OPTED_OUT if gone else texts.READ, start=_STANDING),)

        return effect

    async def _answers(self, asked: Command | Press) -> Answers:
        return await Answers.to(asked, rights=self._rights, bot=self._bot)


def _stored(kept: Kept) -> str:
    return texts.stored(
        decisions=kept.decisions,
        texts=kept.texts,
        texts_until=kept.texts_until,
        replies=kept.replies,
        feedback=kept.feedback,
        reviews=kept.reviews,
        own_chat=kept.own_chat,
        phrases=kept.phrases,
        opted_out_since=kept.opted_out_since,
        left_alone_until=kept.left_alone_until,
        administers=kept.administers,
    )
