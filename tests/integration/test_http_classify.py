import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from assembly import FINE, SAD, Assembly, rows
from builders import CLASSIFIED_FIELDS
from http_world import Served, a_comment, served

from bot.adapters.http.gateway import ClassifiedText
from bot.adapters.storage import SqlStore


@pytest.fixture
async def api(store: SqlStore) -> AsyncIterator[Served]:
    async with served(Assembly(store)) as running:
        yield running


async def test_every_text_gets_a_row_with_the_fields_of_the_command_line(api: Served) -> None:
    texts = [SAD, FINE, "", "this is a crisis", "bonjour tout le monde"]
    answer = await api.http.post("/v1/classify", json={"texts": texts})
    assert answer.status_code == 200
    found = answer.json()["rows"]
    assert [list(row) for row in found] == [CLASSIFIED_FIELDS] * 5
    assert [row["text"] for row in found] == texts
    assert [row["reason"] for row in found] == [
        "support",
        "below_threshold",
        "empty",
        "crisis",
        "not_english",
    ]
    assert [row["would_reply"] for row in found] == [True, False, False, False, False]
    assert len(found[0]["emotions"]) == 28


async def test_nothing_is_recorded(api: Served, database: Path) -> None:
    await api.http.post("/v1/classify", json={"texts": [SAD]})
    assert rows(database, "SELECT count(*) FROM decisions") == [0]


async def test_odd_characters_are_replaced(api: Served) -> None:
    answer = await api.http.post(
        "/v1/classify",
        content=rb'{"texts": ["a \ud800 b\u0000"]}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.json()["rows"][0]["text"] == "a \ufffd b\ufffd"


OUT_OF_BOUNDS: list[Any] = [
    ([], "texts", "is shorter than 1"),
    (["a"] * 257, "texts", "is longer than 256"),
    (["fine", "x" * 40_001], "texts[1]", "is longer than 40000"),
    (["fine", 7], "texts[1]", "must be a text"),
    ("fine", "texts", "must be a list"),
]


async def test_bounds_are_named(api: Served, subtests: pytest.Subtests) -> None:
    for texts, field, detail in OUT_OF_BOUNDS:
        with subtests.test(texts=texts):
            answer = await api.http.post("/v1/classify", json={"texts": texts})
            assert answer.status_code == 422
            assert answer.json()["errors"] == [{"field": field, "detail": detail}]


class HeldClassify:
    """Works only when it may, and notes what it was given and how many asked at once."""

    def __init__(self) -> None:
        self.chunks: list[int] = []
        self.busy = self.most_busy = 0
        self.begun, self.may_work = asyncio.Event(), asyncio.Event()

    async def __call__(self, texts: Sequence[str]) -> Sequence[ClassifiedText]:
        self.chunks.append(len(texts))
        self.busy += 1
        self.most_busy = max(self.busy, self.most_busy)
        self.begun.set()
        await self.may_work.wait()
        self.busy -= 1
        return []


async def test_many_texts_go_in_small_chunks_one_request_at_a_time_and_comments_pass_them(
    store: SqlStore,
) -> None:
    held = HeldClassify()
    async with served(Assembly(store), classify=held) as api:
        batch = {"texts": [SAD] * 256}
        asked = [asyncio.create_task(api.http.post("/v1/classify", json=batch)) for _ in range(7)]
        await held.begun.wait()
        live = await api.bring(a_comment())
        done = asyncio.as_completed(asked)
        refused = [await next(done), await next(done)]
        held.may_work.set()
        answers = [await each for each in asked]

    assert live.json()["messages"][0]["reason"] == "support"
    assert {answer.status_code for answer in refused} == {503}
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [503] * 2
    assert {answer.headers.get("retry-after") for answer in answers} == {None, "2"}
    assert (held.most_busy, held.chunks) == (1, [16] * 80)


async def test_a_live_comment_gets_its_turn_between_two_chunks(store: SqlStore) -> None:
    turns: list[str] = []

    async def classify(texts: Sequence[str]) -> Sequence[ClassifiedText]:
        asyncio.get_running_loop().call_soon(turns.append, "others")
        turns.append(f"{len(texts)} texts")
        return []

    async with served(Assembly(store), classify=classify) as api:
        await api.http.post("/v1/classify", json={"texts": [SAD] * 40})

    assert turns == ["16 texts", "others", "16 texts", "others", "8 texts", "others"]
