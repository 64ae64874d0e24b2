"""Whatever table there is: /mydata tells of it and /forget erases it. A new one is filled here by itself."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

import pytest
from assembly import KEY
from builders import NOW
from sqlalchemy import JSON, Boolean, Column, DateTime, Float, Integer, Table, create_engine, insert, select
from sqlalchemy.types import String, TypeDecorator

from bot.adapters.storage import SqlStore
from bot.adapters.storage.tables import metadata
from bot.adapters.telegram.conversation.wishes import _stored
from bot.adapters.telegram.values import TELEGRAM
from bot.application.people import Kept

USER_ID: Final = "70111222"
HASH: Final = KEY.author(TELEGRAM, USER_ID)
BEN: Final = KEY.author(TELEGRAM, "70333444")
WORD: Final = "annsword"
TRACES: Final = (HASH, USER_ID, WORD)
PRIVATE, IN_GROUP = 1, 2
"""The number of the row that is planted in each table: in her own chat, and in a group."""

TOLD_BY: Final[Mapping[str, str]] = {
    "decisions": "decisions",
    "texts": "texts",
    "replies": "replies",
    "feedback": "feedback",
    "reviews": "reviews",
    "channels": "own_chat",
    "chats": "own_chat",
    "own_phrases": "phrases",
    "opt_outs": "opted_out_since",
    "left_alone": "left_alone_until",
}
"""Tables that can hold something of a person, and what `/mydata` calls it."""
OF_NOBODY: Final = {
    "policies",  # settings
    "installation",  # the key's fingerprint
    "handled_updates",  # numbers that the platform counts
    "failed_updates",
    "cursors",  # how far somebody has read
    "blocks",  # subreddits
    "removals",  # rows of replies, which are blank by then
}
WISHES: Final = {"opt_outs", "left_alone"}
"""What the person asked for outlives that they are forgotten."""
OF_THE_PROGRAM: Final[Mapping[str, Any]] = {
    "platform": TELEGRAM,
    "origin": "live",
    "state": "sent",
    "arm": "model",
    "action": "reply",
    "reason": "support",
    "label": "negative",
    "kind": "helped",
    "wish": "asked",
    "phrase_id": "p1",
    "phrase_pool": "sad",
    "pool_version": "1",
    "policy_hash": "1",
    "model": "minilm-3",
    "preprocessing": "3",
    "run_id": "r",
    "detail": "timed out",
    "silenced": "gone",
    "error": "ValueError",
    "owner": None,
    "overrides": {},
    "told": [],
    "recent": [],
    "json": "{}",
}
"""What stands in columns that are the program's own. Every other text is taken for a person's."""


COUNTED: Final = frozenset(
    {"message_id", "thread_id", "sent_message_id", "hash", "name", "value", "account", "stream"}
)
GROUPS_ONLY: Final = {"blocks", "reviews"}


def a_value(table: Table, column: Column[Any], number: int) -> Any:
    """What a row of Ann's holds there; a text that nobody explained above is one of her words."""
    at_home = number == PRIVATE and table.name not in GROUPS_ONLY
    explained = {
        "author": HASH if number == PRIVATE or table.name not in WISHES else BEN,
        "channel_id": HASH if at_home else f"-100{number}",
        "contact": USER_ID,
        "notes_to": [USER_ID],
        "address": {"user": USER_ID, "chat": USER_ID},
        "private": at_home,
        **dict.fromkeys(COUNTED, str(number)),
        **OF_THE_PROGRAM,
    }
    if table.name == "own_phrases" and not at_home:
        explained |= {"text": "a phrase of the group's", "emotions": ["sadness"]}
    if column.name in explained:
        return explained[column.name]
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    otherwise = {
        Boolean: False,
        Integer: number,
        Float: 0.5,
        JSON: {WORD: WORD},
        String: f"{WORD} {column.name}",
        DateTime: NOW,
    }
    return next(value for each, value in otherwise.items() if isinstance(kind, each))


@pytest.fixture
def lived_in(store: SqlStore, database: Path) -> Path:
    """Two rows of Ann's in every table that there is."""
    del store  # it is open meanwhile
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            for number in (PRIVATE, IN_GROUP):
                row = {column.name: a_value(table, column, number) for column in table.columns}
                connection.execute(insert(table).values(row))
    engine.dispose()
    return database


def traces_in(database: Path) -> dict[str, set[str]]:
    """By table: which of Ann's traces stand there, in any column."""
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        cells = {
            table.name: repr([tuple(row) for row in connection.execute(select(table))])
            for table in metadata.sorted_tables
        }
    engine.dispose()
    found = {name: {trace for trace in TRACES if trace in text} for name, text in cells.items()}
    return {name: traces for name, traces in found.items() if traces}


async def kept(store: SqlStore) -> Kept:
    return await store.read(lambda q: q.kept_of(HASH, platform=TELEGRAM, platform_id=USER_ID, now=NOW))


async def forget(store: SqlStore) -> None:
    await store.transact(
        lambda tx: tx.forget(HASH, platform=TELEGRAM, platform_id=USER_ID, unread=KEY.unread, at=NOW)
    )
    assert await store.checkpoint()


def test_every_table_is_somebodys_or_nobodys() -> None:
    names = {table.name for table in metadata.sorted_tables}
    assert names == TOLD_BY.keys() | OF_NOBODY, "say of a new table whose it is"
    assert set(TOLD_BY.values()) <= {each.name for each in fields(Kept)}


async def test_forgetting_leaves_no_trace_in_any_column_of_any_table(store: SqlStore, lived_in: Path) -> None:
    before = traces_in(lived_in)
    assert before.keys() | {"feedback", "reviews"} >= TOLD_BY.keys(), "there was something to erase"
    assert not before.keys() & OF_NOBODY
    await forget(store)
    assert traces_in(lived_in) == {name: {HASH} for name in WISHES}
    on_disk = b"".join(path.read_bytes() for path in lived_in.parent.glob(f"{lived_in.name}*"))
    assert WORD.encode() not in on_disk
    assert USER_ID.encode() not in on_disk


@pytest.mark.usefixtures("lived_in")
async def test_what_is_stored_is_told_table_by_table(store: SqlStore) -> None:
    told = await kept(store)
    unsaid = [name for name, value in asdict(told).items() if not value]
    assert unsaid == ["left_alone_until"], "it ends at this very moment"
    assert (told.decisions, told.texts, told.replies, told.feedback, told.reviews) == (2, 2, 2, 2, 2)
    assert (told.administers, told.phrases, told.own_chat) == (2, 1, True)
    lines = [line for line in _stored(told).splitlines() if line.startswith("- ")]
    assert len(lines) == len(fields(Kept)) - len({"texts_until", "left_alone_until"})


@pytest.mark.usefixtures("lived_in")
async def test_after_forgetting_only_the_wishes_are_told(store: SqlStore) -> None:
    await forget(store)
    told = await kept(store)
    assert [name for name, value in asdict(told).items() if value] == ["opted_out_since"]
