"""What is promised across `kill -9`: nothing acknowledged is lost, nothing is judged or answered twice."""

import random
import signal
import threading
from collections.abc import Iterable
from itertools import count
from queue import Queue

import httpx
import pytest
from processes import Installation, Running, comment, recorded, until

pytestmark = pytest.mark.slow

COMMENTS = 3_000
KILLS = 3
POSTERS = 4
DECISIONS = "SELECT count(*) FROM decisions"
ON_THE_WIRE = "SELECT id FROM replies WHERE state = 'sending'"
UNSETTLED = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending')"
FAST = {"SOLACE_HTTP__ACCOUNT_PACE": "100000/s", "SOLACE_POLICY__DEADLINE": "1d"}


def is_sound(here: Installation) -> None:
    """What holds in every database, whatever happened to the processes that wrote it."""
    assert here.rows("PRAGMA integrity_check") == ["ok"]
    assert here.rows("PRAGMA foreign_key_check") == []
    assert here.rows(
        "SELECT count(*) FROM (SELECT 1 FROM decisions"
        " GROUP BY origin, platform, channel_id, message_id HAVING count(*) > 1)"
    ) == [0]
    assert here.rows(
        "SELECT count(*) FROM (SELECT 1 FROM replies GROUP BY decision_id HAVING count(*) > 1)"
    ) == [0]
    answered = "SELECT decision_id FROM replies"
    assert here.rows(f"SELECT count(*) FROM decisions WHERE (action = 'reply') <> (id IN ({answered}))") == [
        0
    ]
    assert here.rows(
        "SELECT count(*) FROM decisions LEFT JOIN texts ON decision_id = id WHERE text IS NULL"
    ) == [0]


def test_a_replay_that_is_killed_again_and_again_judges_every_comment_once(
    here: Installation, chance: random.Random
) -> None:
    recording = here.folder / "comments.jsonl"
    # Few chats and people, so that cooldowns and caps are at work across the kills.
    lines = [recorded(n, channel_id=f"c{n % 50}", author_id=f"a{n % 700}") for n in range(COMMENTS)]
    recording.write_bytes(b"".join(lines))

    for _ in range(KILLS):
        enough = here.count(DECISIONS) + chance.randint(1, COMMENTS // (KILLS + 2))
        with here.started("replay", str(recording)) as process:
            until(lambda least=enough: here.count(DECISIONS) >= least, process)  # type: ignore[misc]
            process.kill()
            assert process.wait() == -signal.SIGKILL
        is_sound(here)

    judged_before = here.count(DECISIONS)
    assert 0 < judged_before < COMMENTS
    summary = here.solace("replay", "--json", str(recording)).json()

    assert (summary["known"], summary["judged"]) == (judged_before, COMMENTS - judged_before)
    is_sound(here)
    assert here.count(DECISIONS) == here.count("SELECT count(*) FROM texts") == COMMENTS
    assert here.rows("SELECT DISTINCT state FROM replies") == ["simulated"]
    untouched = Installation(folder=here.folder / "untouched")
    untouched.folder.mkdir()
    untouched.solace("replay", str(recording))
    outcomes = "SELECT message_id, action, reason FROM decisions ORDER BY message_id"
    assert here.rows(outcomes) == untouched.rows(outcomes), "as if nobody had ever been killed"


class Posters:
    """Bring numbered comments in from several threads, one by one, each for as long as its server lives."""

    def __init__(self) -> None:
        self._numbers = count()
        self.sent: set[int] = set()
        self.acknowledged: Queue[int] = Queue()
        self.done: set[int] = set()

    def bring(self, server: Running) -> list[threading.Thread]:
        """Start posting; the threads end when the server does."""
        threads = [threading.Thread(target=self._post, args=[server]) for _ in range(POSTERS)]
        for thread in threads:
            thread.start()
        return threads

    def wait_for(self, acknowledgements: int) -> None:
        for _ in range(acknowledgements):
            self.done.add(self.acknowledged.get(timeout=60))

    def stop(self, threads: Iterable[threading.Thread]) -> None:
        """The server is dead: let the threads see it, and count what they still got."""
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
        self.wait_for(self.acknowledged.qsize())

    def _post(self, server: Running) -> None:
        for number in self._numbers:
            self.sent.add(number)
            try:
                server.bring([comment(number)])
            except httpx.TransportError:
                return
            self.acknowledged.put(number)


def test_a_bot_that_is_killed_at_random_loses_and_repeats_nothing(
    here: Installation, chance: random.Random
) -> None:
    posters = Posters()
    for _ in range(KILLS):
        with here.having(FAST).running() as server:
            threads = posters.bring(server)
            posters.wait_for(chance.randint(1, 60))
            server.end(signal.SIGKILL)
            posters.stop(threads)
        is_sound(here)
        recorded_now = set(here.rows("SELECT message_id FROM decisions"))
        assert {f"m{number}" for number in posters.done} <= recorded_now, "acknowledged, and lost"

    unacknowledged = sorted(posters.sent - posters.done)
    assert unacknowledged, "each kill leaves some"
    with here.having(FAST).running() as server:
        server.bring([comment(number) for number in unacknowledged])
        again = server.bring([comment(number) for number in sorted(posters.done)[:200]])
        assert {verdict["status"] for verdict in again} == {"known"}
        until(lambda: not here.count(UNSETTLED), server.process)
        published = [reply["message"]["message_id"] for reply in server.feed()]
        assert server.end(signal.SIGTERM) == 0

    is_sound(here)
    everything = sorted(f"m{number}" for number in posters.sent)
    assert sorted(here.rows("SELECT message_id FROM decisions")) == everything
    assert len(published) == len(set(published)), "one message was answered twice"
    unconfirmed = here.rows("SELECT message_id FROM replies WHERE state = 'unconfirmed'")
    assert sorted(published + unconfirmed) == everything, "each was answered, or nobody knows"


def test_what_a_killed_bot_had_on_the_wire_is_never_sent_again(here: Installation) -> None:
    interrupted = next(filter(None, (killed_while_sending(here, batch) for batch in range(20))), [])
    assert interrupted, "twenty kills, and none fell between a claim and its settlement"

    with here.having(FAST).running() as server:
        marks = ",".join("?" * len(interrupted))
        until(lambda: not here.count(UNSETTLED), server.process)
        states = f"SELECT DISTINCT state, detail, sequence FROM replies WHERE id IN ({marks})"
        assert here.rows(states, *interrupted) == [("unconfirmed", "interrupted", None)]
        published = [reply["message"]["message_id"] for reply in server.feed()]

    lost = here.rows(f"SELECT message_id FROM replies WHERE id IN ({marks})", *interrupted)
    assert set(published).isdisjoint(lost)
    assert len(published) == len(set(published))
    is_sound(here)


def killed_while_sending(here: Installation, batch: int) -> list[int]:
    """Kill a bot that has much to send; the replies it had on the wire, if it came to that."""
    with here.having(FAST).running() as server:
        server.bring([comment(number) for number in range(256 * batch, 256 * (batch + 1))])
        until(lambda: here.rows(ON_THE_WIRE), server.process)
        server.end(signal.SIGKILL)
    return here.rows(ON_THE_WIRE)
