"""What is asked of Reddit without running the bot: one comment, and whether the account is let in."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from redditapi.peer import Peer, peering
from redditapi.state import USERNAME
from typer.testing import CliRunner, Result

from bot.adapters.storage import migrate
from bot.application.doctor import Check, Status
from bot.bootstrap.reddit_inspection import examine_reddit
from bot.cli.app import app
from bot.settings import load_settings

SAD = "I feel so alone tonight"
WRITES = {"POST api/comment", "POST api/del", "POST api/compose", "POST api/read_message"}


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    with peering() as found:
        found.world.community("one", moderators=["mod"])
        found.world.community("elsewhere", moderators=["mod"])
        yield found


@pytest.fixture
def world(peer: Peer) -> Any:
    peer.world.clear_faults()
    return peer.world


@pytest.fixture
def variables(peer: Peer, tmp_path: Path) -> Mapping[str, str]:
    migrate(f"sqlite:///{tmp_path}/solace.db")
    return {
        **peer.settings,
        "SOLACE_DATA_DIR": str(tmp_path),
        "SOLACE_MODEL": "baseline",
        "SOLACE_REDDIT__SUBREDDITS": "one",
    }


def dry_run(variables: Mapping[str, str], link: str, *arguments: str) -> Result:
    command = ["reddit", "dry-run", link, *arguments]
    return CliRunner(env=dict(variables)).invoke(app, command, catch_exceptions=False)


def told(variables: Mapping[str, str], link: str) -> dict[str, Any]:
    result = dry_run(variables, link, "--json")
    assert result.exit_code == 0, result.output
    shown: dict[str, Any] = json.loads(result.output)
    return shown


def a_comment(world: Any, text: str = SAD, *, where: str = "one", title: str = "Talk") -> str:
    link = world.submit(where, "host", title)
    return str(world.write(parent=link, author="ann", text=text))


def test_a_decision_is_shown_and_nothing_follows(world: Any, variables: Mapping[str, str]) -> None:
    name = a_comment(world)
    permalink = f"https://www.reddit.com/r/one/comments/x/_/{name.removeprefix('t1_')}/"
    shown = told(variables, permalink)
    assert (shown["id"], shown["action"], shown["recorded"]) == (name, "shadow", None)
    assert shown["reply"]
    assert world.by_bot() == []
    assert not WRITES & world.counts().keys()
    assert told(variables, permalink)["recorded"] is None, "it was not recorded"
    text = dry_run(variables, permalink).output
    assert "would say: " in text
    assert "ann" not in text.split()
    assert SAD not in text


def test_settings_and_rules_of_the_subreddit_count(
    world: Any, variables: Mapping[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "subreddits.toml"
    file.write_text("[one]\nmode = 'live'\nskip_titles = ['Weekly']\n")
    apart = {**variables, "SOLACE_REDDIT__SETTINGS_FILE": str(file)}
    assert told(apart, a_comment(world))["action"] == "reply"
    weekly = told(apart, a_comment(world, title="Weekly talk"))
    assert (weekly["action"], weekly["reason"]) == ("silence", "thread_skipped")


@pytest.mark.parametrize(
    ("link", "code", "says"),
    [
        ("https://www.reddit.com/r/one/", 2, "should be the link of a comment"),
        ("https://www.reddit.com/r/nope/comments/1abc2d/x/kxyz12/", 2, "leads to r/nope, which"),
        ("t1_zzzzzz", 1, "nothing by this name"),
    ],
)
def test_what_cannot_be_shown_is_said(
    world: Any, variables: Mapping[str, str], link: str, code: int, says: str
) -> None:
    del world
    result = dry_run(variables, link)
    assert (result.exit_code, says in result.output) == (code, True)


def test_comments_elsewhere_are_not_read(world: Any, variables: Mapping[str, str]) -> None:
    result = dry_run(variables, a_comment(world, where="elsewhere"))
    assert (result.exit_code, "there is nothing to read" in result.output) == (1, True)


def examined(variables: Mapping[str, str], **more: str) -> dict[str, Check]:
    settings = load_settings(None, {**variables, **more})
    return {check.name: check for check in asyncio.run(examine_reddit(settings))}


def test_the_doctor_is_let_in(world: Any, variables: Mapping[str, str]) -> None:
    del world
    checks = examined(variables)
    assert checks["reddit"].status is Status.OK
    assert checks["reddit subreddits"].detail == "1 shadow; 0 paused"
    assert USERNAME not in str(checks)


def test_the_doctor_finds_a_wrong_password(world: Any, variables: Mapping[str, str]) -> None:
    del world
    check = examined(variables, SOLACE_REDDIT__PASSWORD="another")["reddit"]
    assert (check.status, "another" in str(check)) == (Status.FAIL, False)


def test_the_doctor_finds_a_reddit_that_is_down(world: Any, variables: Mapping[str, str]) -> None:
    world.fault("error", "api/v1/me")
    assert examined(variables)["reddit"].status is Status.FAIL
