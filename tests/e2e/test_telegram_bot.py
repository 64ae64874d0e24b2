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


NEWEST = "SELECT action, reason, model, negative, emotions, facts FROM decisions ORDER BY id DESC LIMIT 1"


def analysed(bot: Installation) -> tuple[int, int]:
    """How many messages a model judged, and the texts of how many are kept."""
    judged = bot.count("SELECT count(*) FROM decisions WHERE model IS NOT NULL")
    return judged, bot.count("SELECT count(*) FROM texts")


def outcomes(bot: Installation, chat: int) -> list[tuple[str, str]]:
    """What was decided in a chat, in order."""
    return bot.rows("SELECT action, reason FROM decisions WHERE channel_id = ? ORDER BY id", str(chat))


def choose(world: Any, chat: int, admin: int, setting: str, token: str) -> None:
    """Walk through /settings with its buttons, as an admin does."""
    world.write(chat, admin, "/settings")
    until(lambda: f"set:{setting}'" in str(world.by_bot(chat)))
    menu = next(each for each in reversed(world.by_bot(chat)) if f"set:{setting}'" in str(each))
    for data in (f"set:{setting}", f"set:{setting}={token}", "set:done"):
        until(lambda wanted=data: f"'{wanted}'" in str(world.by_bot(chat)))  # type: ignore[misc]
        query = world.press(chat, admin, menu["message_id"], data)
        until(lambda pressed=query: world.answers(pressed))  # type: ignore[misc]


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
        until(lambda: bot.count("SELECT count(*) FROM replies WHERE state = 'sent'") == 1)
        query = world.press_whisper(chat, member, whisper["ephemeral_message_id"], "leave me alone")
        until(lambda: world.answers(query))
        until(lambda: any("/optin" in text for text in texts(world, chat, to=member)))
        before = analysed(bot)
        say(world, chat, member, SAD)
        assert bot.rows(NEWEST) == [("silence", "opted_out", None, None, None, None)]
        assert analysed(bot) == before, "neither judged nor kept"
        assert supported(world, chat, to=member) == []

        world.write(chat, member, "/optin")
        until(lambda: bot.count("SELECT count(*) FROM opt_outs") == 0)
        say(world, chat, member, SAD)
        assert [row[:2] for row in bot.rows(NEWEST)] == [("reply", "support")]
        until(lambda: supported(world, chat, to=member))


def test_two_groups_with_settings_of_their_own_which_survive_a_restart(bot: Installation, peer: Peer) -> None:
    world = peer.world
    with bot.running() as running:
        loud, loud_admin, loud_member = a_group(world, "Loud")
        brief, brief_admin, brief_member = a_group(world, "Brief")
        still, _, still_member = a_group(world, "Still")
        until(lambda: quiet(world))
        say(world, loud, loud_admin, "/mode live")
        say(world, brief, brief_admin, "/mode live")
        choose(world, brief, brief_admin, "thread_cap", "1")
        assert running.end(15) == 0

    with bot.running():
        for _ in range(2):
            say(world, loud, loud_member, SAD)
            say(world, brief, brief_member, SAD)
            say(world, still, still_member, SAD)
        until(lambda: bot.count("SELECT count(*) FROM replies WHERE state = 'sent'") == 3)
        found = {chat: outcomes(bot, chat) for chat in (loud, brief, still)}
    assert found == {
        loud: [("reply", "support")] * 2,
        brief: [("reply", "support"), ("silence", "thread_cap")],
        still: [("shadow", "support")] * 2,
    }


def test_a_group_that_becomes_a_supergroup_keeps_its_settings(bot: Installation, peer: Peer) -> None:
    world = peer.world
    with bot.running():
        admin, member = world.user("Ann"), world.user("Bob")
        old = world.group("Allotment", owner=admin, members=[member])
        world.add_bot(old, by=admin)
        until(lambda: quiet(world))
        say(world, old, admin, "/mode live")
        choose(world, old, admin, "thread_cap", "1")
        new = world.migrate(old)
        until(lambda: quiet(world))
        assert bot.rows("SELECT channel_id FROM channels WHERE channel_id LIKE '-%'") == [str(new)]
        for _ in range(2):
            say(world, new, member, SAD)
        until(lambda: supported(world, new, to=member))
    assert outcomes(bot, new) == [("reply", "support"), ("silence", "thread_cap")]
    assert sum("I am a bot" in text for text in texts(world, new) + texts(world, old)) == 1


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
