"""A bot on Telegram as people meet it: a real `solace run`, a real server, everything over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from botapi.peer import Peer, peering
from processes import Installation, until

pytestmark = pytest.mark.slow

SAD = "I feel so alone tonight"
REFUSED = "Telegram refused a reply"
"""Words of what the admin hears when a whisper was refused."""


@pytest.fixture
def peer() -> Iterator[Peer]:
    with peering() as found:
        yield found


@pytest.fixture
def bot(here: Installation, peer: Peer) -> Installation:
    """An installation with an account: everyone is sad there, and nobody has to wait for a second answer."""
    return here.having(
        {
            "SOLACE_TELEGRAM__TOKEN": peer.token,
            "SOLACE_TELEGRAM__API_URL": peer.url,
            "SOLACE_POLICY__AUTHOR_COOLDOWN": "0",
            "SOLACE_POLICY__THREAD_CAP": "none",
            "SOLACE_POLICY__CHAT_PACE": "none",
        }
    )


def texts(world: Any, chat: int, *, to: int | None = None) -> list[str]:
    """What stands in a chat, for somebody's eyes."""
    return [message.get("text", "") for message in world.visible(chat, to=to)]


def quiet(world: Any) -> bool:
    """Whether every update was acknowledged."""
    return not world.pending()


def supported(world: Any, chat: int, *, to: int) -> list[Any]:
    """Replies of support: the messages with the three buttons."""
    return [
        message
        for message in world.visible(chat, to=to)
        if any("helped" in str(row) for row in message.get("reply_markup", {}).get("inline_keyboard", []))
    ]


def a_group(world: Any, title: str, *, whispers: bool = False) -> tuple[int, int, int]:
    """A group with the bot in it, its admin and a member."""
    admin, member = world.user(f"Ann of {title}"), world.user(f"Bob of {title}")
    chat = world.supergroup(title, owner=admin, members=[member])
    world.add_bot(chat, by=admin, admin=whispers)
    return chat, admin, member


def say(world: Any, chat: int, user: int, text: str) -> None:
    """Write, and wait until the bot has taken it."""
    world.write(chat, user, text)
    until(lambda: quiet(world))


def test_from_the_notice_to_an_answer_and_back(bot: Installation, peer: Peer) -> None:
    world = peer.world
    with bot.running():
        chat, admin, member = a_group(world, "Allotment", whispers=True)
        until(lambda: any("I am a bot" in text for text in texts(world, chat)))

        say(world, chat, member, SAD)
        until(lambda: bot.count("SELECT count(*) FROM decisions") == 1)
        assert bot.rows("SELECT action FROM decisions") == ["shadow"]
        assert supported(world, chat, to=member) == []

        say(world, chat, admin, "/mode live")
        until(lambda: any(text.startswith("Live") for text in texts(world, chat)))
        world.write(chat, member, SAD)
        until(lambda: supported(world, chat, to=member))
        assert supported(world, chat, to=admin) == [], "a whisper is for nobody else"

        whisper = supported(world, chat, to=member)[0]
        assert "I'm a bot" in whisper["text"]
        query = world.press_whisper(chat, member, whisper["ephemeral_message_id"], "leave me alone")
        until(lambda: world.answers(query))
        until(lambda: any("/optin" in text for text in texts(world, chat, to=member)))
        judged = bot.count("SELECT count(*) FROM decisions WHERE reason <> 'opted_out'")
        say(world, chat, member, SAD)
        assert bot.count("SELECT count(*) FROM decisions WHERE reason <> 'opted_out'") == judged
        assert supported(world, chat, to=member) == []


def test_two_groups_with_settings_of_their_own_which_survive_a_restart(bot: Installation, peer: Peer) -> None:
    world = peer.world
    with bot.running() as running:
        loud, loud_admin, loud_member = a_group(world, "Loud")
        still, _, still_member = a_group(world, "Still")
        until(lambda: quiet(world))
        say(world, loud, loud_admin, "/mode live")
        world.write(loud, loud_admin, "/settings")
        until(lambda: quiet(world))
        assert running.end(15) == 0

    with bot.running():
        say(world, still, still_member, SAD)
        say(world, loud, loud_member, SAD)
        until(lambda: bot.count("SELECT count(*) FROM replies WHERE channel_id = '%d'" % loud) == 1)  # noqa: UP031
        modes = dict(bot.rows("SELECT channel_id, action FROM decisions"))
    assert modes == {str(loud): "reply", str(still): "shadow"}


def test_a_whisper_that_is_refused_is_shown_to_nobody(bot: Installation, peer: Peer) -> None:
    world = peer.world
    world.switch(ephemeral="refused")
    with bot.running():
        chat, admin, member = a_group(world, "Allotment", whispers=True)
        world.start(admin)
        say(world, chat, admin, "/mode live")
        say(world, chat, admin, "/settings")
        until(lambda: world.by_bot(chat)[-1].get("reply_markup"))
        settings = world.by_bot(chat)[-1]["message_id"]
        for data in ("set:answer", "set:answer=whisper"):
            query = world.press(chat, admin, settings, data)
            until(lambda pressed=query: world.answers(pressed))  # type: ignore[misc]
            until(lambda wanted=data: f"{wanted}=" in str(world.by_bot(chat)) or "=" in wanted)  # type: ignore[misc]
        before = len(world.by_bot(chat))
        for _ in range(3):
            say(world, chat, member, SAD)
        until(lambda: bot.count("SELECT count(*) FROM replies WHERE state = 'failed'") == 3)
        public = len(world.by_bot(chat)) - before
        until(lambda: any(REFUSED in text for text in texts(world, admin)))
        told = [text for text in texts(world, admin) if REFUSED in text]
    assert public == 0
    assert len(told) == 1, "the admin hears of it once"


def test_a_second_bot_with_the_same_token_is_told_and_the_first_goes_on(
    bot: Installation, peer: Peer
) -> None:
    other = Installation(folder=bot.folder / "other", settings=bot.settings)
    other.folder.mkdir()
    with bot.running(), other.running():
        until(lambda: "second_poller" in bot.log.read_text() + other.log.read_text())
    assert "Traceback" not in bot.log.read_text() + other.log.read_text()
    assert peer.token not in bot.log.read_text() + other.log.read_text()
