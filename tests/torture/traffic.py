"""People on all platforms at once, each sad thing said remembered by its moment."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from processes import Installation, Running, comment, until

GROUPS: Final = 40
SUBREDDITS: Final = ("one", "two")
REDDIT_EVERY: Final = 6
"""Seconds between two sad comments on Reddit: each answer costs two requests of 96 a minute."""
SAD: Final = "I feel so alone tonight, nobody called"
DULL: Final = "The bus leaves at nine from the other stop"
Said = dict[tuple[str, str], float]
"""(channel, message) as the database has them: when it was said, in unix seconds."""


@dataclass(slots=True, kw_only=True)
class Crowd:
    """Whoever writes.

    Attributes:
        said: sad messages by platform.
        failed: seconds of HTTP traffic that did not go through.
    """

    telegram: Any
    reddit: Any
    groups: list[tuple[int, int]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    said: Mapping[str, Said] = field(default_factory=lambda: {"telegram": {}, "reddit": {}, "http": {}})
    failed: int = 0
    _numbers: Iterator[int] = field(default_factory=count)

    def settle(self, bot: Installation) -> None:
        """Groups in which the bot answers, with a member each."""
        world = self.telegram
        for number in range(GROUPS):
            admin, member = world.user(f"A{number}"), world.user(f"M{number}")
            chat = world.supergroup(f"G{number}", owner=admin, members=[member])
            world.add_bot(chat, by=admin)
            world.write(chat, admin, "/mode live")
            self.groups.append((chat, member))
        until(lambda: not world.pending())
        live = "SELECT count(*) FROM channels WHERE json_extract(overrides, '$.mode') = 'live'"
        until(lambda: bot.count(live) == GROUPS)
        until(lambda: sum(len(world.by_bot(chat)) for chat, _ in self.groups) >= 2 * GROUPS)

    def found(self) -> None:
        """Subreddits with something to talk about, before the bot comes."""
        for name in SUBREDDITS:
            self.reddit.community(name, moderators=[f"mod_of_{name}"])
            self.links.append(str(self.reddit.submit(name, "host", f"Talk in {name}")))

    def second(self, number: int, running: Running) -> None:
        """What is said within one second: two sad things on Telegram, one over HTTP, and idle talk."""
        self._on_telegram(number)
        if number % REDDIT_EVERY == 0:
            self._on_reddit()
        self._over_http(running)

    def _on_telegram(self, second: int) -> None:
        chats = [self.groups[(5 * second + each) % GROUPS] for each in range(5)]
        words = [SAD, SAD, DULL, DULL, DULL]
        now = time.time()
        wrote = self.telegram.many(
            [
                ("write", {"chat": chat, "user": member, "text": f"{text}, {next(self._numbers)}"})
                for (chat, member), text in zip(chats, words, strict=True)
            ]
        )
        for (chat, _), message in zip(chats[:2], wrote, strict=False):
            self.said["telegram"][str(chat), str(message["message_id"])] = now

    def _on_reddit(self) -> None:
        now, number = time.time(), next(self._numbers)
        names = self.reddit.many(
            [
                ("write", {"parent": self.links[each % 2], "author": f"p_{number}_{each}", "text": text})
                for each, text in enumerate([SAD, DULL, DULL], start=number)
            ]
        )
        self.said["reddit"][SUBREDDITS[number % 2], names[0]] = now

    def _over_http(self, running: Running) -> None:
        sad, dull = next(self._numbers), next(self._numbers)
        now = time.time()
        running.bring([comment(sad), comment(dull, text=DULL)])
        self.said["http"][f"c{sad}", f"m{sad}"] = now


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of the sad messages of one platform.

    Attributes:
        said: how many there were.
        late: of those, too old for an answer when they were read.
        eligible: of those, such as the bot decided to answer.
        answered: of those, such as have their answer, in time.
        too_late: answers that stood there after their deadline.
        waits: seconds from what was said to its answer, in order.
    """

    said: int
    late: int
    eligible: int
    answered: int
    too_late: int
    waits: Sequence[float]
    ends: Mapping[str, int]

    @property
    def share(self) -> float:
        """Answered of eligible."""
        return self.answered / max(self.eligible, 1)


def found(bot: Installation, platform: str, said: Said, answers: Said, within: float) -> Found:
    """Compare what was said, what was decided, and what stands there."""
    where = "FROM decisions WHERE origin = 'live' AND platform = ?"
    decided = {
        (channel, message): reason
        for channel, message, reason in bot.rows(f"SELECT channel_id, message_id, reason {where}", platform)
    }
    states = {
        (channel, message): f"{state} {detail or ''}".strip()
        for channel, message, state, detail in bot.rows(
            "SELECT channel_id, message_id, state, detail FROM replies WHERE platform = ?", platform
        )
    }
    eligible = [key for key in said if key in states]
    waits = sorted(answers[key] - said[key] for key in eligible if key in answers)
    ends: dict[str, int] = {}
    for key in said:
        end = states.get(key) or f"silence: {decided.get(key, 'never read')}"
        ends[end] = ends.get(end, 0) + 1
    return Found(
        said=len(said),
        late=sum(decided.get(key) == "late" for key in said),
        eligible=len(eligible),
        answered=sum(wait <= within for wait in waits),
        too_late=sum(wait > within for wait in waits),
        waits=waits,
        ends=ends,
    )


def telegram_answers(world: Any) -> Said:
    """When each message's answer reached the fake, by the message: only such as stand there."""
    stored = {
        (str(each["chat"]["id"]), str(each["reply_to_message"]["message_id"]))
        for each in world.sent()
        if "reply_to_message" in each
    }
    arrived: Said = {}
    for call in world.calls("sendMessage"):
        given = call["params"]
        key = (str(given["chat_id"]), str(given.get("reply_parameters", {}).get("message_id")))
        if key in stored:
            arrived.setdefault(key, call["at"])
    return arrived


def reddit_answers(world: Any) -> Said:
    """When each comment's answer was written."""
    return {(each["subreddit"].lower(), each["parent"]): each["created"] for each in world.by_bot()}


def http_answers(bot: Installation) -> Said:
    """When each reply was published."""
    query = (
        "SELECT channel_id, message_id, (julianday(settled_at) - 2440587.5) * 86400 FROM replies"
        " WHERE platform = 'http' AND state = 'sent'"
    )
    return {(channel, message): float(at) for channel, message, at in bot.rows(query)}
