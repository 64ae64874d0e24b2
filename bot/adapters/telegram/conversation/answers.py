"""Where an answer goes: to a person alone where it is about them, to the chat where it is about the chat."""

from dataclasses import dataclass, replace
from typing import Self

from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.texts import notice
from bot.adapters.telegram.values import Button, Command, Edit, File, Keyboard, Popup, Press, Say
from bot.application.chats import ChatQueries

ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The ways to answer one command or press. Made before the transaction, used inside it.

    Attributes:
        bot: the bot's username, for deep links.
        may_whisper: as far as rights tell: what the chat's server accepts stands in the store.
    """

    asked: Command | Press
    bot: str
    may_whisper: bool

    @classmethod
    async def to(cls, asked: Command | Press, *, rights: Rights, bot: str) -> Self:
        """Find out how this can be answered; asks for rights only where they matter."""
        place = asked.place
        possible = not place.private and asked.person is not None
        if possible and isinstance(asked, Command) and asked.ephemeral_id is None:
            possible = await rights.own_status(place) == ADMINISTRATOR
        return cls(asked=asked, bot=bot, may_whisper=possible)

    def personal(
        self,
        queries: ChatQueries,
        text: str,
        *,
        start: str,
        keyboard: Keyboard = (),
        file: File | None = None,
    ) -> Say:
        """A personal matter: a whisper, the private chat, or a link to it; never with words in the group.

        `start` is the payload of the deep link that brings the same answer in private: at most 64 of A-Z a-z
        0-9 _ -. A file goes along in private only; in a group the link is shown instead.
        """
        place = self.asked.place
        if place.private:
            return Say(chat_id=place.chat_id, text=text, keyboard=keyboard, file=file)
        link = ((Button(text=notice.OPEN_PRIVATE, url=deep_link(self.bot, start)),),)
        shown = Say(chat_id=place.chat_id, text=notice.IN_PRIVATE, keyboard=link, topic_id=place.topic_id)
        if not self.whispers(queries):
            return shown
        whisper = self._whisper(text, keyboard) if file is None else self._whisper(notice.IN_PRIVATE, link)
        return replace(whisper, otherwise=shown)

    def whisper_only(self, queries: ChatQueries, text: str) -> tuple[Say, ...]:
        """Said where only this person hears it, else not at all."""
        if self.asked.place.private:
            return (Say(chat_id=self.asked.place.chat_id, text=text),)
        return (self._whisper(text, ()),) if self.whispers(queries) else ()

    def openly(self, text: str, *, keyboard: Keyboard = (), file: File | None = None) -> Say:
        """A matter of the chat: said in it; as a whisper where it was asked in one."""
        place = self.asked.place
        if self.asked.ephemeral_id is not None and not place.private and file is None:
            return self._whisper(text, keyboard)
        return Say(chat_id=place.chat_id, text=text, keyboard=keyboard, topic_id=place.topic_id, file=file)

    def in_private(self, text: str, *, keyboard: Keyboard = (), file: File | None = None) -> tuple[Say, ...]:
        """To the person's own chat with the bot, if there is one: arrives only where they once started it."""
        person = self.asked.person
        if person is None:
            return ()
        return (Say(chat_id=person.user_id, text=text, keyboard=keyboard, file=file),)

    def changed(self, text: str, *, keyboard: Keyboard = ()) -> Edit:
        """The message whose button was pressed, or that a command answers, reads like this from now on."""
        asked = self.asked
        if isinstance(asked, Press) and asked.ephemeral_id is not None:
            return Edit(
                chat_id=asked.place.chat_id,
                message_id=asked.ephemeral_id,
                text=text,
                keyboard=keyboard,
                whisper_to=asked.person.user_id,
            )
        return Edit(chat_id=asked.place.chat_id, message_id=asked.message_id, text=text, keyboard=keyboard)

    def popup(self, text: str = "", *, alert: bool = False) -> tuple[Popup, ...]:
        """The answer to a press; nothing for a command."""
        if not isinstance(self.asked, Press):
            return ()
        return (Popup(press_id=self.asked.press_id, text=text, alert=alert),)

    def whispers(self, queries: ChatQueries) -> bool:
        """Whether this person can be told something here that nobody else sees."""
        if not self.may_whisper:
            return False
        if self.asked.ephemeral_id is not None:
            return True
        key = self.asked.place.key
        chat = queries.chats((key,)).get(key)
        return chat is None or chat.whispers is not False

    def _whisper(self, text: str, keyboard: Keyboard) -> Say:
        asked, place = self.asked, self.asked.place
        return Say(
            chat_id=place.chat_id,
            text=text,
            keyboard=keyboard,
            topic_id=place.topic_id,
            whisper_to=asked.person.user_id if asked.person else None,
            press_id=asked.press_id if isinstance(asked, Press) else None,
        )


def deep_link(bot: str, payload: str) -> str:
    """Opens the private chat with the bot and sends `/start payload` there."""
    return f"https://t.me/{bot}?start={payload}"
