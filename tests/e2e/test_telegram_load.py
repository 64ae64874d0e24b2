"""What is promised on Telegram under load."""

from collections.abc import Iterator

import pytest
from botapi.peer import Peer, peering
from processes import Installation, until
from torture.killed_telegram import SAD, live_groups

pytestmark = pytest.mark.slow

GROUPS = 50


@pytest.fixture
def peer() -> Iterator[Peer]:
    with peering() as found:
        found.world.switch(slack=0.1)
        yield found


@pytest.fixture
def bot(here: Installation, peer: Peer) -> Installation:
    return here.having(
        {
            "SOLACE_TELEGRAM__TOKEN": peer.token,
            "SOLACE_TELEGRAM__API_URL": peer.url,
            "SOLACE_POLICY__AUTHOR_COOLDOWN": "0",
            "SOLACE_POLICY__THREAD_CAP": "none",
            "SOLACE_POLICY__CHAT_PACE": "none",
        }
    )


def test_fifty_busy_groups_without_a_429_of_our_own_making(bot: Installation, peer: Peer) -> None:
    world = peer.world
    with bot.running() as running:
        chats, members = live_groups(bot, peer, GROUPS)
        for second in range(3):
            world.many(
                [
                    ("write", {"chat": chats[n % GROUPS], "user": members[n % GROUPS], "text": f"{SAD} {n}"})
                    for n in range(200 * second, 200 * second + 200)
                ]
            )
            until(lambda: not world.pending(), running.process)
        until(lambda: bot.count("SELECT count(*) FROM replies WHERE state IN ('pending', 'sending')") == 0)

    assert bot.count("SELECT count(*) FROM replies WHERE state = 'sent'") >= GROUPS
    assert world.self_caused_429() == 0
