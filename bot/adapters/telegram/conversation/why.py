"""`/why`: what decided, told to the person who was answered and to nobody else."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from bot.adapters.telegram.conversation.answers import Answers
from bot.adapters.telegram.conversation.feedback import row_number
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.sent_ids import sent_id
from bot.adapters.telegram.texts import feedback as texts
from bot.adapters.telegram.values import Command, Effect, Person, nothing
from bot.application.people import GivenReply
from bot.application.ports import Queries, Store
from bot.application.why import WhyAnswered, Words, concerns
from bot.domain.decisions import ReplyWhen

_LOOKED_FOR: Final[Mapping[ReplyWhen, str]] = {
    ReplyWhen.NEGATIVE: texts.NEGATIVE,
    ReplyWhen.NOT_POSITIVE: texts.NOT_POSITIVE,
    ReplyWhen.DISTRESS: texts.DISTRESSED,
}


class WhyConversation:
    """Implements `Part` for `/why`.

    Args:
        store: replies, and the words that are still kept.
        rights: needed for the ways to answer.
        bot: the bot's username, for deep links.
        reasons: what decided.
    """

    presses: Mapping[str, OnPress] = {}
    for_admins: Collection[str] = ()
    for_owners: Collection[str] = ()

    def __init__(self, *, store: Store, rights: Rights, bot: str, reasons: WhyAnswered) -> None:
        self._store = store
        self._rights = rights
        self._bot = bot
        self._reasons = reasons

    @property
    def commands(self) -> Mapping[str, OnCommand]:
        """As a reply to a message of the bot's, or of the newest one that this person got in the chat."""
        return {"why": self._asked_in_chat}

    @property
    def starts(self) -> Mapping[str, OnCommand]:
        """`why_<reply id>`."""
        return {"why": self._asked_by_link}

    async def _asked_in_chat(self, asked: Command) -> Effect:
        chat, person = asked.place.key, asked.person
        if person is None:
            return nothing
        answered = sent_id(asked.answers, asked.answers_ephemeral)

        def find(queries: Queries) -> GivenReply | None:
            if answered is None:
                return queries.newest_reply(person.author, chat)
            return queries.reply_seen_as(chat, answered)

        return await self._answer(asked, person, find)

    async def _asked_by_link(self, asked: Command) -> Effect:
        if asked.person is None:
            return nothing
        reply_id = row_number(asked.arguments)
        if reply_id is None:
            return await self._asked_in_chat(asked)
        return await self._answer(asked, asked.person, lambda queries: queries.given_reply(reply_id))

    async def _answer(
        self, asked: Command, person: Person, find: Callable[[Queries], GivenReply | None]
    ) -> Effect:
        answers = await Answers.to(asked, rights=self._rights, bot=self._bot)
        reply, seen = await self._store.read(
            lambda queries: (find(queries), asked.place.private or answers.whispers(queries))
        )
        if reply is None or reply.author is None:
            return lambda tx: answers.whisper_only(tx, texts.NO_SUCH_REPLY)
        if not concerns(reply, person.author):
            return lambda tx: answers.whisper_only(tx, texts.NOT_ABOUT_YOU)
        text = await self._told(reply) if seen else texts.ONCE_MORE
        return lambda tx: (answers.personal(tx, text, start=f"why_{reply.id}"),)

    async def _told(self, reply: GivenReply) -> str:
        because = await self._reasons.because(reply)
        if because is None:
            return texts.WHY_THE_CARD
        return texts.why(
            looked_for=_LOOKED_FOR[because.looked_for],
            percent=because.percent,
            label=because.label,
            model=because.model,
            words=_words(because.words),
        )


def _words(words: Words | None) -> str:
    if words is None:
        return texts.WORDS_GONE
    said = texts.deciding_words(weighty=", ".join(words.weighty), against=", ".join(words.against))
    return said if words.seen_by is None else texts.words_by_another_model(said, words.seen_by)
