"""How a bot ends while platforms keep it waiting: orderly, and with nothing lost.

How soon is measured by `make torture PART=shutdown`; its parts are counted in the tests of `Grace`, of the
runner and of the delivery.
"""

import signal

import pytest
from processes import Installation
from torture.shutdown import end_now, kept

pytestmark = pytest.mark.slow


def test_a_bot_that_is_kept_waiting_ends_all_the_same_and_loses_nothing(here: Installation) -> None:
    with kept(here) as waits:
        with waits.waiting() as server:
            assert end_now(server) == -signal.SIGINT, "twice: now"
        with waits.waiting() as server:
            assert server.end(signal.SIGTERM) == 0
        assert waits.settle() == 0

        assert waits.lost() == 0
        assert waits.twice() == 0
        assert {each["parent"] for each in waits.reddit.by_bot()} == set(waits.crowd.sad)
    assert "Traceback" not in here.log.read_text()
