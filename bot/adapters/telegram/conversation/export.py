"""`/export`: a group's settings, own phrases and daily counts as a file; nothing that anybody wrote."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Final

from bot.adapters.telegram.conversation.answers import Answers, deep_link
from bot.adapters.telegram.conversation.choosing import Groups, keys, place_of
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.conversation.standing import settings_of
from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.sent_ids import WHISPER
from bot.adapters.telegram.texts import notice
from bot.adapters.telegram.texts import review as texts
from bot.adapters.telegram.values import Act, Button, Command, Effect, File, Place, Press
from bot.application.ports import Clock, Queries, Store
from bot.application.statistics import statistics
from bot.domain.channels import ChannelDefaults, ChannelSettings

_SINCE: Final = timedelta(days=365)


class ExportConversation:
    """Implements `Part` for `/export` and `xp:<channel id>`.

    Args:
        store, rights, clock, bot, defaults: see `Part`.
        groups: which ones an admin may mean.
    """

    for_admins: Collection[str] = ("export",)
    for_owners: Collection[str] = ()

    def __init__(
        self,
        *,
        store: Store,
        rights: Rights,
        clock: Clock,
        bot: str,
        groups: Groups,
        defaults: ChannelDefaults,
    ) -> None:
        self._store = store
        self._rights = rights
        self._clock = clock
        self._bot = bot
        self._defaults = defaults
        self._groups = groups
        self.commands: Mapping[str, OnCommand] = {"export": self._asked}
        self.presses: Mapping[str, OnPress] = {"xp": self._pressed}
        self.starts: Mapping[str, OnCommand] = {"export": self._started}

    async def _asked(self, command: Command) -> Effect:
        answers = await self._answers(command)
        if not command.place.private:
            payload = f"export_{command.place.channel_id}"
            link = Button(text=notice.OPEN_PRIVATE, url=deep_link(self._bot, payload))
            return lambda tx: (answers.personal(tx, texts.EXPORT_LINK, start=payload, keyboard=((link,),)),)
        groups = await self._groups.administered_by(command.person)
        if len(groups) == 1:
            return await self._give(answers, groups[0].place)
        text = texts.WHICH_EXPORT if groups else texts.NO_GROUP
        return lambda _: (answers.openly(text, keyboard=keys(groups, "xp:")),)

    async def _started(self, command: Command) -> Effect:
        return await self._give(await self._answers(command), place_of(command.arguments))

    async def _pressed(self, press: Press) -> Effect:
        return await self._give(await self._answers(press), place_of(press.data.partition(":")[2]))

    async def _give(self, answers: Answers, place: Place | None) -> Effect:
        private, person = answers.asked.place.private, answers.asked.person
        if place is None or not private or not await self._groups.allow(person, place):
            return lambda _: answers.popup(texts.NOT_YOURS, alert=True) or (answers.openly(texts.NOT_YOURS),)
        now = self._clock.now()
        content = await self._store.read(lambda queries: self._content(queries, place, now))
        file = File(name="solace-group.json", content=content)
        acts: Sequence[Act] = (*answers.popup(), answers.openly(texts.EXPORTED, file=file))
        return lambda _: acts

    def _content(self, queries: Queries, place: Place, now: datetime) -> bytes:
        """Crises are counted over the whole time only: on one day of a small group a number can be a name."""
        counted = statistics(queries, place.key, since=now - _SINCE, whisper_prefix=WHISPER)
        own = queries.own_phrases((place.key,)).get(place.key, ())
        everything = {
            "made_at": now.isoformat(),
            "settings": plain(settings_of(queries, place, self._defaults)),
            "phrases": [
                {
                    "id": each.id,
                    "text": each.text,
                    "emotions": sorted(each.emotions),
                    "muted": each.muted,
                }
                for each in own
            ],
            "days": [{"day": day, **counts} for day, counts in counted.days.items()],
            "left_alone": dict(counted.reasons),
            "feedback": dict(counted.feedback),
        }
        return json.dumps(everything, indent=2, ensure_ascii=False).encode()

    async def _answers(self, asked: Command | Press) -> Answers:
        return await Answers.to(asked, rights=self._rights, bot=self._bot)


def plain(settings: ChannelSettings) -> Mapping[str, object]:
    """Settings as JSON holds them: durations in seconds, times in ISO 8601."""
    return {name: _plain(value) for name, value in asdict(settings).items()}


def _plain(value: object) -> object:
    match value:
        case timedelta():
            return value.total_seconds()
        case datetime() | time():
            return value.isoformat()
        case dict():
            return {name: _plain(each) for name, each in value.items()}
    return value
