"""What the doctor says about Reddit, and whose account it is."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import NOW
from fakes import FakeClock, ListTelemetry

from bot.adapters.reddit import examination
from bot.adapters.reddit.account import NOT_YET, Account
from bot.adapters.reddit.values import chat_key
from bot.application.doctor import Check, Status
from bot.application.watch_status import WatchedChat, WatchStatus
from bot.application.watching import Block, Cursor
from bot.domain.channels import Mode
from bot.domain.errors import PlatformError, PlatformUnavailable, RateLimited, SettingsError


class Told:
    """An `Api` that answers as it was told, one after the other; the last answer stands."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def get(self, path: str, params: Any = None, **_: bool) -> Any:
        assert params is None
        self.asked.append(path)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def post(self, path: str, data: Any, **how: Any) -> Any:
        raise AssertionError((path, data, how))


class Reading:
    """A reader that only notes that it runs."""

    name = "reddit"
    trouble: str | None = None

    def __init__(self) -> None:
        self.runs = 0

    async def run(self) -> None:
        self.runs += 1


async def nothing_beside() -> Sequence[asyncio.Task[None]]:
    return []


def account(
    api: Told,
    reader: Reading,
    clock: FakeClock,
    told: ListTelemetry,
    begin: Callable[[], Awaitable[Sequence[asyncio.Task[None]]]] = nothing_beside,
) -> Account:
    return Account(username="Solace_Bot", api=api, reader=reader, begin=begin, clock=clock, telemetry=told)


def account_trouble(service: Account) -> str | None:
    return service.trouble


async def test_it_reads_once_reddit_says_whose_account_it_is() -> None:
    api = Told(PlatformUnavailable("down"), RateLimited(timedelta(minutes=5)), {"name": "solace_bot"})
    reader, clock, told = Reading(), FakeClock(), ListTelemetry()
    service = account(api, reader, clock, told)
    assert service.trouble == NOT_YET
    running = asyncio.create_task(service.run())
    await clock.advance(timedelta(minutes=5))
    assert (reader.runs, len(api.asked)) == (0, 2)
    await clock.advance(timedelta(minutes=1))
    await running
    assert reader.runs == 1
    assert account_trouble(service) is None
    assert told.events.count("reddit_unreachable") == 1
    await service.run()  # supervised: once more
    assert len(api.asked) == 3


async def test_it_does_not_read_for_somebody_elses_account() -> None:
    reader = Reading()
    service = account(Told({"name": "somebody"}), reader, FakeClock(), ListTelemetry())
    with pytest.raises(SettingsError, match="SOLACE_REDDIT__USERNAME"):
        await service.run()
    assert reader.runs == 0


class Beside:
    """What works beside a reader: it only counts how often it was begun."""

    def __init__(self) -> None:
        self.begun = 0
        self.ends = asyncio.Event()

    async def begin(self) -> Sequence[asyncio.Task[None]]:
        self.begun += 1
        return [asyncio.create_task(self._work(), name="delivery")]

    async def _work(self) -> None:
        await self.ends.wait()


@pytest.mark.parametrize("answer", [{"name": "somebody"}, PlatformUnavailable("down")])
async def test_nothing_works_for_an_account_before_it_is_known_whose_it_is(answer: Any) -> None:
    beside, clock = Beside(), FakeClock()
    service = account(Told(answer), Reading(), clock, ListTelemetry(), beside.begin)
    running = asyncio.create_task(service.run())
    await clock.advance(timedelta(hours=1))
    running.cancel()
    await asyncio.wait({running})
    assert beside.begun == 0
    assert service.trouble == NOT_YET


async def test_it_begins_once_however_often_the_reader_begins_and_its_end_is_a_trouble() -> None:
    beside, reader = Beside(), Reading()
    service = account(Told({"name": "solace_bot"}), reader, FakeClock(), ListTelemetry(), beside.begin)
    for _ in range(3):
        await service.run()
    assert (beside.begun, reader.runs) == (1, 3)
    assert service.trouble is None
    beside.ends.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert service.trouble == "delivery ended"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"name": "SOLACE_bot"}, Status.OK),
        ({"name": "somebody"}, Status.FAIL),
        ({"name": 7}, Status.FAIL),
        ({}, Status.FAIL),
        ([], Status.FAIL),
        (SettingsError("SOLACE_REDDIT__PASSWORD: wrong"), Status.FAIL),
        (PlatformError("odd"), Status.FAIL),
    ],
)
async def test_the_doctor_asks_whose_account_it_is(answer: Any, status: Status) -> None:
    check = await examination.account(Told(answer), "solace_bot")
    assert (check.status, bool(check.advice)) == (status, status is Status.FAIL)
    assert "somebody" not in str(check)


def test_communities_of_people_in_crisis_are_a_warning() -> None:
    assert examination.community([]) == []
    (check,) = examination.community(["depression"])
    assert check.status is Status.WARN


def looked(status: WatchStatus) -> dict[str, Check]:
    return {check.name: check for check in examination.watching(status, now=NOW)}


def chat(name: str, mode: Mode = Mode.SHADOW, **changes: Any) -> WatchedChat:
    return WatchedChat(key=chat_key(name), mode=mode, **changes)


def test_all_is_well_where_nothing_is_wrong() -> None:
    paused = chat("three", paused_until=NOW + timedelta(days=1))
    checks = looked(WatchStatus(chats=[chat("one"), chat("two", Mode.LIVE), paused]))
    assert [(name, check.status) for name, check in checks.items()] == [("reddit subreddits", Status.OK)]
    assert checks["reddit subreddits"].detail == "2 shadow, 1 live; 1 paused"


def gap(at: datetime) -> WatchStatus:
    cursor = Cursor(account="a", stream="comments", recent=(), polled_at=NOW, gaps=3, last_gap_at=at)
    return WatchStatus(chats=[chat("one")], cursors={"comments": cursor})


def test_refusals_gaps_and_waiting_removals_are_warnings() -> None:
    block = Block(chat=chat_key("one"), reason="private", times=1, since=NOW, until=NOW)
    checks = looked(WatchStatus(chats=[chat("one", block=block)], removals=2))
    assert checks["reddit refusals"].status is Status.WARN
    assert "r/one (private)" in checks["reddit refusals"].detail
    assert "2 replies" in checks["reddit removals"].detail
    assert looked(gap(NOW - timedelta(days=6)))["reddit gaps"].status is Status.WARN
    assert "reddit gaps" not in looked(gap(NOW - timedelta(days=8)))
