"""Which group an admin means who speaks to the bot in private."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.texts import review as texts
from bot.adapters.telegram.values import TELEGRAM, Button, Keyboard, Person, Place
from bot.application.ports import Store

NameOf = Callable[[Place], Awaitable[str]]
"""A group's name, asked of the platform; empty where it does not tell."""

_GROUP: Final = re.compile(r"-[0-9]{1,18}")
_ENDING: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group that somebody administers."""

    place: Place
    name: str


class Groups:
    """The groups that the bot is in, as far as somebody administers them.

    Args:
        store: knows the chats.
        rights: who is an admin.
        name_of: the groups' names; None = they are told apart by the ends of their ids.
    """

    def __init__(self, *, store: Store, rights: Rights, name_of: NameOf | None = None) -> None:
        self._store = store
        self._rights = rights
        self._name_of = name_of

    async def administered_by(self, person: Person | None) -> Sequence[Group]:
        """In order of their ids."""
        chats = await self._store.read(lambda queries: queries.chats_of(TELEGRAM))
        places = [place_of(chat.key[1]) for chat in chats if not chat.private and chat.silenced is None]
        theirs = [place for place in places if place is not None and await self.allow(person, place)]
        return [
            Group(place=place, name=await self._name(place, number))
            for number, place in enumerate(theirs, start=1)
        ]

    async def allow(self, person: Person | None, place: Place) -> bool:
        """Whether this person administers the group; never somebody without a name, who may be anybody."""
        return person is not None and not place.private and await self._rights.is_admin(place, person)

    async def _name(self, place: Place, number: int) -> str:
        name = await self._name_of(place) if self._name_of is not None else ""
        return name or texts.group(number, ending=place.channel_id[-_ENDING:])


def place_of(channel_id: str) -> Place | None:
    """A group by its id, as links and buttons carry it; None for what is none."""
    if _GROUP.fullmatch(channel_id) is None:
        return None
    return Place(chat_id=int(channel_id), channel_id=channel_id, private=False)


def keys(groups: Sequence[Group], data: str) -> Keyboard:
    """A button for each; it sends `data` with the group's id behind it."""
    return [[Button(text=each.name, data=f"{data}{each.place.channel_id}")] for each in groups]
