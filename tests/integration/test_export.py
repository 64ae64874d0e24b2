import json
import sqlite3
from contextlib import closing
from pathlib import Path

from assembly import FAKE, Assembly

from bot.adapters.storage import SqlStore, exported
from bot.application.chats import Chat
from bot.domain.channels import Mode
from bot.domain.own_phrases import OwnPhrase


async def test_what_leaves_the_installation_tells_about_nobody(store: SqlStore, database: Path) -> None:
    bot, person = Assembly(store), "f" * 32
    now = bot.clock.now()
    await bot.judge(bot.message("sad sad sad annsword"), bot.message("fine", private=True, channel_id=person))
    for channel_id, private in (("group", False), (person, True)):
        key, phrase = (FAKE, channel_id), OwnPhrase(id="own-1", text=f"words of {channel_id}")
        chat = Chat(key=key, private=private, contact="4711", notes_to=("4711",))
        await store.transact(lambda tx, chat=chat: tx.keep_chat(chat))  # type: ignore[misc]
        await store.transact(lambda tx, key=key: tx.set_channel(key, {"mode": Mode.SHADOW}, at=now))  # type: ignore[misc]
        await store.transact(lambda tx, k=key, p=phrase: tx.keep_own_phrase(k, p, at=now))  # type: ignore[misc]
    await store.transact(lambda tx: tx.set_channel((FAKE, "unknown"), {"mode": Mode.OFF}, at=now))
    found = exported(f"sqlite:///{database}")
    assert found["settings"] == [{"platform": "fake", "channel_id": "group", "settings": {"mode": "shadow"}}]
    assert [phrase["text"] for phrase in found["phrases"]] == ["words of group"]
    days = [(day["platform"], day["decisions"]) for day in found["days"]]
    assert days == [("fake", 1), ("fake", 1)]
    with closing(sqlite3.connect(database)) as connection:
        authors = [name for (name,) in connection.execute("SELECT author FROM decisions") if name]
    written = json.dumps(found)
    assert authors
    assert [each for each in (*authors, person, "4711", "annsword") if each in written] == []
