"""Whether the bot speaks in a chat, and what it said last."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.adapters.telegram.conversation.answers import Answers
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.conversation.spoken import duration
from bot.adapters.telegram.conversation.standing import chat_of, settings_of, switch
from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.texts import admin
from bot.adapters.telegram.texts.spans import moment
from bot.adapters.telegram.values import Act, Button, Command, Effect, Keyboard, Place, Press, Remove
from bot.application.chats import Chat
from bot.application.ports import Clock, Queries, Transaction
from bot.domain.channels import ChannelDefaults, Mode
from bot.domain.decisions import Action, Reason

LONGEST_PAUSE: Final = timedelta(days=30)
EXAMPLES: Final = 3
"""So many texts of either kind."""
RESUME: Final = "resume"
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
            return lambda tx: (self._keys(tx, answers),)
        if word not in set(Mode):
            return lambda tx: answers.whisper_only(tx, admin.MODE_USAGE)

        def effect(tx: Transaction) -> Sequence[Act]:
            text, further = self._switched(tx, answers, Mode(word))
            return (answers.openly(text), *further)

        return effect

    async def _pause(self, command: Command) -> Effect:
        answers = await self._answers(command)
        span = duration(command.arguments)
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
            named = None if command.answers is None else str(command.answers)
            found = tx.sent_reply(place.key, sent_message_id=named)
            message_id = named or (found.sent_message_id if found else None)
            if message_id is None:
                return answers.whisper_only(tx, admin.NOTHING_TO_UNDO)
            if not message_id.isdecimal():
                return (answers.openly(admin.WHISPERED),)
            if found is not None:
                tx.take_away(found.id)
            gone = Remove(chat_id=place.chat_id, message_id=int(message_id), instead=admin.REMOVED)
            return (gone, *answers.whisper_only(tx, admin.TAKEN_AWAY))

        return effect

    async def _pressed(self, press: Press) -> Effect:
        answers = await self._answers(press)
        what = press.data.partition(":")[2]
        span = duration(what)

        def effect(tx: Transaction) -> Sequence[Act]:
            further: Sequence[Act] = ()
            said = ""
            if what in set(Mode):
                said, further = self._switched(tx, answers, Mode(what))
                further = (answers.openly(said), *further)
            elif what == RESUME:
                said = self._resumed(tx, press.place)
            elif span is not None and span <= LONGEST_PAUSE:
                said = self._paused(tx, press.place, span)
            text, keyboard = self._shown(tx, answers)
            return (*answers.popup(), answers.changed(text, keyboard=keyboard), *further)

        return effect

    def _keys(self, queries: Queries, answers: Answers) -> Act:
        text, keyboard = self._shown(queries, answers)
        return answers.openly(text, keyboard=keyboard)

    async def _answers(self, asked: Command | Press) -> Answers:
        return await Answers.to(asked, rights=self._rights, bot=self._bot)

    def _switched(self, tx: Transaction, answers: Answers, mode: Mode) -> tuple[str, Sequence[Act]]:
        """Switch, and say so; further: what it would have said meanwhile."""
        place, now = answers.asked.place, self._clock.now()
        chat = chat_of(tx, place)
        if chat.noticed_at is None and mode is not Mode.OFF:
            return admin.FIRST_START if place.private else admin.FIRST_THE_NOTICE, ()
        before = settings_of(tx, place, self._defaults).mode
        report, further = self._looked_back(tx, answers, chat)
        if mode is not before or mode is not Mode.SHADOW:
            switch(tx, place, mode, at=now)
            tx.keep_chat(replace(chat, shadow_since=now if mode is Mode.SHADOW else None))
        return "\n\n".join(filter(None, (admin.MODES[mode], report))), further

    def _looked_back(self, queries: Queries, answers: Answers, chat: Chat) -> tuple[str, Sequence[Act]]:
        """What it would have said since the shadow began, in counts; and a few examples in private."""
        since = chat.shadow_since
        if since is None:
            return "", ()
        counts = queries.outcomes(chat.key, since=since)
        would = {reason: number for (action, reason), number in counts.items() if action == Action.SHADOW}
        days = (self._clock.now() - since) / timedelta(days=1)
        text = admin.shadowed(
            since=moment(since),
            read=sum(number for (_, reason), number in counts.items() if reason not in UNREAD),
            answers=would.get(Reason.SUPPORT, 0),
            crises=would.get(Reason.CRISIS, 0),
            days=days,
        )
        examples = queries.examples(chat.key, since=since, each=EXAMPLES)
        if not examples or answers.asked.person is None:
            return text, ()
        shown = admin.examples([(each.text, each.answered) for each in examples])
        return f"{text} {admin.EXAMPLES_ARE_PRIVATE}", answers.in_private(shown)

    def _shown(self, queries: Queries, answers: Answers) -> tuple[str, Keyboard]:
        """The mode, and the buttons that change it."""
        place, now = answers.asked.place, self._clock.now()
        settings = settings_of(queries, place, self._defaults)
        until = settings.paused_until
        paused = until is not None and now < until
        text = admin.paused(moment(until)) if paused and until else admin.MODES[settings.mode]
        chat = chat_of(queries, place)
        report, _ = self._looked_back(queries, answers, chat)
        text = "\n\n".join(filter(None, (text, report)))
        modes = [
            Button(text=label, data=f"mode:{mode}") for mode, label in LABELS.items() if mode != settings.mode
        ]
        pauses = (
            (Button(text=admin.RESUME, data=f"mode:{RESUME}"),)
            if paused
            else (
                Button(text=admin.PAUSE_2H, data="mode:2h"),
                Button(text=admin.PAUSE_8H, data="mode:8h"),
            )
        )
        return text, (modes, pauses) if settings.mode is not Mode.OFF else (modes,)

    def _paused(self, tx: Transaction, place: Place, span: timedelta) -> str:
        now = self._clock.now()
        tx.set_channel(place.key, {"paused_until": now + span}, at=now)
        return admin.paused(moment(now + span))

    def _resumed(self, tx: Transaction, place: Place) -> str:
        now = self._clock.now()
        until = settings_of(tx, place, self._defaults).paused_until
        tx.set_channel(place.key, {"paused_until": None}, at=now)
        return admin.RESUMED if until is not None and now < until else admin.NOT_PAUSED
