"""The shape of one part of the conversation, and what it may ask of the bot's own account."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Protocol

from bot.adapters.telegram.values import Command, Effect, Me, Press

OnCommand = Callable[[Command], Awaitable[Effect]]
OnPress = Callable[[Press], Awaitable[Effect]]


Identify = Callable[[], Awaitable[Me]]
"""Ask again who the bot is: privacy mode can be switched while it runs.

Raises:
    PlatformError: the platform cannot be asked.
"""


class Part(Protocol):
    """Some commands, buttons and deep links that belong together.

    No name may be in two parts.
    """

    @property
    def commands(self) -> Mapping[str, OnCommand]:
        """By name, without slash."""
        ...

    @property
    def presses(self) -> Mapping[str, OnPress]:
        """By what stands before the first ":" of a button's data."""
        ...

    @property
    def starts(self) -> Mapping[str, OnCommand]:
        """Deep links, by what stands before the first "_" of the payload of `/start`.

        The handler gets the command with what stands behind that "_" as its `arguments` (else empty).
        """
        ...

    @property
    def for_admins(self) -> Collection[str]:
        """Those commands and button prefixes that only the chat's admins may use; checked before the call."""
        ...

    @property
    def for_owners(self) -> Collection[str]:
        """Those commands that only the operator may use, in a private chat; nobody else learns of them."""
        ...
