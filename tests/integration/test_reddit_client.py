"""Reddit's answers and failures in our words, over real HTTP: one request a call, no secret in any line."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from fakes import FakeClock, ListTelemetry
from scripted_reddit import (
    AGENT,
    CREDENTIALS,
    PASSWORD,
    PLENTY,
    SECRET,
    TOKEN,
    Fault,
    Says,
    ScriptedReddit,
    client,
)

from bot.adapters.clock import SystemClock
from bot.adapters.reddit.client import Credentials, RedditApi
from bot.adapters.reddit.quota import RedditQuota
from bot.adapters.reddit.refusals import AccessRefused, BannedFromSubreddit, ThreadLocked
from bot.adapters.reddit.requestor import MOST
from bot.domain.errors import (
    BotError,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    ReplyForbidden,
    ReplyRejected,
    ReplyUnconfirmed,
    SettingsError,
)

TEXT = "zq7x is sad"
REPLY = {"thing_id": "t1_abc", "text": TEXT}
STORED = {"json": {"errors": [], "data": {"things": [{"kind": "t1", "data": {"name": "t1_def"}}]}}}
UNCLEAR = [
    *(Says(status=status) for status in (302, 408, 500, 502, 503, 504, 520, 522)),
    Says(body=b"<html>busy</html>"),
    Says(body=b'{"json": {"errors": ['),
    Says(body=b"[" * 100_000),
    Says(body=b'{"a": ' + b"9" * 5000 + b"}"),
    Says(body=b" " * (MOST + 1)),
    Says(body=b"{}", headers={"content-encoding": "gzip"}),
    Fault.CLOSE,
    Fault.CUT,
]


@pytest.fixture(autouse=True)
def nothing_told(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test does, no line of any logger holds a secret or a text, also not on the level DEBUG."""
    caplog.set_level(logging.DEBUG)
    yield
    told = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "zq7" not in told


@asynccontextmanager
async def talking(**settings: Any) -> AsyncIterator[tuple[ScriptedReddit, RedditApi]]:
    async with ScriptedReddit.serving() as reddit, client(reddit, **settings) as api:
        yield reddit, api


def assert_nothing_quoted(error: BaseException) -> None:
    """Neither the error nor anything that hangs on it holds what was sent."""
    seen: BaseException | None = error
    while seen is not None:
        assert "zq7" not in repr(seen)
        seen = seen.__cause__ or seen.__context__


async def test_an_answer_comes_as_its_json_and_the_headers_say_who_asks() -> None:
    async with talking() as (reddit, api):
        reddit.says.append(Says(json={"kind": "Listing", "data": {"children": []}}))
        assert await api.get("r/one+two/comments", {"limit": 100}) == {
            "kind": "Listing",
            "data": {"children": []},
        }
    [asked], [signed_in] = reddit.heard, reddit.signed_in
    assert (asked.method, asked.path) == ("GET", "/r/one+two/comments")
    assert asked.query == {"limit": "100", "raw_json": "1"}
    assert asked.headers["authorization"] == f"bearer {TOKEN}-1"
    assert asked.headers["user-agent"].startswith(AGENT)
    assert signed_in.form == {"grant_type": "password", "username": "solace_bot", "password": PASSWORD}


async def test_a_reply_is_posted_once_and_what_reddit_made_of_it_comes_back() -> None:
    async with talking() as (reddit, api):
        reddit.says.append(Says(json=STORED))
        assert await api.post("api/comment", REPLY, urgent=True) == STORED
    [asked] = reddit.heard
    assert (asked.method, asked.path) == ("POST", "/api/comment")
    assert asked.form == {**REPLY, "api_type": "json"}


async def test_a_reply_with_no_things_counts_as_an_answer() -> None:
    async with talking() as (reddit, api):
        reddit.says.append(Says(json={"json": {"errors": [], "data": {"things": []}}}))
        assert await api.post("api/comment", REPLY) == {"json": {"errors": [], "data": {"things": []}}}


