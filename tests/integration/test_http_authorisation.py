"""Who may do what over HTTP: every route with every kind of key, and nothing of one key is another's."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Final

import pytest
from assembly import Assembly, rows
from fastapi.routing import APIRoute
from http_walk import WALK_KEYS
from http_world import Served, a_comment, served

from bot.adapters.http.guard import HOOK_PATH
from bot.adapters.http.routes import (
    classify,
    hooks,
    messages,
    operations,
    optouts,
    pages,
    replies,
    try_it,
)
from bot.adapters.storage import SqlStore

ROUTERS: Final = (classify, hooks, messages, operations, optouts, pages, replies, try_it)
OPEN: Final = {"/", "/assets/{name}", "/healthz", HOOK_PATH}
CONVERSATION: Final = "0123456789abcdef"
BODIES: Final[Mapping[str, Any]] = {
    HOOK_PATH: {"update_id": 1},
    "/v1/messages": a_comment("matrix"),
    "/v1/classify": {"texts": ["hello"]},
    "/v1/optouts": {"author_id": "u-9"},
    "/try/messages": {"conversation": CONVERSATION, "text": "sad sad"},
    "/try/optout": {"conversation": CONVERSATION},
}


@pytest.fixture
async def api(store: SqlStore) -> AsyncIterator[Served]:
    async with served(Assembly(store), keys=WALK_KEYS) as running:
        yield running


def by(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {WALK_KEYS[name]}"}


CALLERS: Final[Mapping[str, Mapping[str, str]]] = {
    "no key": {},
    "wrong key": {"Authorization": "Bearer no-such-secret-0123"},
    "half a key": {"Authorization": f"Bearer {WALK_KEYS['shop'][:-1]}"},
    "the key's name": {"Authorization": "Bearer shop"},
    "no scheme": {"Authorization": WALK_KEYS["shop"]},
    "read": by("shop:read"),
    "admin": by("shop"),
}
UNKNOWN: Final = ("no key", "wrong key", "half a key", "the key's name", "no scheme")


def every_route() -> Iterator[tuple[str, str]]:
    """From the routers themselves: a route that is added is asked too."""
    for router in ROUTERS:
        for route in router.router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                yield method, route.path


async def test_every_route_with_every_kind_of_key(api: Served, subtests: pytest.Subtests) -> None:
    asked = 0
    for method, path in every_route():
        where = path.format(message_id="0" * 32, name="try-it.js")
        for caller, headers in CALLERS.items():
            with subtests.test(route=f"{method} {path}", caller=caller):
                answer = await api.http.request(
                    method,
                    where,
                    headers=headers,
                    json=BODIES.get(path),
                    params={"conversation": CONVERSATION} if "message_id" in path else None,
                )
                asked += 1
                status = answer.status_code
                if path in OPEN:
                    assert status == (404 if path == HOOK_PATH or method != "GET" else 200)
                elif caller in UNKNOWN:
                    assert status == 401
                elif caller == "read" and method != "GET":
                    assert status == 403
                    assert answer.headers["content-type"] == "application/problem+json"
                else:
                    assert status == (404 if "message_id" in path else 204 if "optout" in path else 200)
    assert asked == len(CALLERS) * len(list(every_route()))


async def test_a_looking_key_sees_what_the_key_of_its_name_brought_and_leaves_it_as_it_is(
    api: Served, database: Any
) -> None:
    await api.bring(a_comment(), headers=by("shop"))
    looked = await api.http.get("/v1/replies?wait=5", headers=by("shop:read"))
    assert [each["message"]["message_id"] for each in looked.json()["replies"]] == ["m1"]
    tables = ("decisions", "opt_outs", "channels")
    before = [rows(database, f"SELECT count(*) FROM {name}") for name in tables]
    refused = await api.bring(a_comment("m2"), headers=by("shop:read"))
    out = await api.http.put("/v1/optouts", json={"author_id": "u-1"}, headers=by("shop:read"))
    assert (refused.status_code, out.status_code) == (403, 403)
    after = [rows(database, f"SELECT count(*) FROM {name}") for name in tables]
    assert after == before


async def test_while_a_secret_is_changed_the_old_and_the_new_one_see_the_same(store: SqlStore) -> None:
    old, new = (f"{age}-secret-0123456789" for age in ("old", "new"))
    bot = Assembly(store)
    async with served(bot, keys={"shop": old, "shop:admin": new}) as api:
        await api.bring(a_comment(), headers={"Authorization": f"Bearer {old}"})
        seen = [
            (await api.http.get("/v1/replies?wait=5", headers={"Authorization": f"Bearer {secret}"})).json()
            for secret in (old, new)
        ]
    async with served(bot, keys={"shop": new}) as api:
        after = [
            await api.http.get("/v1/replies", headers={"Authorization": f"Bearer {secret}"})
            for secret in (old, new)
        ]
    assert [each.status_code for each in after] == [401, 200]
    assert seen[0] == seen[1] == after[1].json()
    assert len(seen[0]["replies"]) == 1


async def test_nothing_of_one_key_is_seen_or_changed_by_another(api: Served, database: Any) -> None:
    await api.bring(a_comment(), headers=by("shop"))
    await api.http.get("/v1/replies?wait=5", headers=by("shop"))
    typed = await api.http.post(
        "/try/messages", json={"conversation": CONVERSATION, "text": "sad sad sad sad"}, headers=by("shop")
    )
    reply = f"/try/replies/{typed.json()['message_id']}?conversation={CONVERSATION}"
    feed = await api.http.get("/v1/replies", headers=by("forum"))
    known = await api.bring(a_comment(), headers=by("forum"))
    new = await api.bring(a_comment("m2"), headers=by("forum"))
    theirs = await api.http.get(reply, headers=by("forum"))
    mine = await api.http.get(reply, headers=by("shop"))
    assert feed.json()["replies"] == []
    assert (known.status_code, new.status_code, theirs.status_code) == (422, 422, 404)
    assert mine.status_code == 200
    await api.http.put("/v1/optouts", json={"author_id": "u-1"}, headers=by("forum"))
    await api.http.put("/try/optout", json={"conversation": CONVERSATION}, headers=by("forum"))
    again = await api.bring(a_comment("m3"), headers=by("shop"))
    assert again.json()["messages"][0]["reason"] == "support", "their u-1 is not this one"
    assert rows(database, "SELECT count(DISTINCT owner) FROM channels WHERE owner IS NOT NULL") == [1]


async def test_a_page_of_another_site_changes_nothing(store: SqlStore, subtests: pytest.Subtests) -> None:
    """Without keys a browser on this machine has nothing to show but where its page came from."""
    async with served(Assembly(store)) as open_api:
        for site, allowed in {"cross-site": 403, "same-site": 403, "same-origin": 204, "none": 204}.items():
            with subtests.test(site=site):
                answer = await open_api.http.put(
                    "/try/optout", json={"conversation": CONVERSATION}, headers={"Sec-Fetch-Site": site}
                )
                assert answer.status_code == allowed
                assert not [name for name in answer.headers if name.startswith("access-control")]
        as_a_form = await open_api.http.put(
            "/try/optout",
            content=f'{{"conversation": "{CONVERSATION}"}}',
            headers={"Content-Type": "text/plain"},
        )
        assert as_a_form.status_code == 415, "what a form can send without asking first"
        preflight = await open_api.http.options(
            "/try/optout",
            headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"},
        )
        assert not [name for name in preflight.headers if name.startswith("access-control")]
