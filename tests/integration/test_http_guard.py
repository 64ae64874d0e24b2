import logging
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from assembly import Assembly
from http_world import KEYS, Served, a_comment, served

from bot.adapters.storage import SqlStore

JSON = {"Content-Type": "application/json"}
GUARDED = [
    ("POST", "/v1/messages"),
    ("POST", "/v1/classify"),
    ("GET", "/v1/replies"),
    ("PUT", "/v1/optouts"),
    ("DELETE", "/v1/optouts"),
    ("POST", "/try/messages"),
    ("GET", "/try/replies/0123456789abcdef0123456789abcdef"),
    ("PUT", "/try/optout"),
    ("GET", "/metrics"),
    ("GET", "/readyz"),
    ("GET", "/nowhere"),
]


@pytest.fixture
async def api(store: SqlStore) -> AsyncIterator[Served]:
    async with served(Assembly(store), max_body=2048) as running:
        yield running


@pytest.fixture
async def keyed(store: SqlStore) -> AsyncIterator[Served]:
    async with served(Assembly(store), keys=KEYS) as running:
        yield running


UNKNOWN: list[Any] = [None, "Bearer wrong", "Basic c2hvcA==", "Bearer", "", "Bearer \xe9"]


async def test_nothing_is_told_without_a_known_key(keyed: Served, subtests: pytest.Subtests) -> None:
    for given in UNKNOWN:
        with subtests.test(given=given):
            headers = {} if given is None else {"Authorization": given.encode("latin-1")}
            for method, path in GUARDED:
                answer = await keyed.http.request(method, path, headers=headers)
                assert (path, answer.status_code) == (path, 401)
                assert answer.headers["www-authenticate"] == "Bearer"
                assert answer.headers["content-type"] == "application/problem+json"
                assert "SOLACE_HTTP__API_KEYS" in answer.json()["detail"]


OPEN: list[Any] = ["/", "/healthz", "/openapi.json", "/assets/try-it.js"]


async def test_what_tells_nothing_needs_no_key(keyed: Served, subtests: pytest.Subtests) -> None:
    for path in OPEN:
        with subtests.test(path=path):
            assert (await keyed.http.get(path)).status_code == 200


SCHEMES: list[Any] = ["Bearer", "bearer"]


async def test_a_known_key_opens(keyed: Served, subtests: pytest.Subtests) -> None:
    for scheme in SCHEMES:
        with subtests.test(scheme=scheme):
            headers = {"Authorization": f"{scheme} {KEYS['forum']}"}
            assert (await keyed.http.get("/metrics", headers=headers)).text == "solace_up 1\n"
            assert (await keyed.http.get("/nowhere", headers=headers)).status_code == 404


FOREIGN_HOSTS: list[Any] = [
    "evil.example",
    "127.0.0.1.evil.example",
    "evil.example:8080",
    "a@127.0.0.1",
    "[::2]",
]


async def test_a_page_that_points_its_own_name_here_is_not_served(
    api: Served, subtests: pytest.Subtests
) -> None:
    for host in FOREIGN_HOSTS:
        with subtests.test(host=host):
            answer = await api.http.get("/", headers={"Host": host})
            assert answer.status_code == 421
            assert answer.headers["content-type"] == "application/problem+json"


OWN_HOSTS: list[Any] = ["127.0.0.1", "localhost:8080", "LOCALHOST", "[::1]:80"]


async def test_loopback_names_are_served(api: Served, subtests: pytest.Subtests) -> None:
    for host in OWN_HOSTS:
        with subtests.test(host=host):
            assert (await api.http.get("/healthz", headers={"Host": host})).status_code == 200


async def test_with_keys_any_name_is_served(keyed: Served) -> None:
    answer = await keyed.http.get("/healthz", headers={"Host": "solace.example"})
    assert answer.json() == {"alive": True}


OTHER_KINDS: list[Any] = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]


async def test_only_json_is_taken(api: Served, subtests: pytest.Subtests) -> None:
    for kind in OTHER_KINDS:
        with subtests.test(kind=kind):
            answer = await api.http.post("/v1/messages", content=b"{}", headers={"Content-Type": kind})
            assert answer.status_code == 415
            preflight = await api.http.options("/v1/messages", headers={"Origin": "https://evil.example"})
            assert not [name for name in preflight.headers if name.startswith("access-control")]


