"""The probe files are data that somebody else runs; here only their form is checked, no model."""

import csv
import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import pytest
from goemotions import goemotions

from model.labels import GROUPS

Case = Mapping[str, Any]

SIZES: Mapping[str, int] = {
    "irony_and_idioms": 44,
    "lyrics": 44,
    "sports_and_games": 44,
    "quotes_of_others": 44,
    "third_person_news": 44,
    "negation": 44,
    "mixed_feelings": 44,
    "gratitude_after_grief": 44,
    "calm_trigger_words": 100,
    "slang_us": 44,
    "slang_uk": 44,
    "emoji_only": 44,
    "very_short": 44,
    "swapped_characters": 60,
    "source_chat": 60,
    "source_status": 60,
    "source_posts": 60,
    "source_long_posts": 24,
    "source_comments": 60,
}
WORDS: Mapping[str, tuple[int, int]] = {
    "very_short": (1, 4),
    "source_status": (1, 40),
    "source_posts": (60, 150),
    "source_long_posts": (250, 500),
}
SOURCES = sorted(name for name in SIZES if name.startswith("source_"))
BEHAVIOURS = sorted(SIZES.keys() - set(SOURCES))

EXPECTATIONS = {*GROUPS, "not_negative", "not_positive", "answered", "not_answered"}
CONTRADICTIONS = (
    {"negative", "not_negative"},
    {"positive", "not_positive"},
    {"answered", "not_answered"},
    *({one, other} for one, other in itertools.combinations(GROUPS, 2)),
)
FIELDS: Mapping[str, frozenset[str]] = {
    "capability": frozenset({"expect"}),
    "invariance": frozenset({"variant"}),
    "directional": frozenset({"variant", "score", "direction"}),
    "labelled": frozenset({"label"}),
}
SHARED_FIELDS = frozenset({"id", "kind", "text", "locked"})
NEAR = 0.8

_PROBES = resources.files("model") / "probes"
_TOKEN = re.compile(r"\w+|[^\w\s.,!?;:'\"()\u200d\ufe0f]")


@cache
def _load(category: str) -> Mapping[str, Any]:
    return tomllib.loads((_PROBES / f"{category}.toml").read_text(encoding="utf-8"))


def _cases(category: str) -> list[Case]:
    cases: list[Case] = _load(category)["cases"]
    return cases


def _all_cases() -> Iterator[tuple[str, Case]]:
    return ((category, case) for category in SIZES for case in _cases(category))


def _tokens(text: str) -> frozenset[str]:
    return frozenset(_TOKEN.findall(text.casefold()))


def _alike(texts: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, str]]:
    by_size = sorted(texts.items(), key=lambda item: len(item[1]))
    for position, (one, tokens) in enumerate(by_size):
        for other, more in itertools.islice(by_size, position + 1, None):
            if len(tokens) <= NEAR * len(more):
                break  # whatever follows is larger still
            both = len(tokens & more)
            if both > NEAR * (len(tokens) + len(more) - both):
                yield one, other


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _allowed(case: Case) -> bool:
    match case["kind"]:
        case "capability":
            return bool(case["expect"]) and set(case["expect"]) <= EXPECTATIONS
        case "directional":
            return case["score"] in {"negative", "positive", "distress"} and case["direction"] in {
                "up",
                "down",
            }
        case "labelled":
            return case["label"] in GROUPS
        case _:
            return True


_OF_OTHER_SHAPE = {"crisis.toml", "languages.toml"}
"""Probes of the gates, which have tests of their own."""


def test_every_file_is_a_known_category() -> None:
    files = {entry.name for entry in _PROBES.iterdir() if entry.name.endswith(".toml")}

    assert files - _OF_OTHER_SHAPE == {f"{category}.toml" for category in SIZES}


@pytest.mark.parametrize("category", SIZES)
def test_a_file_names_its_category_and_what_it_is_about(category: str) -> None:
    document = _load(category)

    assert document.keys() == {"category", "about", "cases"}
    assert document["category"] == category
    assert document["about"].strip()


@pytest.mark.parametrize(("category", "least"), SIZES.items())
def test_a_file_has_enough_cases(category: str, least: int) -> None:
    assert len(_cases(category)) >= least


def test_ids_are_unique_over_all_files() -> None:
    counts = Counter(case["id"] for _, case in _all_cases())

    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("category", SIZES)
