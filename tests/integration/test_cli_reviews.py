import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from assembly import KEY, Assembly, rows
from typer.testing import CliRunner, Result

from bot.adapters.storage import SqlStore, migrate
from bot.application.reviews import Label
from bot.cli.app import app
from bot.domain.messages import ChannelKey, MessageRef, Platform


def solace(data: Path, *arguments: str) -> Result:
    return CliRunner(env={"SOLACE_DATA_DIR": str(data)}).invoke(app, arguments, catch_exceptions=False)


async def labelled(database: Path) -> None:
    """Four people in two chats, labelled; one not to be learned from, and one who opted out since."""
    async with SqlStore(f"sqlite:///{database}", key_fingerprint=KEY.fingerprint) as store:
        bot = Assembly(store)
        await bot.clock.advance(timedelta(days=365 * 900))  # their texts are kept for a while yet
        now = bot.clock.now()
        for number, text in enumerate(["so sad @ann", "a fine day", "a grey day", "sad sad sad"]):
            key = (Platform("telegram"), f"-{1 + number % 2}")
            ref = MessageRef(platform=key[0], channel_id=key[1], message_id=str(number))
            message = bot.message(text, ref=ref)
            await bot.judge(message)
            await label(store, key, number + 1, text, at=now)
        gone = message.author
        assert gone is not None
        await store.transact(lambda tx: tx.opt_out(gone, at=now))


async def label(store: SqlStore, key: ChannelKey, row: int, text: str, *, at: datetime) -> None:
    """Draw one decision, and answer it."""
    said = Label.NEGATIVE if "sad" in text else Label.POSITIVE
    await store.transact(lambda tx: tx.draw_reviews(key, [row], at=at))
    await store.transact(lambda tx: tx.answer_review(row, said, teach="grey" not in text, at=at))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    migrate(f"sqlite:///{tmp_path}/solace.db")
    return tmp_path


def test_labelled_texts_come_out_for_training_without_authors(data: Path, tmp_path: Path) -> None:
    asyncio.run(labelled(data / "solace.db"))
    file = tmp_path / "feedback.jsonl"
    result = solace(data, "reviews", "export", str(file))
    assert result.exit_code == 0, result.output
    assert "2 labelled texts are in" in result.stderr
    assert [json.loads(line) for line in file.read_text().splitlines()] == [
        {"text": "so sad [NAME]", "label": "negative"},
        {"text": "a fine day", "label": "positive"},
    ]
    assert rows(data / "solace.db", "SELECT count(*) FROM reviews") == [4]


def test_where_nothing_is_to_be_learned_there_is_no_file(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    result = solace(data, "reviews", "export", str(file))
    assert result.exit_code == 1
    assert "no labelled text may be used for training" in result.stderr
    assert not file.exists()
