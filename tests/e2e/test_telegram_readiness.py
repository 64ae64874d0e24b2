"""Whether updates come in shows in readiness: a real `solace run` and a server that goes away."""

from collections.abc import Iterator
from typing import Any

import pytest
from botapi.peer import Peer, peering
from processes import Installation, Running, until

pytestmark = pytest.mark.slow


@pytest.fixture
def peer() -> Iterator[Peer]:
    with peering() as found:
        yield found


def ready(running: Running) -> tuple[int, Any]:
    answer = running.http.get("/readyz")
    return answer.status_code, answer.json()["parts"]


def account(peer: Peer, url: str) -> dict[str, str]:
    return {"SOLACE_TELEGRAM__TOKEN": peer.token, "SOLACE_TELEGRAM__API_URL": url}


def test_telegram_is_a_part_that_has_to_work(here: Installation, peer: Peer) -> None:
    peer.world.switch(poll_seconds=0.2)
    with here.having(account(peer, peer.url)).running() as running:
        until(lambda: ready(running)[0] == 200)
        parts = ready(running)[1]
        assert parts["telegram"] is True
        assert any(name.startswith("delivery-telegram") for name in parts), parts
        peer.world.fault("error", "getUpdates", times=None)
        until(lambda: ready(running)[1]["telegram"] is False)
        assert ready(running)[0] == 503
        peer.world.clear_faults()
        until(lambda: ready(running)[0] == 200)


def test_a_telegram_that_was_never_reached_is_not_ready(here: Installation, peer: Peer) -> None:
    with here.having(account(peer, "http://127.0.0.1:9")).running() as running:
        code, parts = ready(running)
    assert (code, parts["telegram"]) == (503, False)


def test_without_an_account_nothing_is_missing(here: Installation) -> None:
    with here.running() as running:
        code, parts = ready(running)
    assert code == 200
    assert "telegram" not in parts
