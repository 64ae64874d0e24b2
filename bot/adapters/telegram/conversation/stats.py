"""`/stats [days]`: what happened in a group, in numbers and as a picture."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.telegram.conversation.answers import Answers
from bot.adapters.telegram.conversation.choosing import Groups, keys, place_of
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.drawing import Drawing
from bot.adapters.telegram.ports import Rights, Speaker
from bot.adapters.telegram.sent_ids import WHISPER
from bot.adapters.telegram.texts import review as texts
from bot.adapters.telegram.values import Act, Begin, Command, Effect, File, Place, Press
from bot.application.ports import Clock, Store
from bot.application.statistics import Statistics, statistics

DAYS: Final = 7
MOST_DAYS: Final = 90


class StatsConversation:
    """Implements `Part` for `/stats [days]` and `st:<days>:<channel id>`.

    Args:
        store, rights, clock, bot: see `Part`.
        drawing: makes the chart, where it can.
        speaker: sends the chart when it is drawn, which begins behind the commit: no update waits for a
            picture, and one that comes again brings no second one.
        groups: which ones an admin may mean.
    """

    starts: Mapping[str, OnCommand] = {}
    for_admins: Collection[str] = ("stats",)
    for_owners: Collection[str] = ()

    def __init__(
        self,
        *,
        store: Store,
        rights: Rights,
        clock: Clock,
        bot: str,
        groups: Groups,
        drawing: Drawing,
        speaker: Speaker,
    ) -> None:
        self._store = store
        self._rights = rights
        self._clock = clock
        self._bot = bot
        self._drawing = drawing
        self._speaker = speaker
        self._pictures: set[asyncio.Task[None]] = set()
        self._groups = groups
        self.commands: Mapping[str, OnCommand] = {"stats": self._asked}
        self.presses: Mapping[str, OnPress] = {"st": self._pressed}

    async def _asked(self, command: Command) -> Effect:
        answers = await Answers.to(command, rights=self._rights, bot=self._bot)
        days = _days(command.arguments or str(DAYS))
        if days is None:
            return lambda tx: answers.whisper_only(tx, texts.STATS_USAGE)
        if not command.place.private:
            return await self._answer(answers, command.place, days)
        groups = await self._groups.administered_by(command.person)
        if len(groups) == 1:
            return await self._answer(answers, groups[0].place, days)
        text = texts.WHICH_STATS if groups else texts.NO_GROUP
        return lambda _: (answers.openly(text, keyboard=keys(groups, f"st:{days}:")),)

    async def _pressed(self, press: Press) -> Effect:
        answers = await Answers.to(press, rights=self._rights, bot=self._bot)
        _, days_named, channel_id = (*press.data.split(":", 2), "", "")[:3]
        place, days = place_of(channel_id), _days(days_named)
        if place is None or days is None or not await self._groups.allow(press.person, place):
            return lambda _: answers.popup(texts.NOT_YOURS, alert=True)
        return await self._answer(answers, place, days)

    async def _answer(self, answers: Answers, place: Place, days: int) -> Effect:
        now = self._clock.now()
        since = midnight(now) - timedelta(days=days - 1)
        found = await self._store.read(
            lambda queries: statistics(queries, place.key, since=since, whisper_prefix=WHISPER)
        )
        text = _text(found, days) if _alone(answers) else _text_for_all(found, days)
        acts: Sequence[Act] = (*answers.popup(), answers.openly(text))
        if not found.judged or not _seen_alike(answers):
            return lambda _: acts
        picture = Begin(start=lambda: self._begin(answers, _chart(found, since, days)))
        return lambda _: (*acts, picture)

    def _begin(self, answers: Answers, numbers: Mapping[str, object]) -> None:
        task = asyncio.create_task(self._draw(answers, numbers))
        self._pictures.add(task)
        task.add_done_callback(self._pictures.discard)

    async def drawn(self) -> None:
        """Wait for the pictures that are being drawn."""
        await asyncio.gather(*self._pictures)

    async def _draw(self, answers: Answers, numbers: Mapping[str, object]) -> None:
        picture = await self._drawing.chart(numbers)
        if picture is not None:
            file = File(name="stats.png", content=picture, picture=True)
            await self._speaker.act((answers.openly(texts.CHART_CAPTION, file=file),))


def midnight(now: datetime) -> datetime:
    """The beginning of the day, UTC."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _days(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_DAYS)) else 0
    return number if 1 <= number <= MOST_DAYS else None


def _alone(answers: Answers) -> bool:
    """Whether nobody but the admin who asked sees the answer."""
    return answers.asked.place.private or answers.asked.ephemeral_id is not None


def _seen_alike(answers: Answers) -> bool:
    """Whether a picture is seen by those who see the text: a whisper has none."""
    return answers.asked.place.private or answers.asked.ephemeral_id is None


def _text_for_all(found: Statistics, days: int) -> str:
    """Without what can point at one person, and always with the same words about that."""

    def without(counts: Mapping[str, int]) -> Mapping[str, int]:
        return {name: number for name, number in counts.items() if name not in texts.ABOUT_ONE_PERSON}

    shown = replace(found, reasons=without(found.reasons), feedback=without(found.feedback))
    return f"{_text(shown, days)}\n\n{texts.MORE_IN_PRIVATE}"


def _text(found: Statistics, days: int) -> str:
    return texts.stats(
        days=days,
        judged=found.judged,
        answered=found.answered,
        watched=found.watched,
        reasons=found.reasons,
        sent=found.sent,
        whispered=found.whispered,
        other=found.other,
        feedback=found.feedback,
        median_seconds=found.median_seconds,
        slow_seconds=found.slow_seconds,
    )


def _chart(found: Statistics, since: datetime, days: int) -> Mapping[str, object]:
    """What `chart` draws: every day of the span, those without a message too."""
    names = [f"{since + timedelta(days=day):%Y-%m-%d}" for day in range(days)]

    def series(which: str) -> list[int]:
        return [found.days.get(name, {}).get(which, 0) for name in names]

    return {
        "days": names,
        "judged": series("judged"),
        "answered": series("answered"),
        "watched": series("would_have_answered"),
        "titles": [texts.CHART_TITLE, texts.CHART_REPLIES],
        "legend": [texts.CHART_ANSWERED, texts.CHART_WATCHED],
    }