async def test_a_large_body_is_refused_whether_it_says_so_or_not(api: Served) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b" " * 1024

    declared = await api.http.post("/v1/messages", content=b" " * 2049, headers=JSON)
    chunked = await api.http.post("/v1/messages", content=chunks(), headers=JSON)
    fits = await api.bring(a_comment(text="sad " * 400))
    assert (declared.status_code, chunked.status_code, fits.status_code) == (413, 413, 200)
    assert declared.json() == chunked.json()
    assert declared.json()["detail"] == "A body may have at most 2048 bytes. Send fewer messages at once."


BROKEN: list[Any] = [
    (b"", 422),
    (b"{", 422),
    (b"[]", 422),
    (b"null", 422),
    (b'"text"', 422),
    (b"\xff\xfe\x00", 400),
    (b'{"channel_id": "\xff"}', 400),
    (b"[" * 2000, 400),
    (b'{"messages": {"a": 1}}', 422),
]


async def test_what_is_no_json_object_is_a_problem(api: Served, subtests: pytest.Subtests) -> None:
    for body, status in BROKEN:
        with subtests.test(body=body):
            answer = await api.http.post("/v1/messages", content=body, headers=JSON)
            assert answer.status_code == status
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == status


async def test_wrong_addresses_and_methods_are_problems(api: Served) -> None:
    missing = await api.http.get("/assets/../app.py")
    wrong = await api.http.get("/v1/messages")
    assert (missing.status_code, missing.json()["title"]) == (404, "Not Found")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert {missing.headers["content-type"], wrong.headers["content-type"]} == {"application/problem+json"}


@pytest.fixture
def quiet_uvicorn() -> Iterator[None]:
    logger = logging.getLogger("uvicorn.error")
    logger.disabled = True
    yield
    logger.disabled = False


@pytest.mark.usefixtures("quiet_uvicorn")
async def test_what_nobody_foresaw_is_a_problem_without_details(store: SqlStore) -> None:
    def broken() -> bytes:
        raise RuntimeError("the words of a person")

    async with served(Assembly(store), metrics=broken) as api:
        answer = await api.http.get("/metrics")
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Something went wrong here. It is in the log, without what you sent.",
    }
    assert answer.headers["x-content-type-options"] == "nosniff"


ANSWERS: list[Any] = [("GET", "/"), ("GET", "/nowhere"), ("POST", "/v1/messages"), ("GET", "/v1/replies")]


async def test_every_answer_is_armoured(api: Served, subtests: pytest.Subtests) -> None:
    for method, path in ANSWERS:
        with subtests.test(method=method):
            headers = (await api.http.request(method, path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] in {"no-store", "no-cache"}
            assert "server" not in headers


async def test_readiness_names_the_part_that_is_missing(store: SqlStore) -> None:
    parts = {"database": True, "delivery": False}

    async def look() -> dict[str, bool]:
        return dict(parts)

    async with served(Assembly(store), readiness=look) as api:
        not_ready = await api.http.get("/readyz")
        parts["delivery"] = True
        ready = await api.http.get("/readyz")
    assert (not_ready.status_code, not_ready.json()["ready"]) == (503, False)
    assert not_ready.json()["parts"] == {"database": True, "delivery": False}
    assert (ready.status_code, ready.json()["ready"]) == (200, True)


def _schemas(document: dict[str, Any]) -> dict[str, Any]:
    schemas: dict[str, Any] = document["components"]["schemas"]
    return schemas


async def test_openapi_has_an_example_for_every_model(api: Served) -> None:
    document = (await api.http.get("/openapi.json")).json()
    assert {"/v1/messages", "/v1/replies", "/v1/classify", "/v1/optouts"} <= document["paths"].keys()
    without = [name for name, schema in _schemas(document).items() if not schema.get("examples")]
    assert without == []
    wanted = document["paths"]["/v1/messages"]["post"]["responses"]
    assert list(wanted["422"]["content"]) == ["application/problem+json"]
    assert document["components"]["securitySchemes"]


async def test_openapi_points_nowhere_in_vain(api: Served) -> None:
    answer = await api.http.get("/openapi.json")
    pointed_to = set(re.findall(r'"#/components/schemas/(\w+)"', answer.text))
    assert "ProblemDetails" in pointed_to
    assert pointed_to <= _schemas(answer.json()).keys()


async def test_every_example_is_what_its_model_says(api: Served) -> None:
    document = (await api.http.get("/openapi.json")).json()
    messages = _schemas(document)["Messages"]["examples"][0]
    texts = _schemas(document)["Texts"]["examples"][0]
    assert (await api.http.post("/v1/messages", json=messages)).status_code == 200
    assert (await api.http.post("/v1/classify", json=texts)).status_code == 200
