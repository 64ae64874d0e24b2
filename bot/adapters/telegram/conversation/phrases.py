"""`/phrases`: a chat's own words of support, and those of the book that it does not want."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.adapters.telegram.conversation.answers import Answers
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.texts import admin
from bot.adapters.telegram.texts import phrases as texts
from bot.adapters.telegram.values import Act, Button, Command, Effect, Keyboard, Press
from bot.application.ports import Clock, Queries, Transaction
from bot.domain.messages import ChannelKey
from bot.domain.own_phrases import MOST, OwnPhrase, PhraseRefused, found, muted, next_id, written
from bot.domain.phrases import EMOTIONS, GENERAL, PhraseBook
from bot.domain.phrasing import violations

ON_A_PAGE: Final = 12
_NAMED: Final = re.compile(r"([a-z]+(?:, ?[a-z]+)*): *(\S.*)", re.DOTALL | re.IGNORECASE)

Change = Callable[[Transaction, Answers, str], Sequence[Act]]


class Phrases:
    """The phrases of a chat.

    Args:
        rights: for answers.
        book: the phrases that every chat begins with.
        clock: the time.
        bot: the bot's username.
    """

    def __init__(self, *, rights: Rights, book: PhraseBook, clock: Clock, bot: str) -> None:
        self._rights = rights
        self._book = book
        self._clock = clock
        self._bot = bot
        self.commands: Mapping[str, OnCommand] = {"phrases": self._asked}
        self.presses: Mapping[str, OnPress] = {"ph": self._pressed}
        self.starts: Mapping[str, OnCommand] = {}
        self.for_admins = ("phrases", "ph")
        self.for_owners = ()
        self._changes: Mapping[str, Change] = {
            "add": self._add,
            "edit": self._edit,
            "mute": self._mute,
            "unmute": self._unmute,
        }

    async def _asked(self, command: Command) -> Effect:
        answers = await Answers.to(command, rights=self._rights, bot=self._bot)
        verb, _, rest = command.arguments.partition(" ")
        change = self._changes.get(verb.lower())

        def effect(tx: Transaction) -> Sequence[Act]:
            if verb.lower() in {"", "list"}:
                text, keyboard = self._page(tx, command.place.key, 0)
                return (answers.openly(text, keyboard=keyboard),)
            if change is None or not rest.strip():
                return answers.whisper_only(tx, texts.USAGE)
            try:
                return change(tx, answers, rest.strip())
            except PhraseRefused as why:
                return (answers.openly(texts.refused(str(why))),)

        return effect

    async def _pressed(self, press: Press) -> Effect:
        answers = await Answers.to(press, rights=self._rights, bot=self._bot)
        verb, *names = press.data.split(":")[1:]

        def effect(tx: Transaction) -> Sequence[Act]:
            key = press.place.key
            match verb, names:
                case "list", [page] if page.isascii() and page.isdecimal():
                    text, keyboard = self._page(tx, key, int(page))
                    return (*answers.popup(), answers.changed(text, keyboard=keyboard))
                case "use", [new, *old]:
                    return self._used(tx, answers, new, old)
                case "drop", [new]:
                    waiting = _waiting(tx, key, new)
                    if waiting is not None:
                        tx.drop_own_phrase(key, new)
                        return (*answers.popup(), answers.changed(texts.THROWN_AWAY))
            return answers.popup(admin.OLD_BUTTON)

        return effect

    def _add(self, tx: Transaction, answers: Answers, text: str) -> Sequence[Act]:
        emotions, words = _parted(text)
        return self._previewed(tx, answers, words, emotions, instead_of=None)

    def _edit(self, tx: Transaction, answers: Answers, text: str) -> Sequence[Act]:
        """Words that change make a new phrase: what was said under the old name keeps its meaning."""
        name, _, words = text.partition(" ")
        own = _own(tx, answers.asked.place.key)
        old = found(self._book, own, name.lower())
        return self._previewed(tx, answers, words, self._emotions(old), instead_of=old.id)

    def _previewed(
        self,
        tx: Transaction,
        answers: Answers,
        text: str,
        emotions: frozenset[str],
        *,
        instead_of: str | None,
    ) -> Sequence[Act]:
        """Kept muted, and shown; a button brings it into use."""
        key = answers.asked.place.key
        own = _own(tx, key)
        if sum(each.text is not None for each in own) >= MOST:
            return (answers.openly(texts.NO_MORE),)
        phrase = OwnPhrase(id=next_id(own), text=written(text), emotions=emotions, muted=True)
        tx.keep_own_phrase(key, phrase, at=self._clock.now())
        broken = texts.warnings([*violations(phrase.text or ""), *_unknown(phrase.text or "")])
        use = ":".join(filter(None, ("ph:use", phrase.id, instead_of)))
        keyboard = (
            (
                Button(text=texts.USE, data=use),
                Button(text=texts.THROW_AWAY, data=f"ph:drop:{phrase.id}"),
            ),
        )
        shown = texts.preview(phrase.id, phrase.text or "", _feelings(emotions), broken)
        return (answers.openly(shown, keyboard=keyboard),)

    def _used(self, tx: Transaction, answers: Answers, new: str, old: Sequence[str]) -> Sequence[Act]:
        key, now = answers.asked.place.key, self._clock.now()
        waiting = _waiting(tx, key, new)
        if waiting is None:
            return answers.popup(admin.OLD_BUTTON)
        tx.keep_own_phrase(key, replace(waiting, muted=False), at=now)
        for name in old:
            try:
                tx.keep_own_phrase(key, muted(self._book, _own(tx, key), name), at=now)
            except PhraseRefused:  # it went meanwhile, or is the last of its kind: then both stay
                continue
        said = f"{waiting.text}\n\n{texts.IN_USE}"
        return (*answers.popup(texts.IN_USE), answers.changed(said))

    def _mute(self, tx: Transaction, answers: Answers, name: str) -> Sequence[Act]:
        key = answers.asked.place.key
        silent = muted(self._book, _own(tx, key), name.lower())
        tx.keep_own_phrase(key, silent, at=self._clock.now())
        return (answers.openly(texts.muted(self._text(silent))),)

    def _unmute(self, tx: Transaction, answers: Answers, name: str) -> Sequence[Act]:
        key = answers.asked.place.key
        phrase = found(self._book, _own(tx, key), name.lower())
        if phrase.text is None:
            tx.drop_own_phrase(key, phrase.id)
        else:
            tx.keep_own_phrase(key, replace(phrase, muted=False), at=self._clock.now())
        return (answers.openly(texts.unmuted(self._text(phrase))),)

    def _page(self, queries: Queries, key: ChannelKey, page: int) -> tuple[str, Keyboard]:
        """Own phrases first, then the book's."""
        own = _own(queries, key)
        silent = {each.id for each in own if each.muted}
        words = {each.id: each.text for each in own if each.text is not None}
        words |= {phrase.id: phrase.text for phrase in self._book.phrases}
        pages = -(-len(words) // ON_A_PAGE)
        page = min(page, pages - 1)
        shown = list(words.items())[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
        lines = [texts.entry(name, text, muted=name in silent) for name, text in shown]
        quiet = len(silent & words.keys())
        head = texts.heading(used=len(words) - quiet, muted=quiet, page=page + 1, pages=pages)
        turns = {page - 1: texts.PREVIOUS, page + 1: texts.NEXT}
        buttons = [Button(text=label, data=f"ph:list:{to}") for to, label in turns.items() if 0 <= to < pages]
        return "\n\n".join([head, *lines]), (buttons,) if buttons else ()

    def _emotions(self, phrase: OwnPhrase) -> frozenset[str]:
        in_book = {each.id: each.emotions for each in self._book.phrases}
        return phrase.emotions or in_book.get(phrase.id, EMOTIONS)

    def _text(self, phrase: OwnPhrase) -> str:
        in_book = {each.id: each.text for each in self._book.phrases}
        return phrase.text or in_book.get(phrase.id, phrase.id)


def _own(queries: Queries, key: ChannelKey) -> Sequence[OwnPhrase]:
    return queries.own_phrases((key,)).get(key, ())


def _waiting(queries: Queries, key: ChannelKey, name: str) -> OwnPhrase | None:
    """An own phrase that was shown and is not in use."""
    return next((each for each in _own(queries, key) if each.id == name and each.text and each.muted), None)


def _parted(text: str) -> tuple[frozenset[str], str]:
    """The feelings named before a colon, and the phrase; without any, it answers every feeling."""
    match = _NAMED.fullmatch(text)
    if match is not None:
        named = frozenset(name.strip().lower() for name in match[1].split(","))
        if named <= EMOTIONS:
            return named, match[2]
    return EMOTIONS, text


def _unknown(text: str) -> Sequence[str]:
    """What to say of a phrase that begins as if it named feelings, and names none."""
    match = _NAMED.fullmatch(text)
    return (texts.UNKNOWN_FEELING,) if match is not None else ()


def _feelings(emotions: Collection[str]) -> str:
    if set(emotions) == EMOTIONS:
        return texts.ANY_FEELING
    named = sorted(each for each in emotions if each != GENERAL)
    return ", ".join([*named, *([texts.GENERAL] if GENERAL in emotions else [])])
