"""`docs/texts.md` shows every text that people read on Telegram and Reddit, as the code has it now.

`WRITE_DOCS=1 python -m pytest tests/unit/test_texts_page.py` writes it anew.
"""

import inspect
import os
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

from bot.adapters.reddit import texts as reddit_texts
from bot.adapters.telegram import texts
from bot.application.why import Because, Words
from bot.domain.channels import Mode
from bot.domain.decisions import ReplyWhen

PAGE = Path(__file__).parents[2] / "docs" / "texts.md"
HEAD = """# Every text

What people, admins and moderators read from the bot: on Telegram, from `bot/adapters/telegram/texts/`, and at
the end on Reddit, from `bot/adapters/reddit/texts.py`. The phrases of support are in `bot/data/phrases.toml`,
the crisis card in `bot/data/crisis_card.toml`. Gaps are shown with examples in them. A test writes this page
and holds it against the code.
"""
NOT_SAID = {"spans"}
"""Modules of building blocks, which nobody reads alone."""
SAMPLES: Mapping[Any, Any] = {
    str: "…",
    int: 3,
    float: 21_600.0,
    bool: True,
    datetime: datetime(2026, 11, 23, 12, tzinfo=UTC),
    timedelta: timedelta(hours=6),
    Mode: Mode.SHADOW,
    Because: Because(
        looked_for=ReplyWhen.NEGATIVE,
        percent=83,
        label="sadness",
        model="…",
        words=Words(weighty=("alone", "again"), against=("garden",), seen_by=None),
    ),
}
NAMED: Mapping[str, Any] = {
    "metrics": {"test": {"positive_ap": 0.9}},
    "modes": {"live": 2, "shadow": 1},
    "parts": {"intake": True, "database": True},
    "shown": [("…", True), ("…", False)],
    "broken": ["has an exclamation mark"],
    "precision": (0.8, 0.6, 0.9),
    "recall": (0.5, 0.3, 0.7),
    "feeling": "felt bad",
    "reasons": {"too_short": 12, "below_threshold": 80},
    "other": {},
    "feedback": {"helped": 2, "not_needed": 1},
    "chat": "Allotment",
    "subreddit": "allotment",
    "lines": ["r/allotment: live"],
    "title": "Allotment",
    "days": 7.0,
    "name": "normal",
    "threshold": 0.67,
    "keeps_seconds": 2_592_000.0,
}


def test_the_page_shows_every_text() -> None:
    page = "\n".join([HEAD, *sections()])
    if os.environ.get("WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "run WRITE_DOCS=1 python -m pytest " + __file__


def sections() -> Iterator[str]:
    for title, module in pages():
        yield f"## {title}\n"
        for name, said in said_by(module):
            yield f"**{name}**\n"
            yield "\n".join(f"> {line}".rstrip() for line in said.splitlines()) + "\n"


def pages() -> Iterator[tuple[str, ModuleType]]:
    for found in pkgutil.iter_modules(texts.__path__):
        if found.name in NOT_SAID:
            continue
        module = import_module(f"{texts.__name__}.{found.name}")
        title = found.name.replace("_", " ").capitalize()
        yield ("Reddit, for the operator" if found.name == "reddit" else title), module
    yield "On Reddit", reddit_texts


def said_by(module: ModuleType) -> Iterator[tuple[str, str]]:
    for name, value in vars(module).items():
        if name.startswith("_"):
            continue
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, Mapping):
            yield name, "\n".join(f"{key}: {shown(each)}" for key, each in value.items())
        elif inspect.isfunction(value) and value.__module__ == module.__name__:
            yield name, str(value(**arguments(value)))


def shown(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) else ", ".join(map(str, value))


def arguments(said: Callable[..., Any]) -> dict[str, Any]:
    hints = get_type_hints(said)
    return {name: sample(name, hints[name]) for name in inspect.signature(said).parameters}


def sample(name: str, kind: Any) -> Any:
    if name in NAMED and kind not in SAMPLES:
        return NAMED[name]
    if isinstance(NAMED.get(name), kind if isinstance(kind, type) else ()):
        return NAMED[name]
    kinds = [each for each in get_args(kind) or (kind,) if each is not type(None)]
    return next(SAMPLES[each] for each in kinds if each in SAMPLES)
