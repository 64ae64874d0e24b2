"""The OpenAPI document is what the API does."""

import asyncio

from assembly import Assembly
from http_walk import WALK_KEYS, walk
from http_world import served

from bot.adapters.storage import SqlStore


async def test_nothing_that_anybody_may_send_brings_an_answer_that_the_document_does_not_know(
    store: SqlStore,
) -> None:
    async with served(Assembly(store), keys=WALK_KEYS) as api:
        document = (await api.http.get("/openapi.json")).json()
        found = await asyncio.to_thread(walk, api.listener.url, examples=12)
    assert found.trouble == []
    operations = {f"{method.upper()} {path}" for path, each in document["paths"].items() for method in each}
    assert {operation for operation, _ in found.statuses} == operations
    statuses = {status for _, status in found.statuses}
    assert {200, 204, 401, 403, 404, 422} <= statuses, "the walk came everywhere"
    assert not {status for status in statuses if status >= 500}
