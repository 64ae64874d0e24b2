"""What Reddit's refusals mean: the class is what the outbox keeps of a reply that failed."""

from bot.domain.errors import PlatformError, ReplyForbidden, ReplyRejected


class AccessRefused(PlatformError):
    """A place on Reddit is private, banned, quarantined or not there.

    Args:
        status: 403 or 404.
        reason: Reddit's own word, such as "private", "banned" or "quarantined"; "" = none was given.
    """

    def __init__(self, status: int, reason: str = "") -> None:
        super().__init__(f"Reddit answered {status}")
        self.status = status
        self.reason = reason


class ThreadLocked(ReplyRejected):
    """Nobody may reply there any more."""


class ThreadArchived(ReplyRejected):
    """The thread is too old for replies."""


class ParentDeleted(ReplyRejected):
    """The comment was deleted by its author, or its submission was."""


class ParentRemoved(ReplyRejected):
    """Moderators took the comment away."""


class AuthorBlockedUs(ReplyRejected):
    """The person does not want to hear from this account."""


class BannedFromSubreddit(ReplyForbidden):
    """The account may not write in the subreddit: nothing may be said there at all."""
