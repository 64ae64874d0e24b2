"""What platforms bring twice, in the wrong order or long after is judged once and answered once."""

import signal
from collections.abc import Iterator

import botapi.peer
import pytest
import redditapi.peer
from botapi.peer import Peer
from processes import Installation, Running, comment, until
from soundness import wrongs
from torture import killed_reddit, killed_telegram
from torture.killed_reddit import Crowd
from torture.killed_telegram import UNSETTLED, Groups, live_groups

pytestmark = pytest.mark.slow

COMMENTS = 30
PEOPLES = "SELECT count(*) FROM decisions WHERE reason NOT IN ('command', 'own_message')"
EVERYTHING = (
    "SELECT platform, channel_id, message_id, action, reason FROM decisions"
    " WHERE reason <> 'own_message' ORDER BY 1, 2, 3"
)
REPLIES = "SELECT platform, channel_id, message_id, state FROM replies ORDER BY 1, 2, 3"


@pytest.fixture
def telegram() -> Iterator[Peer]:
    with botapi.peer.peering() as found:
        found.world.switch(poll_seconds=0.2, doubled=True)
        yield found


@pytest.fixture
def reddit() -> Iterator[redditapi.peer.Peer]:
    with redditapi.peer.peering() as found:
        found.world.switch(doubled=True)
        yield found


def bring_twice(server: Running) -> list[str]:
    """The same comments in both orders; what became of them."""
    batch = [comment(number) for number in range(COMMENTS)]
    return [verdict["status"] for verdict in (*server.bring(batch[::-1]), *server.bring(batch))]


def test_everything_twice_in_the_wrong_order_and_again_after_a_restart(
    here: Installation, telegram: Peer, reddit: redditapi.peer.Peer
) -> None:
    bot = killed_reddit.account(killed_telegram.account(here, telegram), reddit)
    bot = bot.having({"SOLACE_HTTP__ENABLED": "true", "SOLACE_HTTP__ACCOUNT_PACE": "100000/s"})
    crowd = Crowd(reddit)
    with bot.running() as server:
        groups = Groups(telegram, *live_groups(bot, telegram, 3))
        until(lambda: bot.count("SELECT count(*) FROM cursors"), server.process)
        groups.write(COMMENTS)
        crowd.write(COMMENTS, sad=2)
        statuses = bring_twice(server)
        assert (statuses.count("known"), len(statuses)) == (COMMENTS, 2 * COMMENTS)
        until(lambda: bot.count(PEOPLES) >= 3 * COMMENTS and not bot.count(UNSETTLED), server.process)
        assert server.end(signal.SIGTERM) == 0
    judged, replied = bot.rows(EVERYTHING), bot.rows(REPLIES)
    answered, spoken = groups.answered(), len(telegram.world.sent())

    assert telegram.world.again() > COMMENTS
    telegram.world.inject({"message": {"of": "nothing that anybody knows"}})
    with bot.running() as server:
        until(lambda: not telegram.world.pending(), server.process)
        polls = reddit.world.counts()["GET r/one+two+three/comments"]
        assert set(bring_twice(server)) == {"known"}
        until(lambda: reddit.world.counts()["GET r/one+two+three/comments"] > polls, server.process)
        assert server.end(signal.SIGTERM) == 0

    assert bot.rows(EVERYTHING) == judged
    assert bot.rows(REPLIES) == replied
    assert groups.answered() == answered
    assert set(answered.values()) == {1}
    assert len(telegram.world.sent()) == spoken, "no command was obeyed twice"
    assert reddit.world.answered_twice() == []
    assert {each["parent"] for each in reddit.world.by_bot()} == set(crowd.sad)
    assert list(wrongs(bot)) == []


def test_old_messages_under_new_numbers_are_not_new(here: Installation, telegram: Peer) -> None:
    """As after a quiet week: ids of updates start anywhere."""
    bot = killed_telegram.account(here, telegram).having({"SOLACE_HTTP__ENABLED": "true"})
    with bot.running() as server:
        groups = Groups(telegram, *live_groups(bot, telegram, 1))
        groups.write(COMMENTS)
        until(lambda: bot.count(PEOPLES) == COMMENTS and not bot.count(UNSETTLED), server.process)
        judged, answered = bot.rows(EVERYTHING), groups.answered()

        telegram.world.again(renumbered=True)
        until(lambda: not telegram.world.pending(), server.process)
        until(lambda: not bot.count(UNSETTLED), server.process)
        assert server.end(signal.SIGTERM) == 0

    assert [row for row in bot.rows(EVERYTHING) if row[-1] != "command"] == [
        row for row in judged if row[-1] != "command"
    ]
    assert groups.answered() == answered


def test_two_that_are_started_at_once_on_a_new_database_leave_one(here: Installation) -> None:
    with here.started("run") as first, here.started("run") as second:
        both = (first, second)
        until(lambda: any(each.poll() is not None for each in both))
        assert sorted(each.poll() is None for each in both) == [False, True]
        (loser,) = [each for each in both if each.poll() is not None]
        assert loser.returncode == 1
        (winner,) = [each for each in both if each is not loser]
        assert winner.stdout is not None
        assert winner.stdout.readline() == b"Solace is running.\n"
    assert "already running on this database" in here.log.read_text()
    assert "Traceback" not in here.log.read_text()
