"""Whether the bot speaks in a chat, and what it said last."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.durations import typed
from bot.adapters.telegram.conversation.answers import Answers
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.conversation.standing import chat_of, settings_of, switch
from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.sent_ids import WHISPER, sent_id
from bot.adapters.telegram.silence import restored
from bot.adapters.telegram.texts import admin
from bot.adapters.telegram.texts.spans import moment
from bot.adapters.telegram.values import Act, Button, Command, Effect, Keyboard, Place, Press, Remove
from bot.application.chats import Chat
from bot.application.overview import Example
from bot.application.ports import Clock, Queries, Transaction
from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.decisions import Action, Reason
from bot.domain.masking import masked

LONGEST_PAUSE: Final = timedelta(days=30)
EXAMPLES: Final = 3
"""So many texts of either kind."""
RESUME: Final = "resume"
PAUSES: Final = {"2h": admin.PAUSE_2H, "8h": admin.PAUSE_8H}
LABELS: Final = {Mode.LIVE: admin.LIVE, Mode.SHADOW: admin.SHADOW, Mode.OFF: admin.OFF}
UNREAD: Final = frozenset(
    {
        Reason.OWN_MESSAGE,
        Reason.BOT,
        Reason.ANONYMOUS_ADMIN,
        Reason.LINKED_CHANNEL,
        Reason.COMMAND,
        Reason.OPTED_OUT,
        Reason.CHANNEL_OFF,
        Reason.PAUSED,
        Reason.THREAD_SKIPPED,
    }
)
"""Reasons of `screen`: the text was not looked at."""


class Modes:
    """`/mode`, `/pause`, `/resume` and `/undo`.

    Args:
        rights: for answers.
        defaults: settings of chats without a row.
        clock: the time.
        bot: the bot's username.
    """

    def __init__(self, *, rights: Rights, defaults: ChannelDefaults, clock: Clock, bot: str) -> None:
        self._rights = rights
        self._defaults = defaults
        self._clock = clock
        self._bot = bot
        self.commands: Mapping[str, OnCommand] = {
            "mode": self._mode,
            "pause": self._pause,
            "resume": self._resume,
            "undo": self._undo,
        }
        self.presses: Mapping[str, OnPress] = {"mode": self._pressed}
        self.starts: Mapping[str, OnCommand] = {}
        self.for_admins = (*self.commands, *self.presses)
        self.for_owners = ()

    async def _mode(self, command: Command) -> Effect:
        answers = await self._answers(command)
        word = command.arguments.lower()
        if not word:
            return lambda tx: (self._shown(tx, answers),)
        if word not in set(Mode):
            return lambda tx: answers.whisper_only(tx, admin.MODE_USAGE)

        def effect(tx: Transaction) -> Sequence[Act]:
            text, further = self._switched(tx, answers, Mode(word))
            return (answers.openly(text), *further)

        return effect

    async def _pause(self, command: Command) -> Effect:
        answers = await self._answers(command)
        span = typed(command.arguments)
        if span is None or not timedelta() < span <= LONGEST_PAUSE:
            return lambda tx: answers.whisper_only(tx, admin.PAUSE_USAGE)
        return lambda tx: (answers.openly(self._paused(tx, answers.asked.place, span)),)

    async def _resume(self, command: Command) -> Effect:
        answers = await self._answers(command)
        return lambda tx: (answers.openly(self._resumed(tx, command.place)),)

    async def _undo(self, command: Command) -> Effect:
        answers = await self._answers(command)
        place = command.place

        def effect(tx: Transaction) -> Sequence[Act]:
            named = sent_id(command.answers, command.answers_ephemeral)
            found = tx.sent_reply(place.key, sent_message_id=named, but_for=WHISPER)
            message_id = named or (found.sent_message_id if found else None)
            gone = _removed(command, message_id)
            if gone is None:
                return (answers.openly(admin.NOTHING_TO_UNDO),)
            if found is not None:
                tx.take_away(found.id)
            return (gone, *answers.whisper_only(tx, admin.TAKEN_AWAY))

        return effect

    async def _pressed(self, press: Press) -> Effect:
        answers = await self._answers(press)
        what = press.data.partition(":")[2]
        span = typed(what)

        def effect(tx: Transaction) -> Sequence[Act]:
            further: Sequence[Act] = ()
            if what in set(Mode):
                said, further = self._switched(tx, answers, Mode(what))
            elif what == RESUME:
                said = self._resumed(tx, press.place)
            elif span is not None and span <= LONGEST_PAUSE:
                said = self._paused(tx, press.place, span)
            else:
                return answers.popup(admin.OLD_BUTTON)
            keyboard = self._buttons(settings_of(tx, press.place, self._defaults))
            return (*answers.popup(), answers.changed(said, keyboard=keyboard), *further)

        return effect

    def _shown(self, queries: Queries, answers: Answers) -> Act:
        """The mode, what it would have said so far, and the buttons that change it."""
        place = answers.asked.place
        settings = settings_of(queries, place, self._defaults)
        until = self._pause_of(settings)
        text = admin.paused(moment(until)) if until else admin.MODES[settings.mode]
        said = "\n\n".join(filter(None, (text, self._counted(queries, chat_of(queries, place)))))
        return answers.openly(said, keyboard=self._buttons(settings))

    async def _answers(self, asked: Command | Press) -> Answers:
        return await Answers.to(asked, rights=self._rights, bot=self._bot)

    def _switched(self, tx: Transaction, answers: Answers, mode: Mode) -> tuple[str, Sequence[Act]]:
        """Switch, and say so; beside it what it would have said meanwhile, with examples in private."""
        place, now = answers.asked.place, self._clock.now()
        chat = chat_of(tx, place)
        if chat.noticed_at is None and mode is not Mode.OFF:
            return admin.FIRST_START if place.private else admin.FIRST_THE_NOTICE, ()
        examples = self._examples(tx, answers, chat)
        told = admin.EXAMPLES_ARE_PRIVATE if examples and not place.private else ""
        said = "\n\n".join(filter(None, (admin.MODES[mode], self._counted(tx, chat), told)))
        before = settings_of(tx, place, self._defaults).mode
        switch(tx, place, mode, at=now)
        kept = chat if mode is Mode.OFF else restored(chat)
        if mode is not Mode.SHADOW or before is not Mode.SHADOW:
            kept = replace(kept, shadow_since=now if mode is Mode.SHADOW else None)
        tx.keep_chat(kept)
        return said, examples

    def _counted(self, queries: Queries, chat: Chat) -> str:
        """What it would have said since the shadow began; empty where there is none."""
        since = chat.shadow_since
        if since is None:
            return ""
        counts = queries.outcomes(chat.key, since=since)
        return admin.shadowed(
            since=moment(since),
            read=sum(number for (_, reason), number in counts.items() if reason not in UNREAD),
            answers=counts.get((Action.SHADOW, Reason.SUPPORT), 0),
            days=(self._clock.now() - since) / timedelta(days=1),
        )

    def _examples(self, queries: Queries, answers: Answers, chat: Chat) -> Sequence[Act]:
        """A few texts of the shadow, without authors, answered and not, for the admin alone."""
        if chat.shadow_since is None:
            return ()
        found = _mixed(queries.examples(chat.key, since=chat.shadow_since, each=EXAMPLES))
        if not found:
            return ()
        return answers.in_private(admin.examples([(masked(each.text), each.answered) for each in found]))

    def _buttons(self, settings: ChannelSettings) -> Keyboard:
        modes = [
            Button(text=label, data=f"mode:{mode}") for mode, label in LABELS.items() if mode != settings.mode
        ]
        if settings.mode is Mode.OFF:
            return (modes,)
        if self._pause_of(settings):
            return modes, (Button(text=admin.RESUME, data=f"mode:{RESUME}"),)
        return modes, [Button(text=label, data=f"mode:{span}") for span, label in PAUSES.items()]

    def _pause_of(self, settings: ChannelSettings) -> datetime | None:
        """Until when it pauses now."""
        until = settings.paused_until
        return until if until is not None and self._clock.now() < until else None

    def _paused(self, tx: Transaction, place: Place, span: timedelta) -> str:
        now = self._clock.now()
        tx.set_channel(place.key, {"paused_until": now + span}, at=now)
        return admin.paused(moment(now + span))

    def _resumed(self, tx: Transaction, place: Place) -> str:
        until = self._pause_of(settings_of(tx, place, self._defaults))
        tx.set_channel(place.key, {"paused_until": None}, at=self._clock.now())
        return admin.RESUMED if until else admin.NOT_PAUSED


def _removed(command: Command, message_id: str | None) -> Remove | None:
    """The end of a message; a whisper can be replied to by nobody but the one who sees it."""
    person = command.person
    if message_id is None or (message_id.startswith(WHISPER) and person is None):
        return None
    whispered = person if message_id.startswith(WHISPER) else None
    return Remove(
        chat_id=command.place.chat_id,
        message_id=int(message_id.removeprefix(WHISPER)),
        instead=admin.REMOVED,
        whisper_to=whispered.user_id if whispered else None,
    )


def _mixed(examples: Sequence[Example]) -> list[Example]:
    """No more answered ones than others: a list of sad people is nobody's to have."""
    more = 2 * sum(each.answered for each in examples) - len(examples)
    kept = []
    for each in examples:
        if each.answered and more > 0:
            more -= 1
        else:
            kept.append(each)
    return kept
