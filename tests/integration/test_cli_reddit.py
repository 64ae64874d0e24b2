"""What an operator sees and decides of the subreddits, on the command line."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from assembly import KEY, LIVE, Assembly
from fakes import FakeSender
from typer.testing import CliRunner, Result

from bot.adapters.reddit.values import chat_key, ref_of
from bot.adapters.storage import SqlStore, migrate
from bot.application.ports import Transaction
from bot.application.watching import Block, Cursor, Wish
from bot.cli.app import app
from bot.domain.errors import ReplyUnconfirmed

ACCOUNT = {
    "SOLACE_REDDIT__CLIENT_ID": "app",
    "SOLACE_REDDIT__CLIENT_SECRET": "secret",
    "SOLACE_REDDIT__USERNAME": "Solace_Bot",
    "SOLACE_REDDIT__PASSWORD": "password",
    "SOLACE_REDDIT__USER_AGENT": "linux:solace.test:v1 (by /u/tester)",
    "SOLACE_REDDIT__SUBREDDITS": "One,two",
    "SOLACE_REDDIT__REDDIT_URL": "http://127.0.0.1:9",
    "SOLACE_REDDIT__OAUTH_URL": "http://127.0.0.1:9",
}
NAME = "reddit:solace_bot"


def solace(data: Path, *arguments: str, **more: str) -> Result:
    environment = ACCOUNT | {"SOLACE_DATA_DIR": str(data)} | more
    return CliRunner(env=environment).invoke(app, ["reddit", *arguments], catch_exceptions=False)


def shown(data: Path, **more: str) -> dict[str, Any]:
    result = solace(data, "status", "--json", **more)
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.output)
    return told


def work(data: Path, does: Callable[[Transaction], object]) -> None:
    async def once() -> None:
        async with SqlStore(f"sqlite:///{data}/solace.db", key_fingerprint=None) as store:
            await store.transact(does)

    asyncio.run(once())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    migrate(f"sqlite:///{tmp_path}/solace.db")
    return tmp_path


def test_nothing_was_read_yet(data: Path) -> None:
    told = shown(data)
    assert told["subreddits"] == [
        {"subreddit": name, "mode": "shadow", "paused_until": None, "refused": None}
        for name in ("one", "two")
    ]
    assert told["streams"] == []
    assert "Nothing was read yet." in solace(data, "status").output


def test_the_mode_is_the_settings_one_until_the_subreddit_has_its_own(data: Path) -> None:
    work(data, lambda tx: tx.set_channel(chat_key("two"), {"min_words": 4}, at=datetime.now(UTC)))
    assert [each["mode"] for each in shown(data, SOLACE_REDDIT__MODE="live")["subreddits"]] == [
        "live",
        "live",
    ]


def test_a_refusal_and_how_far_was_read_are_shown(data: Path) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    block = Block(chat=chat_key("two"), reason="private", times=2, since=now, until=now + timedelta(days=1))
    cursor = Cursor(
        account=NAME, stream="comments", recent=("t1_a",), polled_at=now, seen=1234, gaps=1, last_gap_at=now
    )
    work(data, lambda tx: tx.keep_block(block))
    work(data, lambda tx: tx.keep_cursor(cursor))
    told = shown(data)
    assert told["subreddits"][1]["refused"] == {
        "reason": "private",
        "times": 2,
        "since": now.isoformat(),
        "until": (now + timedelta(days=1)).isoformat(),
    }
    assert told["streams"][0] == {
        "stream": "comments",
        "polled_at": now.isoformat(),
        "seen": 1234,
        "gaps": 1,
        "last_gap_at": now.isoformat(),
    }
    text = solace(data, "status").output
    assert "r/two: shadow, refused (private) until 2026-11-25 12:00 UTC" in text
    assert "1,234 read" in text
    assert "t1_a" not in text


async def test_what_waits_is_counted(data: Path) -> None:
    async with SqlStore(f"sqlite:///{data}/solace.db", key_fingerprint=KEY.fingerprint) as store:
        bot = Assembly(store, replace(LIVE, deadline=timedelta(hours=1)))
        for number, fate in enumerate((ReplyUnconfirmed("lost"), None)):
            await bot.judge(bot.message(ref=ref_of("one", f"t1_{number}"), account=NAME))
            delivery = bot.delivery(FakeSender([fate], account=NAME))
            delivery.stop()
            await delivery.run()
        await bot.judge(bot.message(ref=ref_of("one", "t1_waits"), account=NAME))
        await store.transact(lambda tx: tx.want_removed(2, Wish.LOW_SCORE, at=bot.clock.now()))
    told = await asyncio.to_thread(shown, data)
    assert (told["pending"], told["unconfirmed"], told["removals"]) == (1, 1, 1)
    now = datetime.now(UTC)
    await asyncio.to_thread(work, data, lambda tx: tx.removal_done(2, found=True, at=now))
    told = await asyncio.to_thread(shown, data)
    assert (told["removals"], told["removed"]) == (0, {"low_score": 1})


def paused_until(data: Path, subreddit: str) -> Any:
    told = {each["subreddit"]: each for each in shown(data)["subreddits"]}
    return told[subreddit]["paused_until"]


def test_a_pause_begins_and_ends(data: Path) -> None:
    result = solace(data, "pause", "r/ONE")
    assert (result.exit_code, result.output) == (0, "r/one is paused until it is resumed.\n")
    assert "r/one: shadow, paused until it is resumed" in solace(data, "status").output
    assert paused_until(data, "two") is None
    assert solace(data, "resume", "one").output == "r/one is watched again.\n"
    assert paused_until(data, "one") is None
    assert solace(data, "resume", "one").output == "r/one was neither paused nor refused.\n"


def test_a_pause_can_have_an_end(data: Path) -> None:
    assert solace(data, "pause", "two", "--for", "2h").exit_code == 0
    left = datetime.fromisoformat(paused_until(data, "two")) - datetime.now(UTC)
    assert timedelta(hours=1, minutes=55) < left <= timedelta(hours=2)


def test_resuming_lifts_a_refusal(data: Path) -> None:
    now = datetime.now(UTC)
    block = Block(chat=chat_key("one"), reason="banned", times=1, since=now, until=now + timedelta(days=1))
    work(data, lambda tx: tx.keep_block(block))
    assert solace(data, "resume", "one").output == "r/one is watched again.\n"
    assert shown(data)["subreddits"][0]["refused"] is None


@pytest.mark.parametrize("span", ["0h", "31d", "soon", "-1h"])
def test_a_pause_of_another_kind_is_refused(data: Path, span: str) -> None:
    result = solace(data, "pause", "one", f"--for={span}")
    assert result.exit_code == 2
    assert "--for: should be a duration up to 30d" in result.output


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_only_subreddits_that_are_watched_have_pauses(data: Path, command: str) -> None:
    result = solace(data, command, "three")
    assert result.exit_code == 2
    assert "SUB: should be one of those that are watched: one, two" in result.output
    assert "three" not in result.output


def test_without_an_account_or_a_database_there_is_nothing_to_show(data: Path, tmp_path: Path) -> None:
    empty = dict.fromkeys(ACCOUNT, "")
    assert "there is no account on Reddit" in solace(data, "status", **empty).output
    assert "does not exist yet" in solace(tmp_path / "elsewhere", "status").output
