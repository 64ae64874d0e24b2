"""Which group an admin means who speaks to the bot in private."""

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.texts import review as texts
from bot.adapters.telegram.values import TELEGRAM, Button, Keyboard, Person, Place
from bot.application.chats import Chat
from bot.application.ports import Store
from bot.domain.messages import AuthorHash

NameOf = Callable[[Place], Awaitable[str]]
"""A group's name, asked of the platform; empty where it does not tell."""

_GROUP: Final = re.compile(r"-[0-9]{1,18}")
_ENDING: Final = 4
MOST_GROUPS: Final = 20
"""Of one person."""
MOST_PEOPLE: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group that somebody administers; `name` is empty where it is the only one."""

    place: Place
    name: str


class Acted:
    """Where people were seen to act as admins: a little of it, kept by this process alone."""

    def __init__(self) -> None:
        self._groups: dict[AuthorHash, dict[str, None]] = {}

    def note(self, person: Person | None, place: Place) -> None:
        """This person just did what admins alone may do."""
        if person is None or place.private:
            return
        groups = self._groups.pop(person.author, {})
        groups.pop(place.channel_id, None)
        groups[place.channel_id] = None
        self._groups[person.author] = groups
        if len(groups) > MOST_GROUPS:
            groups.pop(next(iter(groups)))
        if len(self._groups) > MOST_PEOPLE:
            self._groups.pop(next(iter(self._groups)))

    def groups_of(self, person: Person) -> Collection[str]:
        """Ids of groups."""
        return self._groups.get(person.author, {}).keys()


class Groups:
    """The groups that the bot is in, as far as somebody is known to administer them.

    Args:
        store: knows the chats.
        rights: who is an admin.
        acted: who acted as one.
        name_of: the groups' names; None = they are told apart by the ends of their ids.
    """

    def __init__(self, *, store: Store, rights: Rights, acted: Acted, name_of: NameOf | None = None) -> None:
        self._store = store
        self._rights = rights
        self._acted = acted
        self._name_of = name_of

    async def administered_by(self, person: Person | None) -> Sequence[Group]:
        """In order of their ids.

        Anybody may ask, and each group costs a request: only those are looked at in which this person set the
        bot up, wanted notes, or acted as an admin since it started.
        """
        if person is None:
            return ()
        chats = await self._store.read(lambda queries: queries.chats_of(TELEGRAM))
        theirs = [place for place in self._likely(chats, person) if await self.allow(person, place)]
        if len(theirs) == 1:  # nobody has to choose by name
            return [Group(place=theirs[0], name="")]
        return [
            Group(place=place, name=await self._name(place, number))
            for number, place in enumerate(theirs, start=1)
        ]

    def _likely(self, chats: Sequence[Chat], person: Person) -> Sequence[Place]:
        acted, number = self._acted.groups_of(person), str(person.user_id)
        places = [
            place_of(chat.key[1])
            for chat in chats
            if not chat.private
            and chat.silenced is None
            and (chat.key[1] in acted or number in {chat.contact, *chat.notes_to})
        ]
        return [place for place in places if place is not None][:MOST_GROUPS]

    async def allow(self, person: Person | None, place: Place) -> bool:
        """Whether this person administers the group; never somebody without a name, who may be anybody."""
        if person is None or place.private or not await self._rights.is_admin(place, person):
            return False
        self._acted.note(person, place)
        return True

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
