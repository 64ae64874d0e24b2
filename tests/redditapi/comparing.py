"""What the fake's answers are compared by: a world with everything in it, and the shape of an answer."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from redditapi.server import FakeReddit

Shape = dict[str, set[str]]
"""Types by the path to a value, such as `<t1>.body: {"str"}`; names that are ids are "*" in it."""

_BY_ID = ("conversations", "messages", "modActions")


def learn(value: Any, shape: Shape, at: str = "") -> Shape:
    """Add what a decoded answer holds."""
    if isinstance(value, dict) and value.keys() == {"kind", "data"} and isinstance(value["kind"], str):
        return learn(value["data"], shape, f"<{value['kind']}>")
    if isinstance(value, dict):
        for name, each in value.items():
            path = f"{at}.{'*' if at.endswith(_BY_ID) else name}"
            path = ".conversations.*" if path == ".conversation" else path
            shape[path].add(type_of(each))
            learn(each, shape, path)
    elif isinstance(value, list):
        for each in value:
            shape[f"{at}[]"].add(type_of(each))
            learn(each, shape, f"{at}[]")
    return shape


def type_of(value: Any) -> str:
    return "null" if value is None else type(value).__name__


class Busy:
    """A Reddit on which everything has happened once."""

    @classmethod
    @asynccontextmanager
    async def serving(cls) -> AsyncIterator["Busy"]:
        """It, and somebody with an access token."""
        async with (
            FakeReddit.serving() as fake,
            httpx.AsyncClient(base_url=fake.url, trust_env=False) as http,
        ):
            http.headers["Authorization"] = f"bearer {fake.world.new_token()}"
            yield cls(fake, http)

    def __init__(self, fake: FakeReddit, http: httpx.AsyncClient) -> None:
        self.world, self.http = fake.world, http
        world = fake.world
        world.community("one", moderators=["Mod"])
        world.community("two")
        link = world.submit("one", "Ann", "A title", "a text", flair="Serious")
        world.submit("two", "Ann", "Another", "")
        comment = world.write(link, "Bob", "so sad & <tired>\n\nreally")
        edited, gone, removed = (world.write(link, "Carl", text) for text in ("a", "b", "c"))
        world.edit(edited, "changed")
        world.delete(gone)
        world.remove(removed)
        world.distinguish(world.write(comment, "Mod", "be kind"))
        mine = world.add_comment(world.things[comment], world.bot, "With you.").fullname
        world.write(mine, "Bob", "good bot")
        letter = world.tell("Ann", "!optout", "!optout")
        world.tell_from("one", "your bot", "!pause")
        thread = world.mail("one", "Bob", "the bot", "who is this?")
        world.mail_back(thread, "Mod", "a bot")
        self.names = {
            "comment": comment,
            "gone": gone,
            "removed": removed,
            "link": link,
            "subreddit": world.subreddits["one"].fullname,
            "mine": mine,
            "letter": letter,
            "thread": thread,
            "link id": link.removeprefix("t3_"),
            "comment id": comment.removeprefix("t1_"),
        }

    def named(self, text: str) -> str:
        """A text with the names of this world in it."""
        return re.sub(r"<([a-z ]+)>", lambda match: self.names[match[1]], text)
