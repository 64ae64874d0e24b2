"""What the parts of this package ask of each other, so that each can be tested without a net."""

from collections.abc import Collection, Sequence
from typing import Protocol

from bot.adapters.telegram.values import Act, Command, Effect, Membership, Moved, Person, Place, Press
from bot.domain.messages import ChannelKey


class Rights(Protocol):
    """Who may do what in a chat: asked of Telegram, kept for a short while."""

    async def is_admin(self, place: Place, person: Person | None) -> bool:
        """Whether a person administers the chat; None, an anonymous admin, does. In private: always.

        A chat that cannot be asked has no admins.
        """
        ...

    async def own_status(self, place: Place) -> str:
        """The bot's own status in a chat: administrator, member, restricted, left, kicked or unknown."""
        ...

    def forget(self, place: Place) -> None:
        """Ask again next time: somebody's rights changed."""
        ...


class Speaker(Protocol):
    """Says what is no reply of support: paced with everything else that the account writes."""

    async def act(self, acts: Sequence[Act]) -> None:
        """Do these in order, best effort: what fails is told to the log, and the next one is tried."""
        ...

    async def post(self, act: Act) -> int | None:
        """Do this now, and tell how it went: the message's id (0 where there is none); None = refused.

        Raises:
            PlatformError: nobody knows, or the platform cannot be reached.
        """
        ...


class Conversation(Protocol):
    """Everything but messages that people write to each other."""

    async def command(self, command: Command) -> Effect:
        """An effect for every command, known or not."""
        ...

    async def press(self, press: Press) -> Effect:
        """An effect for every press, with exactly one `Popup` among its acts."""
        ...

    async def membership(self, membership: Membership) -> Effect:
        """Added: the notice. Removed: the chat is off. Rights changed: what can be done now."""
        ...

    async def moved(self, moved: Moved) -> Effect:
        """Every setting goes along."""
        ...

    async def introduced(self, places: Sequence[Place]) -> None:
        """Before anybody is read in these chats: see that each had its notice, and post what is missing.

        A chat whose notice cannot be posted stays off. Notices that are only old are not waited for.
        """
        ...

    async def unintroduced(self, places: Sequence[Place]) -> Collection[ChannelKey]:
        """Begin to post what is missing; the chats whose messages should wait for `introduced`."""
        ...

    async def finish(self) -> None:
        """Give up what is under way."""
        ...
