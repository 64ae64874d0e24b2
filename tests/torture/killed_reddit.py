"""Reddit: a bot that reads listings and is killed over and over, by its server and at random."""

from collections import Counter
from collections.abc import Mapping
from itertools import count
from typing import Any, Final

from processes import PATIENCE, Installation, until
from redditapi.peer import Peer
from soundness import wrongs
from torture.killing import RANDOM, Plan, Tally, doubts, states, told_twice

SUBREDDITS: Final = ("one", "two", "three")
SAD, SHORT = "I feel so alone tonight", "Okay."
"""Worth an answer, and too short for one."""
SAD_IN_A_ROUND: Final = 3
"""One a second is answered; the pace has a test of its own."""
DEEP: Final = 900
"""Comments that a listing still shows; more must not be written unseen, or a gap is nobody's fault."""
LATE: Final = 3
"""Seconds until an answer of the bot's shows where it looks for it."""
DECIDED: Final = "SELECT message_id FROM decisions WHERE platform = 'reddit' AND reason <> 'own_message'"
OPEN: Final = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending', 'unconfirmed')"

SENDING: Final[tuple[Mapping[str, Any], ...]] = (
    {"kind": "store_then_error"},
    {"kind": "store_then_drop"},
    {"kind": "cut"},
    {"kind": "truncated"},
    {"kind": "malformed"},
    {"kind": "no_things"},
    {"kind": "error"},
    {"kind": "drop"},
    {"kind": "denied", "error": "RATELIMIT", "retry_after": 1.0},
    {"kind": "error", "code": 429, "retry_after": 1},
)
POLLING: Final[tuple[Mapping[str, Any], ...]] = (
    {"kind": "error"},
    {"kind": "truncated"},
    {"kind": "malformed"},
    {"kind": "drop"},
    {"kind": "error", "code": 429, "retry_after": 1},
)


def account(here: Installation, peer: Peer) -> Installation:
    """With the settings of a bot that answers whatever it may, however late."""
    return here.having(
        {
            **peer.settings,
            "SOLACE_HTTP__ENABLED": "false",
            "SOLACE_REDDIT__SUBREDDITS": ",".join(SUBREDDITS),
            "SOLACE_REDDIT__MODE": "live",
            "SOLACE_REDDIT__LOOK_AFTER": f"{LATE + 1}s",
            "SOLACE_REDDIT__REPLY_INTERVAL": "1s",
            "SOLACE_REDDIT__POLL_INTERVAL": "1s",
            "SOLACE_POLICY__AUTHOR_COOLDOWN": "0",
            "SOLACE_POLICY__THREAD_CAP": "none",
            "SOLACE_POLICY__CHAT_PACE": "none",
            "SOLACE_POLICY__DEADLINE": "1d",
        }
    )


class Crowd:
    """People who write comments, each somebody new.

    Attributes:
        written, sad: full names of all their comments, and of those that are worth an answer.
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
                },
            )
            for position, number in enumerate(numbers)
        ]
        names = self.world.many(calls)
        self.written += names
        self.sad += names[max(comments - sad, 0) :]


def decided(bot: Installation) -> list[str]:
    """Which comments of people were judged."""
    return bot.rows(DECIDED) if bot.count("SELECT count(*) FROM cursors") else []


def killed(here: Installation, peer: Peer, plan: Plan) -> Tally:
    """Run the plan in subreddits that are there for it."""
    bot, crowd, faults = account(here, peer), Crowd(peer), 0
    peer.world.switch(lag=0.5, own_lag=LATE, tree_lag=LATE, requests=1_000_000)
    catch_up(bot, crowd)
    for kill, messages in plan.rounds():
        left = messages
        while left:
            if (room := DEEP - (len(crowd.written) - len(decided(bot)))) < min(left, DEEP):
                catch_up(bot, crowd)
                continue
            part = min(left, room)
            left -= part
            crowd.write(part, sad=0 if left else SAD_IN_A_ROUND)
        faults += trouble(peer, plan)
        die(bot, crowd, plan, kill, messages)
        peer.world.clear_faults()
        peer.world.release()
    code = catch_up(bot, crowd, settle=True)
    return tally(bot, crowd, plan, faults=faults, code=code)


def catch_up(bot: Installation, crowd: Crowd, *, settle: bool = False) -> int:
    """A run in which everything is read, and if wanted every doubt resolved; how it ended."""
    with bot.started("run") as process:
        until(lambda: bot.count("SELECT count(*) FROM cursors"), process)
        until(lambda: len(decided(bot)) >= len(crowd.written), process)
        if settle:
            until(lambda: not bot.count(OPEN), process)
        process.terminate()
        return process.wait(PATIENCE)


def trouble(peer: Peer, plan: Plan) -> int:
    """Order two things to go wrong, one on each way; how many."""
    peer.world.fault(**plan.chance.choice(SENDING), path="api/comment")
    peer.world.fault(**plan.chance.choice(POLLING), path="r/.*/comments", after=plan.later(1))
    return 2


def die(bot: Installation, crowd: Crowd, plan: Plan, kill: str, messages: int) -> None:
    """A run, and its end: the server's doing, or ours at any moment."""
    with bot.started("run") as process:
        if kill == RANDOM:
            goal = min(len(decided(bot)) + plan.chance.randint(1, messages), len(crowd.written))
            if not plan.wait_in_the_start():
                until(lambda: len(decided(bot)) >= goal, process)
                plan.wait()
            process.kill()
        else:
            crowd.world.trap(kill, process.pid, after=plan.later(messages // 150))
        plan.died(kill, process.wait(PATIENCE))


def tally(bot: Installation, crowd: Crowd, plan: Plan, *, faults: int, code: int) -> Tally:
    """Compare what the bot wrote down with what people wrote and the server stored."""
    judged, world = Counter(decided(bot)), crowd.world
    answered = {each["parent"] for each in world.by_bot(gone=False)}
    sent = set(bot.rows("SELECT message_id FROM replies WHERE state = 'sent'"))
    wrong = list(wrongs(bot))
    if sent != answered:
        wrong.append("the bot and Reddit disagree about what was answered")
    if answered != set(crowd.sad):
        wrong.append("somebody was not answered")
    if bot.count("SELECT coalesce(sum(gaps), 0) FROM cursors"):
        wrong.append("a gap in what was read")
    if code != 0:
        wrong.append(f"the last run ended with {code}")
    return Tally(
        platform="Reddit",
        messages=len(crowd.written),
        kills=plan.done,
        faults=faults,
        lost=sorted(set(crowd.written) - judged.keys()),
        judged_twice=[*(name for name, times in judged.items() if times > 1), *told_twice(bot)],
        answered_twice=world.answered_twice(),
        states=states(bot),
        doubts=doubts(bot, {(world.see(name)["subreddit"], name) for name in answered}),
        wrong=wrong,
    )
