"""Commands, buttons and membership: everything but messages that people write to each other."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.adapters.telegram.conversation.answers import Answers
from bot.adapters.telegram.conversation.choosing import Acted
from bot.adapters.telegram.conversation.onboarding import Onboarding
from bot.adapters.telegram.conversation.part import OnCommand, Part
from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.texts import admin
from bot.adapters.telegram.values import (
    TELEGRAM,
    Act,
    Command,
    Effect,
    Membership,
    Moved,
    Place,
    Popup,
    Press,
    Say,
    nothing,
)
from bot.application.ports import Telemetry, Transaction
from bot.domain.errors import StoreError
from bot.domain.messages import ChannelKey

T = TypeVar("T")
START = "start"


class TelegramConversation:
    """`ports.Conversation`, put together from parts.

    Args:
        parts: commands and buttons.
        onboarding: notices and membership.
        rights: who is an admin.
        telemetry: told of what went wrong.
        bot: the bot's username.
        owners: user ids of the operators.
        acted: told who acted as an admin; None = nobody wants to know.

    Raises:
        ValueError: two parts have the same command, button or deep link.
    """

    def __init__(
        self,
        *,
        parts: Sequence[Part],
        onboarding: Onboarding,
        rights: Rights,
        telemetry: Telemetry,
        bot: str,
        owners: Collection[int],
        acted: Acted | None = None,
    ) -> None:
        self._commands = _merged(part.commands for part in parts)
        self._presses = _merged(part.presses for part in parts)
        self._starts = _merged(part.starts for part in parts)
        self._for_admins = frozenset(name for part in parts for name in part.for_admins)
        self._for_owners = frozenset(name for part in parts for name in part.for_owners)
        self._onboarding = onboarding
        self._rights = rights
        self._telemetry = telemetry
        self._bot = bot
        self._owners = frozenset(owners)
        self._acted = acted or Acted()

    async def command(self, command: Command) -> Effect:
        """An effect for every command, known or not; a group's notice goes first."""
        await self._onboarding.introduced((command.place,))
        try:
            return await self._answer(command)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  # one broken command stops no other
            self._broken(command.name if command.name in self._commands else "", error)
            return nothing

    async def press(self, press: Press) -> Effect:
        """An effect for every press, with exactly one `Popup` among its acts."""
        try:
            effect = await self._pressed(press)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  # the button's wheel stops turning all the same
            self._broken(_prefix(press.data) if _prefix(press.data) in self._presses else "", error)
            effect = nothing
        return _with_one_popup(effect, press)

    async def membership(self, membership: Membership) -> Effect:
        """Added: the notice. Removed: the chat is off. Rights changed: what can be done now."""
        return await self._onboarding.membership(membership)

    async def moved(self, moved: Moved) -> Effect:
        """Every setting goes along."""
        return await self._onboarding.moved(moved)

    async def introduced(self, places: Sequence[Place]) -> None:
        """Before anybody is read in these chats: see that each had its notice, and post what is missing."""
        await self._onboarding.introduced(places)

    async def unintroduced(self, places: Sequence[Place]) -> Collection[ChannelKey]:
        """Begin to post what is missing; the chats whose messages should wait for `introduced`."""
        return await self._onboarding.unintroduced(places)

    async def finish(self) -> None:
        """Give up what is under way."""
        await self._onboarding.finish()

    async def _answer(self, command: Command) -> Effect:
        place = command.place
        found = self._found(command)
        if found is None:
            unknown = Say(chat_id=place.chat_id, text=admin.UNKNOWN)
            return (lambda _: (unknown,)) if place.private else nothing
        handler, asked = found
        if command.name in self._for_admins and not await self._allowed(command):
            answers = await Answers.to(command, rights=self._rights, bot=self._bot)
            return lambda tx: answers.whisper_only(tx, admin.ADMINS_ONLY)
        return await handler(asked)

    def _found(self, command: Command) -> tuple[OnCommand, Command] | None:
        """The handler of a command, and the command as it wants it; None = this person knows of none."""
        if command.name == START and command.place.private:
            prefix, _, rest = command.arguments.partition("_")
            if prefix in self._starts:
                return self._starts[prefix], replace(command, arguments=rest)
        if command.name in self._for_owners and not self._owned(command):
            return None
        handler = self._commands.get(command.name)
        return None if handler is None else (handler, command)

    def _owned(self, command: Command) -> bool:
        return command.place.private and command.person is not None and command.person.user_id in self._owners

    async def _pressed(self, press: Press) -> Effect:
        prefix = _prefix(press.data)
        handler = self._presses.get(prefix)
        if handler is None:
            return lambda _: (Popup(press_id=press.press_id, text=admin.OLD_BUTTON),)
        if prefix in self._for_admins and not await self._allowed(press):
            return lambda _: (Popup(press_id=press.press_id, text=admin.ADMINS_ONLY),)
        return await handler(press)

    async def _allowed(self, asked: Command | Press) -> bool:
        """Whether this is an admin; if so, it is remembered where they are one."""
        if not await self._rights.is_admin(asked.place, asked.person):
            return False
        self._acted.note(asked.person, asked.place)
        return True

    def _broken(self, what: str, error: Exception) -> None:
        self._telemetry.noticed(
            "conversation_failed", platform=TELEGRAM, what=what, error=type(error).__name__
        )


def _prefix(data: str) -> str:
    return data.partition(":")[0]


def _with_one_popup(effect: Effect, press: Press) -> Effect:
    def answered(tx: Transaction) -> Sequence[Act]:
        acts = effect(tx)
        popups = [act for act in acts if isinstance(act, Popup)]
        first = popups[0] if popups else Popup(press_id=press.press_id)
        return (first, *(act for act in acts if not isinstance(act, Popup)))

    return answered


def _merged(maps: Iterable[Mapping[str, T]]) -> Mapping[str, T]:
    merged: dict[str, T] = {}
    for each in maps:
        twice = merged.keys() & each.keys()
        if twice:
            raise ValueError(f"two parts of the conversation answer {min(twice)!r}")
        merged |= each
    return merged
