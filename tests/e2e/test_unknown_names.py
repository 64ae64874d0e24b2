"""A real `solace run` where names cannot be looked up."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from botapi.peer import Peer, peering
from processes import Installation, until

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parents[1]
SAD = "I feel so alone tonight"
NAMES = f"{TESTS / 'names'}:{TESTS.parent}"


@pytest.fixture
def peer() -> Iterator[Peer]:
    with peering() as found:
        yield found


def settings(peer: Peer, host: str, known: Path) -> Mapping[str, str]:
    return {
        "PYTHONPATH": NAMES,
        "FAILING_NAMES": str(known),
        "NO_PROXY": "*",
        "SOLACE_TELEGRAM__TOKEN": peer.token,
        "SOLACE_TELEGRAM__API_URL": f"http://{host}:{peer.url.rpartition(':')[2]}",
        "SOLACE_POLICY__DEADLINE": "1h",
    }


def test_a_resolver_that_does_not_answer_keeps_nothing_else_from_working_or_ending(
    here: Installation, peer: Peer, tmp_path: Path
) -> None:
    bot = here.having(settings(peer, "telegram.hangs", tmp_path / "known"))
    with bot.running() as running:
        until(lambda: "telegram_unreachable" in bot.log.read_text(), running.process)
        assert running.http.get("/readyz").json()["parts"]["telegram"] is False
        assert running.end(15) == 0
    assert peer.world.counts() == {}
    assert "left_over_at_shutdown" not in bot.log.read_text()


def test_when_the_name_is_known_again_what_was_said_meanwhile_is_answered(
    here: Installation, peer: Peer, tmp_path: Path
) -> None:
    world = peer.world
    ann = world.user("Ann")
    bot = here.having(settings(peer, "telegram.fails", tmp_path / "known"))
    with bot.running() as running:
        until(lambda: "telegram_unreachable" in bot.log.read_text(), running.process)
        assert world.counts() == {}
        chat = world.private(ann)
        world.write(chat, ann, "/start")
        world.write(chat, ann, SAD)
        (tmp_path / "known").touch()
        until(lambda: any("helped" in str(each) for each in world.by_bot(chat)), running.process)
        assert not world.pending()
        assert running.end(15) == 0
    assert "left_over_at_shutdown" not in bot.log.read_text()