async def test_a_refresh_token_signs_in_without_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("praw_password", "somebody-else's")
    monkeypatch.setenv("praw_site", "nowhere")
    given = Credentials(client_id="app", client_secret=SECRET, username="b", refresh_token="zq7s-refresh")
    async with talking(credentials=given) as (reddit, api):
        await api.get("api/v1/me")
    assert reddit.signed_in[0].form == {"grant_type": "refresh_token", "refresh_token": "zq7s-refresh"}


async def test_one_token_does_for_many_requests() -> None:
    async with talking() as (reddit, api):
        for _ in range(3):
            await api.get("api/v1/me")
    assert (len(reddit.heard), len(reddit.signed_in)) == (3, 1)


@pytest.mark.parametrize("said", UNCLEAR, ids=str)
async def test_a_post_whose_end_is_unclear_was_made_once_and_is_unconfirmed(said: Says | Fault) -> None:
    async with talking() as (reddit, api):
        reddit.says.append(said)
        with pytest.raises(ReplyUnconfirmed) as raised:
            await api.post("api/comment", REPLY)
        assert len(reddit.heard) == 1
        assert_nothing_quoted(raised.value)
        assert await api.post("api/comment", REPLY) == {}  # and the next one goes as if nothing had been


@pytest.mark.parametrize("said", UNCLEAR[1:], ids=str)
async def test_a_get_that_brought_nothing_was_made_once_and_reddit_is_unavailable(said: Says | Fault) -> None:
    async with talking() as (reddit, api):
        reddit.says.append(said)
        with pytest.raises(PlatformUnavailable):
            await api.get("r/one/comments")
        assert len(reddit.heard) == 1
        assert await api.get("r/one/comments") == {}


@pytest.mark.parametrize(("method", "kind"), [("get", PlatformUnavailable), ("post", ReplyUnconfirmed)])
async def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_told(
    method: str, kind: type[BotError]
) -> None:
    async with talking(read_timeout=0.5) as (reddit, api):
        reddit.says += [Says(), Fault.HANG]
        await api.get("api/v1/me")
        with pytest.raises(kind, match="no answer came in time"):
            await getattr(api, method)("api/comment", REPLY)
        assert len(reddit.heard) == 2


