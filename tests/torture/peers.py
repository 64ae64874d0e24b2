"""Each way in which a platform can misbehave, on Telegram and Reddit at once: how long until it is over?

While it lasts people go on writing; after it they write every second until something of that is answered.
"""

import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

import psutil
from processes import Running
from torture.report import Options, Row
from torture.stage import processor_seconds, stage
from torture.traffic import GROUPS, SAD, SUBREDDITS, Crowd, telegram_answers
from torture.trouble import Scene

LASTS: Final = 40.0
RECOVERY: Final = 60.0
PATIENCE: Final = 150.0
DEADLINE: Final = 10.0
MOST_REQUESTS: Final = 300
"""A minute and platform: two messages a second, and four attempts for one that does not get through."""
MOST_CPU: Final = 0.5
WAYS: Final[Mapping[str, tuple[Any, dict[str, float]]]] = {
    "delayed by 2 s": ("delay", {"seconds": 2.0}),
    "1,000 bytes a second": ("throttle", {"rate": 1000.0}),
    "frozen": ("freeze", {}),
    "swallowed": ("blackhole", {}),
    "truncated": ("truncate", {"size": 40}),
    "cut": ("cut", {}),
    "refused": ("refuse", {}),
}
STORMS: Final[Mapping[str, dict[str, Any]]] = {
    "429, retry after 20 s": {"code": 429, "retry_after": 20},
    "502": {"code": 502},
}
ON_THE_WAY: Final = frozenset({"delayed by 2 s", "1,000 bytes a second", "frozen", "SIGSTOP"})
"""What holds up requests that have left: they arrive when they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One way to misbehave.

    Attributes:
        stops: the fakes do not even take what people write.
    """

    name: str
    happens: Callable[[], AbstractContextManager[object]]
    stops: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one trial brought.

    Attributes:
        recovered: seconds until something was answered, by platform.
        requests: a minute, by platform.
        cpu: share of a core while it lasted.
    """

    name: str
    recovered: Mapping[str, float]
    requests: Mapping[str, float]
    cpu: float


@dataclass(slots=True, kw_only=True)
class Talk:
    """What people write here: one sad thing a second on Telegram, one in four on Reddit.

    Attributes:
        trial: what goes wrong at present.
        held_up: which of those on Telegram were written while the way itself held up what had left.
    """

    crowd: Crowd
    seconds: int = 0
    trial: str = ""
    held_up: set[int] = field(default_factory=set)
    telegram: list[tuple[int, int, float]] = field(default_factory=list)
    reddit: list[tuple[str, float]] = field(default_factory=list)

    def second(self) -> None:
        """What is written in one second."""
        chat, member = self.crowd.groups[self.seconds % GROUPS]
        now = time.time()
        said = self.crowd.telegram.write(chat, member, f"{SAD}, {self.seconds}")
        if self.trial in ON_THE_WAY:
            self.held_up.add(len(self.telegram))
        self.telegram.append((chat, said["message_id"], now))
        if self.seconds % 4 == 0:
            link = self.crowd.links[self.seconds // 4 % len(SUBREDDITS)]
            name = self.crowd.reddit.write(link, f"person_{self.seconds}", SAD)
            self.reddit.append((name, now))
        self.seconds += 1

    def answered(self, since: float) -> dict[str, bool]:
        """Whether something that was said since then has its answer, by platform."""
        world = self.crowd.telegram
        telegram = any(
            each.get("reply_to_message", {}).get("message_id") == message
            for chat, message, at in self.telegram
            if at > since
            for each in world.sent(chat)[-5:]
        )
        reddit = any(self.crowd.reddit.by_bot(name) for name, at in self.reddit if at > since)
        return {"telegram": telegram, "reddit": reddit}


def run(options: Options) -> Sequence[Row]:
    """About a minute and a half for each way at full scale."""
    with stage(options.folder) as (bot, crowd, scenes):
        crowd.found()
        with bot.running() as running:
            crowd.settle(bot)
            talk = Talk(crowd=crowd)
            results = _tried(talk, running, scenes, options)
            began = time.monotonic()
            code, seconds = running.end(signal.SIGTERM), time.monotonic() - began
        left = bot.log.read_text().count('"left_over_at_shutdown"')
        return [
            *(_row(result) for result in results),
            _punctual(talk),
            Row(
                promise="SIGTERM ends it in order after all that",
                figure=f"code {code} after {seconds:.1f} s, {left} reports of leftovers",
                target="0 within 10 s, none",
                holds=code == 0 and seconds <= 10 and left == 0,
            ),
        ]


def _tried(talk: Talk, running: Running, scenes: Sequence[Scene], options: Options) -> list[Result]:
    until, results = time.monotonic() + 60 * options.minutes - PATIENCE, []
    for trial in _trials(scenes):
        if time.monotonic() > until:
            sys.stdout.write(f"no time left for: {trial.name}\n")
            continue
        results.append(_result(trial, talk, running, scenes, LASTS * options.scale))
        sys.stdout.write(f"{results[-1]}\n")
        sys.stdout.flush()
    return results


def _trials(scenes: Sequence[Scene]) -> Iterator[Trial]:
    for name, (kind, details) in WAYS.items():

        @contextmanager
        def passing(kind: Any = kind, details: Any = details) -> Iterator[None]:
            with scenes[0].proxy.during(kind, **details), scenes[1].proxy.during(kind, **details):
                yield

        yield Trial(name=name, happens=passing)
    for name, error in STORMS.items():

        @contextmanager
        def storm(error: Any = error) -> Iterator[None]:
            for scene in scenes:
                for what in ("*", scene.reading):
                    scene.world.fault("error", what, times=None, **error)
            try:
                yield
            finally:
                for scene in scenes:
                    scene.world.clear_faults()

        yield Trial(name=name, happens=storm)

    @contextmanager
    def stopped() -> Iterator[None]:
        with scenes[0].stopped(), scenes[1].stopped():
            yield

    yield Trial(name="SIGSTOP", happens=stopped, stops=True)
    yield Trial(name="nothing, to compare", happens=nullcontext)


def _result(trial: Trial, talk: Talk, running: Running, scenes: Sequence[Scene], lasts: float) -> Result:
    process = psutil.Process(running.process.pid)
    talk.trial = trial.name
    asked, cpu, began = _requests(scenes), processor_seconds(process), time.monotonic()
    with trial.happens():
        while time.monotonic() - began < lasts:
            if not trial.stops:
                talk.second()
            time.sleep(1)
        used = (processor_seconds(process) - cpu) / (time.monotonic() - began)
        minutes = (time.monotonic() - began) / 60
    made = _requests(scenes)
    return Result(
        name=trial.name,
        recovered=_recovered(talk, time.time()),
        requests={name: (made[name] - asked[name]) / minutes for name in made},
        cpu=used,
    )


def _recovered(talk: Talk, since: float) -> Mapping[str, float]:
    """Let people write until both have answered."""
    found: dict[str, float] = {}
    while len(found) < 2 and time.time() - since < PATIENCE:
        talk.second()
        time.sleep(1)
        for name, answered in talk.answered(since).items():
            if answered:
                found.setdefault(name, time.time() - since)
    return {"telegram": PATIENCE, "reddit": PATIENCE} | found


def _requests(scenes: Sequence[Scene]) -> dict[str, int]:
    """Connections and requests so far: what was refused is counted by neither."""
    return {scene.platform: scene.proxy.accepted + sum(scene.world.counts().values()) for scene in scenes}


def _row(result: Result) -> Row:
    slow = ", ".join(f"{seconds:.0f} s on {name}" for name, seconds in result.recovered.items())
    made = ", ".join(f"{number:.0f}" for number in result.requests.values())
    return Row(
        promise=f"{result.name}: back",
        figure=f"{slow}; meanwhile {made} connections and requests a minute, {result.cpu:.0%} of a core",
        target=f"<= 60 s; <= {MOST_REQUESTS} a minute, < {MOST_CPU:.0%}",
        holds=max(result.recovered.values()) <= RECOVERY
        and max(result.requests.values()) <= MOST_REQUESTS
        and result.cpu < MOST_CPU,
    )


def _punctual(talk: Talk) -> Row:
    """Whether anything arrived after its deadline; what was held up on its way is told apart."""
    arrived = telegram_answers(talk.crowd.telegram)
    late, held_up, answers = 0, 0, 0
    for number, (chat, message, at) in enumerate(talk.telegram):
        answer = arrived.get((str(chat), str(message)))
        if answer is not None:
            answers += 1
            too_late = answer - at > DEADLINE
            late += too_late and number not in talk.held_up
            held_up += too_late and number in talk.held_up
    return Row(
        promise="no reply arrives after its deadline",
        figure=f"{late} of {answers}, and {held_up} that had left in time and were held up on the way",
        target="0",
        holds=late == 0 < answers,
    )
