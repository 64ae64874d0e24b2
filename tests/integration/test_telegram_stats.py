"""`/stats` and `/export`, over the real store; and the process that draws."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from assembly import SAD, Assembly, rows
from builders import NOW
from fakes import ListTelemetry
from sqlalchemy import insert

from bot.adapters.storage import SqlStore
from bot.adapters.storage.chat_tables import feedback
from bot.adapters.telegram.conversation.choosing import Acted, Groups
from bot.adapters.telegram.conversation.export import ExportConversation
from bot.adapters.telegram.conversation.stats import StatsConversation
from bot.adapters.telegram.drawing import CHART, SubprocessDrawing
from bot.adapters.telegram.texts import review as texts
from bot.adapters.telegram.values import (
    TELEGRAM,
    Act,
    Begin,
    Command,
    Effect,
    File,
    Person,
    Place,
    Press,
    Say,
)
from bot.application.chats import Chat
from bot.application.ports import Transaction
from bot.domain.channels import Mode
from bot.domain.decisions import Reason
from bot.domain.messages import AuthorHash, MessageRef
from bot.domain.own_phrases import OwnPhrase

PNG = b"\x89PNG\r\n\x1a\n"
GROUP = Place(chat_id=-1001, channel_id="-1001", private=False)
ANN = Person(author=AuthorHash("7" * 32), user_id=7777)
EVE = Person(author=AuthorHash("9" * 32), user_id=9999)
ALONE = Place(chat_id=7777, channel_id="7" * 32, private=True)
NUMBERS: Mapping[str, object] = {
    "days": ["2026-11-22", "2026-11-23"],
    "judged": [3, 0],
    "answered": [1, 0],
    "watched": [0, 1],
    "titles": ["a", "b"],
    "legend": ["c", "d"],
}
needs_charts = pytest.mark.skipif(
    importlib.util.find_spec("matplotlib") is None, reason="charts need the extra `charts` (matplotlib)"
)


class OneAdmin:
    """`Rights`: Ann administers the group."""

    async def is_admin(self, place: Place, person: Person | None) -> bool:
        return place.private or person is None or person == ANN

    async def own_status(self, place: Place) -> str:
        del place
        return "member"

    def forget(self, place: Place) -> None:
        raise AssertionError(place)


class Told:
    """A `Speaker` and a `Drawing` at once: what is drawn, and what is said behind the commit."""

    def __init__(self, picture: bytes | None) -> None:
        self.picture = picture
        self.numbers: list[Mapping[str, object]] = []
        self.said: list[Act] = []

    async def chart(self, numbers: Mapping[str, object], /) -> bytes | None:
        self.numbers.append(numbers)
        return self.picture

    async def act(self, acts: Sequence[Act]) -> None:
        self.said += acts

    async def post(self, act: Act) -> int | None:
        raise AssertionError(act)


def asked(
    name: str,
    arguments: str = "",
    *,
    place: Place = GROUP,
    person: Person = ANN,
    ephemeral_id: int | None = None,
) -> Command:
    return Command(
        update_id=1,
        place=place,
        person=person,
        name=name,
        arguments=arguments,
        message_id=5,
        ephemeral_id=ephemeral_id,
    )


async def a_week(store: SqlStore) -> Assembly:
    """Two days: in the first a group that watches, in the second one that answers."""
    bot = Assembly(store)

    async def hear(*comments: str) -> None:
        for comment in comments:
            ref = MessageRef(
                platform=TELEGRAM, channel_id=GROUP.channel_id, message_id=f"{bot.clock.now():%d%H%M%S}"
            )
            await bot.judge(bot.message(comment, ref=ref))
            await bot.clock.advance(timedelta(seconds=1))

    await store.transact(
        lambda tx: tx.keep_chat(Chat(key=GROUP.key, private=False, contact=str(ANN.user_id)))
    )
    await store.transact(lambda tx: tx.set_channel(GROUP.key, {"mode": Mode.SHADOW}, at=bot.clock.now()))
    await hear(SAD, "all is well", "/start now", "ok")
    await bot.clock.advance(timedelta(days=1))
    await store.transact(lambda tx: tx.set_channel(GROUP.key, {"mode": Mode.LIVE}, at=bot.clock.now()))
    await hear(SAD, "sad sad", "bonjour a tous")
    await bot.deliver()
    return bot


def stats_of(bot: Assembly, told: Told) -> StatsConversation:
    return StatsConversation(
        store=bot.store,
        rights=OneAdmin(),
        clock=bot.clock,
        bot="solace_bot",
        groups=groups_of(bot),
        drawing=told,
        speaker=told,
    )


def groups_of(bot: Assembly) -> Groups:
    return Groups(store=bot.store, rights=OneAdmin(), acted=Acted())


async def committed(store: SqlStore, effect: Effect) -> Sequence[Act]:
    """What is said, after the commit; what begins then has begun."""
    acts = await store.transact(effect)
    for act in acts:
        if isinstance(act, Begin):
            act.start()
    return [act for act in acts if not isinstance(act, Begin)]


async def test_the_numbers_of_a_group_in_words(store: SqlStore, database: Path) -> None:
    bot, told = await a_week(store), Told(PNG)
    ids = rows(database, "SELECT id FROM replies WHERE state = 'sent'")
    await store.transact(
        lambda tx: tx._connection.execute(  # type: ignore[attr-defined]
            insert(feedback), [{"reply_id": ids[0], "kind": "helped", "at": bot.clock.now()}]
        )
    )
    await store.transact(
        lambda tx: tx._connection.exec_driver_sql(  # type: ignore[attr-defined]
            f"UPDATE replies SET sent_message_id = 'e7' WHERE id = {ids[0]}"
        )
    )
    stats = stats_of(bot, told)
    [said] = await committed(store, await stats.commands["stats"](asked("stats")))
    assert isinstance(said, Say)
    assert said.chat_id == GROUP.chat_id
    assert said.text.splitlines() == [
        "In the last 7 days (UTC): 7 messages. I decided to answer 2.",
        "While I only watched, I would have answered 1 more.",
        "",
        "Left alone:",
        "  1 no need seen",
        "  1 commands",
        "  1 too short",
        "  1 not in English",
        "",
        "2 replies sent.",
        "  1 as a whisper: sent, not necessarily seen.",
        said.text.splitlines()[-4],
        "People said: 1 “helped”.",
        "",
        texts.MORE_IN_PRIVATE,
    ]
    assert said.text.splitlines()[-4].startswith("Half were there within ")
    await stats.drawn()
    [picture] = told.said
    assert isinstance(picture, Say)
    assert picture.file == File(name="stats.png", content=PNG, picture=True)
    [numbers] = told.numbers
    assert numbers["days"] == [f"2026-11-{day}" for day in range(18, 25)]
    assert numbers["judged"] == [0, 0, 0, 0, 0, 4, 3]
    assert numbers["answered"] == [0, 0, 0, 0, 0, 0, 2]
    assert numbers["watched"] == [0, 0, 0, 0, 0, 1, 0]


async def test_a_group_is_told_nothing_that_points_at_one_person(store: SqlStore, database: Path) -> None:
    bot, told = await a_week(store), Told(None)
    for number, reason in enumerate(["crisis", "opted_out", "left_alone"], start=1):
        row = rows(database, "SELECT id FROM decisions WHERE action = 'silence'")[-number]
        await changed(store, f"UPDATE decisions SET reason = '{reason}' WHERE id = {row}")
    [row] = rows(database, "SELECT min(id) FROM replies")
    pressed = {"reply_id": row, "kind": "leave_me_alone", "at": bot.clock.now()}
    await store.transact(
        lambda tx: tx._connection.execute(insert(feedback), [pressed])  # type: ignore[attr-defined]
    )
    stats = stats_of(bot, told)
    words = [*(texts.REASONS[each] for each in ("crisis", "opted_out", "left_alone")), "leave me alone"]
    for where, seen in ({"place": GROUP}, False), ({"place": ALONE}, True), ({"ephemeral_id": 4}, True):
        [said] = await committed(store, await stats.commands["stats"](asked("stats", **where)))
        assert isinstance(said, Say)
        assert [each in said.text for each in words] == [seen] * 4
        assert (texts.MORE_IN_PRIVATE in said.text) is not seen
        assert (said.whisper_to == ANN.user_id) is ("ephemeral_id" in where)


async def changed(store: SqlStore, sql: str) -> None:
    await store.transact(lambda tx: tx._connection.exec_driver_sql(sql))  # type: ignore[attr-defined]


async def test_a_command_that_comes_again_draws_nothing_again(store: SqlStore) -> None:
    bot, told = await a_week(store), Told(PNG)
    stats = stats_of(bot, told)
    for _ in range(2):
        effect = await stats.commands["stats"](asked("stats"))
        await committed(store, partial(once, effect=effect))
        await stats.drawn()
    assert len(told.numbers) == 1


async def test_a_command_that_is_not_committed_draws_nothing(store: SqlStore) -> None:
    bot, told = await a_week(store), Told(PNG)
    stats = stats_of(bot, told)
    effect = await stats.commands["stats"](asked("stats"))

    def fails(tx: Transaction) -> Sequence[Act]:
        effect(tx)
        raise ValueError("no room")

    with pytest.raises(ValueError, match="no room"):
        await committed(store, fails)
    await stats.drawn()
    assert told.numbers == []


async def test_what_was_asked_in_a_whisper_is_drawn_for_nobody(store: SqlStore) -> None:
    bot, told = await a_week(store), Told(PNG)
    stats = stats_of(bot, told)
    [said] = await committed(store, await stats.commands["stats"](asked("stats", ephemeral_id=4)))
    await stats.drawn()
    assert isinstance(said, Say)
    assert said.whisper_to == ANN.user_id
    assert told.said == []


def once(tx: Transaction, *, effect: Effect) -> Sequence[Act]:
    """As the reception does it."""
    return effect(tx) if tx.handle_once("telegram:1", 5, at=NOW) else ()


async def test_without_charts_the_text_comes_alone(store: SqlStore) -> None:
    bot, told = await a_week(store), Told(None)
    stats = stats_of(bot, told)
    [said] = await committed(store, await stats.commands["stats"](asked("stats", "1")))
    await stats.drawn()
    assert isinstance(said, Say)
    assert said.text.startswith("Today (UTC): 3 messages.")
    assert told.said == []


@pytest.mark.parametrize("days", ["0", "91", "-1", "x", "7 days", "\u0667", "9" * 40])
async def test_what_is_no_number_of_days_is_explained_in_private_and_silent_in_the_group(
    store: SqlStore, days: str
) -> None:
    stats = stats_of(Assembly(store), Told(None))
    assert await store.transact(await stats.commands["stats"](asked("stats", days))) == ()
    [said] = await store.transact(await stats.commands["stats"](asked("stats", days, place=ALONE)))
    assert isinstance(said, Say)
    assert said.text == texts.STATS_USAGE


async def test_in_private_only_a_groups_admins_get_its_numbers(store: SqlStore) -> None:
    bot, told = await a_week(store), Told(None)
    stats = stats_of(bot, told)
    [said] = await committed(store, await stats.commands["stats"](asked("stats", "30", place=ALONE)))
    assert isinstance(said, Say)
    assert said.text.startswith("In the last 30 days (UTC): 7 messages.")

    def press(person: Person) -> Press:
        return Press(update_id=2, place=ALONE, person=person, press_id="p", data="st:7:-1001", message_id=3)

    assert len(await committed(store, await stats.presses["st"](press(ANN)))) == 2
    [popup] = await store.transact(await stats.presses["st"](press(EVE)))
    assert texts.NOT_YOURS in str(popup)
    await stats.drawn()


def test_every_reason_has_words() -> None:
    assert {*Reason} - {*texts.REASONS} == {Reason.SUPPORT}, "the one that is not left alone"


async def test_the_file_holds_settings_phrases_and_counts_and_nobodys_words(
    store: SqlStore, database: Path
) -> None:
    bot = await a_week(store)
    phrase = OwnPhrase(id="own-1", text="That is a lot.", emotions=frozenset({"sadness"}))
    await store.transact(lambda tx: tx.keep_own_phrase(GROUP.key, phrase, at=bot.clock.now()))
    export = ExportConversation(
        store=store,
        rights=OneAdmin(),
        clock=bot.clock,
        bot="solace_bot",
        groups=groups_of(bot),
        defaults=bot.defaults,
    )
    [link] = await store.transact(await export.commands["export"](asked("export")))
    assert isinstance(link, Say)
    assert link.file is None
    assert link.keyboard[0][0].url == "https://t.me/solace_bot?start=export_-1001"
    [said] = await store.transact(await export.starts["export"](asked("start", "-1001", place=ALONE)))
    assert isinstance(said, Say)
    assert said.file is not None
    content: dict[str, Any] = json.loads(said.file.content)
    assert content["settings"]["mode"] == "live"
    assert content["settings"]["author_cooldown"] == 0
    assert content["phrases"] == [
        {"id": "own-1", "text": "That is a lot.", "emotions": ["sadness"], "muted": False}
    ]
    assert [day["judged"] for day in content["days"]] == [4, 3]
    written = said.file.content.decode()
    people = rows(database, "SELECT author FROM decisions WHERE author IS NOT NULL")
    assert [each for each in [*people, *rows(database, "SELECT text FROM texts")] if each in written] == []
    [refused] = await store.transact(
        await export.starts["export"](asked("start", "-1001", place=ALONE, person=EVE))
    )
    assert isinstance(refused, Say)
    assert refused.text == texts.NOT_YOURS


# ------------------------------------------------------------------ the process that draws


@needs_charts
async def test_a_chart_is_drawn_by_another_process() -> None:
    telemetry = ListTelemetry()
    picture = await SubprocessDrawing(telemetry=telemetry, longest=300).chart(NUMBERS)
    assert picture is not None
    assert picture.startswith(PNG)
    assert telemetry.events == []


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ((sys.executable, "-c", "print('no picture')"), "chart_failed"),
        ((sys.executable, "-c", "import sys; sys.exit(3)"), "chart_failed"),
        (("/nowhere/python",), "chart_failed"),
    ],
)
async def test_a_chart_that_fails_costs_nothing_but_the_chart(command: tuple[str, ...], error: str) -> None:
    telemetry = ListTelemetry()
    assert await SubprocessDrawing(telemetry=telemetry, command=command, needs="json").chart(NUMBERS) is None
    assert telemetry.events == [error]


async def test_a_chart_that_takes_too_long_is_given_up_and_its_process_ended() -> None:
    telemetry = ListTelemetry()
    forever = (sys.executable, "-c", "import signal; signal.pause()")
    drawing = SubprocessDrawing(telemetry=telemetry, command=forever, needs="json", longest=0.2)
    assert await drawing.chart(NUMBERS) is None
    assert telemetry.events == ["chart_failed"]


async def test_without_the_extra_no_process_is_started() -> None:
    telemetry = ListTelemetry()
    drawing = SubprocessDrawing(telemetry=telemetry, command=("/nowhere",), needs="no_such_library")
    assert await drawing.chart(NUMBERS) is None
    assert telemetry.events == []


async def test_whoever_draws_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLACE_TELEGRAM__TOKEN", "1:secret")
    code = f"import os, sys; sys.stdout.buffer.write({PNG!r} + repr(dict(os.environ)).encode())"
    shows = (sys.executable, "-c", code)
    picture = await SubprocessDrawing(telemetry=ListTelemetry(), command=shows, needs="json").chart(NUMBERS)
    assert picture is not None
    assert b"PATH" in picture
    assert b"SOLACE" not in picture


def test_the_bot_never_loads_what_draws() -> None:
    code = (
        "import sys, bot.adapters.telegram.conversation.stats, bot.adapters.telegram.drawing, "
        "bot.adapters.telegram.chart; assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)
    assert CHART[-1] == "bot.adapters.telegram.chart"
