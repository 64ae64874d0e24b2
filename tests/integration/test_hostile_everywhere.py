"""Hostile texts through every path that people's words take: each comes out as plain words, or not at all."""

import json
import logging
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from assembly import LIVE, Assembly, rows
from conversation_world import ADMIN
from hostile import CANARY, INJECTIONS
from http_world import a_comment, served
from raw_updates import commanded, said, understood
from reading_markdown import links, read, tokens
from whole_conversation import GROUP, Whole, told

import bot
from bot.adapters.reddit.markdown import markdown
from bot.adapters.storage import SqlStore
from bot.adapters.telegram.values import Command, Ignored, Talk
from bot.adapters.telemetry.logs import _formatter
from bot.application.reviews import Label, Lesson, feedback_file
from bot.cli.report_page import page
from bot.domain.messages import scrubbed

pytestmark = pytest.mark.quotes
"""Ids that somebody makes up stand in log lines, as they must; texts never do, see the last test here."""

SOURCES = "\n".join(path.read_text() for path in Path(bot.__file__).parent.rglob("*.py"))
SCHEMA = "SELECT name, sql FROM sqlite_master ORDER BY name"


async def test_texts_come_in_over_http_and_go_nowhere_but_into_their_column(
    store: SqlStore, database: Path
) -> None:
    schema = rows(database, SCHEMA)
    async with served(Assembly(store, LIVE)) as api:
        comments = [
            a_comment(f"m{number}", text=f"sad {text}") for number, text in enumerate(INJECTIONS.values())
        ]
        answer = await api.http.post(
            "/v1/messages",
            content=json.dumps({"messages": comments}),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 200
        feed = await api.http.get("/v1/replies?wait=5&limit=500")
    assert CANARY not in answer.text
    assert CANARY not in feed.text
    kept = rows(database, "SELECT text FROM texts ORDER BY decision_id")
    assert kept == [scrubbed(f"sad {text}") for text in INJECTIONS.values()]
    assert rows(database, SCHEMA) == schema
    assert rows(database, "PRAGMA integrity_check") == ["ok"]
    with_it = [
        table
        for table in ("decisions", "replies", "channels", "policies", "opt_outs", "installation")
        if CANARY in repr(rows(database, f"SELECT * FROM {table}"))
    ]
    assert with_it == []


@pytest.mark.parametrize(
    "field", ["channel_id", "message_id", "author_id", "thread_id", "sent_at", "platform"]
)
async def test_other_fields_take_them_as_they_are_or_refuse_them_without_repeating_them(
    store: SqlStore, field: str
) -> None:
    async with served(Assembly(store)) as api:
        statuses = set()
        for text in INJECTIONS.values():
            answer = await api.http.post(
                "/v1/messages",
                content=json.dumps(a_comment(text="all is well", **{field: text})),
                headers={"Content-Type": "application/json"},
            )
            statuses.add(answer.status_code)
            assert answer.status_code in {200, 422}
            assert answer.status_code == 200 or CANARY not in answer.text
            assert CANARY not in repr(answer.headers)
    assert 422 in statuses


async def test_addresses_and_headers_take_nothing_of_them(store: SqlStore) -> None:
    async with served(Assembly(store)) as api:
        for text in INJECTIONS.values():
            plain = text.encode("utf-8", "replace").decode()
            for path, params in (
                ("/v1/replies", {"after": plain}),
                (f"/try/replies/{'0' * 32}", {"conversation": plain}),
                ("/v1/replies", {plain: "1"}),
            ):
                answer = await api.http.get(path, params=params)
                assert answer.status_code in {200, 422}
                assert CANARY not in answer.text
            header = plain.encode("ascii", "ignore").translate(None, bytes(range(32)) + b"\x7f")
            sent = [(b"Authorization", header), (b"X-Solace", header)]
            answer = await api.http.get("/healthz", headers=sent)
            assert answer.status_code == 200
            assert CANARY not in answer.text + repr(answer.headers)


@pytest.mark.parametrize("name", INJECTIONS)
def test_telegram_brings_them_as_they_are(name: str) -> None:
    text = INJECTIONS[name]
    talk = understood(said(text))
    assert isinstance(talk, Talk)
    assert talk.message.text == scrubbed(text)
    command = understood(commanded(f"/phrases add {text}"))
    assert isinstance(command, Command)
    assert command.arguments == scrubbed(f"add {text}").strip()
    assert isinstance(understood(commanded(f"/{text}")), Command | Ignored | Talk)


async def test_a_conversation_says_them_as_plain_words(store: SqlStore, database: Path) -> None:
    """Telegram reads markup only where a request says so, and none of ours does."""
    assert "parse_mode" not in SOURCES
    world = Whole(store, database)
    await world.begin()
    schema = rows(database, SCHEMA)
    for text in INJECTIONS.values():
        for asked in (f"/phrases add {scrubbed(text)}", f"/{scrubbed(text)}", f"/mode {scrubbed(text)}"):
            await world.types(asked, who=ADMIN, place=GROUP)
        for data in (f"set:{text}"[:60], f"ph:use:{text}"[:60], f"mode:{text}"[:60], text[:60]):
            (popup, *_) = await world.presses(scrubbed(data), who=ADMIN, place=GROUP)
            assert CANARY not in told((popup,))
    assert told(await world.types("/phrases", who=ADMIN, place=GROUP))
    assert rows(database, SCHEMA) == schema
    assert CANARY not in repr(world.telemetry.events)


@pytest.mark.parametrize("name", INJECTIONS)
def test_reddits_markdown_reads_as_the_words_themselves(name: str) -> None:
    text = INJECTIONS[name].encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    found = tokens(markdown(text))
    kinds = {each.type for token in found for each in (token, *(token.children or []))}
    assert kinds <= {
        *("paragraph_open", "paragraph_close", "inline", "text", "text_special", "hardbreak"),
        *("link_open", "link_close"),
    }
    assert all(address.startswith(("https://", "http://")) for address in links(found))
    assert "".join(read(found).split()) == "".join(text.split())


class Seen(HTMLParser):
    """Which elements and attributes a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_a_report_shows_them_as_words() -> None:
    def seen(word: str) -> Seen:
        row = {"day": word, "platform": word, "reason": word, "action": "silence", "count": 1}
        report: Mapping[str, Any] = {
            "decisions": 1,
            "replies": {word: 1},
            "actions": {"silence": 1},
            "days": [row],
        }
        found = Seen()
        found.feed(page(report, actions={"silence": word}, title=word, period=word))
        return found

    harmless = seen("word")
    for text in INJECTIONS.values():
        hostile = seen(text)
        assert (hostile.tags, hostile.attributes) == (harmless.tags, harmless.attributes)


def test_files_for_download_are_json_whose_words_are_words() -> None:
    """No spreadsheet opens them as formulas: nothing here writes CSV."""
    assert "import csv" not in SOURCES
    lessons = [Lesson(text=scrubbed(text), label=Label.NEGATIVE) for text in INJECTIONS.values()]
    lines = feedback_file(lessons).decode().split("\n")
    assert [json.loads(line)["text"] for line in lines if line] == [each.text for each in lessons]


@pytest.mark.parametrize("console", [True, False], ids=["console", "json"])
def test_a_log_line_stays_one_line_that_steers_no_terminal(console: bool) -> None:
    shown = _formatter(console=console, colours=False)
    for text in INJECTIONS.values():
        record = logging.LogRecord(
            "solace", logging.INFO, "", 0, {"event": "judged", "ref": text}, None, None
        )
        record.__dict__ |= {"_logger": logging.getLogger("solace"), "_name": "info"}
        line = shown.format(record)
        assert "\n" not in line
        assert line.isprintable()


def test_nothing_is_unpickled_or_evaluated_at_run_time() -> None:
    """Neither by us nor by what a model's folder holds: tokenizers and graphs are data."""
    model = "\n".join(path.read_text() for path in (Path(bot.__file__).parents[1] / "model").rglob("*.py"))
    loaders = r"\b(pickle|marshal|shelve|joblib|allow_pickle|dill)\b|yaml\.load|\b(eval|exec)\("
    imports = [line for line in (SOURCES + model).splitlines() if not line.lstrip().startswith(("#", '"'))]
    assert [line for line in imports if re.search(loaders, line)] == []
