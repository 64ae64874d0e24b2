"""What admins type, and the words that they read."""

import pkgutil
import re
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from bot.adapters.durations import typed
from bot.adapters.telegram import texts
from bot.adapters.telegram.conversation.choices import SETTINGS
from bot.adapters.telegram.conversation.spoken import quiet_hours
from bot.adapters.telegram.texts import settings
from bot.adapters.telegram.texts.spans import about, counted, span

MODULES = ("admin", "menus", "notice", "owner", "phrases", "settings", "spans", "status")
EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [each for inner in value.values() for each in strings(inner)]
    return []


@pytest.mark.parametrize("name", MODULES)
def test_texts_are_calm_and_fit_into_a_message(name: str) -> None:
    module = import_module(f"{texts.__name__}.{name}")
    assert name in {each.name for each in pkgutil.iter_modules(texts.__path__)}
    said = [each for key, value in vars(module).items() if key.isupper() for each in strings(value)]
    for text in said:
        assert "!" not in text
        assert not EMOJI.search(text)
        assert 0 < len(text) <= 1000


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("2h", 120), ("2 h", 120), ("30 min", 30), ("45m", 45), ("1 day", 1440), ("2 Hours", 120), ("0h", 0)],
)
def test_durations_as_people_write_them(text: str, minutes: int) -> None:
    assert typed(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "h", "2", "two hours", "-2h", "2h 30m", "٢h", "999999h", "1.5h"])
def test_what_is_no_duration(text: str) -> None:
    assert typed(text) is None


def test_quiet_hours_as_people_write_them() -> None:
    hours = quiet_hours("22:00 \u2013 7:30 EUROPE/london", zone="UTC")
    assert hours is not None
    assert (f"{hours.start:%H:%M}", f"{hours.end:%H:%M}", hours.zone) == ("22:00", "07:30", "Europe/London")
    plain = quiet_hours("00:00-06:00", zone="Asia/Tokyo")
    assert plain is not None
    assert plain.zone == "Asia/Tokyo"


@pytest.mark.parametrize(
    "text", ["", "24:00-07:00", "22-7", "22:00-22:00", "22:00-07:00 Mars/Base", "22:00-07:00 a b"]
)
def test_what_are_no_quiet_hours(text: str) -> None:
    assert quiet_hours(text, zone="UTC") is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (90, "90 seconds"), (3600, "1 hour"), (86400, "24 hours"), (604800, "7 days")],
)
def test_spans_in_words(seconds: int, words: str) -> None:
    assert span(seconds) == words


def test_rough_spans_and_counts_in_words() -> None:
    assert about(timedelta(days=3, hours=5)) == "3 days"
    assert about(timedelta()) == "1 minute"
    assert counted(1234, "message") == "1,234 messages"


def test_every_setting_has_a_title_and_an_explanation() -> None:
    assert settings.TITLES.keys() == settings.EXPLAINED.keys() == {*SETTINGS, "notes"}
