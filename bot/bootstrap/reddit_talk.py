"""Reddit, assembled: the letters of people and of moderators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.adapters.pace import Manner
from bot.adapters.reddit.breaks import Breaks
from bot.adapters.reddit.inbox import Inbox
from bot.adapters.reddit.moderators import ApiModerators
from bot.adapters.reddit.modmail import Modmail
from bot.adapters.reddit.paced import PacedApi
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.postman import Postman
from bot.adapters.reddit.wishes import Wishes
from bot.application.ports import Service
from bot.application.retention import Retention
from bot.bootstrap.conversation import reasons
from bot.bootstrap.inspection import username_in
from bot.bootstrap.pipeline import Solace
from bot.settings import RedditSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What converses.

    Attributes:
        services: all of it.
        modmail: the one of them that speaks first.
    """

    services: Sequence[Service]
    modmail: Modmail


def conversing(
    wanted: RedditSettings,
    solace: Solace,
    *,
    retention: Retention,
    reading: Api,
    paced: PacedApi,
    about: str,
    operator: str | None,
) -> Talk:
    """Letters of people and of moderators.

    Args:
        wanted: the account.
        solace: the running pipeline.
        retention: erases soon what somebody wants forgotten.
        reading: the connection that reads.
        paced: writes at the account's pace.
        about: an address where more about the bot stands.
        operator: who runs it; None = not told.
    """
    me, store, clock, telemetry = username_in(wanted), solace.store, solace.clock, solace.telemetry
    moderators = ApiModerators(api=reading, clock=clock, telemetry=telemetry)
    breaks = Breaks(moderators=moderators, watched=wanted.subreddits, defaults=solace.defaults, clock=clock)
    letters = _Letters(reading, paced)
    postman = Postman(api=letters, clock=clock, telemetry=telemetry)
    inbox = Inbox(
        me=me,
        api=letters,
        store=store,
        wishes=_wishes(me, solace, retention, reading, moderators),
        breaks=breaks,
        postman=postman,
        clock=clock,
        telemetry=telemetry,
    )
    modmail = Modmail(
        me=me,
        api=reading,
        postman=postman,
        breaks=breaks,
        store=store,
        defaults=solace.defaults,
        watched=wanted.subreddits,
        notes=solace.notes,
        about=about,
        operator=operator,
        clock=clock,
        telemetry=telemetry,
    )
    return Talk(services=[postman, inbox, modmail], modmail=modmail)


def _wishes(me: str, solace: Solace, retention: Retention, reading: Api, moderators: ApiModerators) -> Wishes:
    return Wishes(
        me=me,
        store=solace.store,
        api=reading,
        key=solace.author_key,
        moderators=moderators,
        reasons=reasons(solace),
        erased=retention.soon,
        clock=solace.clock,
    )


class _Letters:
    """An `Api` whose writes keep the account's pace, each tried once: what waits is tried again by itself."""

    def __init__(self, reading: Api, paced: PacedApi) -> None:
        self.get = reading.get
        self._paced = paced

    async def post(self, path: str, data: Mapping[str, str | int], *, urgent: bool = False, **_: Any) -> Any:
        return await self._paced.post(path, data, manner=Manner(urgent=urgent, attempts=1))
