"""A real `solace run` on both platforms, each behind a proxy that lets bytes through badly for a while."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count

import botapi.peer
import pytest
import redditapi.peer
from processes import Installation, until
from tcp_proxy import Kind, TcpProxy, proxying

pytestmark = pytest.mark.slow

SAD = "I feel so alone tonight"
UNSETTLED = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending')"
MANNERS: tuple[Kind, ...] = ("freeze", "refuse", "cut", "truncate")


@dataclass(slots=True)
class Both:
    """A private chat on Telegram, a subreddit, and the ways there."""

    telegram: botapi.peer.Peer
    reddit: redditapi.peer.Peer
    ways: list[TcpProxy]
    ann: int = 0
    link: str = ""
    written: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def found(self) -> None:
        self.reddit.world.community("one", moderators=["mod"])
        self.link = self.reddit.world.submit("one", "host", "Talk")
        self.ann = self.telegram.world.user("Ann")
        self.chat = self.telegram.world.private(self.ann)
        self.telegram.world.write(self.chat, self.ann, "/start")

    chat: int = 0

    def write(self) -> None:
        """One sad thing on each."""
        number = next(self._numbers)
        said = self.telegram.world.write(self.chat, self.ann, f"{SAD}, {number}")
        self.written += [
            str(said["message_id"]),
            self.reddit.world.write(self.link, f"person_{number}", SAD),
        ]

    def answers(self) -> list[str]:
        """What was answered, on either."""
        telegram = [
            str(each["reply_to_message"]["message_id"])
            for each in self.telegram.world.by_bot(self.chat)
            if "helped" in str(each.get("reply_markup"))
        ]
        return telegram + [each["parent"] for each in self.reddit.world.by_bot()]


@pytest.fixture
def both() -> Iterator[Both]:
    with ExitStack() as stack:
        telegram = stack.enter_context(botapi.peer.peering())
        reddit = stack.enter_context(redditapi.peer.peering())
        ways = [stack.enter_context(proxying(url)) for url in (telegram.url, reddit.url)]
        found = Both(telegram, reddit, ways)
        found.found()
        yield found


@pytest.fixture
def bot(here: Installation, both: Both) -> Installation:
    return here.having(
        {
            **both.reddit.settings_by(both.ways[1].url),
            "SOLACE_TELEGRAM__TOKEN": both.telegram.token,
            "SOLACE_TELEGRAM__API_URL": both.ways[0].url,
            "SOLACE_REDDIT__SUBREDDITS": "one",
            "SOLACE_REDDIT__MODE": "live",
            "SOLACE_REDDIT__LOOK_AFTER": "1s",
            "SOLACE_REDDIT__REPLY_INTERVAL": "0s",
            "SOLACE_REDDIT__POLL_INTERVAL": "1s",
            "SOLACE_POLICY__DEADLINE": "1h",
            "SOLACE_POLICY__AUTHOR_COOLDOWN": "0",
            "SOLACE_POLICY__THREAD_CAP": "none",
            "SOLACE_POLICY__CHAT_PACE": "none",
        }
    )


@contextmanager
def badly(both: Both, kind: Kind) -> Iterator[None]:
    """Both ways are so while the context lasts."""
    for way in both.ways:
        way.be(kind)
    yield
    for way in both.ways:
        way.well()


def judged(bot: Installation, both: Both) -> Callable[[], bool]:
    """Whether all that was written is judged, and nothing waits."""
    return lambda: (
        set(both.written) <= set(bot.rows("SELECT message_id FROM decisions")) and not bot.count(UNSETTLED)
    )


def unreachable(bot: Installation) -> int:
    """How often Telegram was found to be out of reach."""
    return bot.log.read_text().count("telegram_unreachable")


def test_whatever_the_way_does_all_is_judged_once_and_answered_at_most_once(
    bot: Installation, both: Both
) -> None:
    with bot.running() as running:
        both.write()
        until(judged(bot, both), running.process)
        for kind in MANNERS:
            noticed = unreachable(bot)
            with badly(both, kind):
                both.write()
                until(lambda: kind == "freeze" or unreachable(bot) > noticed, running.process)  # noqa: B023
            until(judged(bot, both), running.process)
        both.write()
        with both.telegram.stopped(), both.reddit.stopped():
            assert running.http.get("/healthz").status_code == 200
        until(judged(bot, both), running.process)
        assert running.end(15) == 0

    decisions = bot.rows("SELECT message_id FROM decisions WHERE reason NOT IN ('command', 'own_message')")
    assert sorted(decisions) == sorted(both.written), "all judged, each once"
    answers = both.answers()
    assert len(answers) == len(set(answers)), "none answered twice"
    unconfirmed = bot.rows("SELECT message_id FROM replies WHERE state = 'unconfirmed'")
    assert set(both.written) <= set(answers) | set(unconfirmed), "and each, but for what nobody can know"
    assert "left_over_at_shutdown" not in bot.log.read_text()
