"""Everything the fake Reddit knows, and the smallest steps that change it."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import time
from typing import Any, Final, Literal

from redditapi.faults import Faults
from redditapi.quota import Allowance
from redditapi.refusals import Json, Refused, nowhere
from redditapi.values import (
    Comment,
    Conversation,
    Letter,
    Link,
    Notice,
    Person,
    Said,
    Subreddit,
    Thing,
    base36,
)
from traps import Traps

USERNAME: Final = "solace_bot"
PASSWORD: Final = "password-of-a-bot-that-is-not-there"
CLIENT: Final = ("app", "secret-of-an-app-that-is-not-there")
REFRESH_TOKEN: Final = "refresh-token-of-a-bot-that-is-not-there"

_FIRST_THING: Final = int("m000001", 36)
_FIRST_LINK: Final = int("1a00001", 36)
_FIRST_LETTER: Final = int("2r00001", 36)
_TOKEN_SECONDS: Final = 3600


@dataclass(slots=True, kw_only=True)
class Switches:
    """How the server behaves.

    Attributes:
        lag: seconds until a new comment or submission shows in a subreddit's listing.
        own_lag: the same for the listing of somebody's comments.
        tree_lag: the same for the tree below a submission; what is asked for by its own id is there at once.
        combined: what a listing of several subreddits does when one of them is closed: "refuse" or "skip" it.
        gone_listed: whether what is gone still shows in listings, as "[deleted]" and "[removed]".
        depth: how many of the newest a listing reaches.
        token_seconds: how long an access token is good.
        doubled: whether a page of comments holds each twice, the first time in the wrong order.
        two_copies: the next so many comments are stored twice, as Reddit did now and then.
    """

    lag: float = 0.0
    own_lag: float = 0.0
    tree_lag: float = 0.0
    combined: Literal["refuse", "skip"] = "refuse"
    gone_listed: bool = False
    depth: int = 1000
    token_seconds: int = _TOKEN_SECONDS
    two_copies: int = 0
    doubled: bool = False


class State:
    """What is.

    Args:
        username, password, refresh_token: of the bot's account.
        client: id and secret of the app.
        now: unix seconds; real time by default.
    """

    def __init__(
        self,
        *,
        username: str = USERNAME,
        password: str = PASSWORD,
        refresh_token: str = REFRESH_TOKEN,
        client: tuple[str, str] = CLIENT,
        now: Callable[[], float] = time,
    ) -> None:
        self.username, self.password, self.refresh_token, self.client = (
            username,
            password,
            refresh_token,
            client,
        )
        self._clock, self._ahead = now, 0.0
        self.switches, self.faults, self.allowance = Switches(), Faults(), Allowance(self.now)
        self.traps = Traps()
        self.people: dict[str, Person] = {}
        self.subreddits: dict[str, Subreddit] = {}
        self.comments: list[Comment] = []
        self.links: list[Link] = []
        self.things: dict[str, Comment | Link] = {}
        self.letters: dict[str, Letter] = {}
        self.inbox: list[Letter | Notice] = []
        self.modmail: dict[str, Conversation] = {}
        self.tokens: dict[str, float] = {}
        self.asked: list[Json] = []
        self.listed: set[str] = set()
        self._thing_ids, self._link_ids = itertools.count(_FIRST_THING), itertools.count(_FIRST_LINK)
        self._letter_ids, self._small_ids = itertools.count(_FIRST_LETTER), itertools.count(1_000_000)
        self._bell = asyncio.Event()
        self.bot = self.add_person(username)

    # -------------------------------------------------------------- time

    def now(self) -> float:
        """Unix seconds."""
        return self._clock() + self._ahead

    def advance(self, seconds: float) -> float:
        """Let time pass at once; the time then."""
        self._ahead += seconds
        self.wake()
        return self.now()

    def wake(self) -> None:
        """Something may have changed."""
        self._bell.set()
        self._bell = asyncio.Event()

    async def changed(self) -> None:
        """Until the next change."""
        await self._bell.wait()

    # -------------------------------------------------------------- tokens

    def new_token(self) -> str:
        """Another access token."""
        token = f"{self.bot.id}-{base36(next(self._small_ids))}-access"
        self.tokens[token] = self.now() + self.switches.token_seconds
        return token

    def good(self, token: str) -> bool:
        """Whether an access token may be used now."""
        return self.tokens.get(token, 0.0) > self.now()

    # -------------------------------------------------------------- who and where

    def add_person(self, name: str) -> Person:
        """A new account; whoever has the name already stays.

        Returns:
            The one with this name.
        """
        number = base36(next(self._small_ids))
        return self.people.setdefault(name.lower(), Person(id=number, name=name, created=self.now()))

    def add_subreddit(self, name: str, **fields: Any) -> Subreddit:
        """A new community."""
        made = Subreddit(id=base36(next(self._small_ids)), name=name, created=self.now(), **fields)
        self.subreddits[name.lower()] = made
        return made

    def subreddit(self, name: str) -> Subreddit:
        """A community that the bot may read.

        Raises:
            Refused: 302 (there is none), 404 (banned by Reddit), 403 (private, quarantined).
        """
        found = self.subreddits.get(name.lower())
        if found is None:
            raise nowhere(name)
        if found.kind == "banned":
            raise Refused(code=404, reason="banned")
        if found.kind in {"private", "quarantined"} and self.username.lower() not in found.moderators:
            raise Refused(code=403, reason=found.kind)
        return found

    def thing(self, fullname: str) -> Comment | Link:
        """A comment or submission, gone or not.

        Raises:
            KeyError: there is none.
        """
        return self.things[fullname]

    # -------------------------------------------------------------- writing

    def add_link(self, **fields: Any) -> Link:
        """A new submission."""
        link = Link(id=base36(next(self._link_ids)), created=self.now(), **fields)
        self.links.append(link)
        self.things[link.fullname] = link
        self.wake()
        return link

    def add_comment(self, parent: Comment | Link, author: Person, text: str, late: float = 0.0) -> Comment:
        """A new comment; the bot is told if it concerns it."""
        link = parent if isinstance(parent, Link) else parent.link
        comment = Comment(
            id=base36(next(self._thing_ids)),
            subreddit=link.subreddit,
            author=author,
            created=self.now(),
            text=text,
            late=late,
            link=link,
            parent=parent,
        )
        parent.answers.append(comment)
        self.comments.append(comment)
        self.things[comment.fullname] = comment
        self._tell(comment)
        self.wake()
        return comment

    def _tell(self, comment: Comment) -> None:
        """Put a comment into the bot's inbox if it answers it or names it."""
        if comment.author is self.bot:
            return
        if comment.parent.author is self.bot:
            why: Any = "comment_reply" if isinstance(comment.parent, Comment) else "post_reply"
            self.inbox.append(Notice(comment=comment, why=why))
        elif f"u/{self.username}".lower() in comment.text.lower():
            self.inbox.append(Notice(comment=comment, why="username_mention"))

    def add_letter(self, **fields: Any) -> Letter:
        """A new private message; it lies in the inbox of whom it is for, if that is the bot."""
        letter = Letter(id=base36(next(self._letter_ids)), created=self.now(), **fields)
        self.letters[letter.fullname] = letter
        if letter.to.lower() == self.username.lower():
            self.inbox.append(letter)
        self.wake()
        return letter

    def add_said(self, author: Person, text: str, *, internal: bool = False) -> Said:
        """A new message for a modmail conversation."""
        number = base36(next(self._small_ids))
        return Said(id=number, author=author, text=text, date=self.now(), internal=internal)

    def add_conversation(
        self, subreddit: Subreddit, author: Person, subject: str, text: str, letter: Letter | None = None
    ) -> Conversation:
        """A new thread of modmail."""
        made = Conversation(
            id=base36(next(self._small_ids)),
            subreddit=subreddit,
            participant=author,
            subject=subject,
            said=[self.add_said(author, text)],
            letter=letter,
            unread_since=self.now(),
        )
        self.modmail[made.id] = made
        self.wake()
        return made

    def shown(self, things: list[Comment] | list[Link], lag: float) -> Iterator[Thing]:
        """Of these, in the order of their birth, what listings show by now, the newest first."""
        end = self.now() - lag
        for thing in reversed(things):
            if thing.created + thing.late <= end:
                yield thing
