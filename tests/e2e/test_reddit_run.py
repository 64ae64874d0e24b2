"""`solace run` with an account on Reddit: what it says, what it refuses, and one answer from end to end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import Installation, until
from redditapi.peer import Peer, peering

pytestmark = pytest.mark.slow

SAD = "I feel so alone tonight"


@pytest.fixture
def peer() -> Iterator[Peer]:
    with peering() as found:
        yield found


@pytest.fixture
def bot(here: Installation, peer: Peer) -> Installation:
    return here.having(
        {
            **peer.settings,
            "SOLACE_REDDIT__SUBREDDITS": "one,two",
            "SOLACE_REDDIT__POLL_INTERVAL": "1s",
            "SOLACE_REDDIT__REPLY_INTERVAL": "1s",
        }
    )


def test_a_comment_is_answered_where_the_bot_is_live_and_watched_elsewhere(
    bot: Installation, peer: Peer, tmp_path: Path
) -> None:
    file = tmp_path / "subreddits.toml"
    file.write_text("[one]\nmode = 'live'\n")
    world = peer.world
    links = {}
    for name in ("one", "two"):
        world.community(name, moderators=["mod"])
        links[name] = world.submit(name, "host", "Talk")
    with bot.having({"SOLACE_REDDIT__SETTINGS_FILE": str(file)}).running() as running:
        until(lambda: bot.count("SELECT count(*) FROM cursors") == 1, running.process)
        until(lambda: running.http.get("/readyz").json()["parts"]["reddit"], running.process)
        names = {name: world.write(parent=links[name], author="ann", text=SAD) for name in links}
        until(lambda: world.by_bot(names["one"]) != [], running.process)
        until(lambda: bot.count("SELECT count(*) FROM decisions") >= 2, running.process)
        assert running.end(15) == 0
    assert len(world.by_bot(names["one"])) == 1
    assert world.by_bot(names["two"]) == []
    assert "Traceback" not in bot.log.read_text()


def test_reddit_alone_is_enough_to_run(bot: Installation, peer: Peer) -> None:
    for name in ("one", "two"):
        peer.world.community(name, moderators=["mod"])
    with bot.having({"SOLACE_HTTP__ENABLED": "false"}).started("run") as process:
        assert process.stdout is not None
        said = [process.stdout.readline().decode() for _ in range(5)]
        assert "  reddit    r/one, r/two (shadow)\n" in said
        process.terminate()
        assert process.wait(20) == 0


def test_communities_of_people_in_crisis_are_a_warning(bot: Installation, peer: Peer) -> None:
    peer.world.community("depression", moderators=["mod"])
    wanted = {"SOLACE_REDDIT__SUBREDDITS": "depression"}
    refused = bot.having(wanted).solace("run")
    assert (refused.code, "SOLACE_REDDIT__ALLOW_SENSITIVE" in refused.errors) == (2, True)
    with bot.having({**wanted, "SOLACE_REDDIT__ALLOW_SENSITIVE": "true"}).started("run") as process:
        assert process.stdout is not None
        said = [process.stdout.readline().decode() for _ in range(5)]
    assert "  reddit    r/depression (shadow); warning: 1 of them for people in crisis\n" in said


def test_two_bots_do_not_work_for_one_account(bot: Installation, peer: Peer) -> None:
    for name in ("one", "two"):
        peer.world.community(name, moderators=["mod"])
    with bot.running():
        ended = bot.solace("run")
    assert ended.code == 1
    assert "already running on this database" in ended.errors
    assert "Traceback" not in ended.errors


def test_nothing_connects_to_reddit_without_the_operators_word(here: Installation, peer: Peer) -> None:
    settings = {**peer.settings, "SOLACE_REDDIT__SUBREDDITS": "one"}
    del settings["SOLACE_REDDIT__REDDIT_URL"], settings["SOLACE_REDDIT__OAUTH_URL"]
    ended = here.having(settings).solace("run")
    assert (ended.code, ended.out) == (2, "")
    assert ended.errors.startswith("Error: SOLACE_REDDIT__APPROVED: is not true")


def test_another_accounts_password_ends_it(bot: Installation, peer: Peer) -> None:
    for name in ("one", "two"):
        peer.world.community(name, moderators=["mod"])
    ended = bot.having({"SOLACE_REDDIT__PASSWORD": "another"}).solace("run")
    assert ended.code == 2
    assert "Traceback" not in ended.errors
