"""`solace run` as a process: how it ends, what it refuses, and what never happens beside it."""

import json
import signal
import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
from processes import Ended, Installation, Running, comment, recorded, until

pytestmark = pytest.mark.slow

FAST = {"SOLACE_HTTP__ACCOUNT_PACE": "100000/s"}
NO_NETWORK = """
import os, sys
FORBIDDEN = {f"socket.{name}" for name in ("connect", "sendto", "sendmsg", "getaddrinfo", "gethostbyname")}
def refuse(event, arguments):
    if event in FORBIDDEN:
        os.write(2, f"network: {event}".encode())
        os._exit(99)
sys.addaudithook(refuse)
"""


def is_a_clear_refusal(ended: Ended, *, code: int, says: str) -> None:
    assert ended.code == code, ended.errors
    assert says in ended.errors
    assert "Traceback" not in ended.errors
    assert ended.out == "", "it never said that it was running"


class Waiting(threading.Thread):
    """Somebody who asks the feed for something new, and has to wait for it."""

    def __init__(self, server: Running, *, after: int) -> None:
        super().__init__()
        self._request = (server, after)
        self.answer: httpx.Response | None = None

    def run(self) -> None:
        server, after = self._request
        self.answer = server.http.get("/v1/replies", params={"after": after, "wait": 20})


def test_sigterm_ends_it_after_what_is_under_way(here: Installation) -> None:
    with here.having(FAST).running() as server:
        held = Waiting(server, after=10_000)
        held.start()
        verdicts = server.bring([comment(number) for number in range(100)])
        assert server.end(signal.SIGTERM) == 0
        held.join()

    assert {verdict["reply"]["state"] for verdict in verdicts} <= {"pending", "sending", "sent"}
    assert here.rows("SELECT state, count(*) FROM replies GROUP BY state") == [("sent", 100)]
    assert held.answer is not None
    assert (held.answer.status_code, held.answer.json()["replies"]) == (200, [])
    assert "Traceback" not in here.log.read_text()


def test_one_ctrl_c_ends_it_cleanly(here: Installation) -> None:
    with here.running() as server:
        assert server.end(signal.SIGINT) == 0
    assert "Traceback" not in here.log.read_text()


def test_the_log_has_one_line_for_each_comment_and_nobodys_words(here: Installation) -> None:
    with here.having(FAST).running() as server:
        server.bring([comment(number, text=f"I feel so alone, secret-{number}") for number in range(20)])
        server.bring([comment(number, author_id="somebody-secret") for number in range(20)])
        server.end(signal.SIGTERM)

    log = here.log.read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert sum(line.get("ref", "").startswith("http:c") for line in lines if "reason" in line) == 20
    assert "secret" not in log


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_port_in_use_is_named(here: Installation, taken: int) -> None:
    ended = here.having({"SOLACE_HTTP__PORT": str(taken)}).solace("run")
    is_a_clear_refusal(ended, code=2, says=f"SOLACE_HTTP__PORT: {taken}")
    assert len(ended.errors.splitlines()) == 1
    assert not here.database.exists(), "told before anything else was started"


def test_a_data_folder_that_cannot_be_made_is_named(here: Installation) -> None:
    (here.folder / "file").touch()
    ended = here.having({"SOLACE_DATA_DIR": str(here.folder / "file" / "hunter2")}).solace("run")
    is_a_clear_refusal(ended, code=2, says="Error: SOLACE_DATA_DIR")
    assert "hunter2" not in ended.errors
    assert str(here.folder) not in ended.errors


@pytest.mark.parametrize("url", ["postgresql://user:hunter2@host/db", "sqlite:////proc/1/hunter2.db"])
def test_a_wrong_database_url_is_named_and_its_secrets_are_not_shown(here: Installation, url: str) -> None:
    ended = here.having({"SOLACE_DATABASE_URL": url}).solace("run")
    is_a_clear_refusal(ended, code=2, says="Error: SOLACE_DATABASE_URL")
    assert "hunter2" not in ended.errors
    assert url not in ended.errors


def test_a_file_that_is_no_database_is_left_as_it_is(here: Installation) -> None:
    here.data.mkdir()
    here.database.write_bytes(b"my diary" * 1000)
    is_a_clear_refusal(here.solace("run"), code=2, says="Error: SOLACE_DATABASE_URL")
    assert here.database.read_bytes() == b"my diary" * 1000


def test_a_second_bot_on_one_database_refuses_and_harms_nothing(here: Installation) -> None:
    with here.having(FAST).running() as first:
        first.bring([comment(number) for number in range(100)])
        refused = here.solace("run")
        is_a_clear_refusal(refused, code=1, says="already running on this database")
        first.bring([comment(number) for number in range(100, 120)])
        assert first.end(signal.SIGTERM) == 0
    assert here.rows("SELECT state, count(*) FROM replies GROUP BY state") == [("sent", 120)]
    with here.running() as second:
        assert len(second.feed()) == 120


@pytest.mark.parametrize("host", ["hunter2.invalid", "192.0.2.7"])
def test_an_address_that_cannot_be_had_is_not_shown(here: Installation, host: str) -> None:
    settings = {"SOLACE_HTTP__HOST": host, "SOLACE_HTTP__API_KEYS": "shop:shop-secret-0123456789"}
    ended = here.having(settings).solace("run")
    is_a_clear_refusal(ended, code=2, says="Error: SOLACE_HTTP__HOST: is not")
    assert host not in ended.errors


@pytest.fixture
def no_network(here: Installation) -> dict[str, str]:
    """What a process needs that dies at its first step towards a network."""
    folder = here.folder / "no-network"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(NO_NETWORK)
    return {"PYTHONPATH": str(folder)}


def test_a_replay_of_telegram_beside_the_running_bot_touches_no_network_and_nobody(
    here: Installation, no_network: dict[str, str]
) -> None:
    recording = here.folder / "telegram.jsonl"
    rows = 300
    recording.write_bytes(
        b"".join(recorded(number, platform="telegram", channel_id=f"-100{number}") for number in range(rows))
    )
    with here.running() as server:
        summary = here.having(no_network).solace("replay", "--json", str(recording)).json()
        assert summary["judged"] == rows
        assert server.feed() == []
        (verdict,) = server.bring([comment(1)])
        assert verdict["reason"] == "support", "the bot goes on"
        until(server.feed, server.process)
        assert server.end(signal.SIGTERM) == 0

    assert here.rows("SELECT count(*) FROM decisions WHERE platform = 'telegram'") == [rows]
    by_origin = "SELECT origin, platform, state, count(*) FROM replies GROUP BY 1, 2, 3 ORDER BY 1"
    assert here.rows(by_origin)[0] == ("live", "http", "sent", 1)
    assert {row[2] for row in here.rows(by_origin) if row[0] == "replay"} <= {"simulated"}
    live = here.solace("report", "activity", "--origin", "live", "--json").json()
    assert live["decisions"] == 1


def test_the_network_ban_of_the_test_above_bites(here: Installation, no_network: dict[str, str]) -> None:
    """`solace run` needs an address, which is the first thing that the ban sees."""
    ended = here.having(no_network).solace("run")
    assert (ended.code, ended.errors) == (99, "network: socket.getaddrinfo")
