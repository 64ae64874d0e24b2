"""What is promised across `kill -9`: nothing that was on the wire is sent a second time."""

import signal

import pytest
from processes import Installation, comment, until
from soundness import is_sound

pytestmark = pytest.mark.slow

ON_THE_WIRE = "SELECT id FROM replies WHERE state = 'sending'"
UNSETTLED = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending')"
FAST = {"SOLACE_HTTP__ACCOUNT_PACE": "100000/s", "SOLACE_POLICY__DEADLINE": "1d"}


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
