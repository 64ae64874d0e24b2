"""What is promised on Telegram across `kill -9`, and under load."""

import random
from collections.abc import Iterator

import pytest
from botapi.peer import Peer, peering
from processes import Installation, until

pytestmark = pytest.mark.slow

UPDATES = 10_000
KILLS = 4
CHATS = 20
GROUPS = 50
DECISIONS = "SELECT count(*) FROM decisions WHERE reason <> 'command'"
SENT = "SELECT count(*) FROM replies WHERE state = 'sent'"
SAD = "I feel so alone tonight"


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


def live_groups(bot: Installation, peer: Peer, count: int) -> tuple[list[int], list[int]]:
    """Groups in which the bot answers, and a member of each."""
    world, chats, members = peer.world, [], []
    for number in range(count):
        admin, member = world.user(f"A{number}"), world.user(f"M{number}")
        chat = world.supergroup(f"G{number}", owner=admin, members=[member])
        world.add_bot(chat, by=admin)
        world.write(chat, admin, "/mode live")
        chats.append(chat)
        members.append(member)
    until(lambda: not world.pending())
    wanted = "SELECT count(*) FROM channels WHERE json_extract(overrides, '$.mode') = 'live'"
    until(lambda: bot.count(wanted) == count)
    until(lambda: sum(len(world.by_bot(chat)) for chat in chats) >= 2 * count)  # notices and answers are out
    return chats, members


def test_ten_thousand_updates_and_a_bot_that_is_killed_again_and_again(
    bot: Installation, peer: Peer, chance: random.Random
) -> None:
    world, patient = peer.world, bot.having({"SOLACE_POLICY__DEADLINE": "1d"})
    with patient.running() as running:
        chats, members = live_groups(patient, peer, CHATS)
        running.process.kill()
    before = bot.count(DECISIONS)
    world.many(
        [
            ("write", {"chat": chats[n % CHATS], "user": members[n % CHATS], "text": f"{SAD}, number {n}"})
            for n in range(UPDATES)
        ]
    )
    for _ in range(KILLS):
        enough = bot.count(DECISIONS) + chance.randint(1, UPDATES // (KILLS + 2))
        with patient.running() as running:
            until(lambda least=enough: bot.count(DECISIONS) >= least, running.process)  # type: ignore[misc]
            running.process.kill()
    with patient.running() as running:
        until(lambda: not world.pending(), running.process)
        sent = bot.count(SENT)
        until(lambda: bot.count(SENT) >= sent + CHATS, running.process)
        running.process.kill()

    assert bot.count(DECISIONS) - before == UPDATES, "none lost, none judged twice"
    answered = [
        (chat, each["reply_to_message"]["message_id"])
        for chat in chats
        for each in world.by_bot(chat)
        if "helped" in str(each.get("reply_markup"))
    ]
    assert len(answered) == len(set(answered)) >= CHATS, "none answered twice"
    assert len(answered) <= bot.count(
        "SELECT count(*) FROM replies WHERE state NOT IN ('pending', 'expired')"
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
