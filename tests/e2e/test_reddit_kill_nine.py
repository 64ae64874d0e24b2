"""What is promised on Reddit across `kill -9`, with answers that get lost and listings that lag."""

import os
import random
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from processes import Installation, until
from redditapi.peer import Peer, peering

pytestmark = pytest.mark.slow

SUBREDDITS = ("one", "two", "three")
LATE = int(os.environ.get("REDDIT_LAG", "12"))
"""Seconds until an answer of the bot's shows where it looks for it. REDDIT_LAG=30 is as late as Reddit gets.

More than twice as long as the bot rests between two looks, or nothing would come of looking too early.
"""
LISTED = {"one": LATE, "two": LATE / 4, "three": 0.0}
"""Seconds until what people write in each subreddit shows in listings, which are in order of birth."""
KILLS = 4
LIVELY, BURST, MORE = 120, 1200, 100
"""Comments while it runs, twice; while it is dead (a listing holds 1,000); before each kill; 2,000 in all."""
LAST = 2000 - 2 * LIVELY - BURST - KILLS * MORE

STORED_THEN_FAILED = ("store_then_error", "store_then_hang", "store_then_drop")
"""What meets an answer of the bot's before each kill, in turn: it stands there, and nobody says so."""

OTHER_TROUBLE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("cut", {}),
    ("truncated", {}),
    ("malformed", {}),
    ("no_things", {}),
    ("error", {}),
    ("drop", {}),
    ("denied", {"error": "RATELIMIT", "retry_after": 2.0}),
    ("error", {"code": 429, "retry_after": 1}),
)
"""And what meets the next one. After the first four it stands there, after the others not."""

SAD, SHORT = "I feel so alone tonight", "Okay."
"""Worth an answer, and too short for one."""
DECIDED = "SELECT message_id FROM decisions WHERE platform = 'reddit' AND reason <> 'own_message'"
STATES = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending', 'unconfirmed')"
GAPS = "SELECT coalesce(sum(gaps), 0) FROM cursors"


class Crowd:
    """People who write comments, each somebody new.

    Attributes:
        written: full names of all their comments, in order.
        sad: of those that are worth an answer.
    """

    def __init__(self, peer: Peer) -> None:
        self.world = peer.world
        self.links = [self._place(name) for name in SUBREDDITS]
        self.written: list[str] = []
        self.sad: list[str] = []
        self._numbers = count()

    def _place(self, name: str) -> str:
        self.world.community(name, moderators=[f"mod_of_{name}"])
        return str(self.world.submit(name, "host", f"Talk in {name}"))

    def write(self, comments: int, *, sad: int) -> None:
        """All at once; the sad ones are the newest, and in different subreddits."""
        numbers = [next(self._numbers) for _ in range(comments)]
        calls = [
            (
                "write",
                {
                    "parent": self.links[number % len(self.links)],
                    "author": f"person_{number}",
                    "text": SAD if position >= comments - sad else SHORT,
                    "late": LISTED[SUBREDDITS[number % len(self.links)]],
                },
            )
            for position, number in enumerate(numbers)
        ]
        names = self.world.many(calls)
        self.written += names
        self.sad += names[comments - sad :]

    def be_listed(self) -> None:
        """Let so much of the server's time pass that listings show what was written last."""
        self.world.advance(LATE)


@pytest.fixture
def peer() -> Iterator[Peer]:
    with peering() as found:
        found.world.switch(own_lag=LATE, tree_lag=LATE)
        yield found


@pytest.fixture
def bot(here: Installation, peer: Peer) -> Installation:
    return here.having(
        {
            **peer.settings,
            "SOLACE_REDDIT__SUBREDDITS": ",".join(SUBREDDITS),
            "SOLACE_REDDIT__MODE": "live",
            "SOLACE_REDDIT__LOOK_AFTER": f"{LATE + 1}s",
            "SOLACE_REDDIT__REPLY_INTERVAL": "1s",
            "SOLACE_REDDIT__POLL_INTERVAL": "1s",
            "SOLACE_POLICY__AUTHOR_COOLDOWN": "0",
            "SOLACE_POLICY__THREAD_CAP": "none",
            "SOLACE_POLICY__CHAT_PACE": "none",
        }
    )


def decided(bot: Installation) -> list[str]:
    """Which comments of people were judged."""
    return bot.rows(DECIDED) if bot.count("SELECT count(*) FROM cursors") else []


