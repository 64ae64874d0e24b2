"""What the long runs on both platforms have in common: two fakes, a proxy before each, and a bot."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import botapi.peer
import psutil
import redditapi.peer
from processes import Installation
from tcp_proxy import proxying
from torture.traffic import SUBREDDITS, Crowd
from torture.trouble import Scene


@contextmanager
def stage(folder: Path) -> Iterator[tuple[Installation, Crowd, list[Scene]]]:
    """An installation with the model that comes along, whom it meets, and Telegram and Reddit."""
    with ExitStack() as stack:
        telegram = stack.enter_context(botapi.peer.peering())
        reddit = stack.enter_context(redditapi.peer.peering())
        ways = [stack.enter_context(proxying(url)) for url in (telegram.url, reddit.url)]
        bot = Installation(
            folder=folder,
            settings={
                **reddit.settings_by(ways[1].url),
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "SOLACE_MODEL": "",
                "SOLACE_LOG_FORMAT": "json",
                "SOLACE_TELEGRAM__TOKEN": telegram.token,
                "SOLACE_TELEGRAM__API_URL": ways[0].url,
                "SOLACE_REDDIT__SUBREDDITS": ",".join(SUBREDDITS),
                "SOLACE_REDDIT__MODE": "live",
                "SOLACE_REDDIT__REPLY_INTERVAL": "1s",
                "SOLACE_REDDIT__LOOK_AFTER": "10s",
                "SOLACE_POLICY__AUTHOR_COOLDOWN": "0",
                "SOLACE_POLICY__THREAD_CAP": "none",
                "SOLACE_POLICY__CHAT_PACE": "none",
            },
        )
        scenes = [
            Scene(
                platform="telegram",
                world=telegram.world,
                proxy=ways[0],
                stopped=telegram.stopped,
                writing="sendMessage",
                reading="getUpdates",
            ),
            Scene(
                platform="reddit",
                world=reddit.world,
                proxy=ways[1],
                stopped=reddit.stopped,
                writing="api/comment",
                reading="r/.*/comments",
            ),
        ]
        yield bot, Crowd(telegram=telegram.world, reddit=reddit.world), scenes


def processor_seconds(process: psutil.Process) -> float:
    """What all its threads have used so far."""
    times = process.cpu_times()
    return float(times.user + times.system)