def test_every_case_is_complete_and_has_nothing_else(category: str) -> None:
    for case in _cases(category):
        assert case.keys() == SHARED_FIELDS | FIELDS[case["kind"]], case["id"]
        assert isinstance(case["locked"], bool), case["id"]
        assert case["text"].strip(), case["id"]
        assert case["text"] == case["text"].strip(), case["id"]
        assert _allowed(case), case["id"]


def test_no_expectation_contradicts_itself() -> None:
    impossible = [
        case["id"]
        for _, case in _all_cases()
        if any(pair <= set(case.get("expect", ())) for pair in CONTRADICTIONS)
    ]

    assert impossible == []


@pytest.mark.parametrize("category", SIZES)
def test_every_second_case_is_locked(category: str) -> None:
    locked = [case["locked"] for case in _cases(category)]

    assert locked == [position % 2 == 1 for position in range(len(locked))]
    assert sum(locked) == len(locked) // 2


@pytest.mark.parametrize("category", SIZES)
def test_both_halves_ask_for_the_same_things(category: str) -> None:
    halves: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for case in _cases(category):
        asked = case.get("label") or " ".join(case.get("expect", ())) or "compared"
        halves[case["locked"]][asked] += 1

    for asked in halves[False] | halves[True]:
        assert abs(halves[False][asked] - halves[True][asked]) <= 2, asked


@pytest.mark.parametrize("category", BEHAVIOURS)
def test_a_behaviour_is_asked_for_or_compared_but_not_labelled(category: str) -> None:
    kinds = Counter(case["kind"] for case in _cases(category))

    assert kinds["labelled"] == 0
    if category == "swapped_characters":
        assert kinds.keys() == {"invariance"}
    else:
        assert kinds["capability"] > sum(kinds.values()) / 2
        assert kinds["invariance"] >= 2
        assert kinds["directional"] >= 2


@pytest.mark.parametrize("category", SOURCES)
def test_a_source_is_labelled_and_balanced(category: str) -> None:
    cases = _cases(category)
    labels = Counter(case["label"] for case in cases)
    shares = {label: count / len(cases) for label, count in labels.items()}

    assert {case["kind"] for case in cases} == {"labelled"}
    assert 0.3 <= shares["negative"] <= 0.4
    assert 0.2 <= shares["positive"] <= 0.35
    assert 0.2 <= shares["neutral"] <= 0.35
    assert ("ambiguous" in shares) == (category != "source_long_posts")


@pytest.mark.parametrize(("category", "bounds"), WORDS.items())
def test_texts_have_the_length_of_their_category(category: str, bounds: tuple[int, int]) -> None:
    least, most = bounds
    lengths = {case["id"]: len(case["text"].split()) for case in _cases(category)}

    assert {name: count for name, count in lengths.items() if not least <= count <= most} == {}


def test_emoji_only_has_no_letter() -> None:
    texts = [case[key] for case in _cases("emoji_only") for key in ("text", "variant") if key in case]

    assert [text for text in texts if any(character.isalnum() for character in text)] == []


def test_calm_texts_with_trigger_words_are_neither_called_negative_nor_answered() -> None:
    asked = [set(case["expect"]) for case in _cases("calm_trigger_words") if case["kind"] == "capability"]

    assert len(asked) >= 100
    assert all(words == {"not_negative", "not_answered"} for words in asked)


def test_a_variant_differs_from_its_text() -> None:
    assert [case["id"] for _, case in _all_cases() if case.get("variant") == case["text"]] == []


def test_swapped_characters_really_are_in_the_variants() -> None:
    cases = _cases("swapped_characters")
    characters = {character for case in cases for character in case["variant"]}

    assert all(case["text"].isascii() for case in cases)
    assert sum(not case["variant"].isascii() for case in cases) >= 30
    assert {"\u200b", "\u0430", "\uff41", "\u03bf"} <= characters  # zero width, Cyrillic, full width, Greek


def test_no_two_texts_are_alike() -> None:
    texts = {case["id"]: _tokens(case["text"]) for _, case in _all_cases()}

    assert list(_alike(texts)) == []


def test_no_text_is_a_comment_of_the_training_data() -> None:
    comments: set[str] = set()
    for file in sorted(goemotions().glob("*.tsv")):
        with file.open(encoding="utf-8", newline="") as rows:
            comments |= {_plain(row[0]) for row in csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)}

    assert len(comments) > 10_000
    assert [case["id"] for _, case in _all_cases() if _plain(case["text"]) in comments] == []