def read_while_it_runs(bot: Installation, crowd: Crowd) -> None:
    """It meets the subreddits, and judges what is written then; killed when all is judged."""
    crowd.write(len(SUBREDDITS), sad=0)
    crowd.be_listed()
    with bot.running() as running:
        until(lambda: len(decided(bot)) == len(SUBREDDITS), running.process)
        crowd.write(LIVELY - len(SUBREDDITS), sad=2)
        until(lambda: set(crowd.written[2::3]) <= set(decided(bot)), running.process)
        crowd.write(LIVELY, sad=0)  # a page and a half, above what shows late
        until(lambda: set(crowd.written[2::3]) <= set(decided(bot)), running.process)
        crowd.be_listed()
        until(lambda: set(crowd.written) <= set(decided(bot)), running.process)
        running.process.kill()


def miss_more_than_a_listing_holds(bot: Installation, crowd: Crowd) -> None:
    """While it is dead, more is written than a listing holds; killed when the rest is judged."""
    crowd.write(BURST, sad=1)
    crowd.be_listed()
    with bot.running() as running:
        until(lambda: crowd.written[-1] in decided(bot), running.process)
        until(lambda: set(crowd.world.seen()) <= set(decided(bot)) | ours(crowd), running.process)
        until(lambda: bot.count(GAPS) == 1, running.process)
        running.process.kill()


def ours(crowd: Crowd) -> set[str]:
    """The bot's own comments."""
    return {each["name"] for each in crowd.world.by_bot()}


def be_killed_in_trouble(bot: Installation, crowd: Crowd, chance: random.Random, trouble: str) -> None:
    """Killed at any moment between the first judgement and the answers, which go wrong."""
    world = crowd.world
    crowd.write(MORE, sad=2)
    crowd.be_listed()
    other, details = chance.choice(OTHER_TROUBLE)
    world.fault(trouble, "api/comment")
    world.fault(other, "api/comment", **details)
    judged, posts = len(decided(bot)), world.counts().get("POST api/comment", 0)
    enough, posted = judged + chance.randint(1, MORE), posts + chance.randint(1, 2)
    by_posts = chance.random() < 0.7  # more often where it hurts
    with bot.running() as running:
        if by_posts:
            until(lambda: world.counts().get("POST api/comment", 0) >= posted, running.process)
        else:
            until(lambda: len(decided(bot)) >= enough, running.process)
        running.process.kill()
    world.release()


def live_on(bot: Installation, crowd: Crowd) -> None:
    """The last run: what is written is read although listings fail, and nothing stays in doubt."""
    world = crowd.world
    world.clear_faults()
    listing = "r/.*/comments"
    world.fault("error", listing)
    world.fault("truncated", listing)
    world.fault("error", listing, code=429, retry_after=1)
    world.fault("store_then_error", "api/comment")
    world.fault("error", "api/comment", after=1)
    crowd.write(LAST, sad=2)
    with bot.running() as running:
        until(lambda: crowd.written[-1] in decided(bot), running.process)
        until(lambda: bot.count(STATES) == 0, running.process)
        assert running.end(15) == 0


def test_two_thousand_comments_and_a_bot_that_is_killed_again_and_again(
    bot: Installation, peer: Peer, chance: random.Random
) -> None:
    world, crowd = peer.world, Crowd(peer)
    read_while_it_runs(bot, crowd)
    miss_more_than_a_listing_holds(bot, crowd)
    for number in range(KILLS):
        trouble = STORED_THEN_FAILED[number % len(STORED_THEN_FAILED)]
        be_killed_in_trouble(bot, crowd, chance, trouble)
    live_on(bot, crowd)

    judged, seen = decided(bot), set(world.seen()) & set(crowd.written)
    assert len(judged) == len(set(judged)), "none judged twice"
    assert seen == set(judged), "none missed that a poll could see"
    missed = [position for position, name in enumerate(crowd.written) if name not in seen]
    assert len(crowd.written) == 2000
    assert missed == list(range(missed[0], missed[-1] + 1)), "one gap,"
    assert bot.count(GAPS) == 1, "which was counted"

    assert world.answered_twice() == [], "no double reply"
    answered = {each["parent"] for each in world.by_bot(gone=False)}
    assert answered == set(bot.rows("SELECT message_id FROM replies WHERE state = 'sent'"))
    assert answered == set(crowd.sad) & seen, "and every doubt was resolved"
    assert "reply_looked_for" in bot.log.read_text()
    assert world.beyond()["window"] == 0
