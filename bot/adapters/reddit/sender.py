"""Replies of support on Reddit: a look at the comment, one request, never a second one."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from bot.adapters.reddit.footer import Footer
from bot.adapters.reddit.pages import standing_on_page
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.refusals import (
    BannedFromSubreddit,
    ParentDeleted,
    ParentRemoved,
    ThreadArchived,
    ThreadLocked,
)
from bot.adapters.reddit.standing import Standing, known_standing, look
from bot.adapters.reddit.values import COMMENT, REDDIT, is_fullname
from bot.application.ports import Clock, Telemetry
from bot.domain.errors import (
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    ReplyForbidden,
    ReplyRejected,
    ReplyUnconfirmed,
    SettingsError,
    StoreError,
)
from bot.domain.messages import ChannelKey
from bot.domain.replies import OutgoingReply, Receipt

_FINAL: Final[Mapping[Standing, type[ReplyRejected]]] = {
    Standing.DELETED: ParentDeleted,
    Standing.REMOVED: ParentRemoved,
    Standing.LOCKED: ThreadLocked,
    Standing.ARCHIVED: ThreadArchived,
}


class Refusals(Protocol):
    """Takes note where a subreddit does not want us."""

    async def refused(self, chat: ChannelKey, reason: str) -> None:
        """Nothing is read or said there for a while, and the owner hears of it.

        Raises:
            StoreError: it could not be written down.
        """
        ...


class RedditSender:
    """Sends replies of support: a `ports.ReplySender`. Its delivery gives each its turn in the pace.

    Args:
        account: "reddit:" and the bot's name.
        api: the writer's.
        footer: stands under every reply.
        refusals: hears of subreddits that do not let us write.
        clock, telemetry: time and the log.
    """

    platform: Final = REDDIT

    def __init__(
        self,
        *,
        account: str,
        api: Api,
        footer: Footer,
        refusals: Refusals,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self.account: Final = account
        self._api = api
        self._footer = footer
        self._refusals = refusals
        self._clock = clock
        self._telemetry = telemetry

    async def send(self, reply: OutgoingReply) -> Receipt:
        """Read the comment as it is now, and answer it with one request.

        Raises:
            RateLimited, PlatformUnavailable: nothing was stored; the latter also where the deadline passed
                before the request could leave.
            ReplyRejected: final; its class says why.
            ReplyUnconfirmed: nobody knows.
        """
        parent = reply.ref.message_id
        await self._look(parent)
        if self._clock.now() > reply.deadline:
            raise PlatformUnavailable("the deadline passed while the comment was looked at")
        form = {"thing_id": parent, "text": self._footer.under(reply.text, parent)}
        try:
            answer = await self._api.post("api/comment", form, urgent=True, until=reply.deadline)
        except ReplyForbidden as error:
            await self._note(reply, error)
            raise
        except SettingsError as error:
            raise PlatformUnavailable("Reddit does not accept the credentials") from error
        return Receipt(message_id=_written(answer))

    async def _look(self, parent: str) -> None:
        """Raises what it means for the reply; a comment that nobody can find is deleted.

        What moderators removed is told as if it stood there still; only the comment's own page leaves it out.
        """
        try:
            thing = await look(self._api, parent)
            became = known_standing(thing) if thing is not None else Standing.DELETED
            if thing is not None and became is Standing.STANDS and is_fullname(parent, COMMENT):
                became = await standing_on_page(self._api, parent, thing, self._clock.now())
        except (RateLimited, PlatformUnavailable):
            raise
        except (PlatformError, SettingsError) as error:
            raise PlatformUnavailable("the comment could not be looked at") from error
        if became in _FINAL:
            raise _FINAL[became](f"the comment is {became}")

    async def _note(self, reply: OutgoingReply, error: ReplyForbidden) -> None:
        """What happened to the reply stands, also where the database cannot take what follows from it."""
        reason = "banned" if isinstance(error, BannedFromSubreddit) else "forbidden"
        try:
            await self._refusals.refused((REDDIT, reply.ref.channel_id), reason)
        except StoreError as failure:
            self._telemetry.noticed("refusal_not_noted", platform=REDDIT, error=type(failure).__name__)


def _written(answer: Any) -> str | None:
    """The full name of the comment that was written; None = Reddit took it and does not show it.

    Raises:
        ReplyUnconfirmed: the answer says neither.
    """
    try:
        written = list(answer["json"]["data"]["things"])
    except (KeyError, TypeError) as error:
        raise ReplyUnconfirmed("Reddit's answer is not what it documents") from error
    try:
        name = written[0]["data"]["name"]
    except (IndexError, KeyError, TypeError):
        return None
    return name if isinstance(name, str) and is_fullname(name, COMMENT) else None
