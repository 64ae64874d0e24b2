"""`/why`: what decided, told to the person who was answered and to nobody else."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
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
from bot.domain.decisions import ReplyWhen
from bot.domain.snapshots import PolicySnapshot

DecidingWords = Callable[[str, ReplyWhen], Awaitable[Sequence[tuple[str, float]]]]
"""Words of a text and what each adds to the score, the weightiest first: see `classify.Explainer`."""

_MOST_WORDS: Final = 5
_LONGEST_WORD: Final = 40
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
        why: tells which words decided, by the model in use now.
        model: the version of that model.
    """

    presses: Mapping[str, OnPress] = {}
    for_admins: Collection[str] = ()
    for_owners: Collection[str] = ()

    def __init__(
        self, *, store: Store, rights: Rights, bot: str, why: DecidingWords, model: Callable[[], str]
    ) -> None:
        self._store = store
        self._rights = rights
        self._bot = bot
        self._why = why
        self._model = model

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
        if reply.author != person.author:
            return lambda tx: answers.whisper_only(tx, texts.NOT_ABOUT_YOU)
        text = await self._told(reply) if seen else texts.ONCE_MORE
        return lambda tx: (answers.personal(tx, text, start=f"why_{reply.id}"),)

    async def _told(self, reply: GivenReply) -> str:
        if reply.card or not reply.scores:
            return texts.WHY_THE_CARD
        reply_when = _reply_when(reply)
        return texts.why(
            looked_for=_LOOKED_FOR[reply_when],
            percent=_percent(reply, reply_when),
            label=reply.label or "",
            model=reply.model or "",
            words=await self._words(reply, reply_when),
        )

    async def _words(self, reply: GivenReply, reply_when: ReplyWhen) -> str:
        if reply.text is None:
            return texts.WORDS_GONE
        found = await self._why(reply.text, reply_when)
        said = texts.deciding_words(
            weighty=_listed([word for word, weight in found if weight > 0]),
            against=_listed([word for word, weight in found if weight < 0]),
        )
        model = self._model()
        return said if model == reply.model else texts.words_by_another_model(said, model)


def _reply_when(reply: GivenReply) -> ReplyWhen:
    try:
        return PolicySnapshot.load(reply.policy).channel.reply_when
    except ValueError:  # written by a newer version, or changed by hand
        return ReplyWhen.NEGATIVE


def _percent(reply: GivenReply, reply_when: ReplyWhen) -> int:
    """Never all or nothing: no model is that sure."""
    score = 1 - reply.scores["positive"] if reply_when is ReplyWhen.NOT_POSITIVE else reply.scores[reply_when]
    return min(max(round(100 * score), 1), 99)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(list(dict.fromkeys(word[:_LONGEST_WORD] for word in words))[:_MOST_WORDS])