@pytest.mark.parametrize("method", ["get", "post"])
async def test_what_could_not_connect_never_left(method: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    reddit = ScriptedReddit()
    reddit.url = f"http://127.0.0.1:{port}"
    async with client(reddit) as api:
        with pytest.raises(PlatformUnavailable, match="no connection"):
            await getattr(api, method)("api/comment", REPLY)


async def test_a_connection_that_breaks_after_the_token_never_left_either() -> None:
    """Signed in at one server; nobody listens at the other."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
    async with talking(oauth_url=nobody) as (reddit, api):
        with pytest.raises(PlatformUnavailable, match="no connection"):
            await api.post("api/comment", REPLY)
        assert len(reddit.signed_in) == 1


@pytest.mark.parametrize(
    "said",
    [
        *(Says(status=status) for status in (302, 403, 500, 503)),
        Says(body=b"<html>busy</html>"),
        Says(json=[]),
        Says(json={"access_token": 7, "expires_in": 3600, "scope": "*"}),
        Says(json={"access_token": "a", "expires_in": "soon", "scope": "*"}),
        Says(json={"access_token": "a\nb", "expires_in": 3600, "scope": "*"}),
        Fault.CLOSE,
        Fault.CUT,
    ],
    ids=str,
)
async def test_without_a_token_a_reply_never_left(said: Says | Fault) -> None:
    async with talking() as (reddit, api):
        reddit.tokens.append(said)
        with pytest.raises(PlatformUnavailable):
            await api.post("api/comment", REPLY)
        assert (len(reddit.heard), len(reddit.signed_in)) == (0, 1)
        assert await api.post("api/comment", REPLY) == {}


@pytest.mark.parametrize(
    "said",
    [
        Says(status=400, json={"error": 400}),
        Says(status=401, json={"message": "Unauthorized", "error": 401}),
        Says(json={"error": "invalid_grant"}),
        Says(json={"error": "unauthorized_client", "error_description": "Only script apps may"}),
    ],
    ids=str,
)
async def test_credentials_that_reddit_does_not_accept_are_named_and_not_shown(said: Says) -> None:
    async with talking() as (reddit, api):
        reddit.tokens.append(said)
        with pytest.raises(SettingsError, match="SOLACE_REDDIT__CLIENT_ID") as raised:
            await api.get("api/v1/me")
        assert_nothing_quoted(raised.value)


async def test_a_token_that_is_over_is_renewed_once_and_the_request_made_again() -> None:
    telemetry = ListTelemetry()
    async with talking(telemetry=telemetry) as (reddit, api):
        reddit.says += [Says(status=401, json={"error": 401}), Says(json=STORED)]
        assert await api.post("api/comment", REPLY) == STORED
    assert [each.headers["authorization"] for each in reddit.heard] == [f"bearer {TOKEN}-{n}" for n in (1, 2)]
    assert telemetry.events == ["reddit_token_renewed"]


@pytest.mark.parametrize("method", ["get", "post"])
async def test_a_new_token_that_is_refused_too_is_no_reason_to_go_on(method: str) -> None:
    async with talking() as (reddit, api):
        reddit.says += [Says(status=401), Says(status=401)]
        with pytest.raises(PlatformUnavailable, match="token"):
            await getattr(api, method)("api/comment", REPLY)
        assert len(reddit.heard) == 2


@pytest.mark.parametrize(
    ("said", "status", "reason"),
    [
        (Says(status=403, json={"message": "Forbidden", "error": 403, "reason": "private"}), 403, "private"),
        (Says(status=403, json={"reason": TEXT}), 403, ""),
        (
            Says(
                status=403,
                json={"error": 403},
                headers={"www-authenticate": 'Bearer realm="reddit", error="insufficient_scope"'},
            ),
            403,
            "insufficient_scope",
        ),
        (Says(status=404, json={"reason": "banned"}), 404, "banned"),
        (Says(status=451, body=b""), 403, ""),
        (Says(status=302, headers={"location": "/subreddits/search?q=one"}), 404, "redirected"),
    ],
    ids=str,
)
async def test_a_place_that_is_not_for_us_says_why(said: Says, status: int, reason: str) -> None:
    async with talking() as (reddit, api):
        reddit.says.append(said)
        with pytest.raises(AccessRefused) as raised:
            await api.get("r/one/comments")
        assert (raised.value.status, raised.value.reason) == (status, reason)


@pytest.mark.parametrize("status", [400, 409, 413, 414, 415])
async def test_any_other_refusal_of_a_question_is_a_plain_error(status: int) -> None:
    async with talking() as (reddit, api):
        reddit.says.append(Says(status=status))
        with pytest.raises(PlatformError) as raised:
            await api.get("r/one/comments")
        assert type(raised.value) is PlatformError


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (Says(json={"json": {"errors": [["THREAD_LOCKED", TEXT, "parent"]]}}), ThreadLocked),
        (Says(status=400, json={"json": {"errors": [["THREAD_LOCKED", TEXT, "parent"]]}}), ThreadLocked),
        (Says(status=400, json={"reason": "THREAD_LOCKED", "explanation": TEXT}), ThreadLocked),
        (Says(status=403, json={"reason": "BANNED_FROM_SUBREDDIT"}), BannedFromSubreddit),
        (Says(status=403, json={"message": "Forbidden", "error": 403}), ReplyForbidden),
        (Says(status=404, body=b"<html>"), ReplyRejected),
        (Says(status=413, body=b""), ReplyRejected),
    ],
    ids=str,
)
async def test_a_refused_reply_is_final_with_its_reason(said: Says, kind: type[BotError]) -> None:
    async with talking() as (reddit, api):
        reddit.says.append(said)
        with pytest.raises(kind) as raised:
            await api.post("api/comment", REPLY)
        assert type(raised.value) is kind
        assert len(reddit.heard) == 1
        assert_nothing_quoted(raised.value)


@pytest.mark.parametrize("method", ["get", "post"])
async def test_a_front_that_turns_us_away_says_nothing_about_a_subreddit(method: str) -> None:
    async with talking() as (reddit, api):
        reddit.says.append(Says(status=403, body=b"<body>You've been blocked by network security.</body>"))
        with pytest.raises(PlatformUnavailable, match="turned us away"):
            await getattr(api, method)("api/comment", REPLY)
        assert len(reddit.heard) == 1


async def test_an_error_of_too_many_replies_says_when_to_come_back_and_holds_nothing_else() -> None:
    errors = [["RATELIMIT", "Take a break for 9 minutes before trying again.", "ratelimit"]]
    async with talking() as (reddit, api):
        reddit.says += [Says(json={"json": {"ratelimit": 531.2, "errors": errors}})]
        with pytest.raises(RateLimited) as raised:
            await api.post("api/comment", REPLY)
        assert raised.value.retry_after == timedelta(seconds=531.2)
        assert await api.get("r/one/comments") == {}


IN_HALF_AN_HOUR = "in half an hour"
"""Stands for a date that is made when the test runs: the last of many come minutes after the first."""


def soon() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(minutes=30), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"retry-after": "4"}, 4, 4),
        ({"retry-after": IN_HALF_AN_HOUR}, 1500, 1800),
        ({"retry-after": "soon"}, 60, 60),
        ({"retry-after": "nan", "x-ratelimit-reset": "17"}, 17, 17),
        ({"retry-after": "-5"}, 1, 1),
        ({"retry-after": "9999999999"}, 86400, 86400),
        ({"retry-after": "9" * 400}, 60, 60),
        ({}, 60, 60),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
async def test_too_many_requests_hold_every_request_for_as_long_as_reddit_says(
    method: str, headers: dict[str, str], least: float, most: float
) -> None:
    quota = RedditQuota(clock=SystemClock(), patience=timedelta())
    said = {name: soon() if value == IN_HALF_AN_HOUR else value for name, value in headers.items()}
    async with talking(quota=quota) as (reddit, api):
        reddit.says.append(Says(status=429, body=b"<html>", headers=said))
        with pytest.raises(RateLimited) as raised:
            await getattr(api, method)("api/comment", REPLY)
        assert least <= raised.value.retry_after.total_seconds() <= most
        with pytest.raises(RateLimited):
            await api.post("api/comment", REPLY, urgent=True)
        assert len(reddit.heard) == 1


async def test_too_many_sign_ins_are_no_reason_to_change_settings() -> None:
    async with talking() as (reddit, api):
        reddit.tokens.append(Says(status=429, json={"message": "Too Many Requests", "error": 429}))
        with pytest.raises(RateLimited):
            await api.get("api/v1/me")


async def test_the_quota_hears_of_every_answer_and_so_do_metrics() -> None:
    telemetry, quota = ListTelemetry(), RedditQuota(clock=SystemClock())
    async with talking(telemetry=telemetry, quota=quota) as (reddit, api):
        reddit.says += [
            Says(headers=PLENTY),
            Says(status=404, headers=PLENTY | {"x-ratelimit-remaining": "598"}),
        ]
        await api.get("api/v1/me")
        assert (quota.used, quota.remaining) == (1, 599)
        with pytest.raises(AccessRefused):
            await api.get("r/one/comments")
    assert quota.remaining == 598
    assert telemetry.measures["reddit_quota_remaining"] == 598


async def test_what_an_answer_with_a_token_says_of_a_quota_is_of_another_one() -> None:
    quota = RedditQuota(clock=SystemClock())
    spent = PLENTY | {"x-ratelimit-remaining": "0", "x-ratelimit-used": "600"}
    async with talking(quota=quota) as (reddit, api):
        token = {"access_token": "t", "token_type": "bearer", "expires_in": 3600, "scope": "*"}
        reddit.tokens.append(Says(json=token, headers=spent))
        reddit.says.append(Says(headers=PLENTY))
        await api.get("api/v1/me")
    assert (quota.used, quota.remaining) == (1, 599)


async def test_too_many_sign_ins_hold_every_request_too() -> None:
    async with talking(quota=RedditQuota(clock=SystemClock(), patience=timedelta())) as (reddit, api):
        reddit.tokens.append(Says(status=429, headers={"retry-after": "30"}))
        for _ in range(2):
            with pytest.raises(RateLimited):
                await api.post("api/comment", REPLY, urgent=True)
        assert len(reddit.signed_in) == 1


async def test_a_reply_whose_time_is_over_does_not_leave_however_long_it_waited() -> None:
    clock = FakeClock()
    deadline = clock.now() + timedelta(seconds=30)
    async with talking(clock=clock) as (reddit, api):
        reddit.says.append(Fault.HANG)
        first = asyncio.create_task(api.get("api/v1/me"))
        await reddit.until_heard(requests=1)
        second = asyncio.create_task(api.post("api/comment", REPLY, until=deadline))
        await clock.advance(timedelta(seconds=31))
        reddit.goes_on.set()
        with pytest.raises(PlatformUnavailable):
            await first
        with pytest.raises(PlatformUnavailable, match="time was over"):
            await second
        assert len(reddit.heard) == 1
        await api.post("api/comment", REPLY, until=clock.now())
        assert len(reddit.heard) == 2


async def test_urgent_calls_go_first_and_those_that_can_wait_last() -> None:
    async with talking() as (reddit, api):
        reddit.says.append(Fault.HANG)
        first = asyncio.create_task(api.get("api/v1/me"))
        await reddit.until_heard(requests=1)
        others = [
            asyncio.create_task(api.get("spare", spare=True)),
            asyncio.create_task(api.get("poll")),
            asyncio.create_task(api.post("cancelled", REPLY, urgent=True)),
            asyncio.create_task(api.get("look", urgent=True)),
            asyncio.create_task(api.post("reply", REPLY, urgent=True)),
        ]
        await asyncio.sleep(0)
        others[2].cancel()
        reddit.goes_on.set()
        await asyncio.gather(first, *others, return_exceptions=True)
        assert [each.path for each in reddit.heard[1:]] == ["/look", "/reply", "/poll", "/spare"]


@pytest.mark.parametrize(
    "path", ["//127.0.0.1:9/api", "http://127.0.0.1:9/api", "https://localhost/api", "http://[/"]
)
async def test_nothing_goes_to_any_other_server(path: str) -> None:
    async with talking() as (reddit, api):
        with pytest.raises(PlatformError):
            await api.get(path)
        with pytest.raises(PlatformError):
            await api.post(path, REPLY)
        assert reddit.heard == []


async def test_calls_of_one_client_go_one_at_a_time() -> None:
    async with talking() as (reddit, api):
        reddit.says.append(Fault.HANG)
        first = asyncio.create_task(api.get("api/v1/me"))
        await reddit.until_heard(requests=1)
        second = asyncio.create_task(api.get("r/one/comments"))
        await asyncio.sleep(0)
        assert len(reddit.heard) == 1
        reddit.goes_on.set()  # and the connection closes
        with pytest.raises(PlatformUnavailable):
            await first
        assert await second == {}


async def test_a_client_that_is_closed_says_so() -> None:
    async with talking() as (_, api):
        pass
    with pytest.raises(PlatformUnavailable, match="closed"):
        await api.get("api/v1/me")


def test_secrets_stand_in_no_repr() -> None:
    shown = repr(CREDENTIALS) + repr(client(ScriptedReddit()))
    assert "zq7s" not in shown
    assert json.dumps("solace_bot").strip('"') in shown
