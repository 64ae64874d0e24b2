"""A thread with a praw of its own: how it is made, and what one request on it comes to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import praw
import requests

from bot.adapters.quiet import quieten
from bot.adapters.reddit.answers import TokenRefused, unknown
from bot.adapters.reddit.requestor import OnceRequestor, Way
from bot.adapters.reddit.worker import Worker
from bot.domain.errors import BotError

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


@dataclass(frozen=True, slots=True)
class Brought:
    """What an answer held."""

    answer: Any


class Line:
    """A thread, and what only that thread touches: a praw and its connections."""

    def __init__(self, opening: "Opening", *, worker: Worker) -> None:
        self.worker = worker
        self.way = Way()
        self._opening = opening
        self._session = opening.session()
        self._reddit: praw.Reddit | None = None

    def ask(self, *, method: str, path: str, **given: Any) -> Brought | BotError:
        """On the thread: one request, and what came of it.

        Errors are returned: one that is raised would hold praw's frames, and in them what was sent.
        """
        try:
            if self._reddit is None:
                self._reddit = self._opening.reddit(self._session, self.way)
            return Brought(self._reddit.request(method=method, path=path, **given))
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
class Opening:
    """How a praw is made: every setting is named, since its own would come from files and the environment."""

    credentials: Credentials
    user_agent: str
    reddit_url: str
    oauth_url: str
    told: Callable[[Mapping[str, str]], None]
    held: Callable[[timedelta], None]
    now: Callable[[], datetime]
    read_timeout: float

    def session(self) -> requests.Session:
        """Connections, for one praw."""
        session = requests.Session()
        session.auth = _as_it_is
        session.trust_env = urlsplit(self.oauth_url).hostname not in _LOOPBACK
        return session

    def reddit(self, session: requests.Session, way: Way) -> praw.Reddit:
        """One over this session, whose requests leave by this way."""
        try:
            return praw.Reddit(
                "DEFAULT",
                requestor_class=OnceRequestor,
                requestor_kwargs={
                    "session": session,
                    "told": self.told,
                    "held": self.held,
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
