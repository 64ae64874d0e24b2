"""Reddit's API over HTTP, by way of praw: its sign-in and transport, and none of its repeats and waits.

praw works on one thread at a time, so every client has one of its own. A request that does not come back is
left behind together with its thread; one that had not left yet then never will.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self

from bot.adapters.reddit.answers import TokenRefused, unknown
from bot.adapters.reddit.line import Brought, Credentials, Line, Opening
from bot.adapters.reddit.ports import Quota
from bot.adapters.reddit.queue import Queue
from bot.adapters.reddit.refusals import understood
from bot.adapters.reddit.requestor import CONNECT
from bot.adapters.reddit.worker import Worker
from bot.application.ports import Clock, Telemetry
from bot.domain.errors import PlatformUnavailable

__all__ = ["TIMEOUT", "Credentials", "RedditApi"]

TIMEOUT: Final = 10.0
"""Seconds for the server to answer, and for the rest of its answer."""
_MARGIN: Final = 1.0


class RedditApi:
    """One account at Reddit. An async context manager. Satisfies `ports.Api`.

    Args:
        credentials: whose account.
        user_agent: as Reddit wants it: `platform:app-id:version (by /u/name)`.
        reddit_url: where tokens come from, such as https://www.reddit.com.
        oauth_url: where everything else is, such as https://oauth.reddit.com; nothing goes anywhere else.
        quota: shared with every other client of the account.
        clock: for a 429 that names a date.
        telemetry: hears of renewals, and of what is left of the quota.
        name: of this client, in logs: "reader" or "writer".
        read_timeout: seconds for the server to answer, and for the rest of its answer.
        patience: seconds after which a thread that does not come back is left behind; by default a moment
            more than the time-outs of a token and a request add up to.
    """

    def __init__(
        self,
        *,
        credentials: Credentials,
        user_agent: str,
        reddit_url: str,
        oauth_url: str,
        quota: Quota,
        clock: Clock,
        telemetry: Telemetry,
        name: str = "reader",
        read_timeout: float = TIMEOUT,
        patience: float | None = None,
    ) -> None:
        self._open = Opening(
            credentials=credentials,
            user_agent=user_agent,
            reddit_url=reddit_url,
            oauth_url=oauth_url,
            told=quota.told,
            held=quota.hold,
            now=clock.now,
            read_timeout=read_timeout,
        )
        self._quota = quota
        self._telemetry = telemetry
        self._name = name
        self._patience = patience or 2 * min(CONNECT, read_timeout) + 4 * read_timeout + _MARGIN
        self._one_at_a_time = Queue()
        self._line: Line | None = None

    def __repr__(self) -> str:
        return f"RedditApi(name={self._name!r})"

    async def __aenter__(self) -> Self:
        self._line = self._connected()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.leave_behind()

    async def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        urgent: bool = False,
        spare: bool = False,
    ) -> Any:
        """The decoded JSON behind a path; see `ports.Api`."""
        return await self._call(_Manner(urgent=urgent, spare=spare), "GET", path, params=dict(params or {}))

    async def post(
        self,
        path: str,
        data: Mapping[str, str | int],
        *,
        urgent: bool = False,
        until: datetime | None = None,
    ) -> Any:
        """The decoded JSON that an action brought; see `ports.Api`."""
        answer = await self._call(_Manner(urgent=urgent, until=until), "POST", path, data=dict(data))
        said = answer.get("json") if isinstance(answer, dict) else None
        if isinstance(said, dict) and said.get("errors"):
            raise understood(said["errors"], ratelimit=said.get("ratelimit"))
        return answer

    async def _call(self, manner: "_Manner", method: str, path: str, **given: Any) -> Any:
        """One request; a second one where the first was not done because its token was over."""
        try:
            return await self._turn(manner, method, path, **given)
        except TokenRefused:
            pass
        self._telemetry.noticed("reddit_token_renewed", client=self._name)
        return await self._turn(manner, method, path, **given)

    async def _turn(self, manner: "_Manner", method: str, path: str, **given: Any) -> Any:
        await self._quota.turn(urgent=manner.urgent, spare=manner.spare)
        async with self._one_at_a_time.behind(manner.place):
            try:
                return await self._made(manner.until, method=method, path=path, **given)
            finally:
                self._measure()

    async def _made(self, until: datetime | None, *, method: str, path: str, **given: Any) -> Any:
        """Ask on the thread; leave it behind when it stays away, or when nobody waits any more."""
        line = self._line
        if line is None:
            raise PlatformUnavailable("the client is closed")
        line.way.begin(until)
        try:
            async with asyncio.timeout(self._patience):
                outcome = await line.worker.do(lambda: line.ask(method=method, path=path, **given))
        except asyncio.CancelledError:
            self._replace(line)
            raise
        except TimeoutError:
            left = self._replace(line)
            self._telemetry.noticed("reddit_client_rebuilt", client=self._name)
            outcome = unknown("no answer came in time", action=left and method == "POST")
        if isinstance(outcome, Brought):
            return outcome.answer
        raise outcome

    def _replace(self, line: Line) -> bool:
        """Go on with another thread and another praw; whether the old one's request had left."""
        left = line.leave_behind()
        if self._line is line:
            self._line = self._connected()
        return left

    def _connected(self) -> Line:
        return Line(self._open, worker=Worker(f"reddit-{self._name}"))

    def _measure(self) -> None:
        for what, value in (("remaining", self._quota.remaining), ("used", self._quota.used)):
            if value is not None:
                self._telemetry.measured(f"reddit_quota_{what}", value)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manner:
    """How a request goes; see `ports.Api`."""

    urgent: bool = False
    spare: bool = False
    until: datetime | None = None

    @property
    def place(self) -> int:
        """In the client's queue: the lower, the sooner."""
        return 0 if self.urgent else 2 if self.spare else 1
