"""The end of a bot whose platforms keep it waiting: how long it takes, and what becomes of what it had."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

import botapi.peer
import redditapi.peer
from processes import PATIENCE, Installation, Running, until
from torture import killed_reddit, killed_telegram
from torture.killed_reddit import Crowd
from torture.killed_telegram import UNSETTLED, Groups, live_groups
from torture.report import Options, Row

TIMES: Final = 5
"""How often it is ended in either way."""
WITHIN: Final = 10.0
"""Seconds after SIGTERM."""
SENDING: Final = "SELECT count(*) FROM replies WHERE state = 'sending' AND platform = "
DOUBTS: Final = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending', 'unconfirmed')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A bot whose next replies do not come back, on either platform."""

    bot: Installation
    telegram: Any
    reddit: Any
    groups: Groups
    crowd: Crowd

    @contextmanager
    def waiting(self) -> Iterator[Running]:
        """It runs, and waits for two answers."""
        self.telegram.fault("store_then_hang", "sendMessage")
        self.reddit.fault("store_then_hang", "api/comment")
        self.groups.write(20)
        self.crowd.write(20, sad=1)
        with self.bot.running() as server:
            for platform in ("telegram", "reddit"):
                until(lambda at=platform: self.bot.count(f"{SENDING}'{at}'"), server.process)  # type: ignore[misc]
            yield server
        self.telegram.release()
        self.reddit.release()

    def settle(self) -> int:
        """A run in which everything is answered that can be; how it ended."""
        with self.bot.running() as server:
            until(lambda: not self.bot.count(UNSETTLED), server.process)
            until(lambda: not self.bot.count(f"{DOUBTS} AND platform = 'reddit'"), server.process)
            return server.end(signal.SIGTERM)

    def lost(self) -> int:
        """Messages that nobody judged."""
        judged = {*self.bot.rows(killed_telegram.DECIDED)}, {*killed_reddit.decided(self.bot)}
        return len({*self.groups.written} - judged[0]) + len({*self.crowd.written} - judged[1])

    def twice(self) -> int:
        """Messages that were answered more than once."""
        on_telegram = sum(times > 1 for times in self.groups.answered().values())
        return on_telegram + len(self.reddit.answered_twice())


@contextmanager
def kept(here: Installation) -> Iterator[Kept]:
    """Groups and subreddits, in which it runs already."""
    with botapi.peer.peering() as telegram, redditapi.peer.peering() as reddit:
        telegram.world.switch(poll_seconds=1.0)
        late = killed_reddit.LATE
        reddit.world.switch(own_lag=late, tree_lag=late, requests=1_000_000)
        bot = killed_reddit.account(killed_telegram.account(here, telegram), reddit)
        bot = bot.having({"SOLACE_HTTP__ENABLED": "true"})
        crowd = Crowd(reddit)
        with bot.running() as server:
            groups = Groups(telegram, *live_groups(bot, telegram, 5))
            until(lambda: bot.count("SELECT count(*) FROM cursors"), server.process)
            server.end(signal.SIGTERM)
        yield Kept(bot=bot, telegram=telegram.world, reddit=reddit.world, groups=groups, crowd=crowd)


def end_now(server: Running) -> int:
    """Ctrl-C, and Ctrl-C again for whoever saw the first; the exit code."""

    def ended_by_one_more() -> bool:
        server.process.send_signal(signal.SIGINT)
        return server.process.poll() is not None

    until(ended_by_one_more)
    return server.process.wait(PATIENCE)


def run(options: Options) -> Sequence[Row]:
    """End it several times in both ways, and compare."""
    times = max(round(TIMES * options.scale), 1)
    seconds, codes, interrupted = [], [], []
    with kept(Installation(folder=options.folder)) as here:
        for _ in range(times):
            with here.waiting() as server:
                began = monotonic()
                codes.append(server.end(signal.SIGTERM))
                seconds.append(monotonic() - began)
            with here.waiting() as server:
                interrupted.append(end_now(server))
        codes.append(here.settle())
        lost, twice = here.lost(), here.twice()
    tried = f"of {len(here.groups.written) + len(here.crowd.written)}"
    return [
        Row(
            promise=f"SIGTERM while Telegram and Reddit do not answer, {times} times",
            figure=f"at most {max(seconds):.1f} s",
            target=f"<= {WITHIN:.0f} s",
            holds=max(seconds) <= WITHIN,
        ),
        Row(promise="its exit code", figure=_told(codes), target="0", holds=not any(codes)),
        Row(
            promise=f"a second SIGINT ends it now, {times} times: exit code",
            figure=_told(interrupted),
            target=f"{-signal.SIGINT}",
            holds=set(interrupted) == {-signal.SIGINT},
        ),
        Row(promise="messages lost", figure=f"{lost} {tried}", target="0", holds=not lost),
        Row(promise="messages answered twice", figure=f"{twice} {tried}", target="0", holds=not twice),
    ]


def _told(codes: Sequence[int]) -> str:
    return ", ".join(map(str, sorted(set(codes))))
