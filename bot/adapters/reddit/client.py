"""Reddit's API over HTTP, by way of praw: its sign-in and transport, and none of its repeats and waits.

praw works on one thread at a time, so every client has one of its own. A request that does not come back is
left behind together with its thread; one that had not left yet then never will.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import praw
import requests

from bot.adapters.quiet import quieten
from bot.adapters.reddit.answers import TokenRefused, unknown
from bot.adapters.reddit.ports import Quota
from bot.adapters.reddit.refusals import understood
from bot.adapters.reddit.requestor import CONNECT, OnceRequestor, Way
from bot.adapters.reddit.worker import Worker
from bot.application.departures import may_leave
from bot.application.ports import Clock, Telemetry
from bot.domain.errors import BotError, PlatformUnavailable

TIMEOUT: Final = 10.0
"""Seconds for the server to answer, and for the rest of its answer."""
_MARGIN: Final = 1.0
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An app of the type "script" and its account. Secrets stand in no repr.

    Args:
        client_id: of the app.
        client_secret: of the app.
        username: of the account, without "u/".
        password: of the account; None = a refresh token does it.
        refresh_token: instead of the password.
    """

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    username: str
    password: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)


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
        self._open = _Opening(
            credentials=credentials,
            user_agent=user_agent,
            reddit_url=reddit_url,
            oauth_url=oauth_url,
            told=quota.told,
            now=clock.now,
            read_timeout=read_timeout,
        )
        self._quota = quota
        self._telemetry = telemetry
        self._name = name
        self._patience = patience or 2 * min(CONNECT, read_timeout) + 4 * read_timeout + _MARGIN
        self._one_at_a_time = asyncio.Lock()
        self._line: _Line | None = None

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
        self, path: str, params: Mapping[str, str | int] | None = None, *, urgent: bool = False
    ) -> Any:
        """The decoded JSON behind a path; see `ports.Api`."""
        return await self._call(path, method="GET", urgent=urgent, params=dict(params or {}))

    async def post(self, path: str, data: Mapping[str, str | int], *, urgent: bool = False) -> Any:
        """The decoded JSON that an action brought; see `ports.Api`."""
        answer = await self._call(path, method="POST", urgent=urgent, data=dict(data))
        said = answer.get("json") if isinstance(answer, dict) else None
        if isinstance(said, dict) and said.get("errors"):
            raise understood(said["errors"], ratelimit=said.get("ratelimit"))
        return answer

    async def _call(self, path: str, *, method: str, urgent: bool = False, **given: Any) -> Any:
        """One request; a second one where the first was not done because its token was over."""
        try:
            return await self._turn(path, method=method, urgent=urgent, **given)
        except TokenRefused:
            pass
        self._telemetry.noticed("reddit_token_renewed", client=self._name)
        return await self._turn(path, method=method, urgent=urgent, **given)

    async def _turn(self, path: str, *, method: str, urgent: bool, **given: Any) -> Any:
        await self._quota.turn(urgent=urgent)
        async with self._one_at_a_time:
            try:
                return await self._made(path, method=method, **given)
            finally:
                self._measure()

    async def _made(self, path: str, *, method: str, **given: Any) -> Any:
        """Ask on the thread; leave it behind when it stays away, or when nobody waits any more."""
        line = self._line
        if line is None:
            raise PlatformUnavailable("the client is closed")
        line.way.begin(may_leave())
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
        if isinstance(outcome, _Brought):
            return outcome.answer
        raise outcome

    def _replace(self, line: "_Line") -> bool:
        """Go on with another thread and another praw; whether the old one's request had left."""
        left = line.leave_behind()
        if self._line is line:
            self._line = self._connected()
        return left

    def _connected(self) -> "_Line":
        return _Line(self._open, worker=Worker(f"reddit-{self._name}"))

    def _measure(self) -> None:
        for what, value in (("remaining", self._quota.remaining), ("used", self._quota.used)):
            if value is not None:
                self._telemetry.measured(f"reddit_quota_{what}", value)


@dataclass(frozen=True, slots=True)
class _Brought:
    """What an answer held."""

    answer: Any


class _Line:
    """A thread, and what only that thread touches: a praw and its connections."""

    def __init__(self, opening: "_Opening", *, worker: Worker) -> None:
        self.worker = worker
        self.way = Way()
        self._opening = opening
        self._session = opening.session()
        self._reddit: praw.Reddit | None = None

    def ask(self, *, method: str, path: str, **given: Any) -> _Brought | BotError:
        """On the thread: one request, and what came of it.

        Errors are returned: one that is raised would hold praw's frames, and in them what was sent.
        """
        try:
            if self._reddit is None:
                self._reddit = self._opening.reddit(self._session, self.way)
            return _Brought(self._reddit.request(method=method, path=path, **given))
        except TokenRefused as error:
            self._reddit = None  # the next one asks for a token of its own
            return error.with_traceback(None)
        except BotError as error:
            return error.with_traceback(None)
        except Exception as error:  # noqa: BLE001  # whatever praw makes of an answer, it is no use to us
            what = f"the answer could not be read ({type(error).__name__})"
            return unknown(what, action=self.way.left and method == "POST")

    def leave_behind(self) -> bool:
        """Nothing leaves by it any more; whether the present request had."""
        left = self.way.bar()
        self.worker.leave()
        self._session.close()
        return left


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening:
    """How a praw is made: every setting is named, since its own would come from files and the environment."""

    credentials: Credentials
    user_agent: str
    reddit_url: str
    oauth_url: str
    told: Callable[[Mapping[str, str]], None]
    now: Callable[[], datetime]
    read_timeout: float

    def session(self) -> requests.Session:
        session = requests.Session()
        session.auth = _as_it_is
        session.trust_env = urlsplit(self.oauth_url).hostname not in _LOOPBACK
        return session

    def reddit(self, session: requests.Session, way: Way) -> praw.Reddit:
        try:
            return praw.Reddit(
                "DEFAULT",
                requestor_class=OnceRequestor,
                requestor_kwargs={
                    "session": session,
                    "told": self.told,
                    "now": self.now,
                    "way": way,
                    "read_timeout": self.read_timeout,
                },
                client_id=self.credentials.client_id,
                client_secret=self.credentials.client_secret,
                username=self.credentials.username,
                password=self.credentials.password,
                refresh_token=self.credentials.refresh_token,
                redirect_uri=None,
                user_agent=self.user_agent,
                reddit_url=self.reddit_url,
                oauth_url=self.oauth_url,
                ratelimit_seconds=0,
                check_for_updates=False,
                check_for_async=False,
            )
        finally:
            quieten("praw", "prawcore", "urllib3")


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from putting a password out of ~/.netrc in the place of our token."""
    return request
