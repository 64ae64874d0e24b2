"""How a bot ends while platforms keep it waiting: soon, orderly, and with nothing lost."""

import signal
from collections.abc import Iterator
from typing import Any

import botapi.peer
import pytest
import redditapi.peer
from processes import PATIENCE, Installation, until
from torture import killed_reddit, killed_telegram
from torture.killed_reddit import Crowd
from torture.killed_telegram import UNSETTLED, Groups, live_groups

pytestmark = pytest.mark.slow

SENDING = "SELECT count(*) FROM replies WHERE state = 'sending'"
IN_DOUBT = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending', 'unconfirmed') "


@pytest.fixture
def telegram() -> Iterator[botapi.peer.Peer]:
    with botapi.peer.peering() as found:
        found.world.switch(poll_seconds=1.0)
        yield found


@pytest.fixture
def reddit() -> Iterator[redditapi.peer.Peer]:
    with redditapi.peer.peering() as found:
        found.world.switch(own_lag=killed_reddit.LATE, tree_lag=killed_reddit.LATE)
        yield found


def hang(telegram: botapi.peer.Peer, reddit: redditapi.peer.Peer) -> None:
    """Both store the next reply, and neither says so."""
    telegram.world.fault("store_then_hang", "sendMessage")
    reddit.world.fault("store_then_hang", "api/comment")


def end_now(process: Any) -> int:
    """Ctrl-C, and Ctrl-C again for whoever saw the first; the exit code."""
    process.send_signal(signal.SIGINT)
    until(lambda: process.poll() is not None or process.send_signal(signal.SIGINT))
    return int(process.wait(PATIENCE))


def test_a_bot_that_is_kept_waiting_ends_all_the_same_and_loses_nothing(
    here: Installation, telegram: botapi.peer.Peer, reddit: redditapi.peer.Peer
) -> None:
    bot = killed_reddit.account(killed_telegram.account(here, telegram), reddit)
    bot = bot.having({"SOLACE_HTTP__ENABLED": "true"})
    crowd = Crowd(reddit)
    with bot.running() as server:
        groups = Groups(telegram, *live_groups(bot, telegram, 2))
        until(lambda: bot.count("SELECT count(*) FROM cursors"), server.process)
        hang(telegram, reddit)
        groups.write(1)
        crowd.write(1, sad=1)
        until(lambda: bot.count(SENDING) == 2, server.process)
        assert end_now(server.process) == -signal.SIGINT, "twice: now"
    hang(telegram, reddit)
    groups.write(20)
    crowd.write(20, sad=1)
    with bot.running() as server:
        until(lambda: bot.count(SENDING) >= 2, server.process)
        assert server.end(signal.SIGTERM) == 0
    for peer in (telegram, reddit):
        peer.world.release()
    with bot.running() as server:
        until(lambda: not bot.count(UNSETTLED), server.process)
        until(lambda: not bot.count(IN_DOUBT + "AND platform = 'reddit'"), server.process)
        assert server.end(signal.SIGTERM) == 0

    assert max(groups.answered().values()) == 1
    assert set(bot.rows(killed_telegram.DECIDED)) >= set(groups.written)
    assert reddit.world.answered_twice() == []
    assert {each["parent"] for each in reddit.world.by_bot()} == set(crowd.sad)
    assert set(killed_reddit.decided(bot)) == set(crowd.written)
    assert "Traceback" not in bot.log.read_text()
