"""The fake Reddit refuses, and gives tokens, with the answers that Reddit was recorded to give."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import recordings
from redditapi.comparing import Busy, learn
from redditapi.state import CLIENT, PASSWORD, REFRESH_TOKEN, USERNAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request whose answer is compared with a recorded one as a whole.

    Args:
        recorded: package, name of the recording, and which of its exchanges.
        headers: names that both must carry.
        same: names of headers that must say the same.
        grant, client: of a request for a token; None = an ordinary request.
        fault: that meets it.
    """

    recorded: tuple[str, str, int]
    headers: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    grant: Mapping[str, str] | None = None
    token: str | None = None
    path: str = "api/v1/me"
    fault: Mapping[str, Any] | None = None


_QUOTA = ("x-ratelimit-used", "x-ratelimit-remaining", "x-ratelimit-reset")
_BY_PASSWORD = {"grant_type": "password", "username": USERNAME, "password": PASSWORD}

EXCHANGES = {
    "token by password": Exchange(
        recorded=("prawcore", "TestScriptAuthorizer.test_refresh", 0), grant=_BY_PASSWORD
    ),
    "token by refresh token": Exchange(
        recorded=("prawcore", "TestAuthorizer.test_refresh", 0),
        grant={"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN},
    ),
    "wrong password": Exchange(
        recorded=("prawcore", "TestScriptAuthorizer.test_refresh__with_invalid_username_or_password", 0),
        grant={**_BY_PASSWORD, "password": "wrong"},
    ),
    "wrong refresh token": Exchange(
        recorded=("prawcore", "TestAuthorizer.test_refresh__with_invalid_token", 0),
        grant={"grant_type": "refresh_token", "refresh_token": "wrong"},
    ),
    "wrong access token": Exchange(
        recorded=("prawcore", "TestSession.test_request__with_invalid_access_token", 1),
        same=("www-authenticate",),
        token="wrong",
    ),
    "forbidden": Exchange(
        recorded=("prawcore", "TestSession.test_request__forbidden", 1), headers=_QUOTA, path="r/closed/about"
    ),
    "not found": Exchange(
        recorded=("prawcore", "TestSession.test_request__not_found", 1),
        headers=_QUOTA,
        path="user/Nobody/about",
    ),
    "nowhere": Exchange(recorded=("prawcore", "TestSession.test_request__redirect", 1), path="r/none/about"),
    "too many, and when again": Exchange(
        recorded=("prawcore", "TestSession.test_request__too__many_requests__with_retry_headers", 1),
        same=("retry-after",),
        fault={"kind": "error", "code": 429, "retry_after": 4},
    ),
    "too many": Exchange(
        recorded=("prawcore", "TestSession.test_request__too__many_requests__without_retry_headers", 0),
        grant=_BY_PASSWORD,
        fault={"kind": "error", "code": 429},
    ),
    "unavailable": Exchange(
        recorded=("prawcore", "TestSession.test_request__service_unavailable", 1),
        fault={"kind": "error", "code": 503},
    ),
    "no things": Exchange(
        recorded=("praw", "TestComment.test_reply__none", 1), path="api/comment", fault={"kind": "no_things"}
    ),
}


@pytest.fixture
async def busy() -> AsyncIterator[Busy]:
    async with Busy.serving() as world:
        yield world


async def made(busy: Busy, one: Exchange) -> httpx.Response:
    """What the fake answers."""
    busy.world.community("closed", kind="private")
    if one.fault is not None:
        busy.world.fault(**one.fault)
    if one.grant is not None:
        return await busy.http.post("/api/v1/access_token", data=one.grant, auth=CLIENT)
    if one.path == "api/comment":
        return await busy.http.post("/api/comment", data={"thing_id": busy.names["comment"], "text": "x"})
    token = {"Authorization": f"bearer {one.token}"} if one.token else {}
    return await busy.http.get(f"/{one.path}", headers=token)


@pytest.mark.parametrize("name", EXCHANGES)
async def test_refusals_and_tokens_are_as_reddit_sends_them(busy: Busy, name: str) -> None:
    one = EXCHANGES[name]
    package, cassette, number = one.recorded
    theirs, ours = recordings.cassette(package, cassette)[number][1], await made(busy, one)
    assert ours.status_code == theirs.status
    assert [header for header in one.headers if not re.fullmatch(r"\d+(\.0)?", theirs.headers[header])] == []
    assert [header for header in one.headers if not re.fullmatch(r"\d+(\.0)?", ours.headers[header])] == []
    for header in (*one.same, "content-type"):
        assert ours.headers[header] == theirs.headers[header]
    assert ("location" in ours.headers) == ("location" in theirs.headers)
    assert bool(ours.content) == bool(theirs.body)
    if ours.content and "json" in ours.headers["content-type"]:
        known = {"error": {"int", "str"}, "message": {"str"}, "reason": {"str"}}
        shape = learn(theirs.json(), defaultdict(set, {f".{key}": kind for key, kind in known.items()}))
        told = learn(ours.json(), defaultdict(set))
        assert {path: types for path, types in told.items() if not types <= shape[path]} == {}
