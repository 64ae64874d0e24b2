"""Every step that reads what people write takes time that grows with the text, and no faster."""

import pkgutil
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pytest
from hostile import GROWING, INJECTIONS

import bot
import model
from bot.adapters.reddit.markdown import markdown
from bot.domain.facts import facts_of
from bot.domain.masking import masked
from bot.domain.messages import scrubbed
from model.crisis import CrisisGate
from model.crisis_words import evened
from model.language import LanguageFilter
from model.preprocess import MAX_READ, load_tables, preprocess

SHORT, LONG = 500, 4_000
ROOT: Final = str(Path(bot.__file__).parents[1])


@pytest.fixture(scope="module")
def steps_of() -> Mapping[str, Callable[[str], object]]:
    load_tables()
    gate, language = CrisisGate(), LanguageFilter()
    return {
        "preprocessing": preprocess,
        "the crisis gate": gate,
        "the language": language,
        "the facts": lambda text: facts_of(text, language="en", crisis=False),
        "masking": masked,
        "Reddit's Markdown": markdown,
        "scrubbing": scrubbed,
    }


def counted(step: Callable[[str], object], text: str) -> int:
    """Lines of our own code that run while a text is read."""
    evened.cache_clear()
    count = 0

    def heard(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(ROOT):
            return None
        count += event == "line"
        return heard

    before = sys.gettrace()
    sys.settrace(heard)
    try:
        step(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", GROWING)
def test_eight_times_the_text_takes_eight_times_the_steps(
    name: str, steps_of: Mapping[str, Callable[[str], object]]
) -> None:
    """Or sixteen, where a long text is read in a second way too; a square would be sixty-four times."""
    for step in steps_of.values():
        few, many = counted(step, GROWING[name](SHORT)), counted(step, GROWING[name](LONG))
        assert many <= 20 * few + 2_000


@pytest.mark.parametrize("name", ["plain", "joined emoji"])
def test_a_megabyte_takes_no_more_steps_than_the_longest_post(
    name: str, steps_of: Mapping[str, Callable[[str], object]]
) -> None:
    for step in ("preprocessing", "the crisis gate", "the language", "the facts"):
        longest, more = (counted(steps_of[step], GROWING[name](length)) for length in (MAX_READ, 1_000_000))
        assert more <= longest + 100


@pytest.mark.parametrize("name", INJECTIONS)
def test_hostile_texts_are_read_like_any_other(
    name: str, steps_of: Mapping[str, Callable[[str], object]]
) -> None:
    for step in steps_of.values():
        step(INJECTIONS[name])
        step(INJECTIONS[name] * 50)


# ------------------------------------------------------------------ every regular expression there is

_LITERALS: Final = re.compile(r"[^\\\[\](){}|?*+^$.]{1,5}")
_PUMPS: Final = ("a", "1", " ", "\n", ">", "a.", "a-", "a@", "1 ", "<a ", "&a", "[a](", "*a", "'", '"a', "/a")
LENGTH: Final = 16_000
MOST_SECONDS: Final = 1.0
"""Of processor time, of one pattern and one text. What is linear takes some thousandths."""
_WANDERS: Final = r"\b{}\s*\.\s*(?:sub|subn|search|finditer|findall|split)\b"
ONLY_FROM_THE_START: Final = {"bot.adapters.reddit.letters._MENTION"}
"""Substituted only where it has matched at the beginning."""


def patterns() -> Iterator[tuple[str, re.Pattern[str], bool]]:
    """Of all modules of the program: the name, the pattern, and whether it is looked for from every place."""
    for package in (bot, model):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name.endswith(("__main__", "chart")):
                continue
            module = import_module(found.name)
            source = Path(str(module.__file__)).read_text()
            for name, value in vars(module).items():
                for each in value.values() if isinstance(value, dict) else [value]:
                    if isinstance(each, re.Pattern) and isinstance(each.pattern, str):
                        wanders = isinstance(value, dict) or re.search(_WANDERS.format(name), source)
                        yield f"{found.name}.{name}", each, bool(wanders)


def attacks(pattern: re.Pattern[str]) -> Sequence[str]:
    """Long texts of what the pattern itself speaks of, with an end that it does not expect."""
    pumps = {*_PUMPS, *_LITERALS.findall(pattern.pattern)}
    return [f"{(pump * LENGTH)[:LENGTH]}\x00" for pump in sorted(pumps)]


def test_no_regular_expression_can_be_made_to_hang() -> None:
    """One that begins again at every place takes the square of this length: seconds for one text."""
    found = {name: (pattern, wanders) for name, pattern, wanders in patterns()}
    assert len(found) > 60
    slow = []
    for name, (pattern, wanders) in found.items():
        for text in attacks(pattern):
            began = time.process_time()
            pattern.fullmatch(text)
            if wanders and name not in ONLY_FROM_THE_START:
                pattern.sub("", text)
            if time.process_time() - began > MOST_SECONDS:
                slow.append((name, text[:8]))
    assert slow == []
