"""praw, a client that nobody here wrote, and the fake that it talks to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import praw
import prawcore
from redditapi.server import FakeReddit
from redditapi.state import CLIENT, PASSWORD, USERNAME
from redditapi.world import World

START = 1_800_000_000.0


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> float:
        return self.at


class Praw:
    """praw and the fake that it talks to."""

    @classmethod
    @asynccontextmanager
    async def talking(cls) -> AsyncIterator["Praw"]:
        """A fake, and praw that can talk to it."""
        clock = Clock()
        async with FakeReddit.serving(World(now=clock)) as fake:
            fake.world.switch(shown=False)  # praw would sleep to spread its requests
            yield cls(fake, clock)

    def __init__(self, fake: FakeReddit, clock: Clock) -> None:
        self.fake, self.world, self.clock = fake, fake.world, clock

    def reddit(self, **changes: Any) -> praw.Reddit:
        """An instance with the right credentials."""
        known = {
            "client_id": CLIENT[0],
            "client_secret": CLIENT[1],
            "username": USERNAME,
            "password": PASSWORD,
            "user_agent": "linux:solace.test:v1 (by /u/tester)",
            "reddit_url": self.fake.url,
            "oauth_url": self.fake.url,
            "check_for_updates": False,
            "ratelimit_seconds": 0,
        }
        return praw.Reddit(**{**known, **changes})

    @asynccontextmanager
    async def plain(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client that adds nothing but an access token."""
        token = {"Authorization": f"bearer {self.world.new_token()}"}
        async with httpx.AsyncClient(base_url=self.fake.url, headers=token, trust_env=False) as http:
            yield http

    async def run(self, work: Callable[[praw.Reddit], Any], **changes: Any) -> Any:
        """Let praw work on a thread of its own."""
        reddit = self.reddit(**changes)
        return await asyncio.to_thread(work, reddit)

    async def refused(self, work: Callable[[praw.Reddit], Any], **changes: Any) -> str:
        """What kind of error praw makes of it."""
        try:
            await self.run(work, **changes)
        except (prawcore.PrawcoreException, praw.exceptions.PRAWException) as error:
            items = getattr(error, "items", None)
            return items[0].error_type if items else type(error).__name__
        raise AssertionError("it was not refused")


def a_thread(world: World) -> tuple[str, str]:
    """A submission and a comment under it."""
    world.community("one", moderators=["Mod"])
    link = world.submit("one", "Ann", "A title", "a text")
    return link, world.write(link, "Bob", "so sad <today> & tomorrow")


def reply(reddit: praw.Reddit, comment: str) -> praw.models.Comment:
    """The bot's answer to a comment."""
    made = reddit.comment(comment.removeprefix("t1_")).reply("With you.")
    assert isinstance(made, praw.models.Comment)
    return made
