"""Everything that Solace raises on purpose. The tree answers one question: may we try again?

BotError
├── SettingsError             the operator must change something; says which variable
├── ModelRefused              a model is not whole, or not good enough to be taken into use
├── Overloaded                the intake is full: come back in `retry_after`
├── StoreError                the database refused; nothing was acknowledged
│   └── LeaseHeld             another process does this job on this database
└── PlatformError             the other side of an adapter
    ├── RateLimited           nothing was stored; again in `retry_after`
    ├── PlatformUnavailable   nothing was stored; again when it is back
    ├── AccountInUse          another program reads what this account receives
    ├── ReplyRejected         nothing was stored, and never will be: final
    │   ├── ReplyForbidden    nothing may be said there at all
    │   └── ChannelMoved      the chat has another id now
    └── ReplyUnconfirmed      nobody knows whether it was stored: never sent again
"""

from datetime import timedelta


class BotError(Exception):
    """Root of every error that Solace raises on purpose."""


class SettingsError(BotError):
    """A setting, file or argument that only a person can put right."""


class ModelRefused(BotError):
    """The model in use stays the one that it was; says why."""


class Overloaded(BotError):
    """The intake has no room.

    Args:
        retry_after: how long the caller should wait.
    """

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(f"the intake is full; try again in {retry_after.total_seconds():.0f} s")
        self.retry_after = retry_after


class StoreError(BotError):
    """The database could not do what was asked; nothing of that work was kept."""


class LeaseHeld(StoreError):
    """Another process holds this role for this account on this database."""


class PlatformError(BotError):
    """A platform did not do what was asked."""


class RateLimited(PlatformError):
    """The platform wants us to wait, and stored nothing.

    Args:
        retry_after: how long, as the platform says.
    """

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(f"rate limited for {retry_after.total_seconds():.0f} s")
        self.retry_after = retry_after


class PlatformUnavailable(PlatformError):
    """No connection came about, so nothing was stored."""


class AccountInUse(PlatformError):
    """Somebody else reads with the same account: what one of them takes, the other never sees."""


class ReplyRejected(PlatformError):
    """The platform refused the reply for good."""


class ReplyForbidden(ReplyRejected):
    """The account was removed or blocked, or has no right to say anything there."""


class ChannelMoved(ReplyRejected):
    """The chat goes on under another id.

    Args:
        description: the platform's own words.
        migrate_to_chat_id: the new id.
    """

    def __init__(self, description: str, *, migrate_to_chat_id: int) -> None:
        super().__init__(description)
        self.migrate_to_chat_id = migrate_to_chat_id


class ReplyUnconfirmed(PlatformError):
    """The reply left us and no answer came back: it may stand there or not."""
