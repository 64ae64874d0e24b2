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
    ├── ReplyRejected         nothing was stored, and never will be: final
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


class ReplyRejected(PlatformError):
    """The platform refused the reply for good."""


class ReplyUnconfirmed(PlatformError):
    """The reply left us and no answer came back: it may stand there or not."""
