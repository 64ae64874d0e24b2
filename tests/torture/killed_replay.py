"""Replay: a recording that is read again from its beginning after every kill."""

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from processes import PATIENCE, Installation, recorded, until
from soundness import wrongs
from torture.killing import RANDOM, Plan, Tally, states, told_twice
from traps import ANSWERED, POLLED, SENT, STORED

WINDOWS: Final = (SENT, STORED, ANSWERED, POLLED)
"""Lines were handed over; some were just committed; the summary begins; the recording was opened."""
COUNTED: Final = "SELECT count(*) FROM decisions"
OUTCOMES: Final = "SELECT message_id, action, reason FROM decisions ORDER BY message_id"
BAD: Final = (b"\n", b"{\n", b'{"platform": "http"}\n', b"\xff\xfe\n")
"""Lines that are no comments."""
BAD_EVERY: Final = 50


def recording(plan: Plan) -> list[bytes]:
    """Comments in few chats by few people, so that cooldowns and caps are at work; bad lines among them."""
    lines: list[bytes] = []
    for number in range(plan.messages):
        lines.append(recorded(number, channel_id=f"c{number % 50}", author_id=f"a{number % 700}"))
        if number % BAD_EVERY == 0:
            lines.append(plan.chance.choice(BAD))
    return lines


def killed(here: Installation, plan: Plan) -> Tally:
    """Run the plan, and the same recording once without any kill."""
    lines, wrong, reached = recording(plan), [], 0
    whole = here.folder / "comments.jsonl"
    whole.write_bytes(b"".join(lines))
    for kill, messages in plan.rounds():
        reached += messages
        share = lines[: len(lines) * reached // plan.messages]
        if kill == RANDOM:
            _die(here, plan, whole, messages)
        else:
            plan.died(kill, _die_in(here, kill, share))
    summary = here.solace("replay", "--json", str(whole)).json()
    if summary["known"] + summary["judged"] != plan.messages:
        wrong.append("the summary does not add up")
    untouched = Installation(folder=here.folder / "untouched")
    untouched.folder.mkdir()
    untouched.solace("replay", str(whole))
    if here.rows(OUTCOMES) != untouched.rows(OUTCOMES):
        wrong.append("not as if nobody had ever been killed")
    return _tally(here, plan, bad=len(lines) - plan.messages, wrong=wrong)


def _die(here: Installation, plan: Plan, whole: Path, messages: int) -> None:
    """Killed at any moment before, on the average, as many comments were judged as a round has."""
    goal = min(here.count(COUNTED) + plan.chance.randint(1, messages), plan.messages - 1)
    with here.started("replay", str(whole)) as process:
        if not plan.wait_in_the_start():
            until(lambda: here.count(COUNTED) >= goal or process.poll() is not None)
        process.kill()
        plan.died(RANDOM, process.wait(PATIENCE))


def _die_in(here: Installation, window: str, lines: Sequence[bytes]) -> int:
    """Killed by who hands it the lines; how it ended."""
    before = here.count(COUNTED)
    with _pipe(here) as pipe, here.started("replay", "--json", str(pipe)) as process:
        feed = os.open(pipe, os.O_WRONLY)  # returns when the other side has opened it
        try:
            if window != POLLED:
                _feed(feed, b"".join(lines), process)
            if window == STORED:
                until(lambda: here.count(COUNTED) > before, process)
        finally:
            if window != ANSWERED:
                process.kill()
            os.close(feed)
        if window == ANSWERED:
            assert process.stdout is not None
            process.stdout.read(1)
            process.kill()
        return process.wait(PATIENCE)


def _feed(feed: int, content: bytes, process: Any) -> None:
    view = memoryview(content)
    while view:
        assert process.poll() is None
        view = view[os.write(feed, view[:65_536]) :]


@contextmanager
def _pipe(here: Installation) -> Iterator[Path]:
    """A recording that is written while it is read."""
    pipe = here.folder / "pipe.jsonl"
    os.mkfifo(pipe)
    try:
        yield pipe
    finally:
        pipe.unlink()


def _tally(here: Installation, plan: Plan, *, bad: int, wrong: Sequence[str]) -> Tally:
    judged = Counter(here.rows("SELECT message_id FROM decisions"))
    wanted = {json.loads(recorded(number))["message_id"] for number in range(plan.messages)}
    twice = "SELECT message_id FROM replies GROUP BY channel_id, message_id HAVING count(*) > 1"
    unsettled = {"pending", "sending", "sent", "unconfirmed"} & states(here).keys()
    return Tally(
        platform="Replay",
        messages=plan.messages,
        kills=plan.done,
        faults=bad,
        lost=sorted(wanted - judged.keys()),
        judged_twice=[*(ref for ref, times in judged.items() if times > 1), *told_twice(here)],
        answered_twice=here.rows(twice),
        states=states(here),
        wrong=[*wrongs(here), *wrong, *(f"a simulated reply is {state}" for state in sorted(unsettled))],
    )
